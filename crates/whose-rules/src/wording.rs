//! How findings speak: names with their kind, ages, owners and reach. One place, so that all rules say the
//! same thing in the same words.

use crate::subjects;
use whose_graph::{Graph, Ix};
use whose_model::{
    EdgeKind, Facet, LastUsed, Node, NodeId, OwnerBand, OwnerCandidate, Ownership, PartyStatus, Reach, Tier, Timestamp,
    Usage, days_between,
};

/// The kind of a node as a reader says it: `iam-user` is a user, `access-key` an access key.
pub(crate) fn kind(node: &Node) -> String {
    let kind = node.r#type.as_str();
    kind.strip_prefix("iam-").unwrap_or(kind).replace(['-', '_'], " ")
}

/// Kind and name, for example `role deploy-prod`.
pub(crate) fn named(graph: &Graph, ix: Ix) -> String {
    let node = graph.node(ix);
    format!("{} {}", kind(node), node.name)
}

/// The same for a sentence's beginning.
pub(crate) fn named_first(graph: &Graph, ix: Ix) -> String {
    capital(named(graph, ix))
}

/// The text with its first letter as a capital.
pub(crate) fn capital(text: String) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}

/// How long ago, counted in days.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    match days_between(at, now) {
        ..=0 => "today".into(),
        1 => "yesterday".into(),
        days => format!("{days} days ago"),
    }
}

/// The last use as part of a sentence: `last used yesterday`, `never used`, `use not known`.
pub(crate) fn last_use(used: Option<&LastUsed>, now: Timestamp) -> String {
    match used.map(|used| used.usage) {
        Some(Usage::At(at)) => format!("last used {}", ago(at, now)),
        Some(Usage::Never) => "never used".into(),
        Some(Usage::NotCollected) | None => "use not known".into(),
    }
}

/// A number with its noun: `1 day`, `3 days`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Who answers for an identity, in words; `None` when there is nothing to say because nobody is on record and the
/// listings that would tell were not read.
pub(crate) fn owner(graph: &Graph, identity: Ix) -> Option<String> {
    if graph.node(identity).identity().is_some_and(|detail| detail.root) {
        return Some("whoever holds the account".into());
    }
    let Ownership { band, candidates } = graph.ownership(identity);
    let best = candidates.first();
    match (band, best) {
        (OwnerBand::Owned, Some(best)) => Some(best.name.clone()),
        (OwnerBand::Probable, Some(best)) => Some(format!("{}, probable at {:.2}", best.name, best.score)),
        (OwnerBand::Conflict, Some(_)) => {
            let names: Vec<&str> = candidates.iter().take(2).map(|party| party.name.as_str()).collect();
            Some(format!("in conflict: {}", names.join(" or ")))
        }
        (OwnerBand::Orphaned, _) => Some(format!("orphaned: {}", gone(candidates))),
        (_, Some(best)) => Some(format!("nobody confirmed ({} at {:.2})", best.name, best.score)),
        (_, None) if graph.gap(identity, Facet::OwnerSignals).is_some() => None,
        (_, None) => Some("nobody on record".into()),
    }
}

fn gone(candidates: &[OwnerCandidate]) -> String {
    let inactive = candidates.iter().filter(|party| party.status == PartyStatus::Inactive);
    let names: Vec<&str> = inactive.map(|party| party.name.as_str()).collect();
    if names.is_empty() { "everybody on record is gone".into() } else { format!("{} gone", names.join(", ")) }
}

/// How far the holder of an identity gets, in words that follow "it".
pub(crate) fn reach(graph: &Graph, identity: Ix) -> String {
    let tier = subjects::tier(graph, identity);
    if graph.privilege(identity).tier == Tier::T0 {
        return "is admin-equivalent".into();
    }
    let reach = graph.reach(identity);
    if let Some(through) = way_to_admin(graph, &reach) {
        return format!("reaches admin through {through}");
    }
    let others = match reach.identities {
        0 => String::new(),
        many => format!("can become {}, ", identities(many)),
    };
    let own = match tier {
        Tier::T0 => "is admin-equivalent",
        Tier::T1 => "writes production data, secrets or pipelines",
        Tier::T2 => "reads",
        Tier::T3 => "can do nothing that is known to matter",
        Tier::Unknown => "its own privilege was not evaluated",
    };
    format!("{others}{own}")
}

fn identities(many: u64) -> String {
    if many == 1 { "1 other identity".into() } else { format!("{many} other identities") }
}

fn way_to_admin(graph: &Graph, reach: &Reach) -> Option<String> {
    let last = reach.path.last().map(|step| &step.to).or(reach.admins.first())?;
    Some(graph.find(last).map_or_else(|| last.local(), |ix| named(graph, ix)))
}

/// What lies outside the identity's own scope that its holder gets to.
pub(crate) fn reaches_outside(graph: &Graph, identity: Ix) -> Option<String> {
    let own = graph.node(identity).scope.as_ref()?;
    let reach = graph.reach(identity);
    let foreign = |id: &NodeId| {
        let ix = graph.find(id)?;
        let scope = graph.node(ix).scope.as_ref()?;
        (scope != own).then(|| named(graph, ix))
    };
    let direct = graph.out(identity, EdgeKind::CanAssume).map(|(to, _)| graph.node(to).id.clone());
    let on_path = reach.path.iter().map(|step| step.to.clone());
    let outside = direct.chain(on_path).chain(reach.admins.iter().cloned()).find_map(|id| foreign(&id));
    match outside {
        Some(name) => Some(format!("it reaches {name} outside its own scope")),
        None => (reach.scopes > 1).then(|| format!("it reaches identities in {} scopes", reach.scopes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_days_and_read_well() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2026-11-24T11:00:00Z", "today"),
            ("2026-11-23T11:00:00Z", "yesterday"),
            ("2026-11-22T11:00:00Z", "2 days ago"),
            ("2026-11-25T11:00:00Z", "today"),
        ] {
            assert_eq!(ago(at.parse().unwrap(), now), expected, "{at}");
        }
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!((count(1, "key"), count(0, "key")), ("1 key".into(), "0 keys".into()));
        assert_eq!(capital("élan".into()), "Élan");
        assert_eq!(capital(String::new()), "");
    }
}
