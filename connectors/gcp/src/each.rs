//! Calls that are made once for each of many things: some at a time, and a refusal of all is one gap.

use futures_util::stream::{self, Stream, StreamExt};
use std::pin::Pin;
use whose_connect::{CallError, FailureKind, Recorder};
use whose_model::NodeId;

/// After so many refusals without one answer, the permission is taken to be missing for all.
const CONVINCING_REFUSALS: usize = 20;
const PROGRESS_EVERY: usize = 100;

/// Calls for each name, some at a time, and gives the answers in the order of the names.
pub(crate) fn each<'a, T, Call, Answer>(
    names: &'a [String],
    at_once: usize,
    call: Call,
) -> Pin<Box<dyn Stream<Item = (String, Result<T, CallError>)> + Send + 'a>>
where
    Call: Fn(&'a str) -> Answer + Send + 'a,
    Answer: Future<Output = Result<T, CallError>> + Send + 'a,
    T: Send + 'a,
{
    let calls = stream::iter(names).map(move |name| {
        let answer = call(name);
        async move { (name.clone(), answer.await) }
    });
    Box::pin(calls.buffered(at_once.max(1)))
}

/// What came of the calls so far.
pub(crate) struct Answers {
    total: usize,
    what: &'static str,
    answered: usize,
    refused: Vec<(CallError, NodeId)>,
}

impl Answers {
    pub(crate) fn new(total: usize, what: &'static str) -> Self {
        Self { total, what, answered: 0, refused: Vec::new() }
    }

    /// Takes one answer; a failure is kept for the end.
    pub(crate) fn take<T>(&mut self, answer: Result<T, CallError>, subject: NodeId, out: &Recorder) -> Option<T> {
        let answer = match answer {
            Ok(answer) => {
                self.answered += 1;
                Some(answer)
            }
            Err(error) => {
                self.refused.push((error, subject));
                None
            }
        };
        let done = self.answered + self.refused.len();
        if done.is_multiple_of(PROGRESS_EVERY) {
            out.progress(&format!("{}: {done} of {}", self.what, self.total));
        }
        answer
    }

    /// Whether it is of no use to go on.
    pub(crate) fn hopeless(&self) -> bool {
        self.refused.len() >= CONVINCING_REFUSALS && self.all_alike()
    }

    fn all_alike(&self) -> bool {
        let lasting = |kind| matches!(kind, FailureKind::Denied | FailureKind::NotEnabled);
        self.answered == 0 && self.refused.iter().all(|(error, _)| lasting(error.kind))
    }

    /// Tells what is missing: each thing by itself, or all at once when nothing was let through.
    pub(crate) fn end(self, missing: Option<CallError>, out: &mut Recorder) -> Result<(), CallError> {
        if let Some(error) = missing {
            out.failed(&error);
        }
        if self.all_alike() {
            return self.refused.into_iter().next().map_or(Ok(()), |(error, _)| Err(error));
        }
        for (error, subject) in self.refused {
            out.failed_for(&error, subject);
        }
        Ok(())
    }
}
