//! What follows from what was seen, in the order in which one conclusion needs another.

mod classify;
mod leaks;
mod lifecycle;
mod words;

use crate::Graph;

/// Draws all conclusions.
pub(crate) fn resolve(graph: &mut Graph) {
    classify::resolve(graph);
    lifecycle::resolve(graph);
    let derived = leaks::resolve(graph);
    graph.extend(Vec::new(), derived);
}
