//! What can go wrong: with a whole target, or with one call of it.

use crate::ApiCall;
use std::error::Error;
use std::path::PathBuf;

/// Why nothing of a target could be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The target is not written as the connector expects.
    #[error("the target `{target}` cannot be understood: {reason}. A target is written {syntax}")]
    Target {
        /// What was written.
        target: String,
        /// What is wrong with it.
        reason: String,
        /// How targets are written.
        syntax: &'static str,
    },
    /// The provider does not know us, or there are no credentials at all.
    #[error("cannot sign in to {target}: {reason}. {remedy}")]
    SignIn {
        /// Where.
        target: String,
        /// What happened, without any secret.
        reason: String,
        /// What to do next.
        remedy: String,
        /// The error below.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The settings of the network cannot be used.
    #[error("the network setting `{setting}` cannot be used: {reason}")]
    Network {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
        /// The error below.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// A file that the target names cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error below.
        #[source]
        source: std::io::Error,
    },
    /// The scan was stopped before the target could be opened.
    #[error("stopped by the user before {target} was opened")]
    Stopped {
        /// Where.
        target: String,
    },
    /// Anything else that ends a whole target.
    #[error("{operation} failed")]
    Failed {
        /// What was done.
        operation: String,
        /// The error below.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// The kinds of failures of one call, as far as a reader of the coverage must tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The provider refused.
    Denied,
    /// The provider does not offer it here, or it is not switched on.
    NotEnabled,
    /// The provider asked for patience until ours ended.
    Throttled,
    /// The answer could not be understood.
    Malformed,
    /// There was no answer.
    Unreachable,
    /// Anything else.
    Other,
}

/// One call that failed.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", call.name)]
pub struct CallError {
    /// The call.
    pub call: ApiCall,
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// What happened, for people, without any secret.
    pub message: String,
    /// The error below.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl CallError {
    /// A failure without an error below. The message is cut to a bounded length and freed of control characters,
    /// since much of it is the provider's own text.
    pub fn new(call: ApiCall, kind: FailureKind, message: &str) -> Self {
        Self { call, kind, message: plain(message), source: None }
    }

    /// The same failure with the error below it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// An error with those below it, in one line; what an error repeats of the one below is said once.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if said.last() != Some(&text) {
            said.push(text);
        }
        next = error.source();
    }
    said.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest message that is kept of a provider's answer.
const LONGEST_MESSAGE: usize = 400;

fn plain(message: &str) -> String {
    let mut text: String = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_MESSAGE)
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if message.chars().count() > LONGEST_MESSAGE {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_a_provider_are_one_bounded_line() {
        let call = ApiCall::read("x:GetThing", "x:GetThing", "", "");
        let error = CallError::new(call, FailureKind::Other, &format!("a\u{1b}[31m\r\nb {}", "y".repeat(1000)));
        assert!(error.message.starts_with("a [31m b y"), "{}", error.message);
        assert!(error.message.ends_with('…') && error.message.chars().count() <= LONGEST_MESSAGE + 1);
        assert!(error.to_string().starts_with("x:GetThing: a"));
    }
}
