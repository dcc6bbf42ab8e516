//! Coverage: what was read, what was not, and why. A listing that failed is never an empty one, and
//! whoever reasons from absence asks here first.

use crate::{NodeId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a record comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The connector's id, for example `aws`.
    pub connector: String,
    /// The collector's id, for example `access-keys`.
    pub collector: String,
}

/// What a listing can tell about a scope. Rules name the facets that they need, never a vendor's listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    /// Which identities exist.
    Identities,
    /// Which credentials exist, with their state and dates.
    Credentials,
    /// When credentials were last used.
    CredentialUse,
    /// When identities were last used.
    IdentityUse,
    /// Which grants identities and groups hold, and what these say.
    Grants,
    /// Who may become whom: trust policies and identity providers.
    Trusts,
    /// Who is said to own things: tags, owners, sponsors.
    OwnerSignals,
    /// Whether owners are still there.
    OwnerStatus,
    /// Which secrets stand in places that many can read.
    Secrets,
    /// Which repositories exist, and who can see them.
    Repositories,
    /// How pipelines are set up: what their tokens may do, and whose changes start them.
    Settings,
    /// Where events are sent, and whether they are signed.
    Hooks,
    /// Which secrets pipelines can use, by name.
    PipelineSecrets,
}

/// How well a listing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageState {
    /// All of it.
    Complete,
    /// A part: what was read is kept, the gaps name the rest.
    Partial,
    /// The provider refused.
    Denied,
    /// The provider has not switched it on or does not offer it here, or the user chose to leave it out.
    NotEnabled,
    /// It failed otherwise.
    Failed,
}

/// One thing that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What was not read, when the gap is about one thing; `None`: about the scope as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<NodeId>,
    /// The call that failed, for example `iam:ListAccessKeys`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// What went wrong, in one sentence, without any secret.
    pub reason: String,
    /// What the reader can do about it, for example the permission to add.
    pub remedy: String,
}

/// How well one collector read one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Who read.
    pub source: Source,
    /// What was read: an account, an organisation, a repository.
    pub scope: NodeId,
    /// What this listing can tell.
    pub facets: Vec<Facet>,
    /// The types of nodes that it lists, where it can tell the facets of these alone; empty: of all in the scope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// How well.
    pub state: CoverageState,
    /// How many things were seen.
    pub seen: u64,
    /// How many calls it took.
    pub calls: u64,
    /// What is missing. Empty exactly when `state` is complete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    /// The earliest moment that a usage source can speak for, where usage is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<Timestamp>,
}

impl Coverage {
    /// Whether this listing can tell anything of nodes of a type.
    pub fn speaks_of(&self, r#type: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|listed| listed == r#type)
    }

    /// The gap that keeps this listing from speaking of `subject`, if there is one.
    pub fn gap_for(&self, subject: &NodeId) -> Option<&Gap> {
        if self.state == CoverageState::Complete {
            return None;
        }
        self.gaps.iter().find(|gap| gap.subject.as_ref().is_none_or(|named| named == subject))
    }
}
