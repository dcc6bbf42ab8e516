//! What can go wrong: the writer does not take the report.

use crate::FormatInfo;
use std::io;

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report in the format {format}")]
pub struct FormatError {
    format: &'static str,
    #[source]
    source: io::Error,
}

impl FormatError {
    pub(crate) fn new(info: &'static FormatInfo, source: io::Error) -> Self {
        Self { format: info.id, source }
    }

    /// The kind of the failure: a caller treats a closed pipe as the reader's wish, not as a fault.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}
