//! Runs the connectors of a plan side by side and gathers what they see. A target that fails becomes a gap in
//! the coverage, never an empty listing, and what was gathered before a stop is kept.

use crate::handed::{Begun, read_handed_over};
use crate::unread::{GRACE, broken, failed};
use crate::{Gathered, Mask};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use whose_connect::{Connector, Event, NetworkSettings, RepositoryReader, ScanContext, Sink};
use whose_model::{Coverage, NodeId, TargetInfo, Timestamp};

/// How many events may wait between the connectors and the gatherer.
const CHANNEL: usize = 4096;

/// How many repositories may wait for their reader. They are small, and who hands over has other things to list.
const HANDOVERS: usize = 4096;

/// One target with the connector that reads it.
#[derive(Clone)]
pub struct PlannedTarget {
    /// The connector.
    pub connector: Arc<dyn Connector>,
    /// The target as it was written, without credentials: what reports show.
    pub shown: String,
    /// What the connector reads of it.
    pub target: String,
    /// The address of the provider's API in place of its own, when this target has one.
    pub endpoint: Option<String>,
}

/// What to scan.
#[derive(Clone)]
pub struct Plan {
    /// The targets.
    pub targets: Vec<PlannedTarget>,
    /// The reader of the repositories that connectors hand over; without one they are not read, and said to be.
    pub repositories: Option<Arc<dyn RepositoryReader>>,
    /// The one moment against which ages are measured.
    pub as_of: Timestamp,
    /// How to reach providers.
    pub network: NetworkSettings,
    /// Hides the secret values that somebody wrote where names, tags and texts stand.
    pub mask: Mask,
}

impl Plan {
    /// What was asked, as reports show it.
    pub fn target_infos(&self) -> Vec<TargetInfo> {
        self.targets
            .iter()
            .map(|planned| TargetInfo {
                connector: planned.connector.info().id.to_string(),
                target: self.mask.text(&planned.shown).into_owned(),
            })
            .collect()
    }
}

/// Runs a plan. `watch` sees every event in order: progress displays and observations files hang there.
///
/// Cancelling `cancel` stops the connectors; what they had seen is returned with `cancelled` set.
pub async fn run(plan: Plan, cancel: CancellationToken, mut watch: impl FnMut(&Event)) -> Gathered {
    let mut gathered = Gathered::new(plan.as_of, plan.target_infos());
    let (sink, mut events) = Sink::channel(CHANNEL);
    let mask = plan.mask.clone();
    let mut running = Running::start(plan, sink, &cancel);
    // Nobody downstream ever holds an unmasked event: not the display, the file of observations, or the judge.
    let mut keep = |gathered: &mut Gathered, event: Event| {
        let event = mask.event(event);
        watch(&event);
        match event {
            Event::Seen { observation, .. } => gathered.observations.push(observation),
            Event::Coverage(coverage) => gathered.coverage.push(coverage),
            Event::Progress { .. } => {}
        }
    };
    let deadline = async {
        cancel.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => keep(&mut gathered, event),
                None => break,
            },
            () = &mut deadline => {
                running.tasks.abort_all();
                break;
            }
        }
    }
    for coverage in running.end().await {
        keep(&mut gathered, Event::Coverage(coverage));
    }
    while let Ok(event) = events.try_recv() {
        keep(&mut gathered, event);
    }
    gathered.cancelled = cancel.is_cancelled();
    gathered
}

/// The connectors under way, each with the target that it reads.
struct Running {
    /// A target that fails as a whole ends as its coverage.
    tasks: JoinSet<Result<(), Coverage>>,
    targets: Vec<(Id, PlannedTarget)>,
    /// The reader of what is handed over, and what it has begun.
    reader: Option<(Arc<dyn RepositoryReader>, Begun)>,
}

impl Running {
    fn start(plan: Plan, sink: Sink, cancel: &CancellationToken) -> Self {
        let mut running = Self { tasks: JoinSet::new(), targets: Vec::new(), reader: None };
        let sink = running.start_reader(&plan, sink, cancel);
        for planned in plan.targets {
            let endpoint = planned.endpoint.clone().or_else(|| plan.network.endpoint.clone());
            let context = ScanContext {
                as_of: plan.as_of,
                sink: sink.clone(),
                cancel: cancel.clone(),
                network: NetworkSettings { endpoint, ..plan.network.clone() },
            };
            let known = planned.clone();
            let handle = running.tasks.spawn(async move {
                let outcome = planned.connector.scan(&planned.target, &context).await;
                outcome.map_err(|error| failed(planned.connector.info(), scope(&planned), &error))
            });
            running.targets.push((handle.id(), known));
        }
        running
    }

    /// Starts the reader of repositories, and returns the sink by which connectors reach it. It ends when the last of
    /// them has ended.
    fn start_reader(&mut self, plan: &Plan, sink: Sink, cancel: &CancellationToken) -> Sink {
        let Some(reader) = &plan.repositories else { return sink };
        // What the user named is read from where the user named it.
        let own = plan.targets.iter().filter(|planned| planned.connector.info().id == reader.info().id);
        let known = own.filter_map(|planned| reader.repository_of(&planned.target)).collect();
        let context = ScanContext {
            as_of: plan.as_of,
            sink: sink.clone(),
            cancel: cancel.clone(),
            network: plan.network.clone(),
        };
        let (hand, handed) = mpsc::channel(HANDOVERS);
        let begun = Begun::default();
        let reading = read_handed_over(Arc::clone(reader), handed, known, begun.clone(), context);
        self.tasks.spawn(async move {
            reading.await;
            Ok(())
        });
        self.reader = Some((Arc::clone(reader), begun));
        sink.handing_over_to(hand)
    }

    /// Waits for all, and returns the coverage of those that ended without one of their own.
    async fn end(mut self) -> Vec<Coverage> {
        let mut coverage = Vec::new();
        while let Some(joined) = self.tasks.join_next_with_id().await {
            match joined {
                Ok((_, Ok(()))) => {}
                Ok((_, Err(failed))) => coverage.push(failed),
                Err(error) => {
                    let planned = self.targets.iter().find(|(id, _)| *id == error.id());
                    let broken = |planned: &PlannedTarget| {
                        broken(planned.connector.info(), scope(planned), error.is_cancelled())
                    };
                    coverage.extend(planned.map(|(_, planned)| broken(planned)));
                }
            }
        }
        coverage.extend(self.reader.iter().flat_map(|(reader, begun)| begun.cut_off(reader.info())));
        coverage
    }
}

/// The scope of a target of which nothing is known but how it is written.
fn scope(planned: &PlannedTarget) -> NodeId {
    NodeId::new(planned.connector.info().id, "", "target", &planned.shown)
}
