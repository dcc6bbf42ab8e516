//! The trait that every store implements, and what it answers with.

use crate::{Changes, StoreError, compare};
use async_trait::async_trait;
use serde::Serialize;
use whose_model::{Report, ScanInfo, Timestamp};

/// The inventory with its history. A scan is saved whole or not at all, and nothing that was saved changes.
///
/// Where a scan is asked for by id, a unique beginning of the id is enough, and `latest` is the one saved last.
#[async_trait]
pub trait InventoryStore: Send + Sync {
    /// Keeps a whole report. What the last report had and this one has not is *gone* only where this one's
    /// coverage is complete; otherwise it stays, as *not confirmed*; what lies in scopes that this scan did not
    /// read at all is not touched.
    async fn save(&self, report: &Report) -> Result<(), StoreError>;

    /// All scans, in the order in which they were saved.
    async fn scans(&self) -> Result<Vec<ScanInfo>, StoreError>;

    /// Exactly the report that was saved.
    async fn load(&self, scan_id: &str) -> Result<Report, StoreError>;

    /// The id of the scan that was saved last.
    async fn latest(&self) -> Result<Option<String>, StoreError>;

    /// The id of the last scan that was saved before `scan_id` with the same targets: what a scan of the night is
    /// compared with.
    async fn previous(&self, scan_id: &str) -> Result<Option<String>, StoreError>;

    /// The life of one object: `id` is a node's id or a finding's.
    async fn history(&self, id: &str) -> Result<History, StoreError>;

    /// Objects (edges and findings excepted) that `text` names: those whose id or name it is, then those whose name,
    /// last part of the id or revealed key id holds it. Case does not count. At most `limit`.
    async fn find(&self, text: &str, limit: usize) -> Result<Vec<Found>, StoreError>;

    /// What changed between two scans.
    async fn changes(&self, from: &str, to: &str) -> Result<Changes, StoreError> {
        Ok(compare(&self.load(from).await?, &self.load(to).await?))
    }
}

/// The kinds of objects that a store keeps: one for each list of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// [`Report::identities`].
    Identity,
    /// [`Report::credentials`].
    Credential,
    /// [`Report::secrets`].
    Secret,
    /// [`Report::grants`].
    Grant,
    /// [`Report::owners`].
    Owner,
    /// [`Report::others`].
    Other,
    /// [`Report::edges`].
    Edge,
    /// [`Report::findings`].
    Finding,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Credential,
        Self::Secret,
        Self::Grant,
        Self::Owner,
        Self::Other,
        Self::Edge,
        Self::Finding,
    ];

    /// The lower-case word, as the database holds it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Credential => "credential",
            Self::Secret => "secret",
            Self::Grant => "grant",
            Self::Owner => "owner",
            Self::Other => "other",
            Self::Edge => "edge",
            Self::Finding => "finding",
        }
    }
}

/// A scan as a point in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The scan's id.
    pub scan: String,
    /// Its `as_of`.
    pub at: Timestamp,
}

/// How a version of an object ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// A scan saw the object with other content.
    Replaced,
    /// A scan that read all of its scope saw it no more.
    Gone,
    /// A scan saw it no more, and could not tell whether it is gone.
    Unconfirmed,
}

/// What an object was from one scan to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    /// The first scan that saw it so.
    pub from: Moment,
    /// The last scan that saw it so.
    pub last: Moment,
    /// How it ended, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// The fields in which it differs from the version before it; empty for the first.
    pub fields: Vec<String>,
    /// The object as the report held it when the version began.
    pub body: serde_json::Value,
}

/// The life of one object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The first scan that saw it.
    pub first_seen: Moment,
    /// The last scan that saw it.
    pub last_seen: Moment,
    /// The scan that showed it to be gone, when one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<Moment>,
    /// Its versions, the oldest first. Scans of different targets see an object from different sides, and each
    /// series of scans has versions of its own.
    pub versions: Vec<Version>,
}

/// How well a found object fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// The text is its id, the last part of its id, its name, or a key id that it reveals.
    Exact,
    /// One of these holds the text.
    Part,
}

/// An object that a text names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// How well it fits.
    pub r#match: Match,
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The first scan that saw it.
    pub first_seen: Moment,
    /// The last scan that saw it: load it to see the object in its context.
    pub last_seen: Moment,
    /// The scan that showed it to be gone, when one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<Moment>,
}
