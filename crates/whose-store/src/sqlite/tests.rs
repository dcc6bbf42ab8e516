//! The suite on SQLite, and what only a file has: modes, locks, versions, crashes.

use super::SqliteStore;
use super::migrate::MIGRATIONS;
use crate::conformance::{Draw, Estate, remembers_a_random_history};
use crate::footing::ReadScopes;
use crate::rows::{Head, rows};
use crate::{InventoryStore, StoreError, open};
use proptest::prelude::*;
use rusqlite::Connection;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;
use whose_model::{Report, Severity};

async fn fresh() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("whose.db")).await.unwrap();
    (store, folder)
}

crate::conformance_suite!(fresh);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_history_is_remembered(seed in 0_u64..100_000, scans in 2_i64..7, changes in 1_u64..60) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (store, _folder) = fresh().await;
            remembers_a_random_history(&store, seed, scans, changes).await;
        });
    }
}

/// A report of many random changes.
fn report(seed: u64, changes: u64, day: i64) -> Report {
    let (mut draw, mut estate) = (Draw::new(seed), Estate::default());
    for _ in 0..changes {
        estate.mutate(&mut draw);
    }
    estate.report(day)
}

/// All rows of the tables that an unchanged scan has no business in.
fn inventory(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let dump = |table: &str| {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let cells = (0..columns).map(|cell| format!("{:?}", row.get_ref(cell).unwrap()));
            Ok(cells.collect::<Vec<_>>().join(" "))
        };
        statement.query_map([], row).unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    ["object", "object_version", "activity", "finding", "footing", "series"].into_iter().flat_map(dump).collect()
}

#[tokio::test]
async fn an_unchanged_row_is_not_touched() {
    let (store, folder) = fresh().await;
    let path = folder.path().join("whose.db");
    store.save(&report(1, 80, 1)).await.unwrap();
    let before = inventory(&path);
    store.save(&report(1, 80, 2)).await.unwrap();
    assert!(before.len() > 20);
    assert_eq!(inventory(&path), before);
    let logged: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM change_log WHERE scan_no = 2", [], |row| row.get(0))
        .unwrap();
    assert_eq!(logged, 0);
}

/// Names the store to the process that [`a_killed_save_leaves_the_scan_before`] starts and kills.
const KILLED: &str = "WHOSE_STORE_TO_BE_KILLED_IN";

/// Saves half of a report, says so, and waits to be killed.
async fn save_half(path: &Path) -> ! {
    let store = SqliteStore::open(path).await.unwrap();
    // A cache of a few pages, so that much of the half lies in the file when the end comes.
    store.run("prepare", |connection| Ok(connection.pragma_update(None, "cache_size", 8)?)).await.unwrap();
    let report = report(3, 400, 2);
    let read = ReadScopes::of(&report.coverage);
    let (sender, receiver) = mpsc::channel(1);
    let _saving = store.start_saving(Head::of(&report), receiver);
    let all = report_rows(&report);
    for row in rows(&report, &read).take(all / 2) {
        sender.send(vec![row.unwrap()]).await.unwrap();
    }
    println!("half is saved");
    std::future::pending().await
}

fn report_rows(report: &Report) -> usize {
    Head::of(report).rows
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the process to be killed is this test, started with a variable set")]
async fn a_killed_save_leaves_the_scan_before() {
    if let Some(path) = std::env::var_os(KILLED) {
        save_half(Path::new(&path)).await;
    }
    let (store, folder) = fresh().await;
    let path = folder.path().join("whose.db");
    let (first, second) = (report(2, 100, 1), report(3, 400, 2));
    store.save(&first).await.unwrap();
    drop(store);
    let before = inventory(&path);

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sqlite::tests::a_killed_save_leaves_the_scan_before", "--nocapture"])
        .env(KILLED, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("half is saved")), "the child ended before it was killed");
    let wal = folder.path().join("whose.db-wal").metadata().unwrap().len();
    assert!(wal > 50_000, "the half that was saved lies in the file: {wal} bytes");
    child.kill().unwrap();
    child.wait().unwrap();

    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.scans().await.unwrap(), std::slice::from_ref(&first.scan));
    assert_eq!(store.load("latest").await.unwrap(), first);
    assert_eq!(inventory(&path), before);
    store.save(&second).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), second);
}

