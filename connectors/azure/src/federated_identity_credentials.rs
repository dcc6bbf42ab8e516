//! `graph:ListFederatedIdentityCredentials`: whose tokens an application takes in place of a secret.

use crate::ids::{APPLICATION, application};
use crate::owners::EXPANDED_AT_MOST;
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{
    Condition, Edge, EdgeKind, Effect, Facet, IdentityDetail, Node, NodeId, Principal, State, Statement, TrustDetail,
    What,
};

/// <https://learn.microsoft.com/en-us/graph/api/application-list-federatedidentitycredentials>
const LIST_FEDERATED_IDENTITY_CREDENTIALS: ApiCall = ApiCall::read(
    "graph:ListFederatedIdentityCredentials",
    "Application.Read.All",
    "Reads which issuer and subject each application trusts in place of a secret.",
    "https://learn.microsoft.com/en-us/graph/api/application-list-federatedidentitycredentials",
);

const TYPE: &str = "federated-identity-credential";

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "federated-identity-credentials",
    title: "trust in other issuers' tokens",
    provides: &[Facet::Trusts],
    types: &[TYPE],
    calls: &[LIST_FEDERATED_IDENTITY_CREDENTIALS],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    id: String,
    app_id: String,
    display_name: Option<String>,
    #[serde(default)]
    federated_identity_credentials: Vec<Federated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Federated {
    id: String,
    name: Option<String>,
    issuer: Option<String>,
    subject: Option<String>,
    #[serde(default)]
    audiences: Vec<String>,
    description: Option<String>,
    claims_matching_expression: Option<Expression>,
}

/// A condition on the token's claims, which takes the place of one exact subject.
#[derive(Deserialize)]
struct Expression {
    value: Option<String>,
}

/// The listing.
pub(crate) struct FederatedIdentityCredentials;

#[async_trait]
impl Collector<Session> for FederatedIdentityCredentials {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let call = LIST_FEDERATED_IDENTITY_CREDENTIALS;
        // Only the beta endpoint shows the expressions with which a trust can match many subjects.
        let path = "/beta/applications?$top=100&$select=id,appId,displayName&$expand=federatedIdentityCredentials";
        let mut listing = session.graph.list(call, path)?;
        while let Some(page) = listing.page::<Application>().await? {
            for found in page {
                let id = application(&found.app_id);
                let mut trusts = found.federated_identity_credentials;
                if trusts.len() >= EXPANDED_AT_MOST {
                    let path = format!("/beta/applications/{}/federatedIdentityCredentials", found.id);
                    match session.graph.all(call, &path).await {
                        Ok(all) => trusts = all,
                        Err(error) => out.failed_for(&error, id.clone()),
                    }
                }
                observe(session, id, found.display_name.as_deref().unwrap_or(&found.app_id), trusts, out).await;
            }
        }
        Ok(())
    }
}

/// Each trust is a node, and together they are the application's trust policy, in the form that rules read.
async fn observe(session: &Session, id: NodeId, name: &str, trusts: Vec<Federated>, out: &mut Recorder) {
    let mut policy = Vec::new();
    for found in trusts {
        let trust = session.tenant.thing(TYPE, &found.id);
        let issuer = found.issuer.as_deref().map(without_scheme);
        policy.push(statement(&found, issuer.as_deref().unwrap_or_default(), &trust));
        let detail = TrustDetail {
            issuer,
            subject: found.subject,
            condition: found.claims_matching_expression.and_then(|expression| expression.value),
            audiences: found.audiences,
            expires: None,
        };
        let title = found.name.as_deref().unwrap_or(&found.id);
        let mut node = Node::new(trust.clone(), What::Trust(detail), TYPE, title);
        node.native_id = Some(found.id.clone());
        node.scope = Some(session.tenant.scope());
        node.state = State::Enabled;
        node.description = found.description;
        out.node(node).await;
        out.edge(Edge::stated(trust, EdgeKind::FederatesTo, id.clone())).await;
    }
    if !policy.is_empty() {
        let detail = IdentityDetail { trust_policy: policy, ..IdentityDetail::default() };
        out.node(Node::new(id, What::Identity(Box::new(detail)), APPLICATION, name)).await;
    }
}

fn statement(found: &Federated, issuer: &str, trust: &NodeId) -> Statement {
    let subject = found.subject.as_ref().map(|subject| Condition {
        operator: "StringEquals".into(),
        key: format!("{issuer}:sub"),
        values: vec![subject.clone()],
    });
    let expression = found.claims_matching_expression.as_ref().and_then(|expression| expression.value.as_deref());
    let claims = expression.into_iter().flat_map(|text| conditions(text, issuer));
    let audience = (!found.audiences.is_empty()).then(|| Condition {
        operator: "StringEquals".into(),
        key: format!("{issuer}:aud"),
        values: found.audiences.clone(),
    });
    Statement {
        sid: found.name.clone(),
        effect: Effect::Allow,
        actions: vec!["exchange a token of the issuer".into()],
        not_actions: Vec::new(),
        resources: Vec::new(),
        not_resources: Vec::new(),
        principals: vec![Principal::Federated(trust.clone())],
        not_principals: Vec::new(),
        conditions: subject.into_iter().chain(claims).chain(audience).collect(),
    }
}

/// The comparisons of an expression such as `claims['sub'] matches 'repo:org/*' and claims['ref'] eq 'x'`. A part that
/// has another form narrows nothing that could be relied upon, and is left out.
fn conditions(expression: &str, issuer: &str) -> Vec<Condition> {
    // An alternative widens what the rest narrows.
    if expression.contains(" or ") {
        return Vec::new();
    }
    expression.split(" and ").filter_map(|part| condition(part.trim(), issuer)).collect()
}

fn condition(part: &str, issuer: &str) -> Option<Condition> {
    let (claim, rest) = part.strip_prefix("claims['")?.split_once("']")?;
    let (operator, value) = rest.trim().split_once(' ')?;
    let operator = match operator {
        "eq" => "StringEquals",
        "matches" => "StringLike",
        _ => return None,
    };
    let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let key = format!("{issuer}:{claim}");
    Some(Condition { operator: operator.into(), key, values: vec![value.to_owned()] })
}

fn without_scheme(issuer: &str) -> String {
    issuer.trim_start_matches("https://").trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_becomes_conditions_and_what_is_not_understood_narrows_nothing() {
        let found = conditions("claims['sub'] matches 'repo:org/*' and claims['ref'] eq 'refs/heads/main'", "i");
        let plain: Vec<(&str, &str, &str)> =
            found.iter().map(|one| (one.key.as_str(), one.operator.as_str(), one.values[0].as_str())).collect();
        let expected = [("i:sub", "StringLike", "repo:org/*"), ("i:ref", "StringEquals", "refs/heads/main")];
        assert_eq!(plain, expected);
        for other in ["", "claims['sub'] ne 'x'", "claims[sub] eq 'x'", "true or claims['sub'] eq 'x", "claims['a']"] {
            assert!(conditions(other, "i").is_empty(), "{other}");
        }
    }
}
