//! What can go wrong while the world is served or written.

use std::path::PathBuf;

/// An error of the invented world: of this machine, never of the plan.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// No port on loopback.
    #[error("an invented provider could not listen on loopback")]
    Listen {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file or folder could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A git object, reference or index could not be written.
    #[error("could not {operation} of the repository {}", path.display())]
    Git {
        /// What was being done.
        operation: &'static str,
        /// Where.
        path: PathBuf,
        /// What git said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
