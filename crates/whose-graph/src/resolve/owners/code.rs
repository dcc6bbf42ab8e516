//! Claims from code: who answers for the file in which a secret stands, who wrote it there, and who answers for the
//! repository to which an identity is bound.

use super::claims::{Capacity, Claim};
use super::owner_id;
use crate::{Graph, Ix};
use std::collections::{BTreeMap, BTreeSet};
use whose_model::{Edge, EdgeKind, Node, NodeKind, PartyKind, SignalClass};

/// What the code owner of a file weighs whose program uses the secret in it: alone, and as one of several.
const USED_BY_ONE: f64 = 0.60;
const USED_BY_MANY: f64 = 0.35;
/// What the owner of the repository weighs to which an identity is bound.
const BOUND_TO: f64 = 0.35;
/// What the author of the commit weighs that brought a secret.
const WROTE: f64 = 0.25;

/// How many places of leaked secrets speak for the owner of one thing.
const MOST_PLACES: usize = 20;

/// The secrets that are the value of each identity's credentials, by the joins that were made.
pub(super) fn secrets_by_identity(graph: &Graph, joins: &[Edge]) -> BTreeMap<Ix, Vec<Ix>> {
    let mut secrets: BTreeMap<Ix, Vec<Ix>> = BTreeMap::new();
    for edge in joins.iter().filter(|edge| edge.kind == EdgeKind::IsValueOf) {
        let (Some(secret), Some(value)) = (graph.find(&edge.from), graph.find(&edge.to)) else { continue };
        let identity = match graph.node(value).kind() {
            NodeKind::Identity => Some(value),
            _ => graph.identity_of(value),
        };
        if let Some(identity) = identity {
            secrets.entry(identity).or_default().push(secret);
        }
    }
    secrets
}

/// What the places of leaked secrets say of their owner.
pub(super) fn leak_claims(graph: &Graph, secrets: &[Ix]) -> Vec<Claim> {
    let mut places: Vec<(Ix, &Node)> = secrets
        .iter()
        .flat_map(|secret| graph.out(*secret, EdgeKind::LeakedIn))
        .map(|(place, _)| (place, graph.node(place)))
        .collect();
    let of = |node: &&Node| node.place().and_then(|place| place.repository.clone());
    let repositories: BTreeSet<String> = places.iter().filter_map(|(_, node)| of(node)).collect();
    // One value may stand in thousands of places; those that are there still say most.
    places.sort_by_key(|(_, node)| (!node.place().is_some_and(|place| place.at_head), &node.id));
    let weight = if repositories.len() <= 1 { USED_BY_ONE } else { USED_BY_MANY };
    let mut claims = Vec::new();
    for (ix, node) in places.into_iter().take(MOST_PLACES) {
        let owners = graph.out(ix, EdgeKind::OwnedBy);
        claims.extend(owners.filter_map(|(owner, edge)| {
            let what = format!("{} of the file {} in which its key leaked", edge.qualifier, node.name);
            code_owner(graph.node(owner), edge, SignalClass::Usage, weight, what)
        }));
        let author = node.place().and_then(|place| place.author.as_deref()).and_then(mail);
        claims.extend(author.map(|mail| Claim {
            owner: owner_id(mail),
            name: mail.to_owned(),
            party: PartyKind::Person,
            capacity: Capacity::Author,
            class: SignalClass::Inferred,
            source: format!("author of {}", node.name),
            what: format!("author of the commit that brought its key to {}", node.name),
            weight: WROTE,
            by_tag: false,
        }));
    }
    claims
}

