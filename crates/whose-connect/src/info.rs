//! What connectors and collectors say about themselves: the source of the permissions page and
//! of the generated reference.

use crate::ApiCall;
use whose_model::{Facet, Source};

/// One listing of a provider.
#[derive(Clone, Copy, Debug)]
pub struct CollectorInfo {
    /// Its id, named as the vendor names the listing: `access-keys`.
    pub id: &'static str,
    /// What it reads, in a few words.
    pub title: &'static str,
    /// What it can tell about a scope when it was read completely.
    pub provides: &'static [Facet],
    /// The types of nodes that it lists, where it can tell these alone; empty: it speaks of all in the scope.
    pub types: &'static [&'static str],
    /// The calls that it makes, all of them.
    pub calls: &'static [ApiCall],
    /// The option of the target that switches it on, for example `ssh-keys=on`; `None`: it always runs.
    pub switched_on_by: Option<&'static str>,
}

/// One connector.
#[derive(Clone, Copy, Debug)]
pub struct ConnectorInfo {
    /// Its id, which is also the first word of its targets: `aws`.
    pub id: &'static str,
    /// The provider's name.
    pub title: &'static str,
    /// How a target is written.
    pub target_syntax: &'static str,
    /// Its collectors, in the order in which they run.
    pub collectors: &'static [CollectorInfo],
    /// What it hands to the reader of source repositories, in words; `None`: it hands over nothing.
    pub hands_over: Option<&'static str>,
    /// Renders a ready grant, in the provider's own form, that allows the declared calls and nothing else.
    pub least_privilege: Option<fn() -> String>,
}

impl ConnectorInfo {
    /// The name under which a collector's observations and coverage appear.
    pub fn source(&self, collector: &CollectorInfo) -> Source {
        Source { connector: self.id.into(), collector: collector.id.into() }
    }

    /// All declared calls, each once, by name.
    pub fn calls(&self) -> Vec<ApiCall> {
        let mut calls: Vec<ApiCall> =
            self.collectors.iter().flat_map(|collector| collector.calls.iter().copied()).collect();
        calls.sort_by_key(|call| call.name);
        calls.dedup_by_key(|call| call.name);
        calls
    }
}
