//! Who is known to be there or gone: owner nodes that a people source gave, and the human identities of the estate.

use super::{PartyStatus, owner_id};
use crate::Graph;
use crate::resolve::lifecycle::moment;
use crate::resolve::words::key;
use std::collections::HashMap;
use whose_model::{Class, Node, NodeId, NodeKind, State, Timestamp};

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
            let (status, word) = match (departure(node, graph.as_of()), node.state) {
                (Some(tag), _) => (PartyStatus::Inactive, format!("tagged {tag}")),
                (None, State::Enabled) => (PartyStatus::Active, "enabled".into()),
                (None, State::Disabled | State::Deleted) => (PartyStatus::Inactive, "disabled or deleted".into()),
                (None, State::Unknown) => continue,
            };
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

/// The tag by which the keepers of an account say that its holder left, by a word or by a day that is past.
fn departure(node: &Node, as_of: Timestamp) -> Option<String> {
    let says = |name: &str, value: &str| match key(name).as_str() {
        "status" | "employmentstatus" | "userstatus" => {
            let word = value.trim().to_lowercase();
            matches!(word.as_str(), "left" | "leaver" | "departed" | "offboarded" | "terminated" | "former")
        }
        "left" | "lefton" | "leavedate" | "offboardedon" | "terminationdate" | "lastday" => {
            moment(value).is_some_and(|day| day <= as_of)
        }
        _ => false,
    };
    node.tags.iter().find(|(name, value)| says(name, value)).map(|(name, value)| format!("{name}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use whose_model::{IdentityDetail, What};

    #[test]
    fn a_departure_is_a_word_or_a_day_that_is_past() {
        let as_of = "2026-11-24T00:00:00Z".parse().unwrap();
        for (name, value, left) in [
            ("Status", "left", true),
            ("employment-status", "Terminated", true),
            ("LastDay", "2026-11-01", true),
            ("LastDay", "2026-12-31", false),
            ("Status", "active", false),
            ("Note", "left", false),
        ] {
            let id = NodeId::new("aws", "1", "iam-user", "a");
            let mut node = Node::new(id, What::Identity(Box::<IdentityDetail>::default()), "iam-user", "a");
            node.tags.insert(name.into(), value.into());
            assert_eq!(departure(&node, as_of).is_some(), left, "{name}={value}");
        }
    }
}
