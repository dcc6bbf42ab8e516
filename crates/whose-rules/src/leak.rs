//! Where a leaked value stands against the inventory. The three rules on leaks ask here, so that every value is
//! spoken of by exactly one of them, or by none when the inventory cannot tell.

use crate::severity::Exposure;
use crate::{Premise, fixes, subjects, wording};
use std::collections::BTreeSet;
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Evidence, Facet, Fix, NodeId, NodeKind, Place, SecretDetail, State, Timestamp, day};

/// What the inventory says of a leaked value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Standing {
    /// It is the value of a credential that works.
    Live(Ix),
    /// It names an identity that works, and by its own word it has not ended yet.
    Bearer(Ix, Timestamp),
    /// It is one of these keys of a resource, or was made with one, which work and were there when it leaked.
    OneKeyOf(Ix, Vec<Ix>),
    /// It is a key of a resource that takes none of its keys any more, or was made with one.
    KeysOff(Ix),
    /// It is an older key of a resource, all of whose keys were made after it leaked, or was made with one.
    KeysRenewed(Ix),
    /// It is the value of a credential that is disabled or expired, or names an identity that is.
    Dead(Ix),
    /// By its own word it has ended.
    Ended(Timestamp),
    /// It is the value of something whose state no listing told.
    Undecided(Ix),
    /// Its scope was scanned and holds no such credential: it was deleted, if the scope was read completely.
    Gone(Ix),
    /// It names a scope that was not scanned.
    Foreign(NodeId),
    /// It fits so many credentials, by a part that others may share.
    Ambiguous(usize),
    /// Nothing in it names where it belongs.
    Nameless,
}

/// A leaked value with what the inventory says of it.
pub(crate) struct Leaked<'g> {
    /// The secret's node.
    pub(crate) secret: Ix,
    /// Its own part.
    pub(crate) detail: &'g SecretDetail,
    /// What the inventory says.
    pub(crate) standing: Standing,
}

/// Every leaked value of the graph. One key that serves several credentials is there once for each.
pub(crate) fn leaked(graph: &Graph) -> Vec<Leaked<'_>> {
    let scanned: BTreeSet<Ix> = graph.scanned_scopes().collect();
    let secrets = graph.of_kind(NodeKind::Secret).filter_map(|ix| Some((ix, graph.node(ix).secret()?)));
    let standings = |(secret, detail): (Ix, &SecretDetail)| standings(graph, &scanned, secret, detail.expires);
    secrets
        .flat_map(|found| {
            standings(found).into_iter().map(move |standing| Leaked { secret: found.0, detail: found.1, standing })
        })
        .collect()
}

fn standings(graph: &Graph, scanned: &BTreeSet<Ix>, secret: Ix, ends: Option<Timestamp>) -> Vec<Standing> {
    if let Some(ended) = ends.filter(|ends| *ends <= graph.as_of()) {
        return vec![Standing::Ended(ended)];
    }
    let credentials: Vec<Standing> =
        graph.credentials_of_secret(secret).map(|credential| of_credential(graph, credential)).collect();
    if !credentials.is_empty() {
        return credentials;
    }
    vec![match (graph.identity_of(secret), graph.resource_of_secret(secret)) {
        (Some(identity), _) => of_identity(graph, identity, ends),
        (None, Some(resource)) => of_resource(graph, resource, secret),
        (None, None) => unmatched(graph, scanned, secret),
    }]
}

fn of_credential(graph: &Graph, credential: Ix) -> Standing {
    match graph.node(credential).state {
        State::Disabled | State::Deleted => Standing::Dead(credential),
        State::Unknown => Standing::Undecided(credential),
        State::Enabled if subjects::works(graph, credential) => Standing::Live(credential),
        State::Enabled => Standing::Dead(credential),
    }
}

/// A value that names no more than its identity has no state of its own in any listing. What it says of its own end
/// counts; where it says nothing, nobody can tell whether it still works.
fn of_identity(graph: &Graph, identity: Ix, ends: Option<Timestamp>) -> Standing {
    match (graph.node(identity).state, ends) {
        (State::Disabled | State::Deleted, _) => Standing::Dead(identity),
        (State::Enabled, Some(ends)) => Standing::Bearer(identity, ends),
        (State::Enabled, None) | (State::Unknown, _) => Standing::Undecided(identity),
    }
}

/// A value names the resource and not which of its keys it is. A key that was made after the value leaked is not it.
fn of_resource(graph: &Graph, resource: Ix, secret: Ix) -> Standing {
    let keys: Vec<Ix> = graph.keys_of(resource).collect();
    let is_off = |key: &Ix| matches!(graph.node(*key).state, State::Disabled | State::Deleted);
    if keys.is_empty() || keys.iter().any(|key| graph.node(*key).state == State::Unknown) {
        return Standing::Undecided(resource);
    }
    let working: Vec<Ix> = keys.into_iter().filter(|key| !is_off(key)).collect();
    if working.is_empty() {
        return Standing::KeysOff(resource);
    }
    let leaked = graph.places_of(secret).first().and_then(|place| place.date);
    let was_there = |key: &Ix| made(graph, *key).zip(leaked).is_none_or(|(made, leaked)| made <= leaked);
    let possible: Vec<Ix> = working.into_iter().filter(was_there).collect();
    if possible.is_empty() { Standing::KeysRenewed(resource) } else { Standing::OneKeyOf(resource, possible) }
}

/// When the value that a credential has now was made.
fn made(graph: &Graph, credential: Ix) -> Option<Timestamp> {
    let node = graph.node(credential);
    node.credential().and_then(|detail| detail.rotated).or(node.created)
}

