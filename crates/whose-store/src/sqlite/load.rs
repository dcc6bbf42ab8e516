//! Reads scans back, exactly as they were saved.

use super::store::Failure;
use crate::rows::{Head, Rebuild, Stored};
use crate::{Kind, StoreError};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use whose_model::{Report, ScanInfo};

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(FromSqlError::InvalidType)
    }
}

/// A scan by its number and series.
#[derive(Clone, Copy)]
pub(super) struct ScanRow {
    pub(super) number: i64,
    pub(super) series: i64,
}

pub(super) fn parse<T: DeserializeOwned>(json: &str, what: impl FnOnce() -> String) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|source| StoreError::Damaged { what: what(), source: Some(source) })
}

pub(super) fn scans(connection: &Connection) -> Result<Vec<ScanInfo>, Failure> {
    let mut statement = connection.prepare_cached("SELECT scan_id, info FROM scan ORDER BY scan_no")?;
    let mut found = statement.query([])?;
    let mut scans = Vec::new();
    while let Some(row) = found.next()? {
        let id: String = row.get(0)?;
        scans.push(parse(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?, || format!("scan {id}"))?);
    }
    Ok(scans)
}

pub(super) fn latest(connection: &Connection) -> Result<Option<String>, Failure> {
    let query = "SELECT scan_id FROM scan ORDER BY scan_no DESC LIMIT 1";
    Ok(connection.query_row(query, [], |row| row.get(0)).optional()?)
}

pub(super) fn previous(connection: &Connection, scan_id: &str) -> Result<Option<String>, Failure> {
    let scan = named(connection, scan_id)?;
    let query = "SELECT scan_id FROM scan WHERE series_id = ?1 AND scan_no < ?2 ORDER BY scan_no DESC LIMIT 1";
    Ok(connection.query_row(query, params![scan.series, scan.number], |row| row.get(0)).optional()?)
}

/// The scan that `text` names: `latest`, a whole id, or the beginning of one id alone.
pub(super) fn named(connection: &Connection, text: &str) -> Result<ScanRow, Failure> {
    let whole = match text {
        "latest" => latest(connection)?,
        _ => Some(text.to_owned()),
    };
    let scan = |row: &Row<'_>| Ok(ScanRow { number: row.get(0)?, series: row.get(1)? });
    let query = "SELECT scan_no, series_id FROM scan WHERE scan_id = ?1";
    if let Some(found) = connection.query_row(query, [&whole], scan).optional()? {
        return Ok(found);
    }
    let query = "SELECT scan_id, scan_no, series_id FROM scan WHERE substr(scan_id, 1, length(?1)) = ?1 \
                 ORDER BY scan_no DESC LIMIT 5";
    let mut statement = connection.prepare(query)?;
    let found = statement.query_map([text], |row| {
        Ok((row.get::<_, String>(0)?, ScanRow { number: row.get(1)?, series: row.get(2)? }))
    })?;
    let mut found: Vec<(String, ScanRow)> = found.collect::<Result<_, _>>()?;
    match (text.is_empty(), found.len()) {
        (false, 1) => Ok(found.remove(0).1),
        (true, _) | (_, 0) => {
            let scans = connection.query_row("SELECT count(*) FROM scan", [], |row| row.get(0))?;
            Err(StoreError::NoScan { id: text.to_owned(), scans }.into())
        }
        _ => {
            let scans = found.into_iter().map(|(id, _)| id).collect();
            Err(StoreError::AmbiguousScan { id: text.to_owned(), scans }.into())
        }
    }
}

pub(super) fn load(connection: &mut Connection, scan_id: &str) -> Result<Report, Failure> {
    // One transaction, so that a scan which is saved meanwhile does not mix into this one.
    let transaction = connection.transaction()?;
    let scan = named(&transaction, scan_id)?;
    let mut rebuild = Rebuild::of(head(&transaction, scan)?);
    let mut moving = moving(&transaction, scan)?;
    let mut statement = transaction.prepare_cached(&format!(
        "SELECT v.object_id, o.kind, v.body FROM ({}) v JOIN object o ON o.object_id = v.object_id",
        holding("object_version")
    ))?;
    let mut found = statement.query(params![scan.series, scan.number])?;
    while let Some(row) = found.next()? {
        let object: i64 = row.get(0)?;
        let stored = Stored { object, kind: row.get(1)?, body: row.get(2)?, moving: moving.remove(&object) };
        rebuild.push(&stored).map_err(|source| StoreError::Damaged {
            what: format!("{} {object} of scan number {}", stored.kind.word(), scan.number),
            source: Some(source),
        })?;
    }
    Ok(rebuild.finish(&arrangements(&transaction, scan)?))
}

/// The rows of a table with intervals that hold in scan ?2 of series ?1: those that are open, and those that were
/// closed later. Each half has an index of its own, so that old history costs nothing.
fn holding(table: &str) -> String {
    format!(
        "SELECT object_id, body FROM {table} WHERE series_id = ?1 AND to_scan IS NULL AND from_scan <= ?2 \
         UNION ALL SELECT object_id, body FROM {table} WHERE series_id = ?1 AND to_scan > ?2 AND from_scan <= ?2"
    )
}

fn moving(connection: &Connection, scan: ScanRow) -> Result<HashMap<i64, String>, Failure> {
    let mut statement = connection.prepare_cached(&holding("activity"))?;
    let found = statement.query_map(params![scan.series, scan.number], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn head(connection: &Connection, scan: ScanRow) -> Result<Head, Failure> {
    let what = || format!("scan number {}", scan.number);
    let query = "SELECT info, report_version, summary FROM scan WHERE scan_no = ?1";
    let (info, report_version, summary): (String, u32, String) =
        connection.query_row(query, [scan.number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Head {
        info: parse(&info, what)?,
        report_version,
        summary: parse(&summary, what)?,
        coverage: list(connection, "SELECT body FROM coverage WHERE scan_no = ?1 ORDER BY seq", scan)?,
        assessments: list(connection, "SELECT body FROM assessment WHERE scan_no = ?1 ORDER BY seq", scan)?,
        arranged: Vec::new(),
        rows: 0,
    })
}

/// The JSON bodies that `query` gives for one scan.
pub(super) fn list<T: DeserializeOwned>(
    connection: &Connection,
    query: &str,
    scan: ScanRow,
) -> Result<Vec<T>, Failure> {
    let mut statement = connection.prepare_cached(query)?;
    let bodies: Vec<String> = statement.query_map([scan.number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let what = || format!("coverage or assessments of scan number {}", scan.number);
    Ok(bodies.iter().map(|body| parse(body, what)).collect::<Result<_, _>>()?)
}

fn arrangements(connection: &Connection, scan: ScanRow) -> Result<HashMap<Kind, Vec<i64>>, Failure> {
    let mut statement = connection.prepare_cached("SELECT kind, object_ids FROM arrangement WHERE scan_no = ?1")?;
    let mut found = statement.query([scan.number])?;
    let mut arrangements = HashMap::new();
    while let Some(row) = found.next()? {
        let (kind, ids): (Kind, String) = (row.get(0)?, row.get(1)?);
        arrangements.insert(kind, parse(&ids, || format!("the order of scan number {}", scan.number))?);
    }
    Ok(arrangements)
}
