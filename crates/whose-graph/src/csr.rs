//! Compressed sparse rows: for each node the edges that leave it (or enter it), in one flat array, sorted by
//! kind and then by the other end.

use crate::Ix;
use std::ops::Range;
use whose_model::EdgeKind;

/// One direction of all edges.
#[derive(Debug, Default)]
pub(crate) struct Csr {
    offsets: Vec<u32>,
    other: Vec<Ix>,
    kind: Vec<EdgeKind>,
    edge: Vec<u32>,
}

impl Csr {
    /// Builds rows for `nodes` nodes from (row, kind, other end, edge number), in any order.
    pub(crate) fn new(nodes: usize, mut entries: Vec<(Ix, EdgeKind, Ix, u32)>) -> Self {
        entries.sort_unstable();
        let mut csr = Self { offsets: vec![0; nodes + 1], ..Self::default() };
        for (row, kind, other, edge) in entries {
            csr.offsets[row.at() + 1] += 1;
            csr.other.push(other);
            csr.kind.push(kind);
            csr.edge.push(edge);
        }
        for at in 0..nodes {
            csr.offsets[at + 1] += csr.offsets[at];
        }
        csr
    }

    /// The other end and the number of each edge of this row.
    pub(crate) fn row(&self, ix: Ix) -> impl Iterator<Item = (EdgeKind, Ix, u32)> + '_ {
        self.span(ix).map(|at| (self.kind[at], self.other[at], self.edge[at]))
    }

    /// The other end and the number of each edge of this row that is of this kind.
    pub(crate) fn of_kind(&self, ix: Ix, kind: EdgeKind) -> impl Iterator<Item = (Ix, u32)> + '_ {
        let span = self.span(ix);
        let kinds = &self.kind[span.clone()];
        let from = span.start + kinds.partition_point(|other| *other < kind);
        let to = span.start + kinds.partition_point(|other| *other <= kind);
        (from..to).map(|at| (self.other[at], self.edge[at]))
    }

    fn span(&self, ix: Ix) -> Range<usize> {
        self.offsets[ix.at()] as usize..self.offsets[ix.at() + 1] as usize
    }
}
