//! The suite on PostgreSQL, and what only a server has: two who save at once, TLS, passwords, schemas of others.

use super::PostgresStore;
use super::migrate::MIGRATIONS;
use crate::conformance::{Draw, Estate, PostgresServer, remembers_a_random_history};
use crate::footing::ReadScopes;
use crate::rows::{Head, rows};
use crate::sqlite::SqliteStore;
use crate::{InventoryStore, StoreError};
use rusqlite::Connection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use whose_model::Report;

/// An empty store, and its server and URL.
async fn fresh() -> (PostgresStore, (Arc<PostgresServer>, String)) {
    let server = PostgresServer::shared();
    let url = server.database();
    (PostgresStore::open(&url).await.unwrap(), (server, url))
}

crate::conformance_suite!(fresh);

/// A report of many random changes.
fn report(seed: u64, changes: u64, day: i64) -> Report {
    let (mut draw, mut estate) = (Draw::new(seed), Estate::default());
    for _ in 0..changes {
        estate.mutate(&mut draw);
    }
    estate.report(day)
}

/// The tables, and in which order their rows are compared.
const TABLES: [(&str, &str); 11] = [
    ("series", "series_id"),
    ("scan", "scan_no"),
    ("coverage", "scan_no, seq"),
    ("assessment", "scan_no, seq"),
    ("object", "object_id"),
    ("footing", "footing_id"),
    ("object_version", "version_id"),
    ("activity", "activity_id"),
    ("finding", "object_id"),
    ("change_log", "scan_no, seq"),
    ("arrangement", "scan_no, kind"),
];

fn postgres_rows(server: &PostgresServer, url: &str, table: &str, order: &str) -> Vec<String> {
    let text = server.psql(url, &format!("SELECT * FROM whose.{table} ORDER BY {order}"));
    text.lines().map(str::to_owned).collect()
}

/// The rows of a SQLite table, written as `psql -A -t` writes them.
fn sqlite_rows(connection: &Connection, table: &str, order: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY {order}")).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let cell = |index: usize| match row.get_ref(index).unwrap() {
            rusqlite::types::ValueRef::Null => String::new(),
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => other.as_str().unwrap().to_owned(),
        };
        Ok((0..columns).map(cell).collect::<Vec<_>>().join("|"))
    };
    statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn both_stores_hold_the_same_rows() {
    let (postgres, (server, url)) = fresh().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whose.db");
    let sqlite = SqliteStore::open(&path).await.unwrap();
    let (mut draw, mut estate) = (Draw::new(11), Estate::default());
    for day in 0..12 {
        for _ in 0..draw.below(40) {
            estate.mutate(&mut draw);
        }
        // One report comes late, and speaks for an earlier day.
        let report = estate.report(if day == 9 { -1 } else { day });
        postgres.save(&report).await.unwrap();
        sqlite.save(&report).await.unwrap();
    }
    let connection = Connection::open(&path).unwrap();
    let mut count = 0;
    for (table, order) in TABLES {
        let rows = postgres_rows(&server, &url, table, order);
        assert_eq!(rows, sqlite_rows(&connection, table, order), "{table}");
        count += rows.len();
    }
    assert!(count > 500, "{count} rows");
    let ids: Vec<String> = estate.identities.keys().map(ToString::to_string).collect();
    for id in &ids {
        assert_eq!(postgres.history(id).await.unwrap(), sqlite.history(id).await.unwrap());
    }
    assert!(!ids.is_empty());
    for text in ["svc", "SVC-1", "akia", "ann", "0000", "ünknown"] {
        assert_eq!(postgres.find(text, 50).await.unwrap(), sqlite.find(text, 50).await.unwrap(), "{text}");
    }
}

#[tokio::test]
async fn an_unchanged_row_is_not_touched() {
    let (store, (server, url)) = fresh().await;
    store.save(&report(1, 80, 1)).await.unwrap();
    let versions = "SELECT ctid, xmin, version_id FROM whose.object_version ORDER BY version_id";
    let before = server.psql(&url, versions);
    store.save(&report(1, 80, 2)).await.unwrap();
    assert!(before.lines().count() > 20);
    assert_eq!(server.psql(&url, versions), before);
    assert_eq!(server.psql(&url, "SELECT count(*) FROM whose.change_log WHERE scan_no = 2"), "0\n");
}

#[tokio::test]
async fn two_machines_save_one_after_the_other() {
    let (one, (_server, url)) = fresh().await;
    let other = PostgresStore::open(&url).await.unwrap();
    let (first, second) = (report(5, 200, 1), report(6, 200, 2));
    let (one_saved, other_saved) = tokio::join!(one.save(&first), other.save(&second));
    one_saved.unwrap();
    other_saved.unwrap();
    assert_eq!(one.load(&second.scan.id).await.unwrap(), second);
    assert_eq!(other.load(&first.scan.id).await.unwrap(), first);
}

