//! What `whose-graph` concludes about a node, in the form in which reports show it.

use crate::{EdgeKind, NodeId, PartyStatus, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Human or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A person signs in with it.
    Human,
    /// Software acts with it.
    NonHuman,
    /// The evidence does not tell.
    Unknown,
}

/// A class with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Classified {
    /// The class.
    pub class: Class,
    /// What says so, one sentence a reason.
    pub reasons: Vec<String>,
}

/// The kinds of ownership signals, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignalClass {
    /// A human confirmed it.
    Attested,
    /// Declared in the platform: owner fields, tags, labels.
    Declared,
    /// Declared in infrastructure code.
    Iac,
    /// Who made it.
    Provenance,
    /// Who uses it.
    Usage,
    /// Who owns what contains it.
    Container,
    /// Concluded from names and neighbours.
    Inferred,
}

/// One signal that a party owns a thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerSignal {
    /// Its class.
    pub class: SignalClass,
    /// What it is, for example `tag Owner=team-payments`.
    pub what: String,
    /// Its strength after resolution, freshness and specificity, from 0 to 1.
    pub score: f64,
}

/// A party that may own a thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerCandidate {
    /// The owner node.
    pub owner: NodeId,
    /// Its name.
    pub name: String,
    /// Whether it is still there.
    pub status: PartyStatus,
    /// The combined score, from 0 to 1.
    pub score: f64,
    /// What speaks for it.
    pub signals: Vec<OwnerSignal>,
}

/// What the candidates amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerBand {
    /// A party at 0.80 or above.
    Owned,
    /// A party from 0.50 to 0.79: to be confirmed.
    Probable,
    /// Two parties of at least 0.50 within 0.15 of each other.
    Conflict,
    /// Everybody on record is inactive, by evidence.
    Orphaned,
    /// Nobody at 0.50.
    Unowned,
}

/// Who answers for a thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ownership {
    /// The verdict.
    pub band: OwnerBand,
    /// The candidates, best first.
    pub candidates: Vec<OwnerCandidate>,
}

/// How much an identity can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Admin-equivalent, or able to become so.
    T0,
    /// Writes production data, secret stores or pipelines.
    T1,
    /// Reads.
    T2,
    /// Nothing that is known to matter.
    T3,
    /// Not evaluated: the grants were not read.
    Unknown,
}

/// One reason for a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basis {
    /// What gives it, in words, for example `policy AdministratorAccess allows * on *`.
    pub what: String,
    /// The grant that gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<NodeId>,
}

/// What an identity can do by its own grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Privilege {
    /// The tier.
    pub tier: Tier,
    /// Why, the strongest first.
    pub basis: Vec<Basis>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Where it starts.
    pub from: NodeId,
    /// How it goes on.
    pub kind: EdgeKind,
    /// Where it ends.
    pub to: NodeId,
}

/// How far a node's holder gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// How many identities it can act as, itself not counted.
    pub identities: u64,
    /// How many scopes these lie in.
    pub scopes: u64,
    /// The admin-equivalent identities among them, itself included, at most ten.
    pub admins: Vec<NodeId>,
    /// The shortest way to the nearest admin-equivalent identity, when there is one and it is not itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Step>,
}

/// Where a thing lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Production.
    Production,
    /// Anything else that is named: staging, test, development.
    NonProduction,
    /// A sandbox.
    Sandbox,
}

/// What its keepers declared about a thing's life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lifecycle {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// When it should end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Timestamp>,
    /// Where it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
}
