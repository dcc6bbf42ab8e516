//! The report: plain data, whole and in a stable order. Formats read nothing else, and the store keeps it.

use crate::{
    Assessment, Classified, Coverage, CredentialKind, Edge, Finding, FindingId, GrantOrigin, LastUsed, Lifecycle,
    NodeId, NodeKind, Ownership, PartyKind, PartyStatus, Place, Privilege, Reach, Reveal, SecretConfidence, Severity,
    State, Timestamp,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the report's JSON Schema. It grows when a field changes its meaning or goes.
pub const REPORT_VERSION: u32 = 1;

/// Whether a scan saw all that it was asked to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScanState {
    /// All coverage is complete and every rule was evaluated.
    Complete,
    /// There are gaps; they are listed.
    Incomplete,
    /// It was stopped by its user; what was gathered is kept.
    Cancelled,
}

/// What was asked to be scanned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct TargetInfo {
    /// The connector's id.
    pub connector: String,
    /// The target as it was written, without credentials.
    pub target: String,
}

/// The scan that a report speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanInfo {
    /// Its id: the moment it began, in the form `20261124T215532Z`, with a suffix when two began in one second.
    pub id: String,
    /// The one moment against which all ages are measured.
    pub as_of: Timestamp,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// Whether it saw all.
    pub state: ScanState,
    /// The version of Whose that made it.
    pub tool_version: String,
    /// What was scanned.
    pub targets: Vec<TargetInfo>,
    /// How many calls were made to providers.
    pub calls: u64,
}

/// An identity with all that is known and concluded of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IdentityView {
    /// Its id.
    pub id: NodeId,
    /// The vendor's kind.
    pub r#type: String,
    /// Its name.
    pub name: String,
    /// The vendor's immutable id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_id: Option<String>,
    /// ARN, resource id or e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The scope that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// Whether it can be used.
    pub state: State,
    /// Human or not, and why.
    pub class: Classified,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<LastUsed>,
    /// What its keepers wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Tags or labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Purpose, expiry and environment, as declared.
    pub lifecycle: Lifecycle,
    /// Who answers for it; `None` when the sources of ownership were not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Ownership>,
    /// What it can do.
    pub privilege: Privilege,
    /// How far it gets.
    pub reach: Reach,
    /// Its credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<NodeId>,
    /// Its grants, those of its groups included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<NodeId>,
    /// The findings that concern it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingId>,
}

/// A credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialView {
    /// Its id.
    pub id: NodeId,
    /// Its kind.
    pub kind: CredentialKind,
    /// The vendor's kind.
    pub r#type: String,
    /// Its name: for an access key, the key id.
    pub name: String,
    /// The identity that it proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<NodeId>,
    /// The scope that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// Whether it can be used.
    pub state: State,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When its secret part last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<Timestamp>,
    /// When it stops working by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<LastUsed>,
    /// Its public fingerprint or thumbprint, as [`crate::CredentialDetail::thumbprint`] is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// The SHA-256 of its public key, as [`crate::CredentialDetail::public_key`] is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The leaked secrets that are its value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaked: Vec<NodeId>,
    /// The findings that concern it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingId>,
}

/// A grant, with its holders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrantView {
    /// Its id.
    pub id: NodeId,
    /// The vendor's kind.
    pub r#type: String,
    /// Its name.
    pub name: String,
    /// Who keeps it.
    pub origin: GrantOrigin,
    /// The scope that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// The identities and groups that hold it directly.
    pub holders: Vec<NodeId>,
    /// Whether what it says was read.
    pub read: bool,
}

/// An owner, with what it answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerView {
    /// Its id.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// Person or team.
    pub party: PartyKind,
    /// Whether it is still there.
    pub status: PartyStatus,
    /// What it owns, as owned or probable.
    pub owns: Vec<NodeId>,
}

/// A leaked secret with all its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretView {
    /// Its id: the keyed fingerprint of its value.
    pub id: NodeId,
    /// The detector that found it.
    pub detector: String,
    /// What it is, in words.
    pub title: String,
    /// A masked rendering.
    pub hint: String,
    /// How sure the detector is.
    pub confidence: SecretConfidence,
    /// Whether the secret half stands there, or an id alone.
    pub has_secret_half: bool,
    /// What the format gives away.
    pub reveals: Vec<Reveal>,
    /// The credential whose value it is, when the inventory holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<NodeId>,
    /// The identity that it proves or names, when the inventory holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<NodeId>,
    /// Why it is taken for what it is joined with, in words, and how sure that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where it stands, the oldest first.
    pub places: Vec<Place>,
    /// The findings that concern it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingId>,
}

/// Any other node: scopes, groups, trusts, resources, repositories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeView {
    /// Its id.
    pub id: NodeId,
    /// Its kind.
    pub kind: NodeKind,
    /// The vendor's kind.
    pub r#type: String,
    /// Its name.
    pub name: String,
    /// ARN, resource id or URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The scope that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// Whether it was itself seen, or is only named by another.
    pub seen: bool,
}

/// An edge, as it stands in the graph.
pub type EdgeView = Edge;

/// The headline numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Identities that are not human (or not known to be).
    pub non_human_identities: u64,
    /// Identities that are human.
    pub human_identities: u64,
    /// Credentials of any kind.
    pub credentials: u64,
    /// Distinct leaked secrets.
    pub secrets: u64,
    /// Of the non-human identities, how many have an owner (owned or probable).
    pub owned: u64,
    /// Of the non-human identities, how many declare a purpose.
    pub with_purpose: u64,
    /// Of the non-human identities, how many declare an expiry.
    pub with_expiry: u64,
    /// Admin-equivalent non-human identities.
    pub admins: u64,
    /// Enabled credentials whose value leaked.
    pub leaked_and_live: u64,
    /// Findings by severity.
    pub by_severity: BTreeMap<Severity, u64>,
    /// Findings by rule.
    pub by_rule: BTreeMap<String, u64>,
    /// Listings that were read completely.
    pub coverage_complete: u64,
    /// Listings in all.
    pub coverage_total: u64,
}

/// A whole scan, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this form, [`REPORT_VERSION`].
    pub version: u32,
    /// The scan.
    pub scan: ScanInfo,
    /// The headline numbers.
    pub summary: Summary,
    /// The findings, worst first: by severity, then by the sum behind it, then by rule and subject.
    pub findings: Vec<Finding>,
    /// Identities, by id.
    pub identities: Vec<IdentityView>,
    /// Credentials, by id.
    pub credentials: Vec<CredentialView>,
    /// Leaked secrets, by id.
    pub secrets: Vec<SecretView>,
    /// Grants, by id.
    pub grants: Vec<GrantView>,
    /// Owners, by id.
    pub owners: Vec<OwnerView>,
    /// Scopes, groups, trusts, resources and repositories, by id.
    pub others: Vec<NodeView>,
    /// Edges, by start, kind, end.
    pub edges: Vec<EdgeView>,
    /// What was read and what was not.
    pub coverage: Vec<Coverage>,
    /// How each rule ended for each scope.
    pub assessments: Vec<Assessment>,
}
