//! Breadth-first search over the ways of control, with parents for the shortest explaining path.

use crate::{Graph, Ix};
use whose_model::{EdgeKind, Step};

/// The shortest way from one node to another; of several, the one through the lowest numbers.
pub(crate) fn shortest_path(graph: &Graph, from: Ix, to: Ix) -> Option<Vec<Step>> {
    let parents = search(graph, from, to);
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let (before, kind) = parents[at.at()]?;
        steps.push(Step { from: graph.node(before).id.clone(), kind, to: graph.node(at).id.clone() });
        at = before;
    }
    steps.reverse();
    Some(steps)
}

/// By node, from where and how it was first got to, until the end is found.
fn search(graph: &Graph, from: Ix, until: Ix) -> Vec<Option<(Ix, EdgeKind)>> {
    let mut parents = vec![None; graph.nodes.len()];
    let mut found = vec![from];
    let mut next = 0;
    while next < found.len() && from != until && parents[until.at()].is_none() {
        let at = found[next];
        next += 1;
        for (kind, to, _) in graph.links.forward.row(at) {
            if kind.is_traversable() && to != from && parents[to.at()].is_none() {
                parents[to.at()] = Some((at, kind));
                found.push(to);
            }
        }
    }
    parents
}
