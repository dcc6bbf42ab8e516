//! Strongly connected components by Tarjan's algorithm with a stack of its own, and the graph between them.

use super::ways::Ways;

const UNSEEN: u32 = u32::MAX;

/// Which component each node is in. A component's number is higher than those of all that it leads to.
pub(super) struct Components {
    of_node: Vec<u32>,
    offsets: Vec<u32>,
    members: Vec<u32>,
}

impl Components {
    /// Finds the components.
    pub(super) fn find(ways: &Ways) -> Self {
        let (of_node, count) = Search::new(ways.len()).run(ways);
        let mut offsets = vec![0u32; count as usize + 1];
        for component in &of_node {
            offsets[*component as usize + 1] += 1;
        }
        for at in 0..count as usize {
            offsets[at + 1] += offsets[at];
        }
        let mut next = offsets.clone();
        let mut members = vec![0; of_node.len()];
        for (node, component) in (0u32..).zip(&of_node) {
            let slot = &mut next[*component as usize];
            members[*slot as usize] = node;
            *slot += 1;
        }
        Self { of_node, offsets, members }
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(super) fn of(&self, node: u32) -> u32 {
        self.of_node[node as usize]
    }

    /// The nodes of a component, in ascending order.
    pub(super) fn members(&self, component: u32) -> &[u32] {
        let at = component as usize;
        &self.members[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }

    /// The edges between components that lead to something that counts.
    pub(super) fn condense(&self, ways: &Ways, counts: impl Fn(u32) -> bool) -> Ways {
        let mut alive = vec![false; self.len()];
        let rows: Vec<Vec<u32>> = (0..self.len() as u32)
            .map(|component| {
                let members = self.members(component);
                let next = members.iter().flat_map(|node| ways.row(*node)).map(|to| self.of(*to));
                let mut row: Vec<u32> = next.filter(|other| *other != component && alive[*other as usize]).collect();
                row.sort_unstable();
                row.dedup();
                // Components come in the order in which all that they lead to is known already.
                alive[component as usize] = !row.is_empty() || members.iter().any(|node| counts(*node));
                row
            })
            .collect();
        Ways::from_rows(rows.into_iter())
    }
}

struct Search {
    order: Vec<u32>,
    low: Vec<u32>,
    component: Vec<u32>,
    open: Vec<u32>,
    calls: Vec<(u32, u32)>,
    next: u32,
    count: u32,
}

impl Search {
    fn new(nodes: usize) -> Self {
        Self {
            order: vec![UNSEEN; nodes],
            low: vec![0; nodes],
            component: vec![UNSEEN; nodes],
            open: Vec::new(),
            calls: Vec::new(),
            next: 0,
            count: 0,
        }
    }

    fn run(mut self, ways: &Ways) -> (Vec<u32>, u32) {
        for root in 0..ways.len() as u32 {
            if self.order[root as usize] == UNSEEN {
                self.enter(root);
                while let Some(&(node, edge)) = self.calls.last() {
                    match ways.row(node).get(edge as usize) {
                        Some(&to) => self.follow(node, to),
                        None => self.leave(node),
                    }
                }
            }
        }
        (self.component, self.count)
    }

    fn enter(&mut self, node: u32) {
        self.order[node as usize] = self.next;
        self.low[node as usize] = self.next;
        self.next += 1;
        self.open.push(node);
        self.calls.push((node, 0));
    }

    fn follow(&mut self, node: u32, to: u32) {
        if let Some((_, edge)) = self.calls.last_mut() {
            *edge += 1;
        }
        if self.order[to as usize] == UNSEEN {
            self.enter(to);
        } else if self.component[to as usize] == UNSEEN {
            self.low[node as usize] = self.low[node as usize].min(self.order[to as usize]);
        }
    }

    fn leave(&mut self, node: u32) {
        self.calls.pop();
        if let Some(&(parent, _)) = self.calls.last() {
            self.low[parent as usize] = self.low[parent as usize].min(self.low[node as usize]);
        }
        if self.low[node as usize] == self.order[node as usize] {
            while let Some(member) = self.open.pop() {
                self.component[member as usize] = self.count;
                if member == node {
                    break;
                }
            }
            self.count += 1;
        }
    }
}
