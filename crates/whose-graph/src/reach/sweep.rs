//! The blast radius of many starts at once: 512 starts are one row of bits, and a row passes once along each edge
//! of the condensed graph. Counting is done by bit planes, so that no start is looked at singly on the way.

use super::components::Components;
use super::ways::Ways;
use rayon::prelude::*;

const WORDS: usize = 8;
/// How many starts are swept together.
const LANES: usize = WORDS * 64;

type Lanes = [u64; WORDS];

/// What each component holds that counts.
pub(super) struct Weights {
    /// How many identities.
    pub(super) identities: Vec<u32>,
    /// The scopes in which these lie, by number, ascending.
    pub(super) scopes: Vec<Vec<u32>>,
    /// How many scopes there are.
    pub(super) scope_count: usize,
}

/// What can be reached outside of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outside {
    pub(super) identities: u64,
    pub(super) scopes: u64,
    /// Those of the component's own scopes that are reached outside of it too.
    pub(super) own_scopes: Vec<u32>,
}

/// What every one of these components reaches outside of itself, in their order.
pub(super) fn sweep(components: &Components, between: &Ways, weights: &Weights, starts: &[u32]) -> Vec<Outside> {
    let scratch = || Scratch {
        lanes: vec![[0; WORDS]; components.len()],
        seen: vec![false; components.len()],
        scopes: vec![[0; WORDS]; weights.scope_count],
    };
    let chunks = starts.par_chunks(LANES).map_init(scratch, |scratch, chunk| scratch.chunk(between, weights, chunk));
    chunks.flatten_iter().collect()
}

struct Scratch {
    lanes: Vec<Lanes>,
    seen: Vec<bool>,
    scopes: Vec<Lanes>,
}

impl Scratch {
    fn chunk(&mut self, between: &Ways, weights: &Weights, starts: &[u32]) -> Vec<Outside> {
        let touched = self.spread(between, starts);
        let mut identities = Planes::default();
        let mut touched_scopes = Vec::new();
        for &component in &touched {
            let mut lanes = self.lanes[component as usize];
            // What a start holds itself is not outside of it.
            if let Ok(own) = starts.binary_search(&component) {
                lanes[own / 64] &= !(1 << (own % 64));
            }
            identities.add(&lanes, weights.identities[component as usize]);
            for &scope in &weights.scopes[component as usize] {
                touched_scopes.push(scope);
                or(&mut self.scopes[scope as usize], &lanes);
            }
        }
        touched_scopes.sort_unstable();
        touched_scopes.dedup();
        let mut scopes = Planes::default();
        for scope in &touched_scopes {
            scopes.add(&self.scopes[*scope as usize], 1);
        }
        let reached = starts.iter().enumerate().map(|(lane, start)| {
            let own = weights.scopes[*start as usize].iter().copied();
            let outside = |scope: &u32| self.scopes[*scope as usize][lane / 64] >> (lane % 64) & 1 == 1;
            Outside {
                identities: identities.get(lane),
                scopes: scopes.get(lane),
                own_scopes: own.filter(outside).collect(),
            }
        });
        let reached = reached.collect();
        for component in touched {
            self.lanes[component as usize] = [0; WORDS];
            self.seen[component as usize] = false;
        }
        for scope in touched_scopes {
            self.scopes[scope as usize] = [0; WORDS];
        }
        reached
    }

    /// Gives each start a lane and lets the lanes run along all edges. Returns what they touched.
    fn spread(&mut self, between: &Ways, starts: &[u32]) -> Vec<u32> {
        let mut touched: Vec<u32> = starts.to_vec();
        for (lane, start) in starts.iter().enumerate() {
            self.lanes[*start as usize][lane / 64] |= 1 << (lane % 64);
            self.seen[*start as usize] = true;
        }
        let mut next = 0;
        while next < touched.len() {
            for &to in between.row(touched[next]) {
                if !std::mem::replace(&mut self.seen[to as usize], true) {
                    touched.push(to);
                }
            }
            next += 1;
        }
        // Edges lead to lower numbers, so in descending order each component has all its lanes before it hands them on.
        touched.sort_unstable_by(|a, b| b.cmp(a));
        for &component in &touched {
            let lanes = self.lanes[component as usize];
            for &to in between.row(component) {
                or(&mut self.lanes[to as usize], &lanes);
            }
        }
        touched
    }
}

fn or(mine: &mut Lanes, theirs: &Lanes) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine |= theirs;
    }
}

/// One counter for each lane, a plane of bits for each binary digit.
#[derive(Default)]
struct Planes(Vec<Lanes>);

impl Planes {
    /// Adds a number to the counters of these lanes.
    fn add(&mut self, lanes: &Lanes, number: u32) {
        for digit in (0..32).filter(|digit| number >> digit & 1 == 1) {
            let mut carry = *lanes;
            let mut at = digit;
            while carry.iter().any(|word| *word != 0) {
                if self.0.len() <= at {
                    self.0.resize(at + 1, [0; WORDS]);
                }
                for (plane, carry) in self.0[at].iter_mut().zip(&mut carry) {
                    let both = *plane & *carry;
                    *plane ^= *carry;
                    *carry = both;
                }
                at += 1;
            }
        }
    }

    fn get(&self, lane: usize) -> u64 {
        let bits = self.0.iter().enumerate().map(|(digit, plane)| (plane[lane / 64] >> (lane % 64) & 1) << digit);
        bits.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_count_each_lane_by_itself() {
        let mut planes = Planes::default();
        let lanes = |set: &[usize]| {
            let mut lanes = [0; WORDS];
            set.iter().for_each(|lane| lanes[lane / 64] |= 1 << (lane % 64));
            lanes
        };
        planes.add(&lanes(&[0, 511]), 5);
        planes.add(&lanes(&[0, 64]), 3);
        planes.add(&lanes(&[64]), u32::MAX);
        assert_eq!([0, 1, 64, 511].map(|lane| planes.get(lane)), [8, 0, u64::from(u32::MAX) + 3, 5]);
    }
}
