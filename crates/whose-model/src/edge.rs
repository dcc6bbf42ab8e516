//! Edges: fifteen kinds. Their direction is that of control: who holds the start can act on the end.

use crate::{Evidence, NodeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The fifteen kinds of edges. Each reads as a sentence: from, kind, to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// Credential or trust → the identity that it proves.
    AuthenticatesAs,
    /// Identity → an identity that it may become.
    CanAssume,
    /// Repository, workload or identity → a trust or identity, through an identity provider.
    FederatesTo,
    /// Identity or group → group.
    MemberOf,
    /// Identity → identity or scope, by a technique (derived).
    CanEscalateTo,
    /// Technical owner → a thing to which it can add a credential.
    Controls,
    /// Workload → the identity as which it runs.
    RunsAs,
    /// Identity → a credential or secret store that it can read.
    CanReadSecret,
    /// Leaked secret → the credential whose value it is, or the identity or resource that it names (derived).
    IsValueOf,
    /// Identity or group → grant.
    HasGrant,
    /// Identity, grant, or a credential that proves no identity → resource or scope.
    HasPermission,
    /// Scope → anything in it.
    Contains,
    /// Secret, credential or identity → where it is leaked.
    LeakedIn,
    /// Secret, credential or identity → where it is declared.
    DeclaredIn,
    /// Anything → who answers for it. Never a way of control.
    OwnedBy,
    /// Anything → who made it.
    CreatedBy,
}

impl EdgeKind {
    /// Whether reach follows this edge from start to end. `LeakedIn` and `DeclaredIn` count as one kind and are
    /// followed by nobody: reading a place is not part of the estate that is known.
    pub fn is_traversable(self) -> bool {
        match self {
            Self::AuthenticatesAs
            | Self::CanAssume
            | Self::FederatesTo
            | Self::MemberOf
            | Self::CanEscalateTo
            | Self::Controls
            | Self::RunsAs
            | Self::CanReadSecret
            | Self::IsValueOf => true,
            Self::HasGrant
            | Self::HasPermission
            | Self::Contains
            | Self::LeakedIn
            | Self::DeclaredIn
            | Self::OwnedBy
            | Self::CreatedBy => false,
        }
    }
}

/// What is known of the conditions under which an edge holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionClass {
    /// None, or all are always satisfied.
    #[default]
    None,
    /// Who holds the start can satisfy them.
    Satisfiable,
    /// They depend on a party outside (an external id, another issuer's claim).
    External,
    /// They could not be evaluated: the edge is kept, and says so.
    Unknown,
}

/// One edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// Where it starts.
    pub from: NodeId,
    /// Its kind.
    pub kind: EdgeKind,
    /// Where it ends.
    pub to: NodeId,
    /// Tells edges of one kind between the same ends apart: a tag's key, a statement, a technique.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub qualifier: String,
    /// Its conditions.
    #[serde(default)]
    pub condition: ConditionClass,
    /// From 0 to 1; 1 for what a provider states.
    pub confidence: f64,
    /// Concluded by `whose-graph`, not stated by a provider.
    #[serde(default)]
    pub derived: bool,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl Edge {
    /// An edge that a provider states.
    pub fn stated(from: NodeId, kind: EdgeKind, to: NodeId) -> Self {
        Self {
            from,
            kind,
            to,
            qualifier: String::new(),
            condition: ConditionClass::None,
            confidence: 1.0,
            derived: false,
            evidence: Vec::new(),
        }
    }

    /// The same edge with one more piece of evidence.
    #[must_use]
    pub fn shown_by(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}
