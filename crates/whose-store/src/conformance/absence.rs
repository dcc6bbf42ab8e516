//! What is not in a report is gone only where all of its scope was read.

use super::{Estate, Listing};
use crate::{Ended, History, InventoryStore};
use whose_model::NodeId;

async fn life(store: &dyn InventoryStore, id: &NodeId) -> History {
    store.history(id.as_str()).await.unwrap()
}

fn two_users() -> (Estate, NodeId, NodeId, NodeId) {
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    let (build, deploy) = (estate.identity(&account, "build"), estate.identity(&account, "deploy"));
    estate.read(&account);
    (estate, account, build, deploy)
}

/// A user that is deleted is gone from the scan on that shows it.
pub async fn complete_coverage_makes_absence_a_fact(store: &dyn InventoryStore) {
    let (mut estate, _, build, deploy) = two_users();
    let owner = estate.own(&build, "ann", 0.9);
    store.save(&estate.report(1)).await.unwrap();
    estate.identities.remove(&build);
    estate.owners.clear();
    let report = estate.report(2);
    store.save(&report).await.unwrap();
    for id in [&build, &owner] {
        let life = life(store, id).await;
        assert_eq!(life.gone.unwrap().scan, report.scan.id);
        assert_eq!(life.last_seen.scan, life.first_seen.scan);
        assert_eq!(life.versions[0].ended, Some(Ended::Gone));
    }
    let life = life(store, &deploy).await;
    assert_eq!((life.gone, life.last_seen.scan, life.versions.len()), (None, report.scan.id, 1));
}

/// A denied listing proves nothing, however often; the first complete one does.
pub async fn denied_listing_leaves_objects_unconfirmed(store: &dyn InventoryStore) {
    let (mut estate, account, build, deploy) = two_users();
    let owner = estate.own(&build, "ann", 0.9);
    store.save(&estate.report(1)).await.unwrap();
    let seen = store.latest().await.unwrap().unwrap();
    estate.identities.clear();
    estate.owners.clear();
    estate.scopes.insert(account.clone(), Listing::Denied);
    for day in [2, 3] {
        store.save(&estate.report(day)).await.unwrap();
        for id in [&build, &deploy, &owner] {
            let life = life(store, id).await;
            assert_eq!((life.gone, life.last_seen.scan.as_str()), (None, seen.as_str()));
            assert_eq!(life.versions.last().unwrap().ended, Some(Ended::Unconfirmed));
        }
    }
    estate.read(&account);
    let report = estate.report(4);
    store.save(&report).await.unwrap();
    for id in [&build, &deploy, &owner] {
        assert_eq!(life(store, id).await.gone.unwrap().scan, report.scan.id);
    }
}

/// A scan of one account says nothing of another, nor of an owner who was seen there.
pub async fn scopes_that_were_not_read_are_not_touched(store: &dyn InventoryStore) {
    let (mut first, _, build, _) = two_users();
    let ann = first.own(&build, "ann", 0.9);
    store.save(&first.report(1)).await.unwrap();
    let account = Estate::account("222222222222");
    let mut second = Estate::default();
    let other = second.read(&account).identity(&account, "other");
    store.save(&second.report(2)).await.unwrap();
    second.identities.clear();
    let report = second.report(3);
    store.save(&report).await.unwrap();
    assert_eq!(life(store, &other).await.gone.unwrap().scan, report.scan.id);
    for id in [&build, &ann] {
        let life = life(store, id).await;
        assert_eq!((life.gone, life.versions[0].ended), (None, None));
    }
    // What another series of scans shows to be gone is gone, although the first series has not looked again.
    let mut both = second.clone();
    both.scopes.extend(first.scopes.clone());
    let report = both.report(4);
    store.save(&report).await.unwrap();
    assert_eq!(life(store, &build).await.gone.unwrap().scan, report.scan.id);
    assert_eq!(store.load("20260922").await.unwrap(), first.report(1));
}

/// A secret in two repositories survives a scan of one of them, and an owner in two accounts likewise.
pub async fn a_thing_in_two_places_is_gone_only_from_both(store: &dyn InventoryStore) {
    let (shop, infra) = (Estate::repository("acme/shop"), Estate::repository("acme/infra"));
    let mut both = Estate::default();
    both.read(&shop).read(&infra);
    let secret = both.secret("00ff", &shop, "AKIAX");
    both.secret("00ff", &infra, "AKIAX");
    let alone = both.secret("00aa", &shop, "AKIAY");
    store.save(&both.report(1)).await.unwrap();
    let mut one = Estate::default();
    one.read(&shop);
    store.save(&one.report(2)).await.unwrap();
    assert_eq!(life(store, &secret).await.gone, None);
    assert_eq!(life(store, &alone).await.gone.unwrap().scan, one.report(2).scan.id);
    both.secrets.clear();
    both.scopes.insert(infra.clone(), Listing::Denied);
    store.save(&both.report(3)).await.unwrap();
    assert_eq!(life(store, &secret).await.gone, None);
    both.read(&infra);
    store.save(&both.report(4)).await.unwrap();
    assert_eq!(life(store, &secret).await.gone.unwrap().scan, both.report(4).scan.id);
}

/// What was gone, or not confirmed, and is seen again is there, and its life has a hole.
pub async fn what_returns_is_there_again(store: &dyn InventoryStore) {
    let (mut estate, account, build, _) = two_users();
    let view = estate.identities[&build].clone();
    store.save(&estate.report(1)).await.unwrap();
    for (day, listing, ended) in [(2, Listing::Complete, Ended::Gone), (4, Listing::Denied, Ended::Unconfirmed)] {
        estate.identities.remove(&build);
        estate.scopes.insert(account.clone(), listing);
        store.save(&estate.report(day)).await.unwrap();
        assert_eq!(life(store, &build).await.versions.last().unwrap().ended, Some(ended));
        estate.identities.insert(build.clone(), view.clone());
        estate.read(&account);
        let back = estate.report(day + 1);
        store.save(&back).await.unwrap();
        let life = life(store, &build).await;
        assert_eq!((life.gone, life.last_seen.scan.clone()), (None, back.scan.id));
        assert_eq!((life.first_seen.scan, life.versions.last().unwrap().ended), (estate.report(1).scan.id, None));
    }
    assert_eq!(life(store, &build).await.versions.len(), 3);
}

/// Old observations that are judged and saved today neither bury what came later nor wake what went.
pub async fn a_late_old_report_says_nothing_of_now(store: &dyn InventoryStore) {
    let (mut estate, account, build, deploy) = two_users();
    estate.identities.remove(&build);
    store.save(&estate.report(10)).await.unwrap();
    let (mut old, ..) = two_users();
    old.identities.remove(&deploy);
    let report = old.report(5);
    store.save(&report).await.unwrap();
    assert_eq!(life(store, &deploy).await.gone, None);
    assert_eq!(store.load(&report.scan.id).await.unwrap(), report);
    estate.identities.clear();
    store.save(&estate.report(11)).await.unwrap();
    assert!(life(store, &deploy).await.gone.is_some());
    estate.identity(&account, "deploy");
    store.save(&estate.report(6)).await.unwrap();
    assert!(life(store, &deploy).await.gone.is_some());
}
