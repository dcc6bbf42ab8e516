//! How a leaked value is matched with the inventory: what it names, and how sure a match makes the link.

use crate::NodeId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How sure a link between a leaked value and a live credential is (governance ladder).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JoinStrength {
    /// A hint that several credentials may share (at most 0.4): candidates only, never a finding.
    SharedHint,
    /// A unique prefix or suffix (0.8).
    PrefixSuffix,
    /// A hint with its application or tenant nearby (0.85).
    HintInContext,
    /// A subject that the value itself names, as its issuer wrote it (0.95).
    EmbeddedSubject,
    /// A hash of the token (1.0).
    TokenHash,
    /// The exact id, or the same public half (1.0): there is no other such credential.
    ExactId,
}

impl JoinStrength {
    /// The confidence, from 0 to 1.
    pub fn confidence(self) -> f64 {
        match self {
            Self::SharedHint => 0.4,
            Self::PrefixSuffix => 0.8,
            Self::HintInContext => 0.85,
            Self::EmbeddedSubject => 0.95,
            Self::TokenHash | Self::ExactId => 1.0,
        }
    }
}

/// How a leaked value names what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JoinTarget {
    /// By id: the credential or, when the value names no more than that, the identity that it proves or the resource
    /// that it opens.
    Node(NodeId),
    /// By the public half of the key that it is: each credential with this thumbprint or public key.
    PublicHalf(String),
    /// By the part of it that its vendor shows, which several credentials may share.
    Hint {
        /// The type of credentials that it may be.
        r#type: String,
        /// The part, as the connector writes it.
        hint: String,
        /// The identities and scopes that stand beside the value, one of which holds the credential. Empty: any may.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        within: Vec<NodeId>,
    },
    /// By issuer and subject: each identity that a trust in exactly these lets it act as.
    Subject {
        /// The issuer's address, without scheme.
        issuer: String,
        /// The subject.
        subject: String,
    },
}

impl JoinTarget {
    /// The node that it names by id.
    pub fn node(&self) -> Option<&NodeId> {
        if let Self::Node(id) = self { Some(id) } else { None }
    }

    /// The type of the nodes that it may be, when it says so.
    pub fn type_name(&self) -> Option<&str> {
        match self {
            Self::Node(id) => Some(id.type_name()),
            Self::Hint { r#type, .. } => Some(r#type),
            Self::PublicHalf(_) | Self::Subject { .. } => None,
        }
    }
}

/// Something that a leaked value would be, or would lie in, if that is in the inventory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Join {
    /// The credential (or, when only that is known, the identity or resource) that the value belongs to.
    pub target: JoinTarget,
    /// The scope that the value names by itself, for example the account of an AWS key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// How sure.
    pub strength: JoinStrength,
}
