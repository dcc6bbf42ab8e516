//! A policy statement in one form for all providers: who may or may not do what on what, under which
//! conditions. Patterns stay in the vendor's syntax; `whose-graph` knows how each vendor evaluates them.

use crate::NodeId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Allow or deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The statement permits.
    Allow,
    /// The statement forbids, whatever others permit.
    Deny,
}

/// Who a statement of a trust or resource policy speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Principal {
    /// Anybody at all.
    Anyone,
    /// Every principal of a scope (account, tenant) that its own policies let through.
    Scope(NodeId),
    /// One identity.
    Identity(NodeId),
    /// Whoever an identity provider vouches for (an OIDC or SAML provider, a trust node).
    Federated(NodeId),
    /// A service of the provider, by its name, for example `lambda.amazonaws.com`.
    Service(String),
    /// A principal in a form that the connector does not know, kept as it was written.
    Other(String),
}

/// One condition of a statement: all conditions must hold, one of the values is enough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Condition {
    /// The vendor's operator, for example `StringEquals`.
    pub operator: String,
    /// The context key, for example `sts:ExternalId`.
    pub key: String,
    /// The values, any of which satisfies the condition.
    pub values: Vec<String>,
}

/// One statement. An empty list of actions, resources or principals means that the statement does not
/// speak of them; the `not_` lists are everything but what they name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    /// The statement's own name, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Allow or deny.
    pub effect: Effect,
    /// Action patterns, for example `iam:Put*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// All actions but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_actions: Vec<String>,
    /// Resource patterns, in the form of [`crate::Node::address`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// All resources but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_resources: Vec<String>,
    /// Who it speaks of (trust and resource policies only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<Principal>,
    /// Everybody but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_principals: Vec<Principal>,
    /// Conditions, all of which must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}
