//! Users that sign in to one service: Bedrock API keys and a CodeCommit password.

use super::people::{LUC, PRIYA, TOMAS};
use super::plan::{Plan, attached, aws_policy};
use super::services::service_user;
use crate::account::{ServiceCredential, User};
use jiff::SignedDuration;
use whose_model::NodeId;

/// The three users, one of them with a Bedrock key that never ends.
pub(crate) fn users(plan: &mut Plan) -> Vec<User> {
    let bedrock = "bedrock.amazonaws.com";
    let (endless, endless_node) = user(plan, "svc-doc-summariser", (bedrock, 230, None));
    plan.fault("long-lived-credential", endless_node, "A key to the language models that never ends, from last year.");
    let (short, short_node) = user(plan, "svc-ticket-triage", (bedrock, 9, Some(21)));
    plan.healthy("long-lived-credential", short_node, "A key to the language models that ends after a month.");
    let (mirror, mirror_node) = user(plan, "svc-codecommit-mirror", ("codecommit.amazonaws.com", 19, None));
    plan.healthy("never-used-credential", mirror_node, "Its use is not logged anywhere: unknown is not never.");
    vec![endless, short, mirror]
}

/// A user with one credential: service, days since it was made, days until it ends.
fn user(plan: &Plan, name: &str, (service, made, ends): (&str, i64, Option<i64>)) -> (User, NodeId) {
    let (owner, purpose, policy) = match name {
        "svc-doc-summariser" => (PRIYA, "Summarises customs documents", "AmazonBedrockLimitedAccess"),
        "svc-ticket-triage" => (LUC, "Sorts support tickets with a language model", "AmazonBedrockLimitedAccess"),
        _ => (TOMAS, "Mirrors repositories into CodeCommit", "AWSCodeCommitPowerUser"),
    };
    let mut user = service_user(plan, name, plan.declared(&owner, purpose, 140));
    user.grants = attached(&[aws_policy(policy)]);
    let id = plan.mint().unique_id("ACCA", name);
    user.service_credentials.push(ServiceCredential {
        id: id.clone(),
        service: service.into(),
        user_name: format!("{name}-at-{}", plan.number),
        active: true,
        created: plan.ago(&format!("credential/{name}"), made),
        expires: ends.map(|days| plan.as_of + SignedDuration::from_hours(days * 24)),
    });
    (user, plan.node("service-specific-credential", &id))
}
