//! The trees that lead to blobs that hold something, each with its entries that do.

use super::ids::{Ids, Marks};
use super::trees::{Edge, Found};
use std::collections::HashMap;

/// Trees by object, each with its edges sorted by name.
pub(crate) struct Forest {
    edges: Vec<Edge>,
    trees: HashMap<u32, (usize, usize)>,
}

impl Forest {
    /// Keeps what leads to a blob that is held, at any depth.
    pub(crate) fn new(found: Found, held: &Marks, ids: &Ids) -> Self {
        let Found { mut edges, mut trees, .. } = found;
        trees.sort_unstable();
        let spans: HashMap<u32, (usize, usize)> =
            trees.iter().map(|&(tree, start, len)| (tree, (start, start + len))).collect();
        let mut forest = Self { edges: Vec::new(), trees: HashMap::new() };
        let (mut begun, mut done) = (Marks::new(ids), Marks::new(ids));
        // Depth first with a stack of our own: a hostile tree is deeper than the thread's.
        let mut stack: Vec<u32> = Vec::new();
        for (root, ..) in trees {
            stack.push(root);
            while let Some(&tree) = stack.last() {
                let own = spans.get(&tree).map_or(0..0, |&(start, end)| start..end);
                if begun.insert(tree) {
                    let children = edges[own].iter().map(|edge| edge.child);
                    stack.extend(children.filter(|child| !held.contains(*child) && !begun.contains(*child)));
                    continue;
                }
                stack.pop();
                // A forged tree that holds itself is not yet kept here, and so is not entered from itself.
                if done.insert(tree) {
                    forest.keep(tree, &mut edges[own], held);
                }
            }
        }
        forest
    }

    /// Keeps the edges of a tree whose children are blobs that are held, or trees that were kept.
    fn keep(&mut self, tree: u32, edges: &mut [Edge], held: &Marks) {
        edges.sort_unstable();
        let first = self.edges.len();
        for edge in edges.iter() {
            if held.contains(edge.child) || self.trees.contains_key(&edge.child) {
                self.edges.push(*edge);
            }
        }
        if self.edges.len() > first {
            self.trees.insert(tree, (first, self.edges.len()));
        }
    }

    /// The edges of a tree; none when it leads to nothing.
    pub(crate) fn edges(&self, tree: u32) -> &[Edge] {
        self.trees.get(&tree).map_or(&[], |&(start, end)| &self.edges[start..end])
    }

    /// What has a name in a tree.
    pub(crate) fn child(&self, tree: u32, name: u32) -> Option<u32> {
        let edges = self.edges(tree);
        edges.binary_search_by_key(&name, |edge| edge.name).ok().map(|at| edges[at].child)
    }
}
