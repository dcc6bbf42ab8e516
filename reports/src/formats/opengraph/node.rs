//! The nodes: every view of the report, and what its edges name beside.

use super::kinds::{self, HUMAN, NAMED};
use super::properties::{Properties, node_id};
use crate::names::place;
use crate::words::term;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use whose_model::{
    Class, CredentialView, GrantView, IdentityView, NodeId, NodeKind, NodeView, OwnerBand, OwnerView, Report,
    SecretView,
};

/// The nodes of a report, made one by one while they are written.
pub(super) struct Nodes<'a>(pub(super) &'a Report);

#[derive(Serialize)]
struct Node {
    id: String,
    kinds: Vec<&'static str>,
    properties: Properties,
}

impl Node {
    fn new(id: &NodeId, kind: &'static str, properties: Properties) -> Self {
        Self { id: node_id(id), kinds: vec![kind], properties }
    }
}

impl Serialize for Nodes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let nodes = report.identities.iter().map(identity);
        let nodes = nodes.chain(report.credentials.iter().map(credential));
        let nodes = nodes.chain(report.secrets.iter().map(secret));
        let nodes = nodes.chain(report.grants.iter().map(grant));
        let nodes = nodes.chain(report.owners.iter().map(owner));
        let nodes = nodes.chain(report.others.iter().map(other));
        serializer.collect_seq(nodes.chain(named(report).into_iter().map(reference)))
    }
}

/// The scope that contains each view, as its edges need it.
pub(super) fn scopes(report: &Report) -> impl Iterator<Item = (&NodeId, &NodeId)> {
    let views = report.identities.iter().map(|view| (view.scope.as_ref(), &view.id));
    let views = views.chain(report.credentials.iter().map(|view| (view.scope.as_ref(), &view.id)));
    let views = views.chain(report.grants.iter().map(|view| (view.scope.as_ref(), &view.id)));
    let views = views.chain(report.others.iter().map(|view| (view.scope.as_ref(), &view.id)));
    views.filter_map(|(scope, id)| Some((scope?, id)))
}

/// What edges and scopes name and no view shows, by id: places, above all.
fn named(report: &Report) -> BTreeSet<&NodeId> {
    let mut named: BTreeSet<_> = report.edges.iter().flat_map(|edge| [&edge.from, &edge.to]).collect();
    named.extend(scopes(report).map(|(scope, _)| scope));
    for id in report
        .identities
        .iter()
        .map(|view| &view.id)
        .chain(report.credentials.iter().map(|view| &view.id))
        .chain(report.secrets.iter().map(|view| &view.id))
        .chain(report.grants.iter().map(|view| &view.id))
        .chain(report.owners.iter().map(|view| &view.id))
        .chain(report.others.iter().map(|view| &view.id))
    {
        named.remove(id);
    }
    named
}

fn reference(id: &NodeId) -> Node {
    let kind = if id.type_name() == "location" { kinds::node(NodeKind::Location) } else { NAMED };
    Node::new(id, kind, Properties::of(id, ""))
}

fn identity(view: &IdentityView) -> Node {
    let mut properties = Properties::of(&view.id, &view.name);
    properties.text("native_uid", view.native_id.as_deref());
    properties.text("address", view.address.as_deref());
    properties.text("scope", view.scope.as_ref().map(NodeId::as_str));
    properties.text("description", view.description.as_deref());
    properties.state(view.state);
    properties.word("class", view.class.class);
    properties.moment("created_at", view.created);
    properties.usage(view.last_used.as_ref());
    properties.word("tier", view.privilege.tier);
    properties.list("tier_basis", view.privilege.basis.iter().map(|basis| basis.what.clone()));
    properties.value("reachable_identities", view.reach.identities);
    properties.value("reachable_admins", view.reach.admins.len());
    if let Some(ownership) = &view.ownership {
        properties.word("ownership", ownership.band);
        let settled = matches!(ownership.band, OwnerBand::Owned | OwnerBand::Probable);
        let best = ownership.candidates.first().filter(|_| settled);
        properties.text("owner", best.map(|best| best.name.as_str()));
    }
    properties.text("purpose", view.lifecycle.purpose.as_deref());
    properties.moment("declared_expiry", view.lifecycle.expiry);
    properties.text("environment", view.lifecycle.environment.map(term).as_deref());
    properties.list("tags", view.tags.iter().map(|(key, value)| format!("{key}={value}")));
    properties.value("findings", view.findings.len());
    let mut node = Node::new(&view.id, kinds::node(NodeKind::Identity), properties);
    if view.class.class == Class::Human {
        node.kinds.push(HUMAN);
    }
    node
}

fn credential(view: &CredentialView) -> Node {
    let mut properties = Properties::of(&view.id, &view.name);
    properties.text("scope", view.scope.as_ref().map(NodeId::as_str));
    properties.word("credential_kind", view.kind);
    properties.state(view.state);
    properties.moment("created_at", view.created);
    properties.moment("rotated_at", view.rotated);
    properties.moment("expires_at", view.expires);
    properties.usage(view.last_used.as_ref());
    properties.value("leaked", !view.leaked.is_empty());
    properties.value("findings", view.findings.len());
    Node::new(&view.id, kinds::node(NodeKind::Credential), properties)
}

fn secret(view: &SecretView) -> Node {
    let mut properties = Properties::of(&view.id, &format!("{} {}", view.title, view.hint));
    properties.text("detector", view.detector.as_str());
    properties.word("confidence", view.confidence);
    properties.value("has_secret_half", view.has_secret_half);
    properties.value("at_head", view.places.iter().any(|place| place.at_head));
    properties.list("places", view.places.iter().map(place));
    properties.value("findings", view.findings.len());
    Node::new(&view.id, kinds::node(NodeKind::Secret), properties)
}

fn grant(view: &GrantView) -> Node {
    let mut properties = Properties::of(&view.id, &view.name);
    properties.text("scope", view.scope.as_ref().map(NodeId::as_str));
    properties.word("managed_by", view.origin);
    properties.value("read", view.read);
    Node::new(&view.id, kinds::node(NodeKind::Grant), properties)
}

fn owner(view: &OwnerView) -> Node {
    let mut properties = Properties::of(&view.id, &view.name);
    properties.word("party", view.party);
    properties.word("status", view.status);
    properties.value("owns", view.owns.len());
    Node::new(&view.id, kinds::node(NodeKind::Owner), properties)
}

fn other(view: &NodeView) -> Node {
    let mut properties = Properties::of(&view.id, &view.name);
    properties.text("address", view.address.as_deref());
    properties.text("scope", view.scope.as_ref().map(NodeId::as_str));
    properties.value("seen", view.seen);
    Node::new(&view.id, kinds::node(view.kind), properties)
}
