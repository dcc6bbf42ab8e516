//! How far the holder of a node gets, and by which way.

mod path;

pub(crate) use path::shortest_path;

use crate::{Graph, Ix};
use std::collections::BTreeSet;
use whose_model::{NodeKind, Reach, Tier};

/// Answers about reach.
#[derive(Debug, Default)]
pub(crate) struct ReachTable {}

impl ReachTable {
    pub(crate) fn compute(_graph: &Graph) -> Self {
        Self {}
    }

    pub(crate) fn of(&self, graph: &Graph, start: Ix) -> Reach {
        let reached = path::reachable(graph, start);
        let identities: Vec<Ix> =
            reached.into_iter().filter(|ix| graph.node(*ix).kind() == NodeKind::Identity).collect();
        let others = identities.iter().filter(|ix| **ix != start);
        let scopes: BTreeSet<_> = others.clone().filter_map(|ix| graph.node(*ix).scope.as_ref()).collect();
        let admins: Vec<Ix> = identities.iter().copied().filter(|ix| graph.privilege(*ix).tier == Tier::T0).collect();
        let path = match admins.first() {
            Some(nearest) if *nearest != start => shortest_path(graph, start, *nearest).unwrap_or_default(),
            _ => Vec::new(),
        };
        Reach {
            identities: others.count() as u64,
            scopes: scopes.len() as u64,
            admins: admins.into_iter().take(10).map(|ix| graph.node(ix).id.clone()).collect(),
            path,
        }
    }
}
