//! Claims that a party owns a thing: from tags on it, on its account, and from edges that a provider states. The
//! weights are those of the published table of ownership signals.

use super::owner_id;
use crate::resolve::words::{is_placeholder, key, tokens};
use crate::{Graph, Ix};
use whose_model::{Class, Edge, EdgeKind, Node, NodeId, NodeKind, PartyKind, SignalClass};

/// In which capacity a party is named. Different capacities never conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Capacity {
    Owner,
    Team,
    Contact,
    Technical,
    Business,
    Creator,
    CostCentre,
    /// Who answers for code that uses a thing, or to which it is bound.
    Code,
    /// Who wrote the code in which it stands.
    Author,
}

/// One claim.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) owner: NodeId,
    pub(super) name: String,
    pub(super) party: PartyKind,
    pub(super) capacity: Capacity,
    pub(super) class: SignalClass,
    /// Where it comes from, to tell joint owners (one source) from conflicting ones (two).
    pub(super) source: String,
    pub(super) what: String,
    /// Weight times specificity, before resolution.
    pub(super) weight: f64,
    /// Whether it comes from a tag, whose value may be a default.
    pub(super) by_tag: bool,
}

/// The tags that name a party: key, capacity, class and weight.
const TAGS: [(&str, Capacity, SignalClass, f64); 24] = [
    ("owner", Capacity::Owner, SignalClass::Declared, 0.80),
    ("owners", Capacity::Owner, SignalClass::Declared, 0.80),
    ("ownername", Capacity::Owner, SignalClass::Declared, 0.80),
    ("ownedby", Capacity::Owner, SignalClass::Declared, 0.80),
    ("owneremail", Capacity::Contact, SignalClass::Declared, 0.80),
    ("ownercontact", Capacity::Contact, SignalClass::Declared, 0.80),
    ("contact", Capacity::Contact, SignalClass::Declared, 0.80),
    ("contactemail", Capacity::Contact, SignalClass::Declared, 0.80),
    ("team", Capacity::Team, SignalClass::Declared, 0.80),
    ("teamname", Capacity::Team, SignalClass::Declared, 0.80),
    ("ownerteam", Capacity::Team, SignalClass::Declared, 0.80),
    ("owningteam", Capacity::Team, SignalClass::Declared, 0.80),
    ("squad", Capacity::Team, SignalClass::Declared, 0.80),
    ("technicalowner", Capacity::Technical, SignalClass::Declared, 0.80),
    ("techowner", Capacity::Technical, SignalClass::Declared, 0.80),
    ("technicalcontact", Capacity::Technical, SignalClass::Declared, 0.80),
    ("businessowner", Capacity::Business, SignalClass::Declared, 0.80),
    ("businesscontact", Capacity::Business, SignalClass::Declared, 0.80),
    ("managedby", Capacity::Technical, SignalClass::Declared, 0.80),
    ("maintainer", Capacity::Technical, SignalClass::Declared, 0.80),
    ("createdby", Capacity::Creator, SignalClass::Provenance, 0.50),
    ("creator", Capacity::Creator, SignalClass::Provenance, 0.50),
    ("costcenter", Capacity::CostCentre, SignalClass::Declared, 0.45),
    ("costcentre", Capacity::CostCentre, SignalClass::Declared, 0.45),
];
/// What an owner edge of a provider weighs.
const STATED_OWNER: f64 = 0.85;
/// What it weighs that a person, or something else, made a thing.
const MADE_BY_PERSON: f64 = 0.60;
const MADE_BY_PIPELINE: f64 = 0.30;
/// What an account's tags weigh for a thing in it: class weight times specificity.
const ACCOUNT_TAG: f64 = 0.35 * 0.5;
/// Tools are not parties, however often they are written into `managed-by`.
const TOOLS: [&str; 11] = [
    "terraform",
    "opentofu",
    "pulumi",
    "cloudformation",
    "cdk",
    "ansible",
    "helm",
    "argocd",
    "crossplane",
    "terragrunt",
    "sam",
];

/// Everything that speaks for some owner of an identity.
pub(super) fn claims_of(graph: &Graph, ix: Ix) -> Vec<Claim> {
    let node = graph.node(ix);
    let mut claims = tag_claims(node);
    if let Some(scope) = graph.scope_of(ix) {
        let scope = graph.node(scope);
        let on_account = tag_claims(scope).into_iter().filter(|claim| claim.capacity != Capacity::CostCentre);
        claims.extend(on_account.map(|claim| Claim {
            class: SignalClass::Container,
            weight: ACCOUNT_TAG,
            what: format!("{} of account {}", claim.what, scope.name),
            source: format!("account {}", claim.source),
            ..claim
        }));
    }
    claims.extend(graph.out(ix, EdgeKind::OwnedBy).filter_map(|(to, edge)| stated(graph, to, edge)));
    claims.extend(graph.out(ix, EdgeKind::CreatedBy).filter_map(|(to, edge)| stated(graph, to, edge)));
    claims
}