#[tokio::test]
async fn two_machines_make_the_schema_once() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = tokio::join!(PostgresStore::open(&url), PostgresStore::open(&url));
    one.unwrap().save(&report(7, 20, 1)).await.unwrap();
    assert_eq!(other.unwrap().load("latest").await.unwrap(), report(7, 20, 1));
    assert_eq!(server.psql(&url, "SELECT version FROM whose.store_version"), format!("{}\n", MIGRATIONS.len()));
}

#[tokio::test]
async fn a_store_that_another_process_holds_is_named_and_can_be_read() {
    let (holder, (server, url)) = fresh().await;
    holder.save(&report(7, 20, 1)).await.unwrap();
    let held = report(8, 20, 2);
    let read = ReadScopes::of(&held.coverage);
    let (sender, receiver) = mpsc::channel(1);
    let saving = holder.start_saving(Head::of(&held), receiver);
    sender.send(rows(&held, &read).take(3).collect::<Result<_, _>>().unwrap()).await.unwrap();
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database())";
    let begun = Instant::now();
    while server.psql(&url, locks) != "1\n" {
        assert!(begun.elapsed() < Duration::from_secs(20), "the first save never held the store");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let store = PostgresStore::open_patiently(&url, Duration::from_millis(50)).await.unwrap();
    let error = store.save(&report(9, 20, 3)).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Locked { .. }) && text.contains("another process"), "{text}");
    assert!(text.contains("postgres:///") && text.contains("try again"), "{text}");
    assert_eq!(store.load("latest").await.unwrap(), report(7, 20, 1));
    // The first save is broken off, and leaves nothing.
    drop(sender);
    assert!(matches!(saving.await.unwrap().unwrap_err(), StoreError::BrokenOff { .. }));
    store.save(&report(9, 20, 3)).await.unwrap();
    assert_eq!(store.scans().await.unwrap().len(), 2);
    holder.save(&held).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), held);
}

#[tokio::test]
async fn a_save_whose_connection_is_cut_leaves_the_scan_before() {
    let (store, (server, url)) = fresh().await;
    let first = report(2, 100, 1);
    store.save(&first).await.unwrap();
    let half = report(3, 400, 2);
    let read = ReadScopes::of(&half.coverage);
    let (sender, receiver) = mpsc::channel(1);
    let saving = store.start_saving(Head::of(&half), receiver);
    let count = Head::of(&half).rows / 2;
    sender.send(rows(&half, &read).take(count).collect::<Result<_, _>>().unwrap()).await.unwrap();
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'whose'";
    assert_eq!(server.psql(&url, cut), "1\n");
    drop(sender);
    let error = saving.await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::Database { .. } | StoreError::BrokenOff { .. }), "{error}");
    let store = PostgresStore::open(&url).await.unwrap();
    assert_eq!(store.scans().await.unwrap(), std::slice::from_ref(&first.scan));
    assert_eq!(store.load("latest").await.unwrap(), first);
}

