//! From finds to observations: the repository, each secret once, each place with the edge that leads to it, and who
//! answers for them.

use crate::codeowners::{Answer, CodeOwners};
use crate::identity::Identity;
use crate::read::{Finds, secret_id};
use whose_connect::Sink;
use whose_model::{
    Edge, EdgeKind, Evidence, Node, NodeId, Observation, OwnerDetail, PartyKind, PartyStatus, Place, Source, What,
};

/// Hands on all that was found in one repository.
pub(crate) async fn emit(identity: &Identity, finds: Finds, owners: &CodeOwners, sink: &Sink, source: &Source) {
    sink.observe(source, Observation::Node(Box::new(identity.node()))).await;
    if let Some(answer) = owners.of_all() {
        answered_for(&identity.id, &answer, sink, source).await;
    }
    for (fingerprint, detail) in finds.secrets {
        let (detector, hint) = (detail.detector.clone(), format!("{} {}", detail.title, detail.hint));
        let secret = Node::new(secret_id(&fingerprint), What::Secret(detail), &detector, &hint);
        sink.observe(source, Observation::Node(Box::new(secret))).await;
    }
    let in_files = finds.places.into_iter().map(|((_, fingerprint), place)| (fingerprint, place));
    for (fingerprint, place) in in_files.chain(finds.elsewhere) {
        // Who answers for an archive answers for its members.
        let answer = owners.of(place.path.split("!/").next().unwrap_or(&place.path));
        let (location, edge) = located(identity, &fingerprint, place, source);
        if let Some(answer) = answer {
            answered_for(&location.id, &answer, sink, source).await;
        }
        sink.observe(source, Observation::Node(Box::new(location))).await;
        sink.observe(source, Observation::Edge(Box::new(edge))).await;
    }
}

/// Who answers for a place or a repository, by CODEOWNERS.
async fn answered_for(subject: &NodeId, answer: &Answer, sink: &Sink, source: &Source) {
    for written in &answer.owners {
        let (name, party) = party(written);
        let id = NodeId::new("whose", "", "owner", &name.to_lowercase());
        let detail = OwnerDetail { party, status: PartyStatus::Unresolved, status_source: None, left: None };
        let owner = Node::new(id.clone(), What::Owner(detail), "owner", name);
        let shown = Evidence::new(format!("{}: {} {written}", answer.place, answer.pattern), answer.place.clone());
        let mut edge = Edge::stated(subject.clone(), EdgeKind::OwnedBy, id).shown_by(shown);
        edge.qualifier.clone_from(&answer.place);
        sink.observe(source, Observation::Node(Box::new(owner))).await;
        sink.observe(source, Observation::Edge(Box::new(edge))).await;
    }
}

/// An owner without the sign of the forge: `@login` is a person, `@org/team` a team, anything else an e-mail address.
fn party(written: &str) -> (&str, PartyKind) {
    match written.strip_prefix('@') {
        Some(team) if team.contains('/') => (team, PartyKind::Team),
        Some(login) => (login, PartyKind::Person),
        None => (written, PartyKind::Person),
    }
}

fn located(identity: &Identity, fingerprint: &str, mut place: Place, source: &Source) -> (Node, Edge) {
    place.repository = Some(identity.name.clone());
    let line = place.line.unwrap_or(1);
    let version = place.commit.as_deref().unwrap_or("worktree");
    let local = format!("{}@{version}#{line}", place.path);
    let id = NodeId::new("git", &identity.id.local(), "location", &local);
    let mut shown = format!("{}:{line}", place.path);
    if let Some(commit) = &place.commit {
        shown.push_str(&format!(" in {}", &commit[..commit.len().min(12)]));
    }
    if let Some(author) = &place.author {
        shown.push_str(&format!(" by {author}"));
    }
    let evidence = Evidence::new(shown, format!("{}:{}", source.connector, source.collector)).at(place.date);
    let edge = Edge::stated(secret_id(fingerprint), EdgeKind::LeakedIn, id.clone()).shown_by(evidence);
    let name = format!("{}:{line}", place.path);
    let date = place.date;
    let mut node = Node::new(id, What::Location(place), "location", &name);
    node.scope = Some(identity.id.clone());
    node.created = date;
    (node, edge)
}
