//! Which things rules speak of: identities that are not people's, and credentials that work.

use crate::Premise;
use whose_graph::{Graph, Ix};
use whose_model::{Class, CredentialKind, EdgeKind, Facet, IdentityDetail, Node, NodeKind, State, Tier};

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

/// Whether an application acts in the names of single people and in no other way, so that those who let it in answer for
/// it. What the own organisation makes has a maker here all the same.
pub(crate) fn acts_for_people_alone(graph: &Graph, ix: Ix) -> bool {
    let for_one = |grant: &Ix| {
        let detail = graph.node(*grant).grant().and_then(|detail| detail.consent.as_ref());
        detail.is_some_and(|consent| consent.on_behalf_of.is_some())
    };
    let grants = graph.grants_of(ix);
    let foreign = graph.node(ix).identity().is_some_and(|detail| detail.third_party != Some(false));
    foreign && !grants.is_empty() && grants.iter().all(for_one) && graph.credentials_of(ix).next().is_none()
}

/// The identity that this one was made from and that can act as it, when it was seen.
pub(crate) fn made_from(graph: &Graph, ix: Ix) -> Option<Ix> {
    let source = graph.find(graph.node(ix).identity()?.instance_of.as_ref()?)?;
    graph.is_seen(source).then_some(source)
}

/// How much the holder of an identity can do by its own grants, or by those of what was made from it: an application
/// has none of its own and acts as its service principal.
pub(crate) fn tier(graph: &Graph, ix: Ix) -> Tier {
    let tiers = || std::iter::once(ix).chain(instances(graph, ix)).map(|one| graph.privilege(one).tier);
    let strongest = tiers().min().unwrap_or(Tier::Unknown);
    // What was not read of one of them could be more than the others have.
    if strongest != Tier::T0 && tiers().any(|tier| tier == Tier::Unknown) { Tier::Unknown } else { strongest }
}

fn instances(graph: &Graph, ix: Ix) -> impl Iterator<Item = Ix> + '_ {
    let made = graph.out(ix, EdgeKind::CanAssume).map(|(to, _)| to);
    made.filter(move |to| {
        let detail = graph.node(*to).identity();
        detail.and_then(|detail| detail.instance_of.as_ref()) == Some(&graph.node(ix).id)
    })
}

/// Whether what is wrong with the keeping of an identity is wrong with the application that it stands for, and told
/// there. An agent has keepers of its own.
pub(crate) fn is_told_at_source(graph: &Graph, ix: Ix) -> bool {
    is_own_instance(graph, ix) && made_from(graph, ix).is_some()
}

/// Where the application was not seen, it may be among what was not read.
pub(crate) fn source_premise(graph: &Graph, ix: Ix) -> Option<Premise> {
    let unseen = is_own_instance(graph, ix) && made_from(graph, ix).is_none();
    graph.scope_of(ix).filter(|_| unseen).map(|scope| Premise::Within(scope, Facet::Identities))
}

fn is_own_instance(graph: &Graph, ix: Ix) -> bool {
    let detail = graph.node(ix).identity();
    detail.is_some_and(|own| own.instance_of.is_some() && own.third_party == Some(false) && !own.agent)
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
