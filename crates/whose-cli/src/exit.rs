//! Exit codes that scripts can trust, and errors that carry one.

use std::process::ExitCode;

/// How a run of `whose` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The scan is complete, and nothing is at or above `--fail-on`.
    Complete = 0,
    /// There are findings at or above `--fail-on`.
    Findings = 1,
    /// The request was wrong: arguments, configuration, a name that does not exist.
    Request = 2,
    /// The scan is incomplete; its gaps are listed.
    Incomplete = 3,
    /// A fault of Whose or of the machine it runs on.
    Fault = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error with the exit code that it leads to.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
}

impl Failure {
    /// The request was wrong.
    pub(crate) fn request(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Request, error: error.into() }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { exit: Exit::Fault, error: error.into() }
    }
}

/// What a command returns.
pub(crate) type Outcome = Result<Exit, Failure>;
