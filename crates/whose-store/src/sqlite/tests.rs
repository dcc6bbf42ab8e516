//! The suite on SQLite, and what only a file has: modes, locks, versions, crashes.

use super::SqliteStore;
use tempfile::TempDir;

async fn fresh() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("whose.db")).await.unwrap();
    (store, folder)
}

crate::conformance_suite!(fresh);