/// What the repositories to which an identity is bound say: by what its grants are for, and by what federates to it.
pub(super) fn repository_claims(graph: &Graph, identity: Ix) -> Vec<Claim> {
    let granted = graph.grants_of(identity).into_iter().flat_map(|grant| graph.out(grant, EdgeKind::HasPermission));
    let trusted = graph.incoming(identity, EdgeKind::FederatesTo);
    let bound: BTreeSet<Ix> =
        granted.chain(trusted).map(|(ix, _)| ix).filter(|ix| graph.node(*ix).kind() == NodeKind::Repo).collect();
    let owners = bound.into_iter().flat_map(|repository| {
        let name = &graph.node(repository).name;
        graph.out(repository, EdgeKind::OwnedBy).map(move |(owner, edge)| (name, owner, edge))
    });
    owners
        .filter_map(|(name, owner, edge)| {
            let what = format!("{} of {name}, to which it is bound", edge.qualifier);
            code_owner(graph.node(owner), edge, SignalClass::Container, BOUND_TO, what)
        })
        .collect()
}

fn code_owner(owner: &Node, edge: &Edge, class: SignalClass, weight: f64, what: String) -> Option<Claim> {
    let detail = owner.owner()?;
    Some(Claim {
        owner: owner.id.clone(),
        name: owner.name.clone(),
        party: detail.party,
        capacity: Capacity::Code,
        class,
        source: edge.qualifier.clone(),
        what,
        weight,
        by_tag: false,
    })
}

