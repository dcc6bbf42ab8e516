//! What changed between two scans, by kind of change.

use super::{Estate, Listing};
use crate::{Changes, InventoryStore, Kind, Side, Subject, Widening};
use whose_model::{Edge, EdgeKind, NodeId, Severity, State, Tier};

async fn between(store: &dyn InventoryStore, from: &Estate, to: &Estate) -> Changes {
    store.save(&from.report(1)).await.unwrap();
    store.save(&to.report(2)).await.unwrap();
    store.changes(&from.report(1).scan.id, "latest").await.unwrap()
}

fn estate() -> (Estate, NodeId) {
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    let build = estate.read(&account).identity(&account, "build");
    estate.key(&build, "AKIAX");
    estate.own(&build, "ann", 0.9);
    estate.fault("stale-access-key", &build, Severity::Medium);
    (estate, build)
}

fn node(kind: Kind, id: &NodeId, name: &str) -> Subject {
    Subject::Node { kind, id: id.clone(), name: name.into() }
}

/// Another day, another use, another score: nothing changed.
pub async fn equal_scans_differ_in_nothing(store: &dyn InventoryStore) {
    let (estate, build) = estate();
    let mut later = estate.clone();
    later.used(&build, 2);
    later.own(&build, "ann", 0.8);
    let changes = between(store, &estate, &later).await;
    assert!(changes.is_empty() && changes.is_whole(), "{changes:?}");
    assert!(store.changes("latest", "latest").await.unwrap().is_empty());
}

/// Appeared, vanished, changed, made again, worse: each is told as what it is.
pub async fn changes_are_typed(store: &dyn InventoryStore) {
    let (mut from, build) = estate();
    let account = Estate::account("111111111111");
    let old = from.identity(&account, "old");
    let again = from.identity(&account, "again");
    let mut to = from.clone();
    to.identities.remove(&old);
    let new = to.identity(&account, "new");
    to.identity_mut(&build).state = State::Disabled;
    to.identity_mut(&again).native_id = Some("AIDAother".into());
    to.fault("stale-access-key", &build, Severity::High);
    to.fault("unowned-service-account", &new, Severity::Low);
    let changes = between(store, &from, &to).await;
    assert_eq!(changes.appeared, [node(Kind::Identity, &new, "new")]);
    assert_eq!(changes.vanished, [node(Kind::Identity, &old, "old")]);
    let changed: Vec<_> = changes.changed.iter().map(|one| (&one.subject, &one.fields[..], one.recreated)).collect();
    let (again, build) = (node(Kind::Identity, &again, "again"), node(Kind::Identity, &build, "build"));
    assert_eq!(changed, [(&again, &["native_id".to_owned()][..], true), (&build, &["state".to_owned()][..], false)]);
    assert_eq!(changes.severity_changed.len(), 1);
    assert_eq!(changes.severity_changed[0].from, Severity::Medium);
    assert_eq!(changes.severity_changed[0].finding.severity, Severity::High);
    assert_eq!(changes.findings_new.len(), 1);
    assert_eq!(changes.findings_new[0].subject, new);
    assert!(changes.widened.is_empty() && changes.undecided.is_empty() && changes.findings_resolved.is_empty());
}

/// A higher tier, a new grant and a new way to another identity are widenings; losing them is not.
pub async fn wider_rights_are_named(store: &dyn InventoryStore) {
    let (mut from, build) = estate();
    let account = Estate::account("111111111111");
    let admin = from.identity(&account, "admin");
    from.identity_mut(&admin).privilege.tier = Tier::T1;
    let mut to = from.clone();
    to.identity_mut(&build).privilege.tier = Tier::T0;
    to.identity_mut(&admin).privilege.tier = Tier::T2;
    let grant = to.grant("AdministratorAccess", std::slice::from_ref(&build));
    to.edges.push(Edge::stated(build.clone(), EdgeKind::CanAssume, admin.clone()));
    let changes = between(store, &from, &to).await;
    let widened: Vec<_> = changes.widened.iter().map(|one| (one.name.as_str(), &one.by)).collect();
    let tier = Widening::Tier { from: Tier::T2, to: Tier::T0 };
    let edge = Widening::Edge { kind: EdgeKind::CanAssume, to: admin };
    assert_eq!(widened, [("build", &tier), ("build", &Widening::Grants(vec![grant])), ("build", &edge)]);
    let back = store.changes("latest", &from.report(1).scan.id).await.unwrap();
    assert_eq!(back.widened.len(), 1, "admin rises from T2 to T1, and build gains nothing: {:?}", back.widened);
}

/// What a denied listing hides neither vanished nor, when it is read again, appeared.
pub async fn denied_listing_makes_changes_undecided(store: &dyn InventoryStore) {
    let (full, build) = estate();
    let account = Estate::account("111111111111");
    let mut denied = full.clone();
    denied.identities.clear();
    denied.scopes.insert(account, Listing::Denied);
    let changes = between(store, &full, &denied).await;
    assert_eq!(changes.vanished, []);
    assert_eq!(changes.undecided.len(), 1);
    assert_eq!(changes.undecided[0].subject, node(Kind::Identity, &build, "build"));
    assert_eq!(changes.undecided[0].unread_in, Side::To);
    let back = store.changes("latest", &full.report(1).scan.id).await.unwrap();
    assert_eq!(back.appeared, []);
    assert_eq!(back.undecided[0].unread_in, Side::From);
}

/// Scans of different targets are compared where both read, and the rest is named.
pub async fn different_targets_are_compared_where_both_read(store: &dyn InventoryStore) {
    let (from, build) = estate();
    let (account, shop) = (Estate::account("111111111111"), Estate::repository("acme/shop"));
    let mut to = from.clone();
    to.read(&shop).secret("00ff", &shop, "AKIAX");
    to.identity_mut(&build).reach.identities = 7;
    to.identity_mut(&build).state = State::Disabled;
    let changes = between(store, &from, &to).await;
    assert_eq!((&changes.compared, &changes.only_to), (&vec![account], &vec![shop]));
    assert_eq!(
        (changes.appeared.as_slice(), changes.not_compared),
        ([].as_slice(), 2),
        "the repository and its secret"
    );
    assert_eq!(changes.changed[0].fields, ["state"], "the reach of two scans of different scopes cannot be compared");
    assert!(!changes.is_whole());
}

/// A finding is resolved when its rule had what it needs, and open when it had not.
pub async fn findings_resolve_by_their_rule(store: &dyn InventoryStore) {
    let (full, build) = estate();
    let mut blind = full.clone();
    blind.findings.clear();
    blind.blind_rules.insert("stale-access-key".into());
    let changes = between(store, &full, &blind).await;
    assert_eq!((changes.findings_resolved.len(), changes.undecided.len()), (0, 1));
    let finding = full.report(1).findings[0].id.clone();
    assert_eq!(store.history(finding.as_str()).await.unwrap().gone, None);
    // A listing that the rule does not need may be denied: the fault was mended all the same.
    blind.blind_rules.clear();
    blind.scopes.insert(Estate::account("111111111111"), Listing::Denied);
    store.save(&blind.report(3)).await.unwrap();
    let changes = store.changes(&full.report(1).scan.id, "latest").await.unwrap();
    assert_eq!(changes.findings_resolved.len(), 1);
    assert_eq!(changes.findings_resolved[0].subject, build);
    let life = store.history(finding.as_str()).await.unwrap();
    assert_eq!(life.gone.unwrap().scan, blind.report(3).scan.id);
}
