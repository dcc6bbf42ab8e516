//! One listing, run so that nothing of it gets lost: an error, a panic and a stop by the user all end as
//! coverage, and what was seen before is kept.

use crate::{CallError, CollectorInfo, ConnectorInfo, FailureKind, Meter, Recorder, ScanContext};
use async_trait::async_trait;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use whose_model::{Coverage, NodeId};

/// One listing of a provider. `Session` is what its connector shares between its collectors: the signed-in clients,
/// and what one listing learns for another.
#[async_trait]
pub trait Collector<Session: Sync>: Send + Sync {
    /// What it is.
    fn info(&self) -> &'static CollectorInfo;

    /// Reads the listing into the recorder. Gaps that leave the rest readable are recorded and the listing goes on.
    ///
    /// # Errors
    /// When a call fails and nothing further can be read. What was recorded before stays.
    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError>;
}

/// Runs one collector over one scope, hands its coverage to the sink and returns it.
pub async fn run_collector<Session: Sync>(
    connector: &'static ConnectorInfo,
    collector: &dyn Collector<Session>,
    session: &Session,
    scope: &NodeId,
    context: &ScanContext,
) -> Coverage {
    let info = collector.info();
    let mut recorder = Recorder::new(connector, info, scope.clone(), context.sink.clone());
    let meter = Meter::default();
    recorder.progress(info.title);
    let outcome = {
        let listing = meter.charge(collector.collect(session, &mut recorder));
        let guarded = AssertUnwindSafe(listing).catch_unwind();
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => Outcome::Stopped,
            ended = guarded => match ended {
                Ok(Ok(())) => Outcome::Ended,
                Ok(Err(error)) => Outcome::Failed(error),
                Err(panic) => Outcome::Panicked(panic_text(&*panic)),
            },
        }
    };
    match outcome {
        Outcome::Ended => {}
        Outcome::Failed(error) => recorder.failed(&error),
        Outcome::Stopped => recorder.stopped(),
        Outcome::Panicked(text) => {
            tracing::error!(collector = info.id, panic = %text, "a collector panicked");
            recorder.broken(&text);
        }
    }
    let coverage = recorder.into_coverage(meter.count());
    context.sink.coverage(coverage.clone()).await;
    coverage
}

enum Outcome {
    Ended,
    Failed(CallError),
    Stopped,
    Panicked(String),
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}

