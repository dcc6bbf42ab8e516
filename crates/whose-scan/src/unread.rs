//! The coverage of what could not be read at all, a whole target or a repository that was handed over: a gap, and
//! never an empty listing.

use std::time::Duration;
use whose_connect::{ConnectError, ConnectorInfo, with_causes};
use whose_model::{Coverage, CoverageState, Facet, Gap, NodeId, Source};

/// How long connectors may take to wind down after a stop before they are cut off.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// It could not be scanned at all.
pub(crate) fn failed(info: &ConnectorInfo, scope: NodeId, error: &ConnectError) -> Coverage {
    let remedy = match error {
        ConnectError::SignIn { remedy, .. } => remedy.clone(),
        _ => "mend what the message names, and scan again".to_string(),
    };
    unread(info, scope, with_causes(error), remedy)
}

/// Its connector broke or had to be cut off.
pub(crate) fn broken(info: &ConnectorInfo, scope: NodeId, cut_off: bool) -> Coverage {
    let id = info.id;
    if cut_off {
        let reason = format!("the {id} connector did not stop within {} seconds and was cut off", GRACE.as_secs());
        unread(info, scope, reason, "scan again".into())
    } else {
        let reason = format!("the {id} connector broke; this is a fault of Whose");
        unread(info, scope, reason, "run again with -vv and report what it prints".into())
    }
}

fn unread(info: &ConnectorInfo, scope: NodeId, reason: String, remedy: String) -> Coverage {
    let mut facets: Vec<Facet> =
        info.collectors.iter().flat_map(|collector| collector.provides.iter().copied()).collect();
    facets.sort_unstable();
    facets.dedup();
    Coverage {
        source: Source { connector: info.id.into(), collector: "target".into() },
        scope,
        facets,
        types: Vec::new(),
        state: CoverageState::Failed,
        seen: 0,
        calls: 0,
        gaps: vec![Gap { subject: None, call: None, reason, remedy }],
        horizon: None,
    }
}