fn tag_claims(node: &Node) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (name, value) in &node.tags {
        let wanted = key(name);
        let Some((_, capacity, class, weight)) = TAGS.iter().find(|(known, ..)| *known == wanted) else { continue };
        for party in parties(value) {
            claims.push(Claim {
                owner: owner_id(&party),
                party: party_kind(&party, *capacity),
                capacity: *capacity,
                class: *class,
                source: format!("tag {name}"),
                what: format!("tag {name}={value}"),
                weight: *weight,
                by_tag: true,
                name: party,
            });
        }
    }
    claims
}

fn stated(graph: &Graph, to: Ix, edge: &Edge) -> Option<Claim> {
    let node = graph.node(to);
    let human = graph.class(to).class == Class::Human;
    let owned = edge.kind == EdgeKind::OwnedBy;
    let (owner, party) = match node.kind() {
        NodeKind::Owner => (node.id.clone(), node.owner().map_or(PartyKind::Unknown, |detail| detail.party)),
        NodeKind::Identity if human => (owner_id(&node.name), PartyKind::Person),
        NodeKind::Identity => (owner_id(&node.name), PartyKind::Unknown),
        _ => return None,
    };
    let person = human || party == PartyKind::Person;
    let (class, weight) = match (owned, person) {
        (true, _) => (SignalClass::Declared, STATED_OWNER),
        (false, true) => (SignalClass::Provenance, MADE_BY_PERSON),
        (false, false) => (SignalClass::Provenance, MADE_BY_PIPELINE),
    };
    let what = if owned { "the provider names it as owner" } else { "the provider names it as creator" };
    Some(Claim {
        owner,
        name: node.name.clone(),
        party,
        capacity: if owned { Capacity::Owner } else { Capacity::Creator },
        class,
        source: format!("{what} {}", edge.qualifier),
        what: what.into(),
        weight: weight * edge.confidence,
        by_tag: false,
    })
}

/// The parties that a tag's value names: several when they are told apart by commas or semicolons, or when each word
/// is an e-mail address.
fn parties(value: &str) -> Vec<String> {
    let pieces: Vec<&str> = value.split([',', ';']).collect();
    let mails: Vec<&str> = value.split([' ', '/', ':', ',', ';']).filter(|piece| !piece.is_empty()).collect();
    let pieces = if mails.iter().all(|piece| piece.contains('@')) { mails } else { pieces };
    let named = pieces.into_iter().map(str::trim).filter(|piece| !is_placeholder(piece));
    named.filter(|piece| !TOOLS.contains(&piece.to_lowercase().as_str())).map(String::from).collect()
}

fn party_kind(name: &str, capacity: Capacity) -> PartyKind {
    let collective = ["team", "squad", "guild", "crew", "group", "department"];
    if capacity == Capacity::Team || tokens(name).iter().any(|word| collective.contains(&word.as_str())) {
        PartyKind::Team
    } else if name.contains('@') {
        PartyKind::Person
    } else {
        PartyKind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_into_parties() {
        for (value, expected) in [
            ("alice@example.com", vec!["alice@example.com"]),
            ("a@example.com b@example.com", vec!["a@example.com", "b@example.com"]),
            ("a@example.com/b@example.com", vec!["a@example.com", "b@example.com"]),
            ("payments, billing", vec!["payments", "billing"]),
            ("Team Payments", vec!["Team Payments"]),
            ("TBD", vec![]),
            (" ,; ", vec![]),
            ("Terraform", vec![]),
        ] {
            assert_eq!(parties(value), expected, "{value}");
        }
    }

    #[test]
    fn teams_are_told_from_people() {
        for (name, capacity, expected) in [
            ("payments", Capacity::Team, PartyKind::Team),
            ("team-payments", Capacity::Owner, PartyKind::Team),
            ("payments-team@example.com", Capacity::Owner, PartyKind::Team),
            ("alice@example.com", Capacity::Owner, PartyKind::Person),
            ("alice", Capacity::Owner, PartyKind::Unknown),
        ] {
            assert_eq!(party_kind(name, capacity), expected, "{name}");
        }
    }

    #[test]
    fn tag_keys_are_written_without_case_and_separators() {
        assert!(TAGS.iter().all(|(name, ..)| key(name) == *name));
    }
}
