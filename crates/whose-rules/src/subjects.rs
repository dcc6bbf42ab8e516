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
    let node = graph.node(credential);
    let parent = graph.identity_of(credential).map(|ix| graph.node(ix).state);
    node.state == State::Enabled
        && !is_expired(graph, node)
        && !matches!(parent, Some(State::Disabled | State::Deleted))
}

fn is_expired(graph: &Graph, node: &Node) -> bool {
    node.credential().and_then(|detail| detail.expires).is_some_and(|expires| expires <= graph.as_of())
}

fn is_human_password(graph: &Graph, credential: Ix) -> bool {
    let is_password = kind(graph.node(credential)) == Some(CredentialKind::Password);
    let of_human = || graph.identity_of(credential).is_some_and(|ix| graph.class(ix).class != Class::NonHuman);
    is_password && of_human()
}

/// The kind of a credential.
pub(crate) fn kind(node: &Node) -> Option<CredentialKind> {
    node.credential().map(|detail| detail.kind)
}
