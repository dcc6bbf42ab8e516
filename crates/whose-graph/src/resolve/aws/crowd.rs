//! Many callers and many targets: where nothing has to be weighed for each pair, callers lead to a virtual group
//! and the group to the targets, so that edges number the sum and not the product.

use super::action::Action;
use super::document::Document;
use super::holdings::{Boundary, Estate, Holder, policy};
use whose_model::{Evidence, Node, NodeId, What};

/// Whether some statement that the identity holds speaks of allowing the action.
pub(super) fn may(estate: &Estate<'_>, holder: &Holder, action: Action) -> bool {
    estate.held(holder).any(|(_, document)| document.allows().any(|rule| rule.speaks_of.has(action)))
}

/// The resource patterns on which an identity may take an action, when nothing else (a Deny, a boundary, a condition,
/// a variable) has to be weighed for each resource.
pub(super) fn plain_patterns(estate: &Estate<'_>, holder: &Holder, action: Action) -> Option<Vec<(String, Evidence)>> {
    let mut documents = estate.held(holder).map(|(_, document)| document);
    let denied = documents.any(|document| Document::denies(document).any(|rule| rule.speaks_of.has(action)));
    if denied || !matches!(holder.boundary, Boundary::None) {
        return None;
    }
    let mut patterns = Vec::new();
    for (grant, document) in estate.held(holder) {
        for rule in document.allows().filter(|rule| rule.speaks_of.has(action)) {
            let weighed = rule.resources.iter().any(|text| text.contains("${"));
            if weighed || !rule.conditions.is_empty() || !rule.not_resources.is_empty() {
                return None;
            }
            let words = policy(estate, holder, grant, rule);
            let source = format!("policy {}", estate.graph.node(grant).name);
            for pattern in &rule.resources {
                let what = format!("{words} allows {} on {pattern}", action.name());
                patterns.push((pattern.clone(), Evidence::new(what, source.clone())));
            }
        }
    }
    Some(patterns)
}

/// A group that stands for "every one of these", of which the provider knows nothing.
pub(super) fn virtual_group(account: &str, id: &str, name: &str) -> Node {
    Node::new(NodeId::new("whose", account, "virtual-group", id), What::Group, "virtual-group", name)
}