impl FailureKind {
    /// What the reader of a gap can do about it.
    pub(crate) fn remedy(self, connector: &str, permission: &str) -> String {
        match self {
            Self::Denied => format!(
                "Allow {permission} to the identity that scans; `whose permissions {connector}` prints the whole policy."
            ),
            Self::NotEnabled => "Nothing, when the service is not used here; otherwise switch it on.".into(),
            Self::Throttled => "Scan again with fewer requests per second, or at a quieter hour.".into(),
            Self::Malformed => {
                "Scan again; if the answer stays unreadable, report it with the output of --save-observations.".into()
            }
            Self::Unreachable => "Check the network, the proxy and the endpoint, and scan again.".into(),
            Self::Other => "Read the provider's message, and scan again.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiCall, Event, NetworkSettings, Sink};
    use tokio_util::sync::CancellationToken;
    use whose_model::{CoverageState, Facet, Node, What};

    const CALL: ApiCall = ApiCall::read("x:ListThings", "x:ListThings", "", "");
    static INFO: CollectorInfo = CollectorInfo {
        id: "things",
        title: "Things",
        provides: &[Facet::Identities],
        types: &[],
        calls: &[CALL],
        switched_on_by: None,
    };
    static CONNECTOR: ConnectorInfo = ConnectorInfo {
        id: "x",
        title: "X",
        target_syntax: "x",
        collectors: &[INFO],
        hands_over: None,
        least_privilege: None,
    };

    /// What a listing does, step by step.
    #[derive(Clone, Copy)]
    enum Step {
        See,
        MissOne,
        NotOffered,
        Fail(FailureKind),
        Panic,
        Hang,
    }

    struct Script(&'static [Step]);

    #[async_trait]
    impl Collector<()> for Script {
        fn info(&self) -> &'static CollectorInfo {
            &INFO
        }

        async fn collect(&self, _session: &(), out: &mut Recorder) -> Result<(), CallError> {
            for step in self.0 {
                match step {
                    Step::See => out.node(Node::new(id("seen"), What::Group, "thing", "seen")).await,
                    Step::MissOne => {
                        out.failed_for(&CallError::new(CALL, FailureKind::Denied, "not this one"), id("missed"));
                    }
                    Step::NotOffered => out.not_offered("no API tells it", "Look it up."),
                    Step::Fail(kind) => return Err(CallError::new(CALL, *kind, "told so")),
                    Step::Panic => panic!("bad page"),
                    Step::Hang => std::future::pending().await,
                }
            }
            Ok(())
        }
    }

    fn id(name: &str) -> NodeId {
        NodeId::new("x", "", "thing", name)
    }

    async fn run(steps: &'static [Step], cancel: CancellationToken) -> (Coverage, usize) {
        let (sink, mut events) = Sink::channel(64);
        let network = NetworkSettings::default();
        let context = ScanContext { as_of: "2026-11-24T22:00:00Z".parse().unwrap(), sink, cancel, network };
        let coverage = run_collector(&CONNECTOR, &Script(steps), &(), &id("scope"), &context).await;
        drop(context);
        let mut seen = 0;
        let mut sent = None;
        while let Some(event) = events.recv().await {
            match event {
                Event::Seen { .. } => seen += 1,
                Event::Coverage(coverage) => sent = Some(coverage),
                Event::Progress { .. } => {}
            }
        }
        assert_eq!(sent.as_ref(), Some(&coverage), "the coverage goes to the sink");
        (coverage, seen)
    }

    #[tokio::test]
    async fn the_state_follows_from_what_was_missed() {
        use CoverageState::{Complete, Denied, Failed, NotEnabled, Partial};
        let cases: [(&'static [Step], CoverageState, usize); 10] = [
            (&[Step::See, Step::See], Complete, 2),
            (&[], Complete, 0),
            (&[Step::Fail(FailureKind::Denied)], Denied, 0),
            (&[Step::Fail(FailureKind::NotEnabled)], NotEnabled, 0),
            (&[Step::NotOffered], NotEnabled, 0),
            (&[Step::Fail(FailureKind::Malformed)], Failed, 0),
            (&[Step::See, Step::Fail(FailureKind::Throttled)], Partial, 1),
            (&[Step::See, Step::MissOne], Partial, 1),
            (&[Step::MissOne], Partial, 0),
            (&[Step::See, Step::Panic], Failed, 1),
        ];
        for (number, (steps, state, seen)) in cases.into_iter().enumerate() {
            let (coverage, observed) = run(steps, CancellationToken::new()).await;
            assert_eq!((coverage.state, coverage.seen as usize, observed), (state, seen, seen), "case {number}");
            assert_eq!(coverage.gaps.is_empty(), state == Complete, "case {number}");
        }
    }

    #[tokio::test]
    async fn a_gap_names_call_reason_and_permission() {
        let (coverage, _) = run(&[Step::Fail(FailureKind::Denied)], CancellationToken::new()).await;
        let gap = &coverage.gaps[0];
        assert_eq!((gap.call.as_deref(), gap.reason.as_str()), (Some("x:ListThings"), "told so"));
        assert!(gap.remedy.contains("Allow x:ListThings") && gap.remedy.contains("whose permissions x"), "{gap:?}");
    }

    #[tokio::test]
    async fn a_panic_is_a_failed_listing_with_its_text() {
        let (coverage, _) = run(&[Step::Panic], CancellationToken::new()).await;
        assert!(coverage.gaps[0].reason.contains("bad page"), "{coverage:?}");
    }

    #[tokio::test]
    async fn a_stopped_listing_keeps_what_it_saw() {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let (outcome, ()) = tokio::join!(run(&[Step::See, Step::Hang], cancel), async move {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            stop.cancel();
        });
        let (coverage, observed) = outcome;
        assert_eq!((coverage.state, observed), (CoverageState::Partial, 1));
        assert!(coverage.gaps[0].reason.contains("stopped by the user"), "{coverage:?}");
    }
}
