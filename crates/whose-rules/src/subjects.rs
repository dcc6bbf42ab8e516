//! Which things rules speak of: identities that are not people's, and credentials that work.

use crate::Premise;
use whose_graph::{Graph, Ix};
use whose_model::{Class, CredentialKind, Facet, IdentityDetail, Node, NodeKind, State};

/// The identities that somebody must answer for: not human, not the provider's own, not the root of a scope, not
/// deleted. One whose class is unknown counts in: it is not known to be human.
pub(crate) fn machines(graph: &Graph) -> impl Iterator<Item = Ix> + '_ {
    graph.of_kind(NodeKind::Identity).filter(|ix| is_machine(graph, *ix))
}

fn is_machine(graph: &Graph, ix: Ix) -> bool {
    let node = graph.node(ix);
    let own = node.identity().is_some_and(|detail: &IdentityDetail| !detail.root && !detail.provider_managed);
    own && graph.class(ix).class != Class::Human && node.state != State::Deleted
}

/// What a claim about a machine rests on. A password, a recent sign-in and a tag are what shows a person, so while the
/// class is unknown, these must have been read. Where no way in was seen at all, people may have one.
pub(crate) fn machine_premises(graph: &Graph, ix: Ix) -> Vec<Premise> {
    if graph.node(ix).identity().is_some_and(|detail| detail.class.is_some()) {
        // The provider itself says what it is.
        return Vec::new();
    }
    let unknown = graph.class(ix).class == Class::Unknown;
    let signs = [Facet::Credentials, Facet::CredentialUse, Facet::OwnerSignals].into_iter().filter(|_| unknown);
    let no_way_in = graph.node(ix).identity().is_none_or(|detail| detail.trust_policy.is_empty())
        && graph.credentials_of(ix).next().is_none();
    signs.chain(no_way_in.then_some(Facet::Trusts)).map(|facet| Premise::Of(ix, facet)).collect()
}

/// The credentials that work: enabled, not expired, of an identity that is not switched off. A password of a human
/// is left out: people's passwords are not this product's matter.
pub(crate) fn working_credentials(graph: &Graph) -> impl Iterator<Item = Ix> + '_ {
    graph.of_kind(NodeKind::Credential).filter(|ix| works(graph, *ix) && !is_human_password(graph, *ix))
}

/// Whether a credential can be used now.
pub(crate) fn works(graph: &Graph, credential: Ix) -> bool {
    let parent = graph.identity_of(credential).map(|ix| graph.node(ix).state);
    is_valid(graph, credential) && !matches!(parent, Some(State::Disabled | State::Deleted))
}

/// Whether a credential itself is in force: enabled, and not past its end.
pub(crate) fn is_valid(graph: &Graph, credential: Ix) -> bool {
    let node = graph.node(credential);
    node.state == State::Enabled && !is_expired(graph, node)
}

fn is_expired(graph: &Graph, node: &Node) -> bool {
    node.credential().and_then(|detail| detail.expires).is_some_and(|expires| expires <= graph.as_of())
}

fn is_human_password(graph: &Graph, credential: Ix) -> bool {
    let is_password = kind(graph.node(credential)) == Some(CredentialKind::Password);
    let of_human = || graph.identity_of(credential).is_some_and(|ix| graph.class(ix).class != Class::NonHuman);
    is_password && of_human()
}

/// Whether an identity is an AI agent's, by the word of its provider.
pub(crate) fn is_agent(graph: &Graph, ix: Ix) -> bool {
    graph.node(ix).identity().is_some_and(|detail| detail.agent)
}

/// The identity that this one was made from and that can act as it, when it was seen.
pub(crate) fn made_from(graph: &Graph, ix: Ix) -> Option<Ix> {
    let source = graph.find(graph.node(ix).identity()?.instance_of.as_ref()?)?;
    graph.is_seen(source).then_some(source)
}

/// The working credentials with which somebody can act as an identity: its own, and those of what it was made from.
pub(crate) fn ways_in(graph: &Graph, ix: Ix) -> impl Iterator<Item = Ix> + '_ {
    let source = made_from(graph, ix).into_iter();
    let held = std::iter::once(ix).chain(source).flat_map(|identity| graph.credentials_of(identity));
    held.filter(|credential| works(graph, *credential))
}

/// The kind of a credential.
pub(crate) fn kind(node: &Node) -> Option<CredentialKind> {
    node.credential().map(|detail| detail.kind)
}
