//! What changed between two reports. Only what both scans read is compared, and what one of them could not
//! tell is said to be undecided.

use crate::Kind;
use serde::Serialize;
use whose_model::{EdgeKind, Finding, FindingId, NodeId, ScanInfo, Severity, Tier};

/// What changed from one scan to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changes {
    /// The earlier scan, or the one that takes its place.
    pub from: ScanInfo,
    /// The later scan.
    pub to: ScanInfo,
    /// The scopes that both read: what lies elsewhere is not compared.
    pub compared: Vec<NodeId>,
    /// The scopes that `from` alone read.
    pub only_from: Vec<NodeId>,
    /// The scopes that `to` alone read.
    pub only_to: Vec<NodeId>,
    /// How many objects and findings were not compared, since they lie in scopes that one scan alone read.
    pub not_compared: u64,
    /// What `to` has, and `from` had not although it read everything there.
    pub appeared: Vec<Subject>,
    /// What `from` had, and `to` has not although it read everything there.
    pub vanished: Vec<Subject>,
    /// What has other content.
    pub changed: Vec<Changed>,
    /// Identities that can do more.
    pub widened: Vec<Widened>,
    /// What one of the scans has and the other could not see, there or gone.
    pub undecided: Vec<Undecided>,
    /// Findings that were not there.
    pub findings_new: Vec<FindingRef>,
    /// Findings that are there no more, although their rule was evaluated with all that it needs.
    pub findings_resolved: Vec<FindingRef>,
    /// Findings whose severity is another.
    pub severity_changed: Vec<SeverityChange>,
}

impl Changes {
    /// Whether nothing changed and nothing is undecided.
    pub fn is_empty(&self) -> bool {
        self.appeared.is_empty()
            && self.vanished.is_empty()
            && self.changed.is_empty()
            && self.widened.is_empty()
            && self.undecided.is_empty()
            && self.findings_new.is_empty()
            && self.findings_resolved.is_empty()
            && self.severity_changed.is_empty()
    }

    /// Whether the two scans read the same scopes, so that nothing was left out.
    pub fn is_whole(&self) -> bool {
        self.only_from.is_empty() && self.only_to.is_empty() && self.not_compared == 0
    }
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A node.
    Node {
        /// Its kind.
        kind: Kind,
        /// Its id.
        id: NodeId,
        /// Its name.
        name: String,
    },
    /// A relation.
    Edge {
        /// Where it starts.
        from: NodeId,
        /// Its kind.
        kind: EdgeKind,
        /// Where it ends.
        to: NodeId,
        /// What tells it from others of its kind between the same ends.
        qualifier: String,
    },
    /// A finding.
    Finding(FindingRef),
}

/// An object with other content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The object.
    pub subject: Subject,
    /// The names of the fields that differ, as the report's JSON has them.
    pub fields: Vec<String>,
    /// The vendor's immutable id is another: it was deleted and made again under the same name.
    pub recreated: bool,
}

/// An identity that can do more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Widened {
    /// The identity, or the provider that vouches for it.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// What widened it.
    pub by: Widening,
}

/// How an identity came to do more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Widening {
    /// Its privilege tier rose.
    Tier {
        /// The tier that it had.
        from: Tier,
        /// The tier that it has.
        to: Tier,
    },
    /// It holds grants that it did not hold.
    Grants(Vec<NodeId>),
    /// An edge of control appeared from it, for example `can-assume`.
    Edge {
        /// The edge's kind.
        kind: EdgeKind,
        /// What it can now act on.
        to: NodeId,
    },
}

/// One of the two scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The earlier.
    From,
    /// The later.
    To,
}

/// Something that one scan has, and of which the other could not tell whether it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undecided {
    /// What it is.
    pub subject: Subject,
    /// The scan that could not tell; its coverage says why.
    pub unread_in: Side,
}

/// A finding in short.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FindingRef {
    /// Its id.
    pub id: FindingId,
    /// The rule's slug.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// What is at fault.
    pub subject: NodeId,
    /// The fault in one sentence.
    pub title: String,
}

impl From<&Finding> for FindingRef {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id.clone(),
            rule: finding.rule.clone(),
            severity: finding.severity,
            subject: finding.subject.clone(),
            title: finding.title.clone(),
        }
    }
}

/// A finding whose severity is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeverityChange {
    /// The finding as it is now.
    pub finding: FindingRef,
    /// How bad it was.
    pub from: Severity,
}
