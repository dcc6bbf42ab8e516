//! Runs the connectors of a plan side by side and gathers what they see. A target that fails becomes a gap in
//! the coverage, never an empty listing, and what was gathered before a stop is kept.

use crate::{Gathered, Mask};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use whose_connect::{ConnectError, Connector, Event, NetworkSettings, ScanContext, Sink, with_causes};
use whose_model::{Coverage, CoverageState, Facet, Gap, NodeId, Source, TargetInfo, Timestamp};

/// How long connectors may take to wind down after a stop before they are cut off.
const GRACE: Duration = Duration::from_secs(10);

/// How many events may wait between the connectors and the gatherer.
const CHANNEL: usize = 4096;

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
}

impl Running {
    fn start(plan: Plan, sink: Sink, cancel: &CancellationToken) -> Self {
        let mut running = Self { tasks: JoinSet::new(), targets: Vec::new() };
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
                outcome.map_err(|error| failed(&planned, &error))
            });
            running.targets.push((handle.id(), known));
        }
        running
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
                    coverage.extend(planned.map(|(_, planned)| broken(planned, error.is_cancelled())));
                }
            }
        }
        coverage
    }
}

/// The coverage of a target that could not be scanned at all.
fn failed(planned: &PlannedTarget, error: &ConnectError) -> Coverage {
    let remedy = match error {
        ConnectError::SignIn { remedy, .. } => remedy.clone(),
        _ => "mend what the message names, and scan again".to_string(),
    };
    whole_target(planned, with_causes(error), remedy)
}

/// The coverage of a target whose connector broke or had to be cut off.
fn broken(planned: &PlannedTarget, cut_off: bool) -> Coverage {
    let id = planned.connector.info().id;
    if cut_off {
        let reason = format!("the {id} connector did not stop within {} seconds and was cut off", GRACE.as_secs());
        whole_target(planned, reason, "scan again".into())
    } else {
        let reason = format!("the {id} connector broke; this is a fault of Whose");
        whole_target(planned, reason, "run again with -vv and report what it prints".into())
    }
}

fn whole_target(planned: &PlannedTarget, reason: String, remedy: String) -> Coverage {
    let info = planned.connector.info();
    let mut facets: Vec<Facet> =
        info.collectors.iter().flat_map(|collector| collector.provides.iter().copied()).collect();
    facets.sort_unstable();
    facets.dedup();
    Coverage {
        source: Source { connector: info.id.into(), collector: "target".into() },
        scope: NodeId::new(info.id, "", "target", &planned.shown),
        facets,
        types: Vec::new(),
        state: CoverageState::Failed,
        seen: 0,
        calls: 0,
        gaps: vec![Gap { subject: None, call: None, reason, remedy }],
        horizon: None,
    }
}
