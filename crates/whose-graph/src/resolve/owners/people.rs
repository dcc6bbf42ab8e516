//! Who is known to be there or gone: owner nodes that a people source gave, and the human identities of the estate.

use super::{PartyStatus, owner_id};
use crate::Graph;
use crate::resolve::words::key;
use std::collections::HashMap;
use whose_model::{Class, NodeId, NodeKind, State};

/// The state of each party that some source knows.
pub(super) struct People {
    known: HashMap<NodeId, (PartyStatus, String)>,
}

impl People {
    /// Gathers what the graph knows. A source of people beats the state of an account of the same name; of several
    /// accounts, one that works shows that its holder is there.
    pub(super) fn gather(graph: &Graph) -> Self {
        let mut known: HashMap<NodeId, (PartyStatus, String)> = HashMap::new();
        for ix in graph.of_kind(NodeKind::Identity).filter(|ix| graph.class(*ix).class == Class::Human) {
            let node = graph.node(ix);
            let status = match node.state {
                State::Enabled => PartyStatus::Active,
                State::Disabled | State::Deleted => PartyStatus::Inactive,
                State::Unknown => continue,
            };
            let word = if status == PartyStatus::Active { "enabled" } else { "disabled or deleted" };
            let source = format!("{} {} is {word}", node.r#type, node.name);
            let mails = node.tags.iter().filter(|(name, _)| matches!(key(name).as_str(), "email" | "mail"));
            for name in mails.map(|(_, value)| value).chain([&node.name]) {
                let entry = known.entry(owner_id(name)).or_insert_with(|| (status, source.clone()));
                if entry.0 == PartyStatus::Inactive && status == PartyStatus::Active {
                    *entry = (status, source.clone());
                }
            }
        }
        for ix in graph.of_kind(NodeKind::Owner) {
            let node = graph.node(ix);
            if let Some(detail) = node.owner().filter(|detail| detail.status != PartyStatus::Unresolved) {
                let source = detail.status_source.clone().unwrap_or_else(|| "a source of people".into());
                known.insert(node.id.clone(), (detail.status, source));
            }
        }
        Self { known }
    }

    /// Whether a party is there, and what says so.
    pub(super) fn status(&self, owner: &NodeId) -> (PartyStatus, Option<String>) {
        match self.known.get(owner) {
            Some((status, source)) => (*status, Some(source.clone())),
            None => (PartyStatus::Unresolved, None),
        }
    }
}
