//! What goes in comes out.

use super::{Draw, Estate};
use crate::{InventoryStore, StoreError};
use whose_model::{Report, Severity};

/// A history of random changes comes back report by report, after each of them and at the end.
pub async fn every_report_comes_back_exactly(store: &dyn InventoryStore) {
    for seed in 0..4 {
        remembers_a_random_history(store, seed, 8, 25).await;
    }
}

/// Saves `scans` random reports of one estate, and asks for all of them again.
pub async fn remembers_a_random_history(store: &dyn InventoryStore, seed: u64, scans: i64, changes: u64) {
    let (mut draw, mut estate) = (Draw::new(seed), Estate::default());
    let mut saved: Vec<Report> = Vec::new();
    for day in 0..scans {
        for _ in 0..draw.below(changes + 1) {
            estate.mutate(&mut draw);
        }
        let report = estate.report((seed % 1000) as i64 * 10 + day);
        store.save(&report).await.unwrap();
        assert_eq!(store.load("latest").await.unwrap(), report, "seed {seed}, day {day}");
        saved.push(report);
    }
    for report in &saved {
        assert_eq!(store.load(&report.scan.id).await.unwrap(), *report, "seed {seed}, scan {}", report.scan.id);
    }
    let scans = store.scans().await.unwrap();
    let last: Vec<_> = scans.iter().skip(scans.len() - saved.len()).collect();
    assert_eq!(last, saved.iter().map(|report| &report.scan).collect::<Vec<_>>());
}

/// A report in another order, or with an entry twice, is kept as it is.
pub async fn the_order_of_a_list_and_doubles_come_back(store: &dyn InventoryStore) {
    let mut report = estate().report(1);
    report.identities.reverse();
    report.edges.reverse();
    report.edges.push(report.edges[0].clone());
    report.findings.reverse();
    report.owners.push(report.owners[0].clone());
    store.save(&report).await.unwrap();
    store.save(&estate().report(2)).await.unwrap();
    assert_eq!(store.load("20260922").await.unwrap(), report);
    assert_eq!(store.load("latest").await.unwrap(), estate().report(2));
}

/// A scan that saw nothing at all is a scan.
pub async fn an_empty_report_comes_back(store: &dyn InventoryStore) {
    let report = Estate::default().report(1);
    store.save(&report).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), report);
}

/// Names are data, whatever is in them.
pub async fn hostile_text_comes_back(store: &dyn InventoryStore) {
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    estate.read(&account);
    for name in [
        "'; DROP TABLE object; --",
        "a\0b",
        "%_!",
        "\u{202E}gpj",
        "<script>",
        "\u{FFFF}é\n\t",
        "x".repeat(70_000).as_str(),
    ] {
        let id = estate.identity(&account, name);
        estate.identity_mut(&id).tags.insert(name.into(), name.into());
    }
    let report = estate.report(1);
    store.save(&report).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), report);
    for view in &report.identities {
        assert_eq!(store.history(view.id.as_str()).await.unwrap().name, view.name);
    }
    assert_eq!(store.find("%", 10).await.unwrap().len(), 1, "a percent sign is itself, and no pattern");
    assert_eq!(store.find("drop table", 10).await.unwrap().len(), 1);
}

/// A second report of the same id is refused, and changes nothing.
pub async fn an_id_is_saved_once(store: &dyn InventoryStore) {
    let first = estate().report(1);
    store.save(&first).await.unwrap();
    let other = Estate::default().report(1);
    let error = store.save(&other).await.unwrap_err();
    assert!(matches!(&error, StoreError::ScanExists { id } if *id == first.scan.id), "{error}");
    assert_eq!(store.load("latest").await.unwrap(), first);
    assert_eq!(store.scans().await.unwrap().len(), 1);
}

fn estate() -> Estate {
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    estate.read(&account);
    for name in ["build", "deploy", "backup"] {
        let id = estate.identity(&account, name);
        estate.key(&id, &format!("AKIA{name}"));
        estate.own(&id, "ann", 0.1 + 0.2);
        estate.used(&id, 3);
        estate.fault("stale-access-key", &id, Severity::High);
    }
    estate
}
