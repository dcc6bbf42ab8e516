//! The edges: those of the report, and which scope contains what, which the report states at each node instead.

use super::kinds;
use super::node::scopes;
use super::properties::{Properties, node_id};
use serde::{Serialize, Serializer};
use whose_model::{EdgeKind, NodeId, Report};

/// The edges of a report, made one by one while they are written.
pub(super) struct Edges<'a>(pub(super) &'a Report);

#[derive(Serialize)]
struct Edge {
    kind: &'static str,
    start: End,
    end: End,
    properties: Properties,
}

#[derive(Serialize)]
struct End {
    match_by: &'static str,
    value: String,
}

impl Edge {
    fn new(from: &NodeId, kind: EdgeKind, to: &NodeId, properties: Properties) -> Self {
        let end = |id| End { match_by: "id", value: node_id(id) };
        Self { kind: kinds::edge(kind).0, start: end(from), end: end(to), properties }
    }
}

impl Serialize for Edges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stated = self.0.edges.iter().map(stated);
        let contains =
            scopes(self.0).map(|(scope, id)| Edge::new(scope, EdgeKind::Contains, id, Properties::default()));
        serializer.collect_seq(stated.chain(contains))
    }
}

fn stated(edge: &whose_model::Edge) -> Edge {
    let mut properties = Properties::default();
    properties.text("via", edge.qualifier.as_str());
    properties.word("condition_class", edge.condition);
    properties.value("confidence", edge.confidence);
    properties.value("derived", edge.derived);
    properties.list("evidence", edge.evidence.iter().map(|it| format!("{} ({})", it.what, it.source)));
    Edge::new(&edge.from, edge.kind, &edge.to, properties)
}