#[tokio::test]
async fn a_newer_store_and_a_schema_of_another_program_are_refused_and_left_alone() {
    let (store, (server, url)) = fresh().await;
    drop(store);
    server.psql(&url, "UPDATE whose.store_version SET version = 99");
    let error = PostgresStore::open(&url).await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert_eq!(server.psql(&url, "SELECT version FROM whose.store_version"), "99\n");

    let url = server.database();
    server.psql(&url, "CREATE SCHEMA whose");
    PostgresStore::open(&url).await.unwrap();

    let url = server.database();
    server.psql(&url, "CREATE SCHEMA whose; CREATE TABLE whose.mine (x INT)");
    let error = PostgresStore::open(&url).await.err().unwrap();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    assert!(error.to_string().contains("--store"), "{error}");
    assert_eq!(server.psql(&url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'whose'::regnamespace"), "1\n");
}

#[tokio::test]
async fn an_index_entry_that_would_be_too_long_is_none() {
    let (store, _kept) = fresh().await;
    let account = Estate::account("111111111111");
    let mut estate = Estate::default();
    let (mut draw, mut names) = (Draw::new(5), Vec::new());
    for _ in 0..3 {
        // Text that does not compress, so that the database cannot make it short.
        names.push((0..20_000).map(|_| char::from(b'a' + draw.below(26) as u8)).collect::<String>());
    }
    for name in &names {
        estate.read(&Estate::account(name)).identity(&account, name);
    }
    let report = estate.report(1);
    store.save(&report).await.unwrap();
    assert_eq!(store.load("latest").await.unwrap(), report);
    assert_eq!(store.find(&names[1], 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_long_history_is_remembered() {
    let (store, _kept) = fresh().await;
    for seed in 100..103 {
        remembers_a_random_history(&store, seed, 6, 200).await;
    }
}

/// A URL over TCP with a password.
fn with_password(url: &str, password: &str) -> String {
    url.replacen("whose@", &format!("whose:{password}@"), 1)
}

async fn refusal(url: &str) -> String {
    let error = PostgresStore::open(url).await.err().unwrap();
    assert!(matches!(error, StoreError::Connect { .. }), "{error}");
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn a_wrong_password_and_a_deaf_port_are_told_without_the_password() {
    let server = PostgresServer::shared();
    let url = server.database_at("127.0.0.1");
    PostgresStore::open(&with_password(&url, &PostgresServer::password())).await.unwrap();
    let wrong = ["wrong", "word"].concat();
    let text = refusal(&with_password(&url, &wrong)).await;
    assert!(text.contains("password authentication failed") && !text.contains(&wrong), "{text}");
    let text = refusal(&format!("postgres://whose:{wrong}@127.0.0.1:1/whose")).await;
    assert!(text.contains("127.0.0.1:1/whose") && !text.contains(&wrong), "{text}");
    // A server without TLS serves `prefer` in the clear, and `require` not at all.
    let url = with_password(&url, &PostgresServer::password());
    PostgresStore::open(&format!("{url}?sslmode=prefer")).await.unwrap();
    let text = refusal(&format!("{url}?sslmode=require")).await;
    assert!(text.contains("TLS") && !text.contains(&PostgresServer::password()), "{text}");
}

#[tokio::test]
async fn sslmode_decides_about_encryption_and_proof() {
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    let stranger = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap().cert;
    let server = PostgresServer::start(Some((&cert.pem(), &signing_key.serialize_pem())));
    let folder = tempfile::tempdir().unwrap();
    let (right, wrong) = (folder.path().join("right.pem"), folder.path().join("wrong.pem"));
    std::fs::write(&right, cert.pem()).unwrap();
    std::fs::write(&wrong, stranger.pem()).unwrap();
    let url = with_password(&server.database_at("localhost"), &PostgresServer::password());
    let database = url.rsplit('/').next().unwrap().to_owned();
    for (mode, encrypted) in [
        ("?sslmode=disable".to_owned(), "f"),
        (String::new(), "t"),
        ("?sslmode=require".to_owned(), "t"),
        (format!("?sslmode=verify-full&sslrootcert={}", right.display()), "t"),
    ] {
        let store = PostgresStore::open(&format!("{url}{mode}")).await.unwrap();
        let query = format!(
            "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
             WHERE datname = '{database}' AND application_name = 'whose' ORDER BY backend_start DESC LIMIT 1"
        );
        assert_eq!(server.psql(&url, &query), format!("{encrypted}\n"), "{mode}");
        drop(store);
    }
    for query in [
        format!("?sslmode=verify-full&sslrootcert={}", wrong.display()),
        "?sslmode=verify-full".to_owned(),
        format!("?sslmode=verify-full&sslrootcert={}", folder.path().join("none.pem").display()),
    ] {
        let text = refusal(&format!("{url}{query}")).await;
        assert!(text.contains("certificate") && !text.contains(&PostgresServer::password()), "{text}");
    }
    let elsewhere = url.replacen("localhost", "127.0.0.1", 1);
    let text = refusal(&format!("{elsewhere}?sslmode=verify-full&sslrootcert={}", right.display())).await;
    assert!(text.contains("certificate"), "{text}");
}

/// The tables of both databases have the same columns in the same order, and each is explained.
#[test]
fn the_schema_is_that_of_sqlite_and_explained() {
    let columns = |text: &str| -> Vec<(String, String)> {
        let (mut table, mut columns) = (String::new(), Vec::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split(' ').next().unwrap().to_owned();
            }
            let word = line.trim_start().split(' ').next().unwrap_or_default();
            if line.starts_with("    ") && !["PRIMARY", "UNIQUE", "CHECK", "AS"].contains(&word) {
                assert!(line.contains("-- "), "{line}");
                columns.push((table.clone(), word.to_owned()));
            }
        }
        columns
    };
    let sqlite = columns(include_str!("../../migrations/sqlite/0001_inventory.sql"));
    let postgres: Vec<_> = MIGRATIONS.iter().flat_map(|step| columns(step)).collect();
    assert_eq!(postgres, sqlite);
    assert!(sqlite.len() > 50);
}