/// The address in `Name <address>`, when it is one of a person: forges write others for their own accounts.
fn mail(author: &str) -> Option<&str> {
    let (_, rest) = author.rsplit_once('<')?;
    let mail = rest.strip_suffix('>')?;
    let machine = ["noreply", "no-reply", "[bot]"].iter().any(|word| mail.to_lowercase().contains(word));
    (mail.contains('@') && !machine).then_some(mail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Estate, grant, identity, key, user};
    use whose_model::{
        Class, Classified, IdentityDetail, Join, JoinStrength, JoinTarget, NodeId, Observation, OwnerBand, OwnerDetail,
        PartyStatus, Place, RepoDetail, SecretConfidence, SecretDetail, State, What,
    };

    fn repository(name: &str) -> NodeId {
        NodeId::new("git", "", "repository", name)
    }

    fn secret(of: &str) -> NodeId {
        NodeId::new("whose", "", "secret", of)
    }

    fn person(name: &str, state: State) -> Node {
        let class = Some(Classified { class: Class::Human, reasons: vec!["it is a person".into()] });
        let mut node = identity(NodeId::new("github", "github.com", "user", name), "user", name);
        node.what = What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }));
        node.state = state;
        node
    }

    /// A secret in one file of each repository, with who answers for the file.
    fn leaked(mut estate: Estate, of: &str, repositories: &[&str], owner: &str) -> Estate {
        let detail = SecretDetail {
            detector: "aws.access-key".into(),
            title: "AWS access key".into(),
            hint: "AKIA".into(),
            confidence: SecretConfidence::High,
            has_secret_half: true,
            encrypted: false,
            expires: None,
            reveals: Vec::new(),
            joins: vec![Join { target: JoinTarget::Node(key(of)), scope: None, strength: JoinStrength::ExactId }],
        };
        estate = estate.node(Node::new(secret(of), What::Secret(detail), "s", "s"));
        for name in repositories {
            let place = Place {
                repository: Some((*name).into()),
                path: "run.sh".into(),
                author: Some("Ada <ada@acme.test>".into()),
                at_head: true,
                ..Place::default()
            };
            let location = NodeId::new("git", name, "location", "run.sh@worktree#1");
            estate = estate.node(Node::new(location.clone(), What::Location(place), "location", "run.sh:1")).edge(
                &secret(of),
                EdgeKind::LeakedIn,
                &location,
            );
            estate = owned(estate, &location, owner);
        }
        estate
    }

    fn owned(mut estate: Estate, subject: &NodeId, owner: &str) -> Estate {
        let party = if owner.contains('/') { PartyKind::Team } else { PartyKind::Person };
        let detail = OwnerDetail { party, status: PartyStatus::Unresolved, status_source: None, left: None };
        let mut edge = Edge::stated(subject.clone(), EdgeKind::OwnedBy, owner_id(owner));
        edge.qualifier = "CODEOWNERS line 3".into();
        estate.observations.push(Observation::Edge(Box::new(edge)));
        estate.node(Node::new(owner_id(owner), What::Owner(detail), "owner", owner))
    }

    #[track_caller]
    fn check(estate: Estate, subject: &NodeId, band: OwnerBand, candidates: &[(&str, f64)]) {
        let graph = estate.build();
        let ownership = graph.ownership(graph.find(subject).unwrap());
        let found: Vec<(&str, f64)> =
            ownership.candidates.iter().map(|candidate| (candidate.name.as_str(), candidate.score)).collect();
        assert_eq!((ownership.band, found), (band, candidates.to_vec()));
    }

    fn estate() -> Estate {
        Estate::read()
            .user("svc")
            .key("AKIAONE", &user("svc"))
            .node(person("dev", State::Enabled))
            .node(person("gone-dev", State::Deleted))
    }

    #[test]
    fn the_code_owner_of_the_file_that_holds_a_key_is_a_candidate_for_its_identity() {
        let ada = ("ada@acme.test", 0.15);
        let svc = user("svc");
        check(leaked(estate(), "AKIAONE", &["a"], "dev"), &svc, OwnerBand::Probable, &[("dev", 0.6), ada]);
        check(leaked(estate(), "AKIAONE", &["a", "b"], "dev"), &svc, OwnerBand::Unowned, &[("dev", 0.35), ada]);
        let team = leaked(estate(), "AKIAONE", &["a"], "acme/ops");
        check(team, &svc, OwnerBand::Unowned, &[("acme/ops", 0.36), ada]);
        // Code tells who uses a thing, and not who was made to answer for it: it orphans nothing.
        check(leaked(estate(), "AKIAONE", &["a"], "gone-dev"), &svc, OwnerBand::Unowned, &[ada, ("gone-dev", 0.0)]);
        check(estate(), &svc, OwnerBand::Unowned, &[]);
    }

    #[test]
    fn the_signal_names_the_line_and_the_file() {
        let graph = leaked(estate(), "AKIAONE", &["a"], "dev").build();
        let ownership = graph.ownership(graph.find(&key("AKIAONE")).unwrap());
        let signal = &ownership.candidates[0].signals[0];
        assert_eq!(signal.class, SignalClass::Usage);
        assert_eq!(signal.what, "CODEOWNERS line 3 of the file run.sh:1 in which its key leaked");
    }

    #[test]
    fn a_secret_of_nobody_known_has_owners_of_its_own() {
        let estate = leaked(estate(), "AKIAFOREIGN", &["a"], "dev");
        check(estate.clone(), &secret("AKIAFOREIGN"), OwnerBand::Probable, &[("dev", 0.6), ("ada@acme.test", 0.15)]);
        check(estate, &user("svc"), OwnerBand::Unowned, &[]);
    }

    #[test]
    fn an_identity_that_is_bound_to_a_repository_has_its_code_owner_for_a_candidate() {
        let detail = RepoDetail::default();
        let bound = estate()
            .node(Node::new(repository("a"), What::Repo(detail), "repository", "a"))
            .grant("deploy", &user("svc"), Vec::new())
            .edge(&grant("deploy"), EdgeKind::HasPermission, &repository("a"));
        check(owned(bound, &repository("a"), "dev"), &user("svc"), OwnerBand::Unowned, &[("dev", 0.35)]);
    }

    #[test]
    fn authors_are_people_with_an_address() {
        for (author, expected) in [
            ("Ada <ada@acme.test>", Some("ada@acme.test")),
            ("A <B> <ada@acme.test>", Some("ada@acme.test")),
            ("bot <49699333+dependabot[bot]@users.noreply.github.com>", None),
            ("Ada <ada>", None),
            ("Ada", None),
            ("", None),
        ] {
            assert_eq!(mail(author), expected, "{author}");
        }
    }
}
