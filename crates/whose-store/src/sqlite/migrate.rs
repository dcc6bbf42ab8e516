//! Numbered SQL files, each run once, in order; `user_version` is the number of the last one.

use crate::StoreError;
use crate::sql::Failure;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// The steps from an empty file to the newest version. Steps that were released never change; a new one is added.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("../../migrations/sqlite/0001_inventory.sql")];

/// Marks the file as ours in its header: `WHOS`.
const APPLICATION: i64 = 0x5748_4F53;

/// Refuses, before anything is written, a file that is no store, or one of a later Whose.
pub(super) fn refuse_others(connection: &Connection, path: &Path) -> Result<(), Failure> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (tables > 0 || application != 0) {
        return Err(Failure::NotAStore("it is a SQLite database of another program"));
    }
    let (found, known) = (version(connection)?, newest());
    if found > known {
        return Err(StoreError::Newer { store: path.display().to_string(), found, known }.into());
    }
    Ok(())
}

/// Brings the file to the newest version, in one transaction.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Failure> {
    if version(connection)? == newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been here between the first look and the lock.
    refuse_others(&transaction, path)?;
    let done = usize::try_from(version(&transaction)?).unwrap_or_default();
    for step in &MIGRATIONS[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", newest())?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn newest() -> i64 {
    MIGRATIONS.len() as i64
}
