//! Faults to inject, an action each: what a scanner meets on a bad day.

use super::replies::ApiError;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How a reply is spoilt after it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// Not at all.
    No,
    /// The XML ends in the middle.
    Malform,
    /// The connection ends in the middle.
    Truncate,
}

/// The faults that are switched on.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) denied: HashSet<String>,
    pub(crate) throttled: HashMap<String, u32>,
    pub(crate) failing: HashMap<String, u32>,
    pub(crate) malformed: HashSet<String>,
    pub(crate) truncated: HashSet<String>,
    pub(crate) endless: HashSet<String>,
    pub(crate) delay: Option<Duration>,
}

impl Faults {
    /// The error that stands in for the reply, when one does.
    pub(crate) fn strike(&mut self, action: &str) -> Option<ApiError> {
        if spend(&mut self.throttled, action) {
            return Some(ApiError::throttled());
        }
        if spend(&mut self.failing, action) {
            return Some(ApiError::internal());
        }
        self.denied.contains(action).then(|| ApiError::denied(action))
    }

    /// How the reply is to be spoilt.
    pub(crate) fn spoil(&self, action: &str) -> Spoil {
        if self.truncated.contains(action) {
            Spoil::Truncate
        } else if self.malformed.contains(action) {
            Spoil::Malform
        } else {
            Spoil::No
        }
    }
}

/// Takes one from a counter that is not yet at zero.
fn spend(counters: &mut HashMap<String, u32>, action: &str) -> bool {
    match counters.get_mut(action) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}
