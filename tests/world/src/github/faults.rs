//! Faults to inject, a call each: what a scanner meets on a bad day.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

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

/// What stands in for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strike {
    /// No permission.
    Denied,
    /// 429 with `Retry-After`.
    TooMany,
    /// 403 with `Retry-After`: the secondary limit.
    Secondary,
    /// 403 with an empty budget that is renewed in the far future.
    Exhausted,
    /// HTTP 500.
    Internal,
}

/// Where the link to the next page leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextPage {
    /// To the next page.
    Next,
    /// To the same pages for ever.
    Repeated,
    /// To ever further pages with the same items.
    Endless,
    /// To another host.
    Elsewhere,
}

/// The faults that are switched on, by the name of a call.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) denied: HashSet<String>,
    pub(crate) exhausted: HashSet<String>,
    pub(crate) throttled: HashMap<String, u32>,
    pub(crate) secondary: HashMap<String, u32>,
    pub(crate) failing: HashMap<String, u32>,
    pub(crate) malformed: HashSet<String>,
    pub(crate) truncated: HashSet<String>,
    pub(crate) next: HashMap<String, NextPage>,
    pub(crate) delay: Option<Duration>,
}

impl Faults {
    /// What stands in for the reply, when something does.
    pub(crate) fn strike(&mut self, call: &str) -> Option<Strike> {
        if spend(&mut self.throttled, call) {
            Some(Strike::TooMany)
        } else if spend(&mut self.secondary, call) {
            Some(Strike::Secondary)
        } else if spend(&mut self.failing, call) {
            Some(Strike::Internal)
        } else if self.exhausted.contains(call) {
            Some(Strike::Exhausted)
        } else {
            self.denied.contains(call).then_some(Strike::Denied)
        }
    }

    /// How the reply is to be spoilt.
    pub(crate) fn spoil(&self, call: &str) -> Spoil {
        if self.truncated.contains(call) {
            Spoil::Truncate
        } else if self.malformed.contains(call) {
            Spoil::Malform
        } else {
            Spoil::No
        }
    }

    /// Where the link to the next page leads.
    pub(crate) fn next_page(&self, call: &str) -> NextPage {
        self.next.get(call).copied().unwrap_or(NextPage::Next)
    }
}

/// Takes one from a counter that is not yet at zero.
fn spend(counters: &mut HashMap<String, u32>, call: &str) -> bool {
    match counters.get_mut(call) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}
