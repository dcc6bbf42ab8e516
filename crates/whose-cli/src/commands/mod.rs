//! The commands, one file each.

pub(crate) mod assess;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod key;
pub(crate) mod permissions;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod scans;
pub(crate) mod schedule;
mod stored;
