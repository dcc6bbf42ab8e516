//! Roles for those outside: CI on GitHub, vendors, the log account of the organisation, and the scanner.

use super::people::{HANNA, INES, LUC, Person, TOMAS};
use super::plan::{Plan, REGION, allow, attached, aws_policy};
use super::roles::{node, role, trusts};
use crate::account::{OidcProvider, Role, SamlProvider, Tags};
use crate::draw::{DIGITS, HEX};
use crate::github::{immutable_subject, owner_id};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// GitHub's issuer for Actions.
pub(crate) const GITHUB: &str = "token.actions.githubusercontent.com";
/// The role with which the scanner reads.
pub(crate) const SCANNER: &str = "whose-scanner";

/// The roles.
pub(crate) fn roles(plan: &mut Plan) -> Vec<Role> {
    let mut roles = ci(plan);
    roles.push(administrators(plan));
    roles.extend(vendors(plan));
    let trusted = format!("arn:aws:iam::{}:user/people/{}", plan.number, HANNA.login);
    let tags = plan.declared(&HANNA, "Reads the account for the NHI inventory", 330);
    let mut scanner = role(plan, SCANNER, "/security/", tags, trusts("AWS", trusted));
    scanner.grants = attached(&[aws_policy("SecurityAudit")]);
    let subject = node(plan, &scanner);
    plan.healthy("orphaned-workload", subject, "Trusts a user that is there.");
    roles.push(scanner);
    roles
}

/// GitHub Actions as identity provider.
pub(crate) fn oidc_providers(plan: &Plan) -> Vec<OidcProvider> {
    vec![OidcProvider {
        url: GITHUB.into(),
        audiences: vec!["sts.amazonaws.com".into()],
        thumbprint: plan.draw.text("thumbprint/github", HEX, 40),
        created: plan.ago("oidc/github", 410),
        tags: [("Team".into(), TOMAS.team.into())].into(),
    }]
}

/// The company's directory as identity provider.
pub(crate) fn saml_providers(plan: &Plan) -> Vec<SamlProvider> {
    let provider = |name: String| SamlProvider {
        created: plan.ago(&format!("saml/{name}"), 800),
        valid_until: plan.as_of + SignedDuration::from_hours(24 * 310),
        tags: Tags::new(),
        name,
    };
    vec![provider(identity_center(plan)), provider("tallowmere-directory".into())]
}

/// The name of the SAML provider that IAM Identity Center makes for itself.
fn identity_center(plan: &Plan) -> String {
    format!("AWSSSO_{}_DO_NOT_DELETE", plan.draw.text("sso/provider", HEX, 16))
}

/// The role with which administrators sign in through IAM Identity Center.
fn administrators(plan: &mut Plan) -> Role {
    let provider = format!("arn:aws:iam::{}:saml-provider/{}", plan.number, identity_center(plan));
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}]});
    let name = format!("AWSReservedSSO_AdministratorAccess_{}", plan.draw.text("sso/role", HEX, 16));
    let path = format!("/aws-reserved/sso.amazonaws.com/{REGION}/");
    let mut role = role(plan, &name, &path, Tags::new(), trust);
    role.grants = attached(&[aws_policy("AdministratorAccess")]);
    let subject = node(plan, &role);
    plan.healthy(
        "admin-equivalent-identity",
        subject.clone(),
        "People sign in with it, for hours, with a second factor.",
    );
    plan.healthy("unowned-identity", subject.clone(), "IAM Identity Center keeps it for people.");
    plan.healthy("undeclared-lifecycle", subject, "IAM Identity Center keeps it for people.");
    role
}

/// A number of another account, which is not the company's.
pub(crate) fn foreign_account(plan: &Plan, label: &str) -> String {
    format!("{}{}", 1 + plan.draw.below(&format!("account/first/{label}"), 8), plan.draw.text(label, DIGITS, 11))
}

fn ci(plan: &mut Plan) -> Vec<Role> {
    let pinned = |sub: &str| {
        json!({"StringEquals": {
        format!("{GITHUB}:aud"): "sts.amazonaws.com", format!("{GITHUB}:sub"): sub}})
    };
    let main = pinned("repo:tallowmere/payments:ref:refs/heads/main");
    let environment = pinned(&format!("{}:environment:production", immutable_subject(&plan.number, "web")));
    let audience = json!({"StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"}});
    let organisation = json!({
        "StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"},
        "StringLike": {format!("{GITHUB}:sub"): "repo:tallowmere/*"}});
    let payments = ci_role(plan, "github-payments-release", &INES, "Releases payments from GitHub", main);
    let web = ci_role(plan, "github-web-release", &LUC, "Releases the web shop from GitHub", environment);
    let artefacts = ci_role(plan, "github-artefacts", &TOMAS, "Uploads build artefacts from GitHub", audience);
    let packages = ci_role(plan, "github-packages", &TOMAS, "Publishes internal packages from GitHub", organisation);
    let (first, second) = (node(plan, &artefacts), node(plan, &packages));
    plan.fault("broad-ci-trust", first, "Checks the audience alone: any repository on GitHub gets in.");
    plan.fault("broad-ci-trust", second, "Any repository and branch of the organisation gets in.");
    let (first, second) = (node(plan, &payments), node(plan, &web));
    plan.healthy("broad-ci-trust", first.clone(), "Bound to one branch of one repository.");
    plan.healthy("broad-ci-trust", second.clone(), "Bound to one environment of one repository.");
    plan.fault("mutable-ci-subject", first.clone(), "Whoever gets the name of the repository gets in.");
    plan.healthy("mutable-ci-subject", second, "Bound to the ids of the organisation and the repository.");
    plan.healthy("orphaned-workload", first, "Its identity provider is there.");
    let mut roles = vec![payments, web, artefacts, packages];
    roles.extend(pipelines_of_administrators(plan));
    roles
}

