//! Grants and who holds them: inline policies, attachments and managed policies in one form.

use crate::ids::Account;
use crate::policy_document;
use aws_sdk_iam::types::{AttachedPolicy, ManagedPolicyDetail, PolicyDetail};
use whose_connect::{ApiCall, CallError, FailureKind, Recorder};
use whose_model::{Edge, EdgeKind, GrantDetail, GrantOrigin, Node, NodeId, Statement, What};

use crate::wire::timestamp;

/// The identity or group that holds grants.
pub(crate) struct Holder<'a> {
    /// Its node.
    pub(crate) id: &'a NodeId,
    /// `user`, `role` or `group`.
    pub(crate) kind: &'static str,
    /// Its name as written.
    pub(crate) name: &'a str,
}

/// Reads a document of `subject`. One that cannot be read is a gap for that thing alone.
pub(crate) fn statements(
    call: ApiCall,
    document: Option<&str>,
    subject: &NodeId,
    account: &Account,
    out: &mut Recorder,
) -> Option<Vec<Statement>> {
    let parsed = document
        .ok_or_else(|| "the answer holds no policy document".to_owned())
        .and_then(|document| policy_document::parse(document, account).map_err(|error| error.to_string()));
    match parsed {
        Ok(statements) => Some(statements),
        Err(reason) => {
            out.failed_for(&CallError::new(call, FailureKind::Malformed, &reason), subject.clone());
            None
        }
    }
}

/// Inline policies are part of their holder.
pub(crate) async fn observe_inline(
    call: ApiCall,
    policies: &[PolicyDetail],
    holder: &Holder<'_>,
    account: &Account,
    out: &mut Recorder,
) {
    for policy in policies {
        let Some(name) = policy.policy_name() else { continue };
        let id = account.thing("iam-inline-policy", &format!("{}/{}/{name}", holder.kind, holder.name));
        let statements = statements(call, policy.policy_document(), &id, account, out);
        let mut node = grant(id.clone(), "iam-inline-policy", name, GrantOrigin::Inline, statements);
        node.scope = Some(account.scope());
        out.node(node).await;
        out.edge(Edge::stated(holder.id.clone(), EdgeKind::HasGrant, id)).await;
    }
}

/// Attachments name policies that stand elsewhere in the answer. Returns their ARNs.
pub(crate) async fn observe_attached(
    policies: &[AttachedPolicy],
    holder: &Holder<'_>,
    account: &Account,
    out: &mut Recorder,
) -> Vec<String> {
    let arns: Vec<String> = policies.iter().filter_map(|policy| policy.policy_arn().map(Into::into)).collect();
    for arn in &arns {
        out.edge(Edge::stated(holder.id.clone(), EdgeKind::HasGrant, account.policy(arn))).await;
    }
    arns
}

/// A managed policy with its version in force.
pub(crate) fn managed(
    call: ApiCall,
    policy: &ManagedPolicyDetail,
    account: &Account,
    out: &mut Recorder,
) -> Option<Node> {
    let arn = policy.arn()?;
    let id = account.policy(arn);
    let versions = policy.policy_version_list();
    let current = versions
        .iter()
        .find(|version| version.is_default_version() || version.version_id() == policy.default_version_id())
        .and_then(|version| version.document());
    let statements = statements(call, current, &id, account, out);
    let mut node = managed_node(arn, account, statements);
    node.native_id = policy.policy_id().map(Into::into);
    node.created = policy.create_date().and_then(timestamp);
    node.description = policy.description().filter(|text| !text.is_empty()).map(Into::into);
    Some(node)
}

/// A managed policy of which only the ARN may be known.
pub(crate) fn managed_node(arn: &str, account: &Account, statements: Option<Vec<Statement>>) -> Node {
    let id = account.policy(arn);
    let provided = is_provided(arn);
    let origin = if provided { GrantOrigin::Provider } else { GrantOrigin::Customer };
    let mut node = grant(id.clone(), "iam-policy", &id.local(), origin, statements);
    node.address = Some(arn.into());
    node.scope = (!provided).then(|| account.scope());
    node
}

/// Whether AWS itself keeps the policy.
pub(crate) fn is_provided(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("aws")
}

fn grant(id: NodeId, kind: &str, name: &str, origin: GrantOrigin, statements: Option<Vec<Statement>>) -> Node {
    let read = statements.is_some();
    let detail = GrantDetail { statements: statements.unwrap_or_default(), read, ..GrantDetail::new(origin) };
    Node::new(id, What::Grant(detail), kind, name)
}
