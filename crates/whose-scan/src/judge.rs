//! From what was gathered to a report: build and resolve the graph, assess the rules, lay out the views.

use crate::{Gathered, views};
use whose_graph::Graph;
use whose_model::{CoverageState, REPORT_VERSION, Report, ScanInfo, ScanState, Timestamp, Verdict};
use whose_rules::{Assessed, Policy, assess};

/// What a judgement needs beside what was gathered: facts of the process that asks for it.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The scan's id.
    pub id: String,
    /// When it began.
    pub started: Timestamp,
    /// When gathering ended.
    pub finished: Timestamp,
    /// The version of Whose.
    pub tool_version: String,
    /// Thresholds.
    pub policy: Policy,
}

/// Judges what was gathered.
pub fn judge(gathered: Gathered, judgement: Judgement) -> Report {
    let Gathered { as_of, targets, observations, coverage, cancelled } = gathered;
    let graph = Graph::build(observations, coverage, as_of);
    let Assessed { findings, assessments } = assess(&graph, &judgement.policy);

    let incomplete =
        graph.coverage().iter().any(|row| !matches!(row.state, CoverageState::Complete | CoverageState::NotEnabled))
            || assessments.iter().any(|assessment| assessment.verdict == Verdict::NotEvaluated);
    let state = match (cancelled, incomplete) {
        (true, _) => ScanState::Cancelled,
        (false, true) => ScanState::Incomplete,
        (false, false) => ScanState::Complete,
    };
    let scan = ScanInfo {
        id: judgement.id,
        as_of,
        started: judgement.started,
        finished: judgement.finished,
        state,
        tool_version: judgement.tool_version,
        targets,
        calls: graph.coverage().iter().map(|row| row.calls).sum(),
    };

    let by_node = views::FindingIndex::new(&findings);
    let identities = views::identities(&graph, &by_node);
    let credentials = views::credentials(&graph, &by_node);
    let secrets = views::secrets(&graph, &by_node);
    let owners = views::owners(&graph, &identities);
    let summary = views::summary(&graph, &identities, &credentials, &secrets, &findings);
    let (grants, others) = (views::grants(&graph), views::others(&graph));
    let mut coverage = graph.coverage().to_vec();
    coverage.sort_by(|a, b| (&a.scope, &a.source).cmp(&(&b.scope, &b.source)));
    // The graph ends here: of a large estate there is room for its edges once.
    let mut edges = graph.into_edges();
    edges.sort_by(|a, b| (&a.from, a.kind, &a.to, &a.qualifier).cmp(&(&b.from, b.kind, &b.to, &b.qualifier)));

    Report {
        version: REPORT_VERSION,
        scan,
        summary,
        findings,
        identities,
        credentials,
        secrets,
        grants,
        owners,
        others,
        edges,
        coverage,
        assessments,
    }
}
