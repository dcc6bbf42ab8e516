//! The score of each party and the band of the whole: the best signal of each class, combined, capped and compared.

use super::claims::{Capacity, Claim};
use super::people::People;
use crate::Graph;
use std::collections::BTreeMap;
use whose_model::{NodeId, OwnerBand, OwnerCandidate, OwnerSignal, Ownership, PartyKind, PartyStatus, SignalClass};

const OWNED: f64 = 0.80;
const PROBABLE: f64 = 0.50;
/// Two parties this near to each other are not told apart.
const NEAR: f64 = 0.15;
/// What a name counts that no source of people knows.
const UNRESOLVED: f64 = 0.6;
/// What a value counts that stands on much of the estate.
const COMMON: f64 = 0.5;
/// No party gets above this without a word of a human, or of those who keep the thing.
const UNDECLARED_CAP: f64 = 0.75;
/// No party gets above this by use, container and inference alone.
const CIRCUMSTANTIAL_CAP: f64 = 0.6;

struct Party<'a> {
    claims: Vec<&'a Claim>,
    candidate: OwnerCandidate,
    kind: PartyKind,
}

/// Weighs all claims on one thing.
pub(super) fn judge(graph: &Graph, people: &People, claims: &[Claim], common: &[NodeId]) -> Ownership {
    let mut by_party: BTreeMap<&NodeId, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        by_party.entry(&claim.owner).or_default().push(claim);
    }
    let mut parties: Vec<Party<'_>> =
        by_party.into_iter().map(|(owner, claims)| weigh(graph, people, owner, claims, common)).collect();
    // Teams come before people of equal score, because they survive leavers.
    let is_team = |party: &Party<'_>| party.kind == PartyKind::Team;
    parties.sort_by(|a, b| {
        let by_score = b.candidate.score.total_cmp(&a.candidate.score);
        by_score.then(is_team(b).cmp(&is_team(a))).then(a.candidate.owner.cmp(&b.candidate.owner))
    });
    let band = band(&parties);
    Ownership { band, candidates: parties.into_iter().map(|party| party.candidate).collect() }
}

fn weigh<'a>(graph: &Graph, people: &People, owner: &NodeId, claims: Vec<&'a Claim>, common: &[NodeId]) -> Party<'a> {
    let (status, _) = people.status(owner);
    let resolution = match status {
        PartyStatus::Active => 1.0,
        PartyStatus::Unresolved => UNRESOLVED,
        PartyStatus::Inactive => 0.0,
    };
    let is_common = common.binary_search(owner).is_ok();
    let mut signals: Vec<OwnerSignal> = claims
        .iter()
        .map(|claim| {
            let share = if claim.by_tag && is_common { COMMON } else { 1.0 };
            let note = if share < 1.0 { ", as on much of the estate" } else { "" };
            let what = format!("{}{note}", claim.what);
            OwnerSignal { class: claim.class, what, score: round(claim.weight * share * resolution) }
        })
        .collect();
    signals.sort_by(|a, b| a.class.cmp(&b.class).then(b.score.total_cmp(&a.score)).then(a.what.cmp(&b.what)));
    signals.dedup();
    let observed = graph.find(owner).filter(|ix| graph.is_seen(*ix)).map(|ix| graph.node(ix));
    let name = observed.map(|node| node.name.clone()).or_else(|| claims.first().map(|claim| claim.name.clone()));
    let kind = claims.iter().map(|claim| claim.party).find(|kind| *kind != PartyKind::Unknown);
    Party {
        kind: kind.unwrap_or(PartyKind::Unknown),
        candidate: OwnerCandidate {
            owner: owner.clone(),
            name: name.unwrap_or_else(|| owner.local()),
            status,
            score: combine(&signals),
            signals,
        },
        claims,
    }
}

/// The best signal of each class, as independent evidence: 1 − Π (1 − s), under the caps.
fn combine(signals: &[OwnerSignal]) -> f64 {
    let mut best: BTreeMap<SignalClass, f64> = BTreeMap::new();
    for signal in signals {
        let score = best.entry(signal.class).or_default();
        *score = score.max(signal.score);
    }
    let doubt: f64 = best.values().map(|score| 1.0 - score).product();
    let has = |class| best.contains_key(&class);
    let circumstantial =
        best.keys().all(|class| matches!(class, SignalClass::Usage | SignalClass::Container | SignalClass::Inferred));
    let cap = if has(SignalClass::Attested) || has(SignalClass::Declared) {
        1.0
    } else if circumstantial {
        CIRCUMSTANTIAL_CAP
    } else {
        UNDECLARED_CAP
    };
    round((1.0 - doubt).min(cap))
}

