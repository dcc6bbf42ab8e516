//! Repositories that connectors hand over: they are given to the reader, a few at once, each once and each with
//! coverage of its own, while the connectors go on.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::Receiver;
use tokio::task::{Id, JoinError, JoinSet};
use whose_connect::{ConnectError, ConnectorInfo, Handover, RepositoryReader, ScanContext};
use whose_model::{Coverage, NodeId};

use crate::unread::{broken, failed};

/// How many repositories are cloned and read at once. Each takes a place in the temporary folder, and reading uses
/// all processors as it is.
const AT_ONCE: usize = 4;

/// The repositories that were begun and have not ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Begun(Arc<Mutex<BTreeSet<NodeId>>>);

impl Begun {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeSet<NodeId>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The coverage of those that had to be cut off.
    pub(crate) fn cut_off(&self, info: &ConnectorInfo) -> Vec<Coverage> {
        self.change(std::mem::take).into_iter().map(|repository| broken(info, repository, true)).collect()
    }
}

/// Reads what is handed over until nobody hands over any more. `known` are the repositories that are read anyway.
pub(crate) async fn read_handed_over(
    reader: Arc<dyn RepositoryReader>,
    mut handed: Receiver<Handover>,
    mut known: BTreeSet<NodeId>,
    begun: Begun,
    context: ScanContext,
) {
    let mut reading = Reading { reader, begun, context, tasks: JoinSet::new(), ids: HashMap::new() };
    while let Some(handover) = handed.recv().await {
        if !known.insert(handover.repository().clone()) {
            continue;
        }
        while reading.tasks.len() >= AT_ONCE {
            reading.end_one().await;
        }
        reading.begin(handover).await;
    }
    while !reading.tasks.is_empty() {
        reading.end_one().await;
    }
}

struct Reading {
    reader: Arc<dyn RepositoryReader>,
    begun: Begun,
    context: ScanContext,
    tasks: JoinSet<Result<(), ConnectError>>,
    ids: HashMap<Id, NodeId>,
}

impl Reading {
    async fn begin(&mut self, handover: Handover) {
        let repository = handover.repository().clone();
        if self.context.cancel.is_cancelled() {
            let stopped = ConnectError::Stopped { target: handover.url().to_string() };
            self.context.sink.coverage(failed(self.reader.info(), repository, &stopped)).await;
            return;
        }
        self.begun.change(|begun| begun.insert(repository.clone()));
        let (reader, context) = (Arc::clone(&self.reader), self.context.clone());
        let task = self.tasks.spawn(async move { reader.read(&handover, &context).await });
        self.ids.insert(task.id(), repository);
    }

    async fn end_one(&mut self) {
        let Some(ended) = self.tasks.join_next_with_id().await else { return };
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(repository) = self.ids.remove(&id) else { return };
        self.begun.change(|begun| begun.remove(&repository));
        let info = self.reader.info();
        let coverage = match ended {
            Ok((_, Ok(()))) => return,
            Ok((_, Err(error))) => failed(info, repository, &error),
            Err(error) => broken(info, repository, error.is_cancelled()),
        };
        self.context.sink.coverage(coverage).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gathered, Mask, Plan, PlannedTarget, run};
    use async_trait::async_trait;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;
    use whose_connect::{Connector, NetworkSettings};
    use whose_model::{CoverageState, Source};

    static FORGE: ConnectorInfo = ConnectorInfo {
        id: "forge",
        title: "Forge",
        target_syntax: "forge",
        collectors: &[],
        hands_over: Some("repositories"),
        least_privilege: None,
    };
    static READER: ConnectorInfo = ConnectorInfo { id: "reader", hands_over: None, ..FORGE };

    fn repository(name: &str) -> NodeId {
        NodeId::new("git", "", "repository", name)
    }

    /// Hands over these repositories.
    struct Forge(Vec<String>);

    #[async_trait]
    impl Connector for Forge {
        fn info(&self) -> &'static ConnectorInfo {
            &FORGE
        }

        fn check(&self, _target: &str) -> Result<(), ConnectError> {
            Ok(())
        }

