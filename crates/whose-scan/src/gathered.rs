//! What a scan gathered, before any judgement: the input of `judge`, from a live run or from files.

use whose_model::{Coverage, Observation, TargetInfo, Timestamp};

/// All that was seen, and how well.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    /// The one moment against which ages are measured.
    pub as_of: Timestamp,
    /// What was asked to be scanned.
    pub targets: Vec<TargetInfo>,
    /// What was seen.
    pub observations: Vec<Observation>,
    /// How well each listing was read.
    pub coverage: Vec<Coverage>,
    /// Whether the user stopped it.
    pub cancelled: bool,
}

impl Gathered {
    /// Nothing yet.
    pub fn new(as_of: Timestamp, targets: Vec<TargetInfo>) -> Self {
        Self { as_of, targets, observations: Vec::new(), coverage: Vec::new(), cancelled: false }
    }

    /// Adds what another run or file gathered. The later moment becomes the moment of both.
    pub fn absorb(&mut self, other: Self) {
        self.as_of = self.as_of.max(other.as_of);
        for target in other.targets {
            if !self.targets.contains(&target) {
                self.targets.push(target);
            }
        }
        self.observations.extend(other.observations);
        self.coverage.extend(other.coverage);
        self.cancelled |= other.cancelled;
    }
}
