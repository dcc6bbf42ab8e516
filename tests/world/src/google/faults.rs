//! Faults to inject, a method each: what a scanner meets on a bad day.

use std::collections::{HashMap, HashSet};

/// How a reply is spoilt after it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// Not at all.
    No,
    /// The JSON ends in the middle.
    Malform,
    /// The connection ends in the middle.
    Truncate,
}

/// The faults that are switched on.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) denied: HashSet<String>,
    pub(crate) disabled: HashSet<String>,
    pub(crate) throttled: HashMap<String, u32>,
    pub(crate) malformed: HashSet<String>,
    pub(crate) truncated: HashSet<String>,
    pub(crate) endless: HashSet<String>,
}

impl Faults {
    /// Whether this call is one of those that are throttled. Takes one off their number.
    pub(crate) fn throttles(&mut self, method: &str) -> bool {
        match self.throttled.get_mut(method) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// How the reply is to be spoilt.
    pub(crate) fn spoil(&self, method: &str) -> Spoil {
        if self.truncated.contains(method) {
            Spoil::Truncate
        } else if self.malformed.contains(method) {
            Spoil::Malform
        } else {
            Spoil::No
        }
    }
}
