//! The draughtsman of the account: dates, ids, tags and nodes, so that the tables of people, service users
//! and roles hold nothing but what makes each of them different.

use super::people::Person;
use crate::account::{AccessKey, Account, Grants, KeyUse, Tags};
use crate::draw::Draw;
use crate::token::Mint;
use crate::truth::{Planted, Subject};
use jiff::SignedDuration;
use serde_json::{Value, json};
use whose_model::{NodeId, Timestamp};

/// The region in which the company runs.
pub(crate) const REGION: &str = "eu-central-1";

/// What is shared while the account is drawn.
pub(crate) struct Plan {
    pub(crate) draw: Draw,
    pub(crate) as_of: Timestamp,
    pub(crate) number: String,
    /// The faults that are planted so far.
    pub(crate) faults: Vec<Planted>,
    /// The look-alikes that are planted so far.
    pub(crate) healthy: Vec<Planted>,
    /// The faults that show only beside the organisation on GitHub.
    pub(crate) across: Vec<Planted>,
}

impl Plan {
    pub(crate) fn mint(&self) -> Mint<'_> {
        Mint { draw: self.draw, account: &self.number }
    }

    /// Some days before `as_of`, to the second, and up to three hours earlier, so that not all happens at once.
    pub(crate) fn ago(&self, label: &str, days: i64) -> Timestamp {
        let jitter = i64::try_from(self.draw.below(&format!("jitter/{label}"), 10_800)).unwrap_or_default();
        self.as_of - SignedDuration::from_secs(days * 86_400 + jitter)
    }

    /// The date some days after `as_of` (before it, when negative), as people write it into tags.
    pub(crate) fn date(&self, days: i64) -> String {
        (self.as_of + SignedDuration::from_hours(days * 24)).strftime("%Y-%m-%d").to_string()
    }

    /// An access key that was made and last used so many days ago.
    pub(crate) fn key(&self, label: &str, active: bool, made: i64, used: Option<i64>, service: &str) -> AccessKey {
        let last_used = used.map(|days| KeyUse {
            at: self.ago(&format!("used/{label}"), days),
            region: REGION.into(),
            service: service.into(),
        });
        AccessKey {
            id: self.mint().key_id(label),
            active,
            created: self.ago(&format!("made/{label}"), made),
            last_used,
        }
    }

    /// The tags of something that its keepers have declared in full.
    pub(crate) fn declared(&self, owner: &Person, purpose: &str, expires_in: i64) -> Tags {
        [
            ("Owner".into(), owner.email()),
            ("Team".into(), owner.team.into()),
            ("Purpose".into(), purpose.into()),
            ("Expires".into(), self.date(expires_in)),
            ("Environment".into(), "production".into()),
        ]
        .into()
    }

    /// Plants a fault of an IAM user, role or other node.
    pub(crate) fn fault(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.faults.push(Planted { rule, subject: Subject::Node(subject), story });
    }

    /// Plants a fault that the account alone does not show.
    pub(crate) fn fault_across(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.across.push(Planted { rule, subject: Subject::Node(subject), story });
    }

    /// Plants a look-alike.
    pub(crate) fn healthy(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.healthy.push(Planted { rule, subject: Subject::Node(subject), story });
    }

    /// The node of a thing of the account.
    pub(crate) fn node(&self, kind: &str, id: &str) -> NodeId {
        NodeId::new("aws", &self.number, kind, id)
    }
}

/// The node of an access key.
pub(crate) fn key_node(id: &str) -> NodeId {
    NodeId::new("aws", "", "access-key", id)
}

/// A policy document with one statement a pair of actions (parted by spaces) and resource.
pub(crate) fn allow(statements: &[(&str, &str)]) -> Value {
    let statements: Vec<Value> = statements
        .iter()
        .map(|(actions, resource)| {
            let actions: Vec<&str> = actions.split(' ').collect();
            json!({"Effect": "Allow", "Action": actions, "Resource": resource})
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The ARN of a policy of AWS.
pub(crate) fn aws_policy(name: &str) -> String {
    format!("arn:aws:iam::aws:policy/{name}")
}

/// Grants of attached policies alone.
pub(crate) fn attached(arns: &[String]) -> Grants {
    Grants { attached: arns.to_vec(), ..Grants::default() }
}

/// The ARN of a customer policy.
pub(crate) fn own_policy(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:policy/{name}")
}

/// The names of AWS's policies to which something is attached, from the whole account.
pub(crate) fn attached_arns(account: &Account) -> Vec<&str> {
    let users = account.users.iter().map(|user| &user.grants);
    let groups = account.groups.iter().map(|group| &group.grants);
    let roles = account.roles.iter().map(|role| &role.grants);
    users
        .chain(groups)
        .chain(roles)
        .flat_map(|grants| grants.attached.iter().chain(&grants.boundary))
        .map(String::as_str)
        .collect()
}