fn unmatched(graph: &Graph, scanned: &BTreeSet<Ix>, secret: Ix) -> Standing {
    let candidates = graph.candidates_of_secret(secret).len();
    if candidates > 0 {
        return Standing::Ambiguous(candidates);
    }
    let scopes = graph.scopes_of_secret(secret);
    let read = scopes.iter().find_map(|scope| graph.find(scope).filter(|ix| scanned.contains(ix)));
    match (read, scopes.first()) {
        (Some(scope), _) => Standing::Gone(scope),
        (None, Some(scope)) => Standing::Foreign((*scope).clone()),
        (None, None) => Standing::Nameless,
    }
}

/// The link between a leaked value and what it belongs to, as evidence.
pub(crate) fn link(graph: &Graph, secret: Ix) -> Vec<Evidence> {
    graph.out(secret, EdgeKind::IsValueOf).flat_map(|(_, edge)| edge.evidence.clone()).collect()
}

/// How sure that link is.
pub(crate) fn link_confidence(graph: &Graph, secret: Ix) -> f64 {
    graph.out(secret, EdgeKind::IsValueOf).next().map_or(0.0, |(_, edge)| edge.confidence)
}

/// What the value itself gives away, as evidence.
pub(crate) fn revealed(detail: &SecretDetail) -> impl Iterator<Item = Evidence> + '_ {
    detail
        .reveals
        .iter()
        .map(|fact| Evidence::new(format!("its format reveals {}: {}", fact.what, fact.value), "format of the value"))
}

/// The premise under which a value that is in no listing was deleted: its scope's credentials of this type were read,
/// or its identities, where it names no more than those.
pub(crate) fn gone_premise(graph: &Graph, secret: Ix) -> Premise {
    let facet = if graph.names_identity(secret) { Facet::Identities } else { Facet::Credentials };
    Premise::Of(secret, facet)
}

/// Who can read the places of leaked values: of several repositories the one that most can read counts, and one of
/// which nobody said who that is could be public.
pub(crate) fn exposure(graph: &Graph, secrets: &[Ix]) -> Exposure {
    let places = secrets.iter().flat_map(|secret| graph.out(*secret, EdgeKind::LeakedIn));
    let readers = places.map(|(place, _)| {
        let visibility = graph.scope_of(place).and_then(|repository| graph.node(repository).tags.get("visibility"));
        match visibility.map(String::as_str) {
            Some("public") => Exposure::PublicCode,
            Some("private" | "internal") => Exposure::Internal,
            _ => Exposure::Unsaid,
        }
    });
    readers.max().unwrap_or(if secrets.is_empty() { Exposure::None } else { Exposure::Unsaid })
}

/// The places of several secrets, the oldest first.
pub(crate) fn places<'g>(graph: &'g Graph, secrets: &[Ix]) -> Vec<&'g Place> {
    let mut places: Vec<&Place> = secrets.iter().flat_map(|secret| graph.places_of(*secret)).collect();
    places.sort_by(|a, b| a.by_age(b));
    places.dedup();
    places
}

/// The first place in words: `committed in payments/deploy.sh on 2026-03-03 by m.ruiz`.
pub(crate) fn stands(places: &[&Place]) -> String {
    let Some(first) = places.first() else { return "seen in no place that is known".into() };
    let file = match &first.repository {
        Some(repository) => format!("{repository}/{}", first.path),
        None => first.path.clone(),
    };
    let verb = if first.commit.is_some() { "committed in" } else { "found in" };
    let on = first.date.map(|at| format!(" on {}", day(at))).unwrap_or_default();
    let by = first.author.as_deref().map(|author| format!(" by {}", author_name(author))).unwrap_or_default();
    let more = match places.len() {
        0 | 1 => String::new(),
        many => format!(" (and {})", wording::count(many as u64 - 1, "other place")),
    };
    format!("{verb} {file}{on}{by}{more}")
}

/// An author's name without the address.
fn author_name(author: &str) -> &str {
    match author.split_once('<') {
        Some((name, _)) if !name.trim().is_empty() => name.trim(),
        _ => author,
    }
}

/// Evidence for the place: one piece for the first commit, one for what HEAD holds now.
pub(crate) fn evidence(graph: &Graph, secret: Ix) -> Vec<Evidence> {
    let places = graph.places_of(secret);
    let Some(detail) = graph.node(secret).secret() else { return Vec::new() };
    let source = format!("detector {}", detail.detector);
    let half = match (detail.has_secret_half, detail.encrypted) {
        (true, false) => "with its secret half",
        (true, true) => "with its secret half, which is encrypted under a passphrase",
        (false, _) => "the id alone, without a secret half",
    };
    let first = places.first().map(|place| {
        let commit = place.commit.as_deref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
        let what = format!("{} {} stands in {}{commit}, {half}", detail.title, detail.hint, file_line(place));
        Evidence::new(what, source.clone()).at(place.date)
    });
    let head = (!places.is_empty()).then(|| {
        let at_head = places.iter().filter(|place| place.at_head).count();
        let what = match at_head {
            0 => "HEAD no longer holds it, the history does".to_string(),
            many => format!("HEAD still holds it in {}", wording::count(many as u64, "place")),
        };
        Evidence::new(what, source.clone())
    });
    first.into_iter().chain(head).collect()
}

fn file_line(place: &Place) -> String {
    let repository = place.repository.as_deref().map(|name| format!("{name}/")).unwrap_or_default();
    let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{repository}{}{line}", place.path)
}

/// The steps that follow once the credential is off: the history is public knowledge to everybody who cloned it.
pub(crate) fn purge() -> Fix {
    fixes::advice(
        "Only then remove the value from the repository's history (git filter-repo --replace-text), and treat every \
         clone and fork as holding it still",
    )
}
