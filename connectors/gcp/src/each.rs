//! Calls that are made once for each of many things: some at a time, and a refusal of all is one gap.

use futures_util::stream::{self, Stream, StreamExt};
use std::pin::Pin;
use whose_connect::{CallError, Recorder};
use whose_model::NodeId;

/// After so many failures in a row, the others would fail too: a permission is missing, or patience is at its end.
const CONVINCING_FAILURES: usize = 20;
const PROGRESS_EVERY: usize = 100;

/// An answer with the name for which it was given.
pub(crate) type Named<T> = (String, Result<T, CallError>);

/// Calls for each name, some at a time, and gives the answers in the order of the names.
pub(crate) fn each<'a, T, Call, Answer>(
    names: &'a [String],
    at_once: usize,
    call: Call,
) -> Pin<Box<dyn Stream<Item = Named<T>> + Send + 'a>>
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
    in_a_row: usize,
    refused: Vec<(CallError, NodeId)>,
}

impl Answers {
    pub(crate) fn new(total: usize, what: &'static str) -> Self {
        Self { total, what, answered: 0, in_a_row: 0, refused: Vec::new() }
    }

    /// Takes one answer; a failure is kept for the end.
    pub(crate) fn take<T>(&mut self, answer: Result<T, CallError>, subject: NodeId, out: &Recorder) -> Option<T> {
        let answer = match answer {
            Ok(answer) => {
                self.answered += 1;
                self.in_a_row = 0;
                Some(answer)
            }
            Err(error) => {
                self.in_a_row += 1;
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
        self.in_a_row >= CONVINCING_FAILURES
    }

    /// Tells what is missing: each thing by itself, or all at once when nothing was let through or not all were asked.
    pub(crate) fn end(mut self, missing: Option<CallError>, out: &mut Recorder) -> Result<(), CallError> {
        if let Some(error) = missing {
            out.failed(&error);
        }
        let asked_all = self.answered + self.refused.len() == self.total;
        let alike = self.refused.windows(2).all(|pair| pair[0].0.kind == pair[1].0.kind);
        let of_all = (!asked_all || (self.answered == 0 && alike)).then(|| self.refused.pop()).flatten();
        if self.answered == 0 && alike {
            return of_all.map_or(Ok(()), |(error, _)| Err(error));
        }
        for (error, subject) in self.refused {
            out.failed_for(&error, subject);
        }
        of_all.map_or(Ok(()), |(error, _)| Err(error))
    }
}
