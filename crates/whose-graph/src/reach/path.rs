//! Breadth-first search over the ways of control, with parents for the shortest explaining path.

use crate::{Graph, Ix};
use std::collections::HashMap;
use whose_model::{EdgeKind, Step};

/// The shortest way from one node to another; of several, the one through the lowest numbers.
pub(crate) fn shortest_path(graph: &Graph, from: Ix, to: Ix) -> Option<Vec<Step>> {
    let parents = search(graph, from, Some(to)).1;
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let &(before, kind) = parents.get(&at)?;
        steps.push(Step { from: graph.node(before).id.clone(), kind, to: graph.node(at).id.clone() });
        at = before;
    }
    steps.reverse();
    Some(steps)
}

/// Everything that can be reached, the start first, then by distance.
pub(crate) fn reachable(graph: &Graph, from: Ix) -> Vec<Ix> {
    search(graph, from, None).0
}

type Parents = HashMap<Ix, (Ix, EdgeKind)>;

fn search(graph: &Graph, from: Ix, until: Option<Ix>) -> (Vec<Ix>, Parents) {
    let mut parents = Parents::new();
    let mut found = vec![from];
    let mut next = 0;
    while next < found.len() && until.is_none_or(|to| to != from && !parents.contains_key(&to)) {
        let at = found[next];
        next += 1;
        for (kind, to, _) in graph.links.forward.row(at) {
            if kind.is_traversable() && to != from && !parents.contains_key(&to) {
                parents.insert(to, (at, kind));
                found.push(to);
            }
        }
    }
    (found, parents)
}
