//! What identities can do by their own grants, and whom they can become. Each provider evaluates in its own way and
//! has a room of its own; identities of a provider without one stay unknown.

use super::aws;
use crate::{Graph, Ix};
use std::collections::BTreeSet;
use whose_model::{Basis, Edge, Node, NodeKind, Privilege, Tier};

/// Sets the privilege of every identity, and gives the edges that follow with the virtual nodes that they need.
pub(super) fn resolve(graph: &mut Graph) -> (Vec<Node>, Vec<Edge>) {
    let estate = aws::Estate::gather(graph);
    let tiers = aws::tiers(&estate);
    let admins: BTreeSet<Ix> =
        tiers.iter().filter(|(_, privilege)| privilege.tier == Tier::T0).map(|(ix, _)| *ix).collect();
    let (mut nodes, mut edges) = aws::can_assume(&estate);
    let (groups, escalations) = aws::can_escalate(&estate, &admins);
    nodes.extend(groups);
    edges.extend(escalations);
    for (ix, privilege) in tiers.into_iter().chain(elsewhere(graph)) {
        graph.privilege.set(ix, privilege);
    }
    (nodes, edges)
}

fn elsewhere(graph: &Graph) -> Vec<(Ix, Privilege)> {
    let others = graph.of_kind(NodeKind::Identity).filter(|ix| graph.node(*ix).id.provider() != "aws");
    let unknown = |ix: Ix| {
        let what = format!("privileges of {} are not evaluated", graph.node(ix).id.provider());
        (ix, Privilege { tier: Tier::Unknown, basis: vec![Basis { what, grant: None }] })
    };
    others.map(unknown).collect()
}
