//! What is different between two trees, as far as it leads to blobs that hold something. Equal folders are not entered.

use super::forest::Forest;
use super::ids::{ABSENT, Marks};
use super::names::{Names, Paths, ROOT};
use std::cmp::Ordering;

/// The longest path that is kept.
const LONGEST_PATH: usize = 4096;
/// The most places in which two trees may differ, so that a tree of trees of trees cannot fill the memory.
const MOST_PLACES: usize = 20_000;
/// The most entries that are compared for that.
const MOST_STEPS: usize = 50 * MOST_PLACES;

/// A path at which one tree has another blob than the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: u32,
    /// The blob before, if it holds something.
    pub(crate) old: Option<u32>,
    /// The blob after, if it holds something.
    pub(crate) new: Option<u32>,
}

/// All that is needed to compare trees.
pub(crate) struct Comparison<'f> {
    pub(crate) forest: &'f Forest,
    pub(crate) held: &'f Marks,
    pub(crate) names: &'f Names,
    pub(crate) paths: Paths,
    /// Some places were left out.
    pub(crate) is_truncated: bool,
}

impl Comparison<'_> {
    /// The changes from one tree to another; [`ABSENT`] is an empty one.
    pub(crate) fn between(&mut self, old: u32, new: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut steps = 0;
        let mut stack = vec![(ROOT, old, new)];
        let forest = self.forest;
        while let Some((within, old, new)) = stack.pop() {
            if old == new {
                continue;
            }
            let (mut olds, mut news) = (forest.edges(old), forest.edges(new));
            loop {
                let (one, other) = (olds.first().copied(), news.first().copied());
                let order = match (one, other) {
                    (None, None) => break,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(one), Some(other)) => one.name.cmp(&other.name),
                };
                let one = one.filter(|_| order.is_le()).inspect(|_| olds = &olds[1..]);
                let other = other.filter(|_| order.is_ge()).inspect(|_| news = &news[1..]);
                let (old, new) = (one.map(|edge| edge.child), other.map(|edge| edge.child));
                let Some(name) = one.or(other).map(|edge| edge.name).filter(|_| old != new) else { continue };
                steps += 1;
                let path = self.paths.within(within, name, self.names, LONGEST_PATH);
                let Some(path) = path.filter(|_| steps < MOST_STEPS && changes.len() < MOST_PLACES) else {
                    self.is_truncated = true;
                    continue;
                };
                let blob = |child: Option<u32>| child.filter(|child| self.held.contains(*child));
                let tree = |child: Option<u32>| child.filter(|child| !self.held.contains(*child)).unwrap_or(ABSENT);
                if blob(old).is_some() || blob(new).is_some() {
                    changes.push(Change { path, old: blob(old), new: blob(new) });
                }
                stack.push((path, tree(old), tree(new)));
            }
        }
        changes
    }

    /// The blob that a tree has at a path, if it holds something.
    pub(crate) fn at(&self, tree: u32, path: u32) -> Option<u32> {
        let names = self.paths.names(path);
        let child = names.into_iter().try_fold(tree, |tree, name| self.forest.child(tree, name))?;
        Some(child).filter(|child| self.held.contains(*child))
    }
}