#[tokio::test]
async fn a_save_that_is_broken_off_leaves_nothing() {
    let (store, folder) = fresh().await;
    let report = report(4, 100, 1);
    let read = ReadScopes::of(&report.coverage);
    let (sender, receiver) = mpsc::channel(1);
    let saving = store.start_saving(Head::of(&report), receiver);
    sender.send(rows(&report, &read).take(3).collect::<Result<_, _>>().unwrap()).await.unwrap();
    drop(sender);
    let error = saving.await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::BrokenOff { .. }), "{error}");
    assert_eq!(inventory(&folder.path().join("whose.db")), [""; 0]);
    store.save(&report).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), report);
}

#[tokio::test]
async fn two_processes_save_one_after_the_other() {
    let (one, folder) = fresh().await;
    let other = SqliteStore::open(&folder.path().join("whose.db")).await.unwrap();
    let (first, second) = (report(5, 60, 1), report(6, 60, 2));
    let (one_saved, other_saved) = tokio::join!(one.save(&first), other.save(&second));
    one_saved.unwrap();
    other_saved.unwrap();
    assert_eq!(one.load(&second.scan.id).await.unwrap(), second);
    assert_eq!(other.load(&first.scan.id).await.unwrap(), first);
}

#[tokio::test]
async fn a_store_that_another_process_holds_is_named() {
    let (_, folder) = fresh().await;
    let path = folder.path().join("whose.db");
    let store = SqliteStore::open_patiently(&path, Duration::from_millis(20)).await.unwrap();
    store.save(&report(7, 20, 1)).await.unwrap();
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.save(&report(7, 20, 2)).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Locked { .. }) && text.contains("another process"), "{text}");
    assert!(text.contains("whose.db") && text.contains("try again"), "{text}");
    // Reading goes on meanwhile.
    assert_eq!(store.load("latest").await.unwrap(), report(7, 20, 1));
    foreign.execute_batch("ROLLBACK").unwrap();
    store.save(&report(7, 20, 2)).await.unwrap();
}

#[tokio::test]
async fn a_newer_store_is_refused_and_left_alone() {
    let (store, folder) = fresh().await;
    drop(store);
    let path = folder.path().join("whose.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = SqliteStore::open(&path).await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("update Whose"), "{error}");
    let version: i64 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "these are the notes of somebody, and not a database\n".repeat(40)).unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    for path in [&text, &foreign] {
        let before = std::fs::read(path).unwrap();
        let error = SqliteStore::open(path).await.err().unwrap();
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        assert!(error.to_string().contains("--store"), "{error}");
        assert_eq!(std::fs::read(path).unwrap(), before);
    }
    let error = SqliteStore::open(folder.path()).await.err().unwrap();
    assert!(error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
}

#[tokio::test]
async fn a_damaged_row_is_named() {
    let (store, folder) = fresh().await;
    store.save(&report(8, 40, 1)).await.unwrap();
    let foreign = Connection::open(folder.path().join("whose.db")).unwrap();
    foreign.execute("UPDATE object_version SET body = '{' WHERE object_id = 1", []).unwrap();
    let error = store.load("latest").await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }) && error.to_string().contains("identity 1"), "{error}");
}

