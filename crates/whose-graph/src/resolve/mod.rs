//! What follows from what was seen, in the order in which one conclusion needs another.

mod aws;
mod classify;
mod leaks;
mod lifecycle;
mod owners;
mod privilege;
mod words;

use crate::Graph;

/// Draws all conclusions.
pub(crate) fn resolve(graph: &mut Graph) {
    classify::resolve(graph);
    lifecycle::resolve(graph);
    let mut edges = leaks::resolve(graph);
    let (virtual_nodes, ways) = privilege::resolve(graph);
    edges.extend(ways);
    let (owners, owned) = owners::resolve(graph, &edges);
    edges.extend(owned);
    graph.extend(virtual_nodes, owners, edges);
    owners::share(graph);
}
