//! From finds to observations: the repository, each secret once, and each place with the edge that leads to it.

use crate::identity::Identity;
use crate::read::{Finds, secret_id};
use whose_connect::Sink;
use whose_model::{Edge, EdgeKind, Evidence, Node, NodeId, Observation, Place, Source, What};

/// Hands on all that was found in one repository.
pub(crate) async fn emit(identity: &Identity, finds: Finds, sink: &Sink, source: &Source) {
    sink.observe(source, Observation::Node(Box::new(identity.node()))).await;
    for (fingerprint, detail) in finds.secrets {
        let (detector, hint) = (detail.detector.clone(), format!("{} {}", detail.title, detail.hint));
        let secret = Node::new(secret_id(&fingerprint), What::Secret(detail), &detector, &hint);
        sink.observe(source, Observation::Node(Box::new(secret))).await;
    }
    let in_files = finds.places.into_iter().map(|((_, fingerprint), place)| (fingerprint, place));
    for (fingerprint, place) in in_files.chain(finds.elsewhere) {
        let (location, edge) = located(identity, &fingerprint, place, source);
        sink.observe(source, Observation::Node(Box::new(location))).await;
        sink.observe(source, Observation::Edge(Box::new(edge))).await;
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