#[tokio::test]
async fn a_finding_is_open_or_resolved_whichever_series_says_so() {
    let (store, folder) = fresh().await;
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    let build = estate.read(&account).identity(&account, "build");
    estate.fault("stale-access-key", &build, Severity::High);
    let mut other = estate.clone();
    other.read(&Estate::repository("acme/shop")).findings.clear();
    let path = folder.path().join("whose.db");
    let state = || {
        let connection = Connection::open(&path).unwrap();
        let query = "SELECT state, opened_scan, resolved_scan FROM finding";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get(2)?));
        connection.query_row::<(_, _, Option<i64>), _, _>(query, [], row).unwrap()
    };
    store.save(&estate.report(1)).await.unwrap();
    assert_eq!(state(), ("open".into(), 1, None));
    store.save(&other.report(2)).await.unwrap();
    assert_eq!(state(), ("resolved".into(), 1, Some(2)));
    store.save(&estate.report(3)).await.unwrap();
    assert_eq!(state(), ("open".into(), 3, None));
    estate.findings.clear();
    estate.blind_rules.insert("stale-access-key".into());
    store.save(&estate.report(4)).await.unwrap();
    assert_eq!(state(), ("open".into(), 3, None));
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_user_can_read_a_new_store() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/whose.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.save(&report(9, 20, 1)).await.unwrap();
    for file in ["whose.db", "whose.db-wal", "whose.db-shm"] {
        let mode = path.with_file_name(file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

/// Every version that was ever released opens. Its fixture is what that version's build wrote, as SQL.
#[tokio::test]
async fn stores_of_every_version_open() {
    let fixtures = [include_str!("../../migrations/sqlite/fixtures/version_1.sql")];
    assert_eq!(fixtures.len(), MIGRATIONS.len(), "each version has a fixture");
    for (version, rows) in (1_usize..).zip(fixtures) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whose.db");
        let old = Connection::open(&path).unwrap();
        for step in &MIGRATIONS[..version] {
            old.execute_batch(step).unwrap();
        }
        old.execute_batch(rows).unwrap();
        old.pragma_update(None, "application_id", 0x5748_4F53).unwrap();
        old.pragma_update(None, "user_version", version as i64).unwrap();
        drop(old);
        let store = SqliteStore::open(&path).await.unwrap();
        let report = store.load("latest").await.unwrap();
        assert_eq!(report.scan.id, "20260923T141320Z");
        assert_eq!(report.identities[0].name, "build");
        assert!(report.identities[0].last_used.is_some());
        let life = store.history(report.identities[0].id.as_str()).await.unwrap();
        assert_eq!(life.first_seen.scan, "20260922T141320Z");
        assert_eq!(life.versions[1].fields, ["state"]);
        let mut next = report.clone();
        next.scan.id = "20260924T141320Z".into();
        store.save(&next).await.unwrap();
        assert_eq!(store.load("latest").await.unwrap(), next);
    }
}

#[test]
fn every_table_and_column_is_explained() {
    let mut columns = 0;
    for step in MIGRATIONS {
        let lines: Vec<&str> = step.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            if line.starts_with("CREATE TABLE") {
                assert!(lines[index - 1].starts_with("-- "), "{line}");
            }
            let word = line.trim_start().split(' ').next().unwrap_or_default();
            if line.starts_with("    ") && !["PRIMARY", "UNIQUE", "CHECK"].contains(&word) {
                assert!(line.contains("-- "), "{line}");
                columns += 1;
            }
        }
        assert_eq!(step.matches("CREATE TABLE").count(), step.matches("STRICT").count() - 1, "the header names it too");
    }
    assert!(columns > 50);
}

#[tokio::test]
async fn urls_say_what_they_can_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whose.db");
    let path = path.to_str().unwrap();
    for url in [path.to_owned(), format!("sqlite:{path}"), format!("sqlite://{path}")] {
        open(&url).await.unwrap();
    }
    let password = ["pass", "word"].concat();
    for url in
        ["", "sqlite:", ":memory:", "mysql://host/whose", &format!("postgres://ann:{password}@host/whose?sslmode=no")]
    {
        let text = open(url).await.err().unwrap().to_string();
        assert!(text.contains("sqlite:PATH") && !text.contains(&password), "{text}");
    }
}