/// Four digits are more than the weights know, and make sums of fractions comparable.
fn round(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}

fn band(parties: &[Party<'_>]) -> OwnerBand {
    let Some(best) = parties.first() else { return OwnerBand::Unowned };
    if best.candidate.score < PROBABLE {
        return if all_gone(parties) { OwnerBand::Orphaned } else { OwnerBand::Unowned };
    }
    let rivals = parties.iter().filter(|party| {
        let score = party.candidate.score;
        score >= PROBABLE && round(best.candidate.score - score) <= NEAR
    });
    if rivals.skip(1).any(|rival| conflict(best, rival)) {
        return OwnerBand::Conflict;
    }
    if best.candidate.score >= OWNED { OwnerBand::Owned } else { OwnerBand::Probable }
}

/// Whether everybody who was on record as answering for the thing is gone, by evidence. Who made it counts only where
/// nobody was declared; a cost centre answers for nothing.
fn all_gone(parties: &[Party<'_>]) -> bool {
    let declared = |party: &Party<'_>| {
        party.claims.iter().any(|claim| {
            claim.capacity != Capacity::CostCentre
                && matches!(claim.class, SignalClass::Attested | SignalClass::Declared)
        })
    };
    let made = |party: &Party<'_>| party.claims.iter().any(|claim| claim.class == SignalClass::Provenance);
    let gone = |who: &dyn Fn(&Party<'_>) -> bool| {
        let mut on_record = parties.iter().filter(|party| who(party)).peekable();
        on_record.peek().is_some().then(|| on_record.all(|party| party.candidate.status == PartyStatus::Inactive))
    };
    gone(&declared).or_else(|| gone(&made)).unwrap_or(false)
}

/// Two parties conflict when different sources name them in one capacity. Joint owners in one tag do not, and
/// neither do a team and its technical contact: those are kept apart, not picked from.
fn conflict(a: &Party<'_>, b: &Party<'_>) -> bool {
    a.claims
        .iter()
        .any(|mine| b.claims.iter().any(|theirs| mine.capacity == theirs.capacity && mine.source != theirs.source))
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::sample::{ACCOUNT, Estate, account, credential, identity, key, user};
    use whose_model::{
        Class, Classified, CredentialKind, EdgeKind, IdentityDetail, Node, NodeId, OwnerBand, OwnerDetail, PartyKind,
        PartyStatus, State, What,
    };

    fn person(name: &str, state: State) -> Node {
        let class = Some(Classified { class: Class::Human, reasons: vec!["it is a person".into()] });
        let mut node = identity(user(name), "iam-user", name);
        node.what = What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }));
        node.state = state;
        node
    }

    fn estate(tags: &[(&str, &str)]) -> Estate {
        let mut node = identity(user("svc"), "iam-user", "svc");
        node.tags.extend(tags.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        Estate::read()
            .node(node)
            .node(person("alice@example.com", State::Enabled))
            .node(person("bob@example.com", State::Enabled))
            .node(person("gone@example.com", State::Disabled))
    }

    fn judged(graph: &Graph) -> (OwnerBand, Vec<(String, f64)>) {
        let ownership = graph.ownership(graph.find(&user("svc")).unwrap());
        let found = ownership.candidates.iter().map(|candidate| (candidate.name.clone(), candidate.score));
        (ownership.band, found.collect())
    }

    #[track_caller]
    fn check(tags: &[(&str, &str)], band: OwnerBand, candidates: &[(&str, f64)]) {
        let candidates: Vec<_> = candidates.iter().map(|(name, score)| ((*name).to_owned(), *score)).collect();
        assert_eq!(judged(&estate(tags).build()), (band, candidates), "{tags:?}");
    }

    #[test]
    fn tags_make_bands() {
        let (alice, bob, gone) = ("alice@example.com", "bob@example.com", "gone@example.com");
        check(&[], OwnerBand::Unowned, &[]);
        check(&[("Owner", "tbd")], OwnerBand::Unowned, &[]);
        check(&[("Owner", "Alice@Example.com ")], OwnerBand::Owned, &[("Alice@Example.com", 0.8)]);
        check(
            &[("owner_email", "nobody.known@example.com")],
            OwnerBand::Unowned,
            &[("nobody.known@example.com", 0.48)],
        );
        check(&[("CreatedBy", alice)], OwnerBand::Probable, &[(alice, 0.5)]);
        check(&[("Owner", alice), ("CreatedBy", alice)], OwnerBand::Owned, &[(alice, 0.9)]);
        check(&[("Owner", gone)], OwnerBand::Orphaned, &[(gone, 0.0)]);
        check(&[("Owner", gone), ("CostCenter", "4711")], OwnerBand::Orphaned, &[("4711", 0.27), (gone, 0.0)]);
        check(&[("Owner", gone), ("Team", "pay")], OwnerBand::Unowned, &[("pay", 0.48), (gone, 0.0)]);
        check(&[("Owner", gone), ("Contact", alice)], OwnerBand::Owned, &[(alice, 0.8), (gone, 0.0)]);
        check(&[("CreatedBy", gone)], OwnerBand::Orphaned, &[(gone, 0.0)]);
        check(&[("Owner", alice), ("owned-by", bob)], OwnerBand::Conflict, &[(alice, 0.8), (bob, 0.8)]);
        check(&[("Owner", "alice@example.com,bob@example.com")], OwnerBand::Owned, &[(alice, 0.8), (bob, 0.8)]);
        check(&[("Owner", alice), ("TechnicalOwner", bob)], OwnerBand::Owned, &[(alice, 0.8), (bob, 0.8)]);
        check(&[("CostCenter", "4711")], OwnerBand::Unowned, &[("4711", 0.27)]);
        check(&[("managed-by", "terraform")], OwnerBand::Unowned, &[]);
    }

    #[test]
    fn a_source_of_people_beats_the_account_of_the_same_name() {
        let id = NodeId::new("whose", "", "owner", "alice@example.com");
        let detail = OwnerDetail {
            party: PartyKind::Person,
            status: PartyStatus::Inactive,
            status_source: Some("people.csv line 14".into()),
            left: None,
        };
        let graph = estate(&[("Owner", "alice@example.com")])
            .node(Node::new(id.clone(), What::Owner(detail), "person", "Alice"))
            .build();
        assert_eq!(judged(&graph), (OwnerBand::Orphaned, vec![("Alice".into(), 0.0)]));
        let owner = graph.node(graph.find(&id).unwrap()).owner().unwrap().clone();
        assert_eq!(owner.status_source.as_deref(), Some("people.csv line 14"));
    }

    #[test]
    fn owners_become_nodes_and_edges_and_answer_for_credentials() {
        let graph = estate(&[("Owner", "alice@example.com")])
            .node(credential(key("AKIAONE"), CredentialKind::AccessKey, "AKIAONE"))
            .edge(&key("AKIAONE"), EdgeKind::AuthenticatesAs, &user("svc"))
            .build();
        let svc = graph.find(&user("svc")).unwrap();
        let (owner, edge) = graph.out(svc, EdgeKind::OwnedBy).next().unwrap();
        assert!(graph.is_seen(owner) && edge.derived);
        assert_eq!((edge.confidence, edge.evidence[0].what.as_str()), (0.8, "tag Owner=alice@example.com"));
        assert_eq!(graph.node(owner).owner().unwrap().status, PartyStatus::Active);
        assert_eq!(graph.ownership(graph.find(&key("AKIAONE")).unwrap()), graph.ownership(svc));
    }

    #[test]
    fn an_accounts_owner_is_a_weak_signal() {
        let mut scope = Node::new(account(ACCOUNT), What::Scope, "account", ACCOUNT);
        scope.tags.insert("Owner".into(), "alice@example.com".into());
        let graph = estate(&[]).node(scope).build();
        assert_eq!(judged(&graph), (OwnerBand::Unowned, vec![("alice@example.com".into(), 0.175)]));
    }

    #[test]
    fn a_stated_owner_weighs_more_than_a_tag() {
        let graph = estate(&[]).edge(&user("svc"), EdgeKind::OwnedBy, &user("alice@example.com")).build();
        assert_eq!(judged(&graph), (OwnerBand::Owned, vec![("alice@example.com".into(), 0.85)]));
    }

    #[test]
    fn a_value_on_much_of_the_estate_counts_half() {
        let mut large = estate(&[("Owner", "alice@example.com")]);
        for number in 0..30 {
            let name = format!("svc{number}");
            let mut node = identity(user(&name), "iam-user", &name);
            node.tags.insert("Owner".into(), "alice@example.com".into());
            large = large.node(node);
        }
        assert_eq!(judged(&large.build()), (OwnerBand::Unowned, vec![("alice@example.com".into(), 0.4)]));
    }
}
