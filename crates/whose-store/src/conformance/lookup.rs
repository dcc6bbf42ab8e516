//! Scans by id, objects by id, name or a part of them, and the lives of objects.

use super::Estate;
use crate::{InventoryStore, Kind, Match, StoreError};
use whose_model::{NodeId, State};

/// A unique beginning of an id is enough; anything else is told apart from it.
pub async fn scans_are_found_by_abbreviation(store: &dyn InventoryStore) {
    assert_eq!(store.latest().await.unwrap(), None);
    assert!(matches!(store.load("latest").await, Err(StoreError::NoScan { scans: 0, .. })));
    let estate = Estate::default();
    for day in [1, 2, 40] {
        store.save(&estate.report(day)).await.unwrap();
    }
    let last = estate.report(40);
    assert_eq!(store.latest().await.unwrap().as_deref(), Some(last.scan.id.as_str()));
    assert_eq!(store.load(&last.scan.id[..6]).await.unwrap(), last);
    assert_eq!(store.load("20260922").await.unwrap(), estate.report(1));
    let ambiguous = store.load("202609").await.unwrap_err();
    assert!(matches!(&ambiguous, StoreError::AmbiguousScan { scans, .. } if scans.len() == 2), "{ambiguous}");
    for none in ["", "2025", "%", "202609_2", "Latest"] {
        let error = store.load(none).await.unwrap_err();
        assert!(matches!(error, StoreError::NoScan { scans: 3, .. }), "{none}: {error}");
    }
}

/// The scan to compare with is the last one of the same targets, not just the last one.
pub async fn the_scan_before_has_the_same_targets(store: &dyn InventoryStore) {
    let (mut one, mut other) = (Estate::default(), Estate::default());
    one.read(&Estate::account("111111111111"));
    other.read(&Estate::repository("acme/shop"));
    store.save(&one.report(1)).await.unwrap();
    store.save(&other.report(2)).await.unwrap();
    store.save(&one.report(3)).await.unwrap();
    assert_eq!(store.previous("latest").await.unwrap(), Some(one.report(1).scan.id));
    assert_eq!(store.previous(&other.report(2).scan.id).await.unwrap(), None);
}

/// A use that moves each night, and a score that fades, leave one version, and are right in every report.
pub async fn use_dates_make_no_versions(store: &dyn InventoryStore) {
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    let build = estate.read(&account).identity(&account, "build");
    for day in 1..6 {
        estate.used(&build, day);
        estate.own(&build, "ann", 0.9 - day as f64 / 1000.0);
        store.save(&estate.report(day)).await.unwrap();
        assert_eq!(store.load("latest").await.unwrap(), estate.report(day));
    }
    let life = store.history(build.as_str()).await.unwrap();
    assert_eq!(life.versions.len(), 1);
    assert_eq!(life.last_seen.scan, estate.report(5).scan.id);
    estate.used(&build, 3);
    estate.own(&build, "ann", 0.9 - 3.0 / 1000.0);
    assert_eq!(store.load(&estate.report(3).scan.id).await.unwrap(), estate.report(3));
    estate.identity_mut(&build).last_used = None;
    store.save(&estate.report(6)).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), estate.report(6));
}

/// A life tells when it began, and what changed when.
pub async fn history_names_what_changed(store: &dyn InventoryStore) {
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    let build = estate.read(&account).identity(&account, "build");
    store.save(&estate.report(1)).await.unwrap();
    store.save(&estate.report(2)).await.unwrap();
    estate.used(&build, 1);
    estate.identity_mut(&build).state = State::Disabled;
    estate.identity_mut(&build).description = Some("old".into());
    store.save(&estate.report(3)).await.unwrap();
    let life = store.history(build.as_str()).await.unwrap();
    assert_eq!((life.kind, life.id.as_str(), life.name.as_str()), (Kind::Identity, build.as_str(), "build"));
    let scans = |index: usize| (life.versions[index].from.scan.clone(), life.versions[index].last.scan.clone());
    let id = |day| estate.report(day).scan.id;
    assert_eq!(scans(0), (id(1), id(2)));
    assert_eq!(scans(1), (id(3), id(3)));
    assert_eq!(life.versions[1].fields, ["description", "state"]);
    assert_eq!(life.versions[1].body, serde_json::to_value(&estate.identities[&build]).unwrap());
    assert_eq!(life.versions[1].from.at, estate.report(3).scan.as_of);
    let error = store.history("urn:nhi:aws:-:access-key:none").await.unwrap_err();
    assert!(matches!(error, StoreError::NoObject { .. }), "{error}");
}

/// Who asks for a key gets the key first, then what is near it.
pub async fn exact_matches_come_first(store: &dyn InventoryStore) {
    let account = Estate::account("111111111111");
    let shop = Estate::repository("acme/shop");
    let mut estate = Estate::default();
    let build = estate.read(&account).read(&shop).identity(&account, "build");
    let (longer, key) = (estate.key(&build, "AKIAX1234"), estate.key(&build, "AKIAX123"));
    let secret = estate.secret("00ff00ff", &shop, "AKIAX123");
    let colon = estate.identity(&account, "ns:build");
    store.save(&estate.report(1)).await.unwrap();
    let found = async |text: &str| -> Vec<(Match, String)> {
        let found = store.find(text, 10).await.unwrap();
        found.into_iter().map(|found| (found.r#match, found.id)).collect()
    };
    let (exact, part) = (|id: &NodeId| (Match::Exact, id.to_string()), |id: &NodeId| (Match::Part, id.to_string()));
    assert_eq!(found("akiax123").await, [exact(&key), exact(&secret), part(&longer)]);
    assert_eq!(found(key.as_str()).await, [exact(&key), part(&longer)]);
    assert_eq!(found("00FF00FF").await, [exact(&secret)]);
    assert_eq!(found("00ff").await, [part(&secret)]);
    assert_eq!(found("ns:build").await, [exact(&colon)]);
    assert_eq!(found("deploy/.env").await, [], "where a secret stands does not name it");
    assert_eq!(found("  ").await, []);
    assert_eq!(found("SHA256:half/of+AKIAX123").await, [exact(&key), part(&longer)], "a key by its public half");
    assert_eq!(found("half/of+akiax123").await, [], "which is told by its form");
    assert_eq!(store.find("build", 1).await.unwrap().len(), 1);
    estate.credentials.remove(&key);
    store.save(&estate.report(2)).await.unwrap();
    let gone = store.find("AKIAX123", 10).await.unwrap();
    assert_eq!(gone[1].gone.as_ref().map(|moment| moment.scan.clone()), Some(estate.report(2).scan.id));
    assert_eq!(gone[1].last_seen.scan, estate.report(1).scan.id);
}
