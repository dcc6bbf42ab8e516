//! The edges: one for each distinct (start, kind, end, qualifier), with rows in both directions.

use crate::csr::Csr;
use crate::nodes::{Ix, Nodes, end_kinds};
use whose_model::{Edge, NodeId, NodeKind};

/// All edges with their rows.
#[derive(Debug, Default)]
pub(crate) struct Links {
    pub(crate) edges: Vec<Edge>,
    pub(crate) forward: Csr,
    pub(crate) reverse: Csr,
}

impl Links {
    /// Sorts and merges the edges, and makes stubs for ends that nobody saw.
    pub(crate) fn build(nodes: &mut Nodes, edges: Vec<Edge>) -> Self {
        name_ends(nodes, &edges);
        let mut numbered: Vec<(Ix, Ix, Edge)> = edges
            .into_iter()
            .map(|mut edge| {
                let (from, to) = end_kinds(edge.kind);
                let (from, to) = (nodes.named(&edge.from, from), nodes.named(&edge.to, to));
                (edge.from, edge.to) = (nodes.get(from).id.clone(), nodes.get(to).id.clone());
                (from, to, edge)
            })
            .collect();
        numbered.sort_by(|(from, to, edge), (other_from, other_to, other)| {
            (from, edge.kind, to, &edge.qualifier).cmp(&(other_from, other.kind, other_to, &other.qualifier))
        });
        let mut links = Self::default();
        let mut ends: Vec<(Ix, Ix)> = Vec::with_capacity(numbered.len());
        for (from, to, edge) in numbered {
            let edge = tidy(edge);
            match links.edges.last_mut() {
                Some(last)
                    if ends.last() == Some(&(from, to))
                        && last.kind == edge.kind
                        && last.qualifier == edge.qualifier =>
                {
                    absorb(last, edge);
                }
                _ => {
                    links.edges.push(edge);
                    ends.push((from, to));
                }
            }
        }
        let rows = || ends.iter().zip(&links.edges).zip(0u32..);
        links.forward =
            Csr::new(nodes.len(), rows().map(|((&(from, to), edge), at)| (from, edge.kind, to, at)).collect());
        links.reverse =
            Csr::new(nodes.len(), rows().map(|((&(from, to), edge), at)| (to, edge.kind, from, at)).collect());
        links
    }
}

/// Ends that nobody saw are numbered in the order of their ids, so that no number depends on the order of arrival.
fn name_ends(nodes: &mut Nodes, edges: &[Edge]) {
    let mut unseen: Vec<(NodeId, NodeKind)> = Vec::new();
    for edge in edges {
        let (from, to) = end_kinds(edge.kind);
        for (id, kind) in [(&edge.from, from), (&edge.to, to)] {
            if nodes.find(id).is_none() {
                unseen.push((id.clone(), kind));
            }
        }
    }
    unseen.sort();
    for (id, kind) in unseen {
        nodes.named(&id, kind);
    }
}

/// Two statements of one edge: the surer and less conditional one counts, a provider's word beats a conclusion.
fn absorb(mine: &mut Edge, theirs: Edge) {
    mine.confidence = mine.confidence.max(theirs.confidence);
    mine.condition = mine.condition.min(theirs.condition);
    mine.derived &= theirs.derived;
    for evidence in theirs.evidence {
        if !mine.evidence.contains(&evidence) {
            mine.evidence.push(evidence);
        }
    }
    mine.evidence.sort_by(|a, b| (&a.source, &a.what, a.at).cmp(&(&b.source, &b.what, b.at)));
}

/// Observations come from files too: a confidence outside 0 to 1, or none at all, must not spread.
fn tidy(mut edge: Edge) -> Edge {
    edge.confidence = if edge.confidence.is_nan() { 0.0 } else { edge.confidence.clamp(0.0, 1.0) };
    edge
}
