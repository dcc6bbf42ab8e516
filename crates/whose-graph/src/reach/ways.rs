//! The edges that reach follows, without kinds and duplicates, as plain numbers.

use crate::{Graph, Ix};

/// For each node the nodes that its holder can act on next.
pub(super) struct Ways {
    offsets: Vec<u32>,
    to: Vec<u32>,
}

impl Ways {
    /// The traversable edges of a graph, without loops.
    pub(super) fn of(graph: &Graph) -> Self {
        let rows = (0..graph.nodes.len() as u32).map(|from| {
            let row = graph.links.forward.row(Ix(from));
            row.filter(|(kind, ..)| kind.is_traversable()).map(|(_, to, _)| to.0).filter(|to| *to != from).collect()
        });
        Self::from_rows(rows)
    }

    /// Rows in order; each is sorted and freed of duplicates.
    pub(super) fn from_rows(rows: impl Iterator<Item = Vec<u32>>) -> Self {
        let mut ways = Self { offsets: vec![0], to: Vec::new() };
        for mut row in rows {
            row.sort_unstable();
            row.dedup();
            ways.to.extend(row);
            ways.offsets.push(u32::try_from(ways.to.len()).expect("edges are numbered by u32"));
        }
        ways
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(super) fn row(&self, from: u32) -> &[u32] {
        let at = from as usize;
        &self.to[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }
}
