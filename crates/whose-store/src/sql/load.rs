//! Reads scans back, exactly as they were saved.

use super::database::{Failure, Transaction, values};
use crate::rows::{Head, Rebuild, Stored};
use crate::{Kind, StoreError};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use whose_model::{Report, ScanInfo};

/// A scan by its number and series.
#[derive(Clone, Copy)]
pub(super) struct ScanRow {
    pub(super) number: i64,
    pub(super) series: i64,
}

pub(super) fn parse<T: DeserializeOwned>(json: &str, what: impl FnOnce() -> String) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|source| StoreError::Damaged { what: what(), source: Some(source) })
}

pub(super) fn scans(transaction: &mut dyn Transaction) -> Result<Vec<ScanInfo>, Failure> {
    transaction.all("SELECT scan_id, info FROM scan ORDER BY scan_no", &[], |row| {
        let (id, info): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(parse(&info, || format!("scan {id}"))?)
    })
}

pub(super) fn latest(transaction: &mut dyn Transaction) -> Result<Option<String>, Failure> {
    transaction.first("SELECT scan_id FROM scan ORDER BY scan_no DESC LIMIT 1", &[], |row| row.get(0))
}

pub(super) fn previous(transaction: &mut dyn Transaction, scan_id: &str) -> Result<Option<String>, Failure> {
    let scan = named(transaction, scan_id)?;
    let query = "SELECT scan_id FROM scan WHERE series_id = ?1 AND scan_no < ?2 ORDER BY scan_no DESC LIMIT 1";
    transaction.first(query, values![scan.series, scan.number], |row| row.get(0))
}

/// The scan that `text` names: `latest`, a whole id, or the beginning of one id alone.
pub(super) fn named(transaction: &mut dyn Transaction, text: &str) -> Result<ScanRow, Failure> {
    let whole = match text {
        "latest" => latest(transaction)?,
        _ => Some(text.to_owned()),
    };
    let query = "SELECT scan_no, series_id FROM scan WHERE scan_id = ?1";
    let found = transaction
        .first(query, values![whole.as_deref()], |row| Ok(ScanRow { number: row.get(0)?, series: row.get(1)? }))?;
    if let Some(found) = found {
        return Ok(found);
    }
    let query = "SELECT scan_id, scan_no, series_id FROM scan WHERE substr(scan_id, 1, length(?1)) = ?1 \
                 ORDER BY scan_no DESC LIMIT 5";
    let mut found: Vec<(String, ScanRow)> = transaction
        .all(query, values![text], |row| Ok((row.get(0)?, ScanRow { number: row.get(1)?, series: row.get(2)? })))?;
    match (text.is_empty(), found.len()) {
        (false, 1) => Ok(found.remove(0).1),
        (true, _) | (_, 0) => {
            let scans = transaction.one("SELECT count(*) FROM scan", &[], |row| row.get(0))?;
            Err(StoreError::NoScan { id: text.to_owned(), scans }.into())
        }
        _ => {
            let scans = found.into_iter().map(|(id, _)| id).collect();
            Err(StoreError::AmbiguousScan { id: text.to_owned(), scans }.into())
        }
    }
}

pub(super) fn load(transaction: &mut dyn Transaction, scan_id: &str) -> Result<Report, Failure> {
    let scan = named(transaction, scan_id)?;
    let mut rebuild = Rebuild::of(head(transaction, scan)?);
    let mut moving = moving(transaction, scan)?;
    let query = format!(
        "SELECT v.object_id, o.kind, v.body FROM ({}) v JOIN object o ON o.object_id = v.object_id",
        holding("object_version")
    );
    transaction.query(&query, values![scan.series, scan.number], &mut |row| {
        let object: i64 = row.get(0)?;
        let stored = Stored { object, kind: row.get(1)?, body: row.get(2)?, moving: moving.remove(&object) };
        rebuild.push(&stored).map_err(|source| StoreError::Damaged {
            what: format!("{} {object} of scan number {}", stored.kind.word(), scan.number),
            source: Some(source),
        })?;
        Ok(())
    })?;
    Ok(rebuild.finish(&arrangements(transaction, scan)?))
}

/// The rows of a table with intervals that hold in scan ?2 of series ?1: those that are open, and those that were
/// closed later. Each half has an index of its own, so that old history costs nothing.
fn holding(table: &str) -> String {
    format!(
        "SELECT object_id, body FROM {table} WHERE series_id = ?1 AND to_scan IS NULL AND from_scan <= ?2 \
         UNION ALL SELECT object_id, body FROM {table} WHERE series_id = ?1 AND to_scan > ?2 AND from_scan <= ?2"
    )
}

fn moving(transaction: &mut dyn Transaction, scan: ScanRow) -> Result<HashMap<i64, String>, Failure> {
    let found = transaction
        .all(&holding("activity"), values![scan.series, scan.number], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.into_iter().collect())
}

fn head(transaction: &mut dyn Transaction, scan: ScanRow) -> Result<Head, Failure> {
    let what = || format!("scan number {}", scan.number);
    let query = "SELECT info, report_version, summary FROM scan WHERE scan_no = ?1";
    let (info, report_version, summary): (String, u32, String) =
        transaction.one(query, values![scan.number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Head {
        info: parse(&info, what)?,
        report_version,
        summary: parse(&summary, what)?,
        coverage: list(transaction, "SELECT body FROM coverage WHERE scan_no = ?1 ORDER BY seq", scan)?,
        assessments: list(transaction, "SELECT body FROM assessment WHERE scan_no = ?1 ORDER BY seq", scan)?,
        arranged: Vec::new(),
        rows: 0,
    })
}

/// The JSON bodies that `query` gives for one scan.
pub(super) fn list<T: DeserializeOwned>(
    transaction: &mut dyn Transaction,
    query: &str,
    scan: ScanRow,
) -> Result<Vec<T>, Failure> {
    let what = || format!("coverage or assessments of scan number {}", scan.number);
    transaction.all(query, values![scan.number], |row| Ok(parse(&row.get::<String>(0)?, what)?))
}

fn arrangements(transaction: &mut dyn Transaction, scan: ScanRow) -> Result<HashMap<Kind, Vec<i64>>, Failure> {
    let query = "SELECT kind, object_ids FROM arrangement WHERE scan_no = ?1";
    let found = transaction.all(query, values![scan.number], |row| {
        let ids: String = row.get(1)?;
        Ok((row.get(0)?, parse(&ids, || format!("the order of scan number {}", scan.number))?))
    })?;
    Ok(found.into_iter().collect())
}
