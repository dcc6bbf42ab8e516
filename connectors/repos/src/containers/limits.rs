//! How much of one file is unpacked at most, and the reader that counts it.

use std::cell::Cell;
use std::io::{Error, Read, Result};

/// The limits of one outermost file. None depends on time, so that two scans find the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Archives in archives, the outermost counted as the first.
    pub(crate) depth: u32,
    /// Members of all archives together.
    pub(crate) members: u32,
    /// Bytes of members that are kept in memory at once; of a larger member the beginning is searched.
    pub(crate) held: usize,
    /// Unpacked bytes of all members together, at most.
    pub(crate) unpacked: u64,
    /// How many times larger than the file all members together may be, once they are more than `held`.
    pub(crate) ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 4, members: 100_000, held: 64 << 20, unpacked: 1 << 30, ratio: 250 }
    }
}

impl Limits {
    /// How many bytes a file of this size may unpack to.
    pub(crate) fn budget(&self, size: usize) -> u64 {
        let by_ratio = (size as u64).saturating_mul(self.ratio);
        by_ratio.max(self.held as u64).min(self.unpacked)
    }
}

/// A reader that takes what it gives from a budget, and fails once that is spent.
pub(crate) struct Metered<'b, R> {
    inner: R,
    budget: &'b Cell<u64>,
}

impl<'b, R: Read> Metered<'b, R> {
    pub(crate) fn new(inner: R, budget: &'b Cell<u64>) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.budget.get();
        if left == 0 && !buffer.is_empty() {
            return Err(Error::other("the limit is reached"));
        }
        let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.inner.read(&mut buffer[..most])?;
        self.budget.set(left - read as u64);
        Ok(read)
    }
}
