//! Who answers for what: claims are gathered from tags and stated edges, parties are looked up among the people
//! that the scan knows, and the claims of each party add up to a score and a band.

mod claims;
mod code;
mod people;
mod score;

use crate::{Graph, Ix};
use claims::{Claim, claims_of};
use code::{leak_claims, repository_claims, secrets_by_identity};
use people::People;
use std::collections::{BTreeMap, BTreeSet};
use whose_model::{Edge, EdgeKind, Evidence, Node, NodeId, NodeKind, OwnerDetail, PartyKind, PartyStatus, What};

/// A tag value on more than this share of the estate says little about any one thing of it.
const COMMON_SHARE: f64 = 0.30;
/// Below this many claimed identities, a share is not a pattern.
const COMMON_FROM: usize = 20;

/// The ownership of every identity, and of every leaked secret that is nobody's by `joins`; the owner nodes and the
/// `owned-by` edges.
pub(super) fn resolve(graph: &mut Graph, joins: &[Edge]) -> (Vec<Node>, Vec<Edge>) {
    let people = People::gather(graph);
    let claimed = claimed(graph, joins);
    let common = common_parties(graph, &claimed);
    let (mut owners, mut edges, mut verdicts) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (ix, claims) in claimed {
        let ownership = score::judge(graph, &people, &claims, &common);
        for claim in &claims {
            let owner = owners.entry(claim.owner.clone()).or_insert_with(|| owner(&people, claim));
            prefer_party(owner, claim.party);
        }
        edges.extend(ownership.candidates.iter().map(|candidate| {
            let node = graph.node(ix);
            let mut edge = Edge {
                confidence: candidate.score,
                derived: true,
                ..Edge::stated(node.id.clone(), EdgeKind::OwnedBy, candidate.owner.clone())
            };
            let source = format!("what is declared about {}", node.name);
            edge.evidence.extend(candidate.signals.iter().map(|signal| Evidence::new(&signal.what, &source)));
            edge
        }));
        verdicts.push((ix, ownership));
    }
    for (ix, ownership) in verdicts {
        graph.ownership.set(ix, ownership);
    }
    (owners.into_values().collect(), edges)
}

/// Everything that speaks for some owner, by what is owned.
fn claimed(graph: &Graph, joins: &[Edge]) -> Vec<(Ix, Vec<Claim>)> {
    let secrets = secrets_by_identity(graph, joins);
    let joined: BTreeSet<Ix> = secrets.values().flatten().copied().collect();
    let identities = graph.of_kind(NodeKind::Identity).map(|ix| {
        let mut claims = claims_of(graph, ix);
        claims.extend(leak_claims(graph, secrets.get(&ix).map(Vec::as_slice).unwrap_or_default()));
        claims.extend(repository_claims(graph, ix));
        (ix, claims)
    });
    let foreign = graph.of_kind(NodeKind::Secret).filter(|ix| !joined.contains(ix));
    identities.chain(foreign.map(|ix| (ix, leak_claims(graph, &[ix])))).collect()
}

/// A credential, and a leaked secret that was joined, are answered for by whoever answers for their identity.
pub(super) fn share(graph: &mut Graph) {
    for ix in graph.order.clone() {
        if matches!(graph.node(ix).kind(), NodeKind::Credential | NodeKind::Secret)
            && let Some(identity) = graph.identity_of(ix)
        {
            graph.ownership.share(ix, identity);
        }
    }
}

/// Parties that are named on so much of the estate that the value may be a default.
fn common_parties(graph: &Graph, claimed: &[(Ix, Vec<Claim>)]) -> Vec<NodeId> {
    let mut counts: BTreeMap<&NodeId, usize> = BTreeMap::new();
    for (_, claims) in claimed {
        let mut parties: Vec<&NodeId> = claims.iter().filter(|claim| claim.by_tag).map(|claim| &claim.owner).collect();
        parties.sort();
        parties.dedup();
        for party in parties {
            *counts.entry(party).or_default() += 1;
        }
    }
    let total = claimed.iter().filter(|(ix, _)| graph.node(*ix).kind() == NodeKind::Identity).count();
    let common = |count: usize| total >= COMMON_FROM && count as f64 > COMMON_SHARE * total as f64;
    counts.into_iter().filter(|(_, count)| common(*count)).map(|(party, _)| party.clone()).collect()
}

fn owner(people: &People, claim: &Claim) -> Node {
    let (status, source) = people.status(&claim.owner);
    let detail = OwnerDetail { party: claim.party, status, status_source: source, left: None };
    Node::new(claim.owner.clone(), What::Owner(detail), "owner", &claim.name)
}

fn prefer_party(owner: &mut Node, party: PartyKind) {
    if let What::Owner(detail) = &mut owner.what
        && detail.party == PartyKind::Unknown
    {
        detail.party = party;
    }
}

/// The node of the party of this name.
fn owner_id(name: &str) -> NodeId {
    NodeId::new("whose", "", "owner", &name.trim().to_lowercase())
}
