//! Observations files: one JSON record a line, a header first. They replay a scan without credentials.

use crate::{Coverage, Edge, Node, Source, TargetInfo, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one listing saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// A thing.
    Node(Box<Node>),
    /// A relation.
    Edge(Box<Edge>),
}

/// The first line of an observations file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordHeader {
    /// The format's version; a reader refuses a higher one.
    pub version: u32,
    /// The moment that the scan speaks for.
    pub as_of: Timestamp,
    /// The version of Whose that wrote it.
    pub tool_version: String,
    /// What was asked to be scanned.
    pub targets: Vec<TargetInfo>,
}

impl RecordHeader {
    /// The version that this build reads and writes.
    pub const VERSION: u32 = 1;
}

/// One line of an observations file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// The first line.
    Header(RecordHeader),
    /// Something seen.
    Seen {
        /// Who saw it.
        source: Source,
        /// What was seen.
        observation: Observation,
    },
    /// How well something was read.
    Coverage(Coverage),
    /// The last line: the file is whole. A file without it was cut off, and is judged as incomplete.
    End {
        /// How many records stand between the header and this line.
        records: u64,
    },
}
