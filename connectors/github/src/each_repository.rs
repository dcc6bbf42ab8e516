//! One question to each of many repositories, several at a time: the answers, and a gap for each that failed.

use crate::session::{KnownRepositories, Session};
use futures_util::{StreamExt, stream};
use whose_connect::{ApiCall, CallError, FailureKind, Recorder};
use whose_model::NodeId;

/// After so many refusals without one answer, the permission is taken to be missing for all.
const CONVINCING_REFUSALS: usize = 20;
const PROGRESS_EVERY: usize = 100;

/// What it hides that a repository did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hides {
    /// Something that could be anybody's in the organisation.
    Anything,
    /// Something of that repository alone.
    ItsOwn,
}

/// The repositories that can be asked.
pub(crate) fn known(session: &Session, call: ApiCall) -> Result<&KnownRepositories, CallError> {
    let unread = || CallError::new(call, FailureKind::Other, "not asked: the repositories were not read");
    session.repositories.get().ok_or_else(unread)
}

/// Tells of the repositories that were not asked: so many that are known, and those that their own listing left out.
pub(crate) fn tell_unasked(out: &mut Recorder, call: ApiCall, known: &KnownRepositories, left_out: usize) {
    let mut tell = |reason: &str| out.failed(&CallError::new(call, FailureKind::Other, reason));
    if left_out > 0 {
        tell(&format!("not asked of {left_out} repositories that were pushed to longest ago"));
    }
    if !known.complete {
        tell("not asked for repositories that their own listing did not name");
    }
}

/// Asks each repository. Refused for every repository is one gap, not one a repository.
pub(crate) async fn ask<T, F: Future<Output = Result<T, CallError>>>(
    session: &Session,
    out: &mut Recorder,
    (call, title, hides): (ApiCall, &str, Hides),
    names: &[String],
    question: impl Fn(String) -> F,
) -> Result<Vec<(String, T)>, CallError> {
    let total = names.len();
    let mut asked = stream::iter(names.to_vec())
        .map(|name| {
            let answer = question(name.clone());
            async move { (answer.await, name) }
        })
        .buffered(session.concurrency);
    let (mut answers, mut refused) = (Vec::new(), Vec::new());
    while let Some((answer, name)) = asked.next().await {
        match answer {
            Ok(answer) => answers.push((name, answer)),
            Err(error) => refused.push((error, name)),
        }
        if answers.is_empty() && refused.len() >= CONVINCING_REFUSALS && all_denied(&refused) {
            break;
        }
        let heard = answers.len() + refused.len();
        if heard.is_multiple_of(PROGRESS_EVERY) {
            out.progress(&format!("{title} of {heard} of {total} repositories"));
        }
    }
    if answers.is_empty() && all_denied(&refused) && !refused.is_empty() {
        return refused.into_iter().next().map_or(Ok(Vec::new()), |(error, _)| Err(error));
    }
    for (error, name) in refused {
        let message = format!("{}: {}", session.organization.repository_name(&name), error.message);
        let error = CallError::new(call, error.kind, &message);
        match hides {
            Hides::Anything => out.failed(&error),
            Hides::ItsOwn => out.failed_for(&error, subject(session, &name)),
        }
    }
    Ok(answers)
}

fn subject(session: &Session, name: &str) -> NodeId {
    session.organization.repository(name)
}

fn all_denied<T>(refused: &[(CallError, T)]) -> bool {
    refused.iter().all(|(error, _)| error.kind == FailureKind::Denied)
}
