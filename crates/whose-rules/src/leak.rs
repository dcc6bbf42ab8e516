//! Where a leaked value stands against the inventory. The three rules on leaks ask here, so that every value is
//! spoken of by exactly one of them, or by none when the inventory cannot tell.

use crate::{Premise, fixes, subjects, wording};
use std::collections::BTreeSet;
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Evidence, Facet, Fix, JoinStrength, NodeId, NodeKind, Place, SecretDetail, State, day};

/// What the inventory says of a leaked value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Standing {
    /// It is the value of a credential that works.
    Live(Ix),
    /// It is the value of a credential that is disabled or expired.
    Dead(Ix),
    /// It is the value of something whose state no listing told.
    Undecided(Ix),
    /// Its scope was scanned and holds no such credential: it was deleted, if the scope was read completely.
    Gone(Ix),
    /// It names a scope that was not scanned.
    Foreign(NodeId),
    /// It fits several credentials by a hint that they share.
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

/// Every leaked value of the graph.
pub(crate) fn leaked(graph: &Graph) -> Vec<Leaked<'_>> {
    let scanned: BTreeSet<Ix> = graph.scanned_scopes().collect();
    let secrets = graph.of_kind(NodeKind::Secret).filter_map(|ix| Some((ix, graph.node(ix).secret()?)));
    secrets
        .map(|(secret, detail)| Leaked { secret, detail, standing: standing(graph, &scanned, secret, detail) })
        .collect()
}

fn standing(graph: &Graph, scanned: &BTreeSet<Ix>, secret: Ix, detail: &SecretDetail) -> Standing {
    if let Some(credential) = graph.credential_of_secret(secret) {
        return match graph.node(credential).state {
            State::Disabled | State::Deleted => Standing::Dead(credential),
            State::Unknown => Standing::Undecided(credential),
            State::Enabled if subjects::works(graph, credential) => Standing::Live(credential),
            State::Enabled => Standing::Dead(credential),
        };
    }
    if let Some((value, _)) = graph.out(secret, EdgeKind::IsValueOf).next() {
        return Standing::Undecided(value);
    }
    let candidates = graph.candidates_of_secret(secret).len();
    if candidates > 0 {
        return Standing::Ambiguous(candidates);
    }
    let named = detail.joins.iter().filter(|join| join.strength != JoinStrength::SharedHint);
    let scopes: Vec<&NodeId> = named.filter_map(|join| join.scope.as_ref()).collect();
    let read = scopes.iter().find_map(|scope| graph.find(scope).filter(|ix| scanned.contains(ix)));
    match (read, scopes.first()) {
        (Some(scope), _) => Standing::Gone(scope),
        (None, Some(scope)) => Standing::Foreign((*scope).clone()),
        (None, None) => Standing::Nameless,
    }
}

/// The premise under which a value that is in no listing was deleted: its scope's credentials of this type were read.
pub(crate) fn gone_premise(secret: Ix) -> Premise {
    Premise::Of(secret, Facet::Credentials)
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
    let half = if detail.has_secret_half { "with its secret half" } else { "the id alone, without a secret half" };
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
