//! The recorder of one listing: what it sees goes to the sink at once, and what it misses becomes gaps.

use crate::{CallError, CollectorInfo, ConnectorInfo, FailureKind, Handover, Sink};
use std::collections::HashSet;
use whose_model::{Coverage, CoverageState, Edge, Facet, Gap, Node, NodeId, Observation, Source, Timestamp};

/// Takes what one collector sees in one scope.
#[derive(Debug)]
pub struct Recorder {
    connector: &'static ConnectorInfo,
    info: &'static CollectorInfo,
    source: Source,
    scope: NodeId,
    sink: Sink,
    seen: u64,
    gaps: Vec<(GapKind, Gap)>,
    /// The gaps of calls so far: one that comes again is no other.
    known: HashSet<Gap>,
    horizon: Option<Timestamp>,
}

/// What kind of gap it is, as far as the state of the whole listing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GapKind {
    Call(FailureKind),
    Unread,
    Stopped,
    Broken,
}

impl Recorder {
    /// A recorder for one collector and scope.
    pub fn new(connector: &'static ConnectorInfo, info: &'static CollectorInfo, scope: NodeId, sink: Sink) -> Self {
        let source = connector.source(info);
        Self { connector, info, source, scope, sink, seen: 0, gaps: Vec::new(), known: HashSet::new(), horizon: None }
    }

    /// The scope that is being read.
    pub fn scope(&self) -> &NodeId {
        &self.scope
    }

    /// How many things were seen so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// A thing was seen.
    pub async fn node(&mut self, node: Node) {
        self.sink.observe(&self.source, Observation::Node(Box::new(node))).await;
        self.seen += 1;
    }

    /// A relation was seen.
    pub async fn edge(&mut self, edge: Edge) {
        self.sink.observe(&self.source, Observation::Edge(Box::new(edge))).await;
    }

    /// A repository was seen that another connector reads. `false`: nobody here reads repositories.
    pub async fn hand_over(&mut self, handover: Handover) -> bool {
        let taken = self.sink.hand_over(handover).await;
        self.seen += u64::from(taken);
        taken
    }

    /// A part of the scope is not read because the user wants it so. It has a row of its own, so that the report
    /// tells of it and the listing still counts as read.
    pub async fn left_out(&self, part: NodeId, facets: &[Facet], reason: &str, remedy: &str) {
        let gap = Gap { subject: None, call: None, reason: reason.into(), remedy: remedy.into() };
        let coverage = Coverage {
            source: self.source.clone(),
            scope: part,
            facets: facets.to_vec(),
            types: Vec::new(),
            state: CoverageState::NotEnabled,
            seen: 0,
            calls: 0,
            gaps: vec![gap],
            horizon: None,
        };
        self.sink.coverage(coverage).await;
    }

    /// Tells people how far the listing is.
    pub fn progress(&self, message: &str) {
        self.sink.progress(&self.source, message, self.seen);
    }

    /// The earliest moment that this listing can speak for, where use is concerned. The latest of several stays.
    pub fn horizon(&mut self, horizon: Timestamp) {
        self.horizon = Some(self.horizon.map_or(horizon, |before| before.max(horizon)));
    }

    /// A call failed, so the scope as a whole was not read to its end.
    pub fn failed(&mut self, error: &CallError) {
        self.gap(error, None);
    }

    /// A call failed that concerns one thing alone.
    pub fn failed_for(&mut self, error: &CallError, subject: NodeId) {
        self.gap(error, Some(subject));
    }

    /// Something could not be read that no call was made for: a line of a file.
    pub fn missing(&mut self, gap: Gap) {
        self.gaps.push((GapKind::Unread, gap));
    }

    /// The provider does not offer what this listing would tell, so no call was made for it.
    pub fn not_offered(&mut self, reason: &str, remedy: &str) {
        let gap = Gap { subject: None, call: None, reason: reason.into(), remedy: remedy.into() };
        self.gaps.push((GapKind::Call(FailureKind::NotEnabled), gap));
    }

    /// The user stopped the scan.
    pub(crate) fn stopped(&mut self) {
        let gap = Gap {
            subject: None,
            call: None,
            reason: "stopped by the user before the listing had ended".into(),
            remedy: "Scan again.".into(),
        };
        self.gaps.push((GapKind::Stopped, gap));
    }

    /// The collector itself is at fault.
    pub(crate) fn broken(&mut self, text: &str) {
        let gap = Gap {
            subject: None,
            call: None,
            reason: format!("the collector {} failed by a fault of ours: {text}", self.info.id),
            remedy: "Report it, with the version and the output of --save-observations.".into(),
        };
        self.gaps.push((GapKind::Broken, gap));
    }

    fn gap(&mut self, error: &CallError, subject: Option<NodeId>) {
        tracing::debug!(call = error.call.name, kind = ?error.kind, error = %error, "a call failed");
        let gap = Gap {
            subject,
            call: Some(error.call.name.into()),
            reason: error.message.clone(),
            remedy: error.kind.remedy(self.connector.id, error.call.permission),
        };
        if self.known.insert(gap.clone()) {
            self.gaps.push((GapKind::Call(error.kind), gap));
        }
    }

    /// How the listing ended, after `calls` requests.
    pub fn into_coverage(self, calls: u64) -> Coverage {
        Coverage {
            state: self.state(),
            source: self.source,
            scope: self.scope,
            facets: self.info.provides.to_vec(),
            types: self.info.types.iter().map(ToString::to_string).collect(),
            seen: self.seen,
            calls,
            gaps: self.gaps.into_iter().map(|(_, gap)| gap).collect(),
            horizon: self.horizon,
        }
    }

    /// Complete exactly when there is no gap; partial when something was read; otherwise what kept us from it.
    fn state(&self) -> CoverageState {
        let whole = || self.gaps.iter().filter(|(_, gap)| gap.subject.is_none()).map(|(kind, _)| *kind);
        if self.gaps.is_empty() {
            CoverageState::Complete
        } else if whole().any(|kind| kind == GapKind::Broken) {
            CoverageState::Failed
        } else if self.seen > 0 || whole().next().is_none() || whole().any(|kind| kind == GapKind::Stopped) {
            CoverageState::Partial
        } else if whole().all(|kind| kind == GapKind::Call(FailureKind::Denied)) {
            CoverageState::Denied
        } else if whole().all(|kind| kind == GapKind::Call(FailureKind::NotEnabled)) {
            CoverageState::NotEnabled
        } else {
            CoverageState::Failed
        }
    }
}
