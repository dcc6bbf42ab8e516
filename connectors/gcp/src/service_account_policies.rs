//! `projects.serviceAccounts.getIamPolicy`: who may act as one service account, from Google Cloud itself or through
//! a workload identity pool.

use crate::api::{Operation, Service, is_gone, segment};
use crate::each::{Answers, each};
use crate::ids;
use crate::policy::{self, Policy, Resource, Way};
use crate::session::Session;
use crate::trust;
use async_trait::async_trait;
use futures_util::StreamExt;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{ConditionClass, Edge, EdgeKind, Evidence, Facet, IdentityDetail, Node, Principal, Statement, What};

/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/getIamPolicy>
const GET: Operation = Operation {
    call: ApiCall::read(
        "iam:GetServiceAccountIamPolicy",
        "iam.serviceAccounts.getIamPolicy",
        "Reads who may act as a service account. One call for each account.",
        "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/getIamPolicy",
    ),
    service: Service::Iam,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "service-account-policies",
    title: "policies of service accounts",
    provides: &[Facet::Trusts],
    types: &[],
    calls: &[GET.call, crate::session::GET_ROLE.call],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct ServiceAccountPolicies;

#[async_trait]
impl Collector<Session> for ServiceAccountPolicies {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        if let Some(held) = &session.held {
            for account in &held.accounts {
                if let Some(policy) = held.policy_of(&account.email) {
                    observe(session, &account.email, policy, out).await;
                }
            }
            return Ok(());
        }
        let (emails, missing) = session.accounts(GET.call);
        let mut answers = Answers::new(emails.len(), "policies of service accounts");
        let mut stream = each(emails, session.estate.api.concurrency, |email| fetch(session, email));
        while let Some((email, answer)) = stream.next().await {
            let subject = ids::service_account(&email);
            if let Some(policy) = answers.take(answer, subject, out) {
                observe(session, &email, &policy, out).await;
            }
            if answers.hopeless() {
                break;
            }
        }
        answers.end(missing, out)
    }
}

async fn fetch(session: &Session, email: &str) -> Result<Policy, CallError> {
    let path = format!("v1/projects/{}/serviceAccounts/{}:getIamPolicy", segment(&session.project.id), segment(email));
    match session.estate.api.post(GET, &path, &[("options.requestedPolicyVersion", "3")], None).await {
        // Deleted since the accounts were listed: nobody can act as it, and that is an answer.
        Err(error) if is_gone(&error) => Ok(Policy::default()),
        answer => answer,
    }
}

async fn observe(session: &Session, email: &str, policy: &Policy, out: &mut Recorder) {
    let resource = Resource::account(&session.resource(), email);
    let read = policy::observe(&session.estate, policy, &resource, out).await;
    for failed in &read.failed {
        out.failed_for(&failed.error(""), ids::service_account(email));
    }
    trusts(session, email, &read.ways, out).await;
}

/// What the policy says of who may become the account, with the providers through which strangers come in.
async fn trusts(session: &Session, email: &str, ways: &[Way], out: &mut Recorder) {
    let account = ids::service_account(email);
    let mut statements: Vec<Statement> = Vec::new();
    for way in ways {
        let pooled = way.parsed.pooled.as_ref();
        let providers = pooled.and_then(|pooled| session.estate.pool(&pooled.project, &pooled.pool));
        let (Some(pooled), Some(providers)) = (pooled, providers) else {
            let principal = Principal::Other(way.member.clone());
            statements.push(trust::statement(&way.role, &way.member, principal, Vec::new()));
            continue;
        };
        for provider in providers.iter().filter(|provider| provider.enabled) {
            let mut edge = Edge::stated(provider.id.clone(), EdgeKind::FederatesTo, account.clone());
            edge.qualifier = way.member.clone();
            edge.condition = ConditionClass::External;
            let what = format!("{} holds {} on {email}", way.member, way.role);
            out.edge(edge.shown_by(Evidence::new(what, "IAM policy"))).await;
        }
        statements.extend(trust::statements(&providers, pooled, &way.role, &way.member));
    }
    if statements.is_empty() {
        return;
    }
    let detail = IdentityDetail { trust_policy: statements, ..IdentityDetail::default() };
    let mut node = Node::new(account, What::Identity(Box::new(detail)), "service-account", email);
    node.scope = Some(session.scope());
    out.node(node).await;
}
