//! Numbered SQL files, each run once, in order; `store_version` holds the number of the last one.

use crate::StoreError;
use crate::sql::Failure;
use std::time::Duration;
use tokio_postgres::{Client, GenericClient};

/// The steps from no schema to the newest version. Steps that were released never change; a new one is added.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("../../migrations/postgres/0001_inventory.sql")];

/// What those who write or migrate hold: `WHOSE` in ASCII.
const LOCK: i64 = 0x57_484F_5345;

/// Brings the schema to the newest version, in one transaction.
pub(super) async fn migrate(client: &mut Client, store: &str, patience: Duration) -> Result<(), Failure> {
    let known = newest();
    if version(client, store).await? == known {
        return Ok(());
    }
    let transaction = client.transaction().await?;
    lock(&transaction, patience).await?;
    // Another process may have been here between the first look and the lock.
    let done = version(&transaction, store).await?;
    if done == 0 {
        let encoding: String = transaction.query_one("SHOW server_encoding", &[]).await?.try_get(0)?;
        if encoding != "UTF8" {
            return Err(Failure::NotAStore("its encoding is not UTF8, which the names of an estate need"));
        }
        let schema: bool =
            transaction.query_one("SELECT to_regnamespace('whose') IS NOT NULL", &[]).await?.try_get(0)?;
        if !schema {
            transaction.batch_execute("CREATE SCHEMA whose").await?;
        }
        let create = "CREATE TABLE whose.store_version (version BIGINT NOT NULL); \
                      INSERT INTO whose.store_version (version) VALUES (0)";
        transaction.batch_execute(create).await?;
    }
    for step in &MIGRATIONS[usize::try_from(done).unwrap_or_default()..] {
        transaction.batch_execute(step).await?;
    }
    transaction.execute("UPDATE whose.store_version SET version = $1", &[&known]).await?;
    Ok(transaction.commit().await?)
}

/// Waits until no other process writes, and keeps others from it until the transaction ends. Readers go on.
pub(super) async fn lock(transaction: &impl GenericClient, patience: Duration) -> Result<(), Failure> {
    transaction.batch_execute(&format!("SET LOCAL lock_timeout = {}", patience.as_millis())).await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    Ok(())
}

/// The version of the schema, 0 when there is none. Refuses a schema that is no store, or one of a later Whose.
async fn version(client: &impl GenericClient, store: &str) -> Result<i64, Failure> {
    let query = "SELECT to_regclass('whose.store_version') IS NOT NULL, \
                 EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('whose'))";
    let row = client.query_one(query, &[]).await?;
    let (ours, tables): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    match (ours, tables) {
        (false, true) => Err(Failure::NotAStore("its schema `whose` belongs to another program")),
        (false, false) => Ok(0),
        (true, _) => {
            let found: i64 = client.query_one("SELECT max(version) FROM whose.store_version", &[]).await?.try_get(0)?;
            let known = newest();
            if found > known {
                return Err(StoreError::Newer { store: store.to_owned(), found, known }.into());
            }
            Ok(found)
        }
    }
}

fn newest() -> i64 {
    MIGRATIONS.len() as i64
}