        async fn scan(&self, _target: &str, context: &ScanContext) -> Result<(), ConnectError> {
            for name in &self.0 {
                let url = format!("https://git.test/{name}").parse().expect("it is an address");
                let handover = Handover::new(repository(name), url).expect("it is fit");
                assert!(context.sink.hand_over(handover).await);
            }
            Ok(())
        }
    }

    /// Reads by the names of the repositories: `broken`, `refused` and `hanging` do what they say.
    #[derive(Default)]
    struct Reader {
        under_way: AtomicUsize,
        most: AtomicUsize,
    }

    #[async_trait]
    impl Connector for Reader {
        fn info(&self) -> &'static ConnectorInfo {
            &READER
        }

        fn check(&self, _target: &str) -> Result<(), ConnectError> {
            Ok(())
        }

        async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
            seen(context, "named by the user", repository(target)).await;
            Ok(())
        }
    }

    #[async_trait]
    impl RepositoryReader for Reader {
        fn repository_of(&self, target: &str) -> Option<NodeId> {
            Some(repository(target))
        }

        async fn read(&self, handover: &Handover, context: &ScanContext) -> Result<(), ConnectError> {
            let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            match handover.repository().local().as_str() {
                "broken" => panic!("a fault of ours"),
                "refused" => return Err(ConnectError::Stopped { target: "refused".into() }),
                "hanging" => std::future::pending().await,
                _ => seen(context, "handed over", handover.repository().clone()).await,
            }
            Ok(())
        }
    }

    async fn seen(context: &ScanContext, collector: &str, scope: NodeId) {
        let coverage = Coverage {
            source: Source { connector: "reader".into(), collector: collector.into() },
            state: CoverageState::Complete,
            gaps: Vec::new(),
            ..broken(&READER, scope, false)
        };
        context.sink.coverage(coverage).await;
    }

    async fn scan(handed: &[&str], named: &[&str], cancel: CancellationToken) -> (Gathered, Arc<Reader>) {
        let reader = Arc::new(Reader::default());
        let planned = |connector: Arc<dyn Connector>, target: &str| PlannedTarget {
            connector,
            shown: target.into(),
            target: target.into(),
            endpoint: None,
        };
        let names = handed.iter().map(ToString::to_string).collect();
        let mut targets = vec![planned(Arc::new(Forge(names)), "")];
        targets.extend(named.iter().map(|name| planned(reader.clone(), name)));
        let as_of = "2026-11-24T22:00:00Z".parse().unwrap();
        let repositories: Option<Arc<dyn RepositoryReader>> = Some(reader.clone());
        let plan =
            Plan { targets, repositories, as_of, network: NetworkSettings::default(), mask: Mask::new().unwrap() };
        (run(plan, cancel, |_| {}).await, reader)
    }

    /// What is said of each repository.
    fn said(gathered: &Gathered) -> Vec<(String, CoverageState, String)> {
        let mut said: Vec<_> =
            gathered.coverage.iter().map(|row| (row.scope.local(), row.state, row.source.collector.clone())).collect();
        said.sort();
        said
    }

    #[tokio::test]
    async fn each_repository_is_read_once_and_a_failure_is_its_own() {
        let handed = ["a", "b", "a", "broken", "refused", "c"];
        let (gathered, _) = scan(&handed, &["b"], CancellationToken::new()).await;
        let row = |name: &str, state, by: &str| (name.to_owned(), state, by.to_owned());
        let expected = [
            row("a", CoverageState::Complete, "handed over"),
            row("b", CoverageState::Complete, "named by the user"),
            row("broken", CoverageState::Failed, "target"),
            row("c", CoverageState::Complete, "handed over"),
            row("refused", CoverageState::Failed, "target"),
        ];
        assert_eq!(said(&gathered), expected);
    }

    #[tokio::test]
    async fn only_a_few_are_read_at_once() {
        let names: Vec<String> = (0..40).map(|number| format!("r{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (gathered, reader) = scan(&names, &[], CancellationToken::new()).await;
        assert_eq!(gathered.coverage.len(), 40);
        assert_eq!(reader.most.load(Ordering::SeqCst), AT_ONCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_leaves_a_word_about_everything_that_was_handed_over() {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let handed = ["hanging", "hanging2", "x", "y", "z"];
        let stopping = async {
            tokio::time::sleep(Duration::from_millis(2)).await;
            stop.cancel();
        };
        let ((gathered, _), ()) = tokio::join!(scan(&handed, &[], cancel), stopping);
        assert!(gathered.cancelled);
        let said = said(&gathered);
        assert_eq!(said.len(), handed.len(), "{said:?}");
        let of = |name: &str| said.iter().find(|(local, ..)| local == name).map(|(_, state, _)| *state);
        assert_eq!(of("hanging"), Some(CoverageState::Failed), "it was cut off");
        assert_eq!(of("z"), Some(CoverageState::Failed), "it was never begun");
    }
}
