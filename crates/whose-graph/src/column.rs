//! One conclusion for some of the nodes, and one answer for all others.

use crate::Ix;

/// Values by node; several nodes may share one.
#[derive(Debug)]
pub(crate) struct Column<T> {
    slot: Vec<u32>,
    values: Vec<T>,
}

impl<T> Column<T> {
    /// A column in which every node has the value `otherwise`.
    pub(crate) fn new(otherwise: T) -> Self {
        Self { slot: Vec::new(), values: vec![otherwise] }
    }

    /// The node's value.
    pub(crate) fn get(&self, ix: Ix) -> &T {
        let slot = self.slot.get(ix.at()).copied().unwrap_or_default();
        &self.values[slot as usize]
    }

    /// Gives the node a value of its own.
    pub(crate) fn set(&mut self, ix: Ix, value: T) {
        let slot = u32::try_from(self.values.len()).expect("there are fewer values than nodes, which are u32");
        self.values.push(value);
        self.point(ix, slot);
    }

    /// Gives the node the value that another one has.
    pub(crate) fn share(&mut self, ix: Ix, with: Ix) {
        let slot = self.slot.get(with.at()).copied().unwrap_or_default();
        self.point(ix, slot);
    }

    fn point(&mut self, ix: Ix, slot: u32) {
        if self.slot.len() <= ix.at() {
            self.slot.resize(ix.at() + 1, 0);
        }
        self.slot[ix.at()] = slot;
    }
}
