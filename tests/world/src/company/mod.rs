//! Tallowmere Freight: the account, the repositories and the truth, drawn from one seed.

mod clouds;
mod humans;
mod partners;
pub(crate) mod people;
mod plan;
mod policies;
mod repositories;
mod roles;
mod service_credentials;
mod services;
mod sources;
#[cfg(test)]
mod tests;

pub use clouds::CloudLeaks;

use crate::account::{AccessKey, Account, Root, ServerCertificate};
use crate::draw::{DIGITS, Draw};
use crate::repository::Repository;
use crate::truth::Planted;
use plan::Plan;
use whose_model::Timestamp;

/// The invented company at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    as_of: Timestamp,
    account: Account,
    repositories: Vec<Repository>,
    secrets: Vec<String>,
    truth: Vec<Planted>,
    healthy: Vec<Planted>,
    across: Vec<Planted>,
}

impl World {
    /// Draws the company. All dates are relative to `as_of`; all ids and secrets come from `seed`.
    pub fn new(seed: u64, as_of: Timestamp) -> Self {
        let draw = Draw::new(seed);
        let number = format!("{}{}", 2 + draw.below("account/first", 7), draw.text("account", DIGITS, 11));
        let as_of = Timestamp::from_second(as_of.as_second()).unwrap_or(as_of);
        let mut plan = Plan { draw, as_of, number, faults: Vec::new(), healthy: Vec::new(), across: Vec::new() };
        let account = account(&mut plan);
        let leaks = repositories::draw(&mut plan, &account);
        Self {
            as_of,
            account,
            repositories: leaks.repositories,
            secrets: leaks.secrets,
            truth: plan.faults,
            healthy: plan.healthy,
            across: plan.across,
        }
    }

    /// The moment to which all dates are relative.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// The AWS account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The AWS account, to be changed between two scans. The truth stays that of the unchanged world.
    pub fn account_mut(&mut self) -> &mut Account {
        &mut self.account
    }

    /// The source repositories.
    pub fn repositories(&self) -> &[Repository] {
        &self.repositories
    }

    /// Every planted secret value. None of them may appear in anything that a scan leaves behind.
    pub fn secret_values(&self) -> &[String] {
        &self.secrets
    }

    /// Every finding that a right scanner makes under [`crate::RULES`] when it reads the account and all repositories.
    pub fn truth(&self) -> &[Planted] {
        &self.truth
    }

    /// Faults of the account that show only when the company's organisation on GitHub is read in the same scan.
    pub fn truth_across(&self) -> &[Planted] {
        &self.across
    }

    /// Look-alikes of which a right scanner says nothing. They are examples: whatever is not in
    /// [`World::truth`] is healthy.
    pub fn look_alikes(&self) -> &[Planted] {
        &self.healthy
    }
}

fn account(plan: &mut Plan) -> Account {
    let mut users = humans::users(plan);
    users.extend(services::users(plan));
    users.extend(service_credentials::users(plan));
    users.sort_by(|a, b| a.name.cmp(&b.name));
    let mut account = Account {
        number: plan.number.clone(),
        aliases: vec!["tallowmere-production".into()],
        created: plan.ago("account", 1_400),
        root: root(plan),
        users,
        groups: humans::groups(plan),
        roles: roles::roles(plan),
        policies: policies::own(plan),
        oidc_providers: partners::oidc_providers(plan),
        saml_providers: partners::saml_providers(plan),
        server_certificates: vec![ServerCertificate {
            name: "depots.tallowmere.example".into(),
            id: plan.mint().unique_id("ASCA", "depots"),
            uploaded: plan.ago("server-certificate", 40),
            expires: plan.as_of + jiff::SignedDuration::from_hours(24 * 50),
        }],
        scanner: partners::SCANNER.into(),
    };
    let deployer = plan::own_policy(&account.number, policies::ASSUME_DEPLOYER);
    for user in account.users.iter_mut().filter(|user| user.name == "svc-payments-deploy") {
        user.grants.attached.push(deployer.clone());
    }
    let of_aws = policies::of_aws(plan, &plan::attached_arns(&account));
    account.policies.extend(of_aws);
    account
}

/// The root user, with an access key that must not exist.
fn root(plan: &mut Plan) -> Root {
    let node = plan.node("iam-user", "<root>");
    plan.fault("root-access-key", node.clone(), "Somebody made a key for the root user a month ago and uses it.");
    plan.healthy("unowned-identity", node.clone(), "The root user is the account's own.");
    plan.healthy("admin-equivalent-identity", node, "The root user is told of by a rule of its own.");
    let key: AccessKey = plan.key("<root>", true, 30, Some(1), "iam");
    Root { password_last_used: Some(plan.ago("sign-in/<root>", 18)), mfa: true, key: Some(key) }
}
