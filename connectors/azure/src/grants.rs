//! Grants of all listings in one form.

use crate::ids::GROUP;
use crate::session::Session;
use whose_connect::Recorder;
use whose_model::{
    Consent, Edge, EdgeKind, Evidence, GrantDetail, GrantOrigin, Node, NodeId, Power, State, Timestamp, What,
};

/// A grant as its listing tells it.
pub(crate) struct Grant<'a> {
    pub(crate) kind: &'static str,
    pub(crate) id: &'a str,
    pub(crate) name: String,
    pub(crate) origin: GrantOrigin,
    pub(crate) power: Option<Power>,
    pub(crate) consent: Option<Consent>,
    pub(crate) created: Option<Timestamp>,
}

/// Notes a grant and who holds it.
pub(crate) async fn observe(session: &Session, grant: Grant<'_>, holder: NodeId, source: &str, out: &mut Recorder) {
    if holder.type_name() == GROUP {
        session.known().groups.insert(holder.local());
    }
    let id = session.tenant.thing(grant.kind, grant.id);
    let detail =
        GrantDetail { read: true, power: grant.power, consent: grant.consent, ..GrantDetail::new(grant.origin) };
    let mut node = Node::new(id.clone(), What::Grant(detail), grant.kind, &grant.name);
    node.native_id = Some(grant.id.to_owned());
    node.scope = Some(session.tenant.scope());
    node.state = State::Enabled;
    node.created = grant.created;
    out.node(node).await;
    let evidence = Evidence::new(format!("holds {}", grant.name), source);
    out.edge(Edge::stated(holder, EdgeKind::HasGrant, id).shown_by(evidence)).await;
}