/// Roles that may do everything, or only seem to be open to everybody; and one whose repository is gone.
fn pipelines_of_administrators(plan: &mut Plan) -> Vec<Role> {
    let of = |sub: &str| {
        json!({"StringEquals": {
        format!("{GITHUB}:aud"): "sts.amazonaws.com", format!("{GITHUB}:sub"): sub}})
    };
    let pull_request = of("repo:tallowmere/web:pull_request");
    let mut previews = ci_role(plan, "github-web-previews", &LUC, "Builds previews from GitHub", pull_request.clone());
    let environment = of("repo:tallowmere/infra:environment:production");
    let mut stacks = ci_role(plan, "github-infra-apply", &TOMAS, "Applies the stacks from GitHub", environment);
    let checks = ci_role(plan, "github-web-checks", &LUC, "Uploads the results of checks from GitHub", pull_request);
    let mut gone = of("repo:tallowmere/loyalty-app:environment:production");
    gone["StringEquals"][format!("{GITHUB}:repository_owner_id")] = json!(owner_id(&plan.number).to_string());
    let loyalty = ci_role(plan, "github-loyalty-release", &LUC, "Releases the loyalty app from GitHub", gone);
    for (role, story) in [
        (&mut previews, "Previews are deployed with AdministratorAccess."),
        (&mut stacks, "The stacks are applied with AdministratorAccess."),
    ] {
        role.grants = attached(&[aws_policy("AdministratorAccess")]);
        let subject = node(plan, role);
        plan.fault("admin-equivalent-identity", subject, story);
    }
    for role in [&previews, &stacks, &checks] {
        plan.fault("mutable-ci-subject", node(plan, role), "Its repository is known by name alone.");
    }
    let [first, second, third, fourth] = [&previews, &stacks, &checks, &loyalty].map(|role| node(plan, role));
    let rule = "unpinned-admin-trust";
    plan.fault(
        rule,
        first.clone(),
        "Anybody may open a pull request to the public shop, and its pipeline is an admin.",
    );
    plan.healthy(rule, second, "An administrator, but of one environment with reviewers.");
    plan.healthy(rule, third, "Pull requests get in, and may upload results and nothing else.");
    let rule = "trust-in-missing-repository";
    plan.healthy("mutable-ci-subject", fourth.clone(), "Nobody else can have the id of the organisation.");
    plan.fault_across(rule, fourth, "The loyalty app was given up, and its repository deleted.");
    plan.healthy(rule, first, "Its repository is there.");
    vec![previews, stacks, checks, loyalty]
}

fn ci_role(plan: &Plan, name: &str, owner: &Person, purpose: &str, condition: Value) -> Role {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "GitHubActions",
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{}:oidc-provider/{GITHUB}", plan.number)},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition}]});
    let mut role = role(plan, name, "/ci/", plan.declared(owner, purpose, 230), trust);
    role.grants.inline =
        vec![("access".into(), allow(&[("s3:PutObject", &format!("arn:aws:s3:::tallowmere-{name}/*"))]))];
    role
}

fn vendors(plan: &mut Plan) -> Vec<Role> {
    let root = |account: &str| format!("arn:aws:iam::{account}:root");
    let conditioned = |account: &str, condition: Value| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": root(account)}, "Action": "sts:AssumeRole", "Condition": condition}]})
    };
    let costs = trusts("AWS", root(&foreign_account(plan, "vendor/costs")));
    let id = plan.draw.text("external-id", HEX, 32);
    let events = conditioned(&foreign_account(plan, "vendor/events"), json!({"StringEquals": {"sts:ExternalId": id}}));
    let organisation = format!("o-{}", plan.draw.text("organisation", b"0123456789abcdefghijklmnopqrstuvwxyz", 10));
    let logs = conditioned(
        &foreign_account(plan, "organisation/logs"),
        json!({"StringEquals": {"aws:PrincipalOrgID": organisation}}),
    );
    let reader = |plan: &Plan, name: &str, purpose: &str, trust: Value| {
        let mut role = role(plan, name, "/partner/", plan.declared(&HANNA, purpose, 270), trust);
        role.description = Some(purpose.into());
        role.grants.inline = vec![("access".into(), allow(&[("ce:Get* cloudwatch:Get*", "*")]))];
        role
    };
    let costs = reader(plan, "vendor-cost-reports", "Lets the cost vendor read bills", costs);
    let mut events = reader(plan, "vendor-event-monitor", "Lets the monitoring vendor read events", events);
    events.tags.remove("Purpose");
    let logs = reader(plan, "organisation-log-reader", "Lets the log account read metrics", logs);
    let (first, second, third) = (node(plan, &costs), node(plan, &events), node(plan, &logs));
    let rule = "external-trust-without-external-id";
    plan.fault(rule, first, "Another company's account is trusted, with no external id.");
    plan.healthy("undeclared-lifecycle", second.clone(), "Its purpose stands in its description, its end in a tag.");
    plan.healthy(rule, second, "Another company's account is trusted, with an external id.");
    plan.healthy(rule, third, "Another account, but only as a member of the company's own organisation.");
    vec![costs, events, logs]
}
