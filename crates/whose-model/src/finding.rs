//! Findings: one fault of one subject, with the sum that makes its severity, its evidence and its fix.

use crate::{Gap, NodeId, Place, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// To know.
    Info = 1,
    /// To tidy.
    Low = 2,
    /// To plan.
    Medium = 3,
    /// To do this week.
    High = 4,
    /// To do now.
    Critical = 5,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The severity of a number, clamped into 1 (info) to 5 (critical).
    pub fn from_level(level: i32) -> Self {
        match level {
            ..=1 => Self::Info,
            2 => Self::Low,
            3 => Self::Medium,
            4 => Self::High,
            5.. => Self::Critical,
        }
    }

    /// The number, from 1 (info) to 5 (critical).
    pub fn level(self) -> i32 {
        self as i32
    }

    /// The lower-case word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One term of the sum that makes a severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeverityReason {
    /// Which step of the method: `base`, `privilege`, `exposure`, `liveness`, `reach`, `environment`, `cap`, `floor`.
    pub factor: String,
    /// What it adds; 0 for a cap or floor and for what was not evaluated.
    pub delta: i32,
    /// Why, in words.
    pub why: String,
}

/// One thing that shows a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What is shown, in words, with ids and dates and never a secret value.
    pub what: String,
    /// Which listing or file shows it.
    pub source: String,
    /// The moment that it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl Evidence {
    /// Evidence without a date of its own.
    pub fn new(what: impl Into<String>, source: impl Into<String>) -> Self {
        Self { what: what.into(), source: source.into(), at: None }
    }

    /// The same, with the moment that it speaks of.
    #[must_use]
    pub fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }
}

/// One step of a fix. Whose prints it and never runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// What to do.
    pub what: String,
    /// The command that does it, quoted for a POSIX shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A page to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A control of a framework for which a finding is evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ControlRef {
    /// The framework's slug with its edition, for example `owasp-nhi-2025`.
    pub framework: String,
    /// The control's id as the framework writes it.
    pub control: String,
}

/// The id of a finding: the same fault of the same subject has the same id in every scan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(with = "String")]
pub struct FindingId(String);

impl FindingId {
    /// The first 16 hex digits of BLAKE3 over rule, subject and discriminator.
    pub fn new(rule: &str, subject: &NodeId, discriminator: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [rule, subject.as_str(), discriminator] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().to_hex()[..16].to_string())
    }

    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for FindingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One fault of one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Its id, equal in every scan.
    pub id: FindingId,
    /// The rule's slug.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// The whole sum, so that a reader can argue with it.
    pub severity_reasons: Vec<SeverityReason>,
    /// From 0 to 1: how sure the link or owner is that the finding rests on.
    pub confidence: f64,
    /// What is at fault.
    pub subject: NodeId,
    /// Its name.
    pub subject_name: String,
    /// The scope in which it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// The identity concerned, when the subject is not one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<NodeId>,
    /// The fault in one sentence.
    pub title: String,
    /// Who answers for it, in words: name and band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How far its holder gets, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Where it stands in files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// What to do.
    pub fix: Vec<Fix>,
    /// The controls for which it is evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maps_to: Vec<ControlRef>,
    /// What to read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

/// How a rule ended for a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All that it needs was read: no finding means no fault of this kind was seen.
    Assessed,
    /// Something that it needs was not read: no finding means nothing.
    NotAssessable,
    /// The rule itself failed. Never a pass.
    NotEvaluated,
}

/// How one rule ended for one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// The rule's slug.
    pub rule: String,
    /// The scope; `None` when the rule failed as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// The verdict.
    pub verdict: Verdict,
    /// How many findings it made there.
    pub findings: u64,
    /// How many subjects it could not judge.
    pub not_assessed: u64,
    /// What was missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}
