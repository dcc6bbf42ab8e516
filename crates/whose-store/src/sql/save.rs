//! Saves one scan in one transaction: rows that it finds unchanged are not touched.

use super::absence;
use super::database::{Cells, Failure, Transaction, Value, values};
use super::load::ScanRow;
use crate::rows::{FindingRow, Head, Row};
use crate::{Kind, StoreError};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use tokio::sync::mpsc;
use whose_model::{CoverageState, ScanInfo, ScanState};

pub(super) fn save(
    transaction: &mut dyn Transaction,
    head: &Head,
    mut batches: mpsc::Receiver<Vec<Row>>,
) -> Result<(), Failure> {
    let scan = begin(transaction, head)?;
    let mut saving = Saving::new(transaction, scan, head)?;
    let mut rows = 0;
    while let Some(batch) = batches.blocking_recv() {
        rows += batch.len();
        for row in &batch {
            saving.keep(row)?;
        }
    }
    if rows != head.rows {
        return Err(StoreError::BrokenOff { operation: "save the scan" }.into());
    }
    saving.arrange(&head.arranged)?;
    absence::close(&mut saving, head)
}

/// Writes what the scan has besides its objects.
fn begin(transaction: &mut dyn Transaction, head: &Head) -> Result<ScanRow, Failure> {
    let info = &head.info;
    let known = transaction
        .one("SELECT EXISTS (SELECT 1 FROM scan WHERE scan_id = ?1)", values![&info.id], |row| row.get(0))?;
    if known {
        return Err(StoreError::ScanExists { id: info.id.clone() }.into());
    }
    let number = next(transaction, "SELECT max(scan_no) FROM scan")?;
    let scan = ScanRow { number, series: series(transaction, info)? };
    let state = match info.state {
        ScanState::Complete => "complete",
        ScanState::Incomplete => "incomplete",
        ScanState::Cancelled => "cancelled",
    };
    transaction.write(
        "INSERT INTO scan (scan_no, scan_id, series_id, as_of_ms, as_of, state, report_version, info, summary) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values![
            scan.number,
            &info.id,
            scan.series,
            info.as_of.as_millisecond(),
            &info.as_of.to_string(),
            state,
            head.report_version,
            &json(info)?,
            &json(&head.summary)?
        ],
    )?;
    for (seq, row) in (0_i64..).zip(&head.coverage) {
        let complete = row.state == CoverageState::Complete;
        let (source, scope) = (&row.source, row.scope.as_str());
        transaction.write(
            "INSERT INTO coverage (scan_no, seq, connector, collector, scope, complete, body) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            values![number, seq, &source.connector, &source.collector, scope, complete, &json(row)?],
        )?;
    }
    for (seq, row) in (0_i64..).zip(&head.assessments) {
        let scope = row.scope.as_ref().map(|scope| scope.as_str());
        transaction.write(
            "INSERT INTO assessment (scan_no, seq, rule, scope, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            values![number, seq, &row.rule, scope, &json(row)?],
        )?;
    }
    Ok(scan)
}

/// The series of all scans of the same targets, in whatever order these were named.
fn series(transaction: &mut dyn Transaction, info: &ScanInfo) -> Result<i64, Failure> {
    let mut targets = info.targets.clone();
    targets.sort();
    targets.dedup();
    let targets = json(&targets)?;
    let known =
        transaction.first("SELECT series_id FROM series WHERE targets = ?1", values![&targets], |row| row.get(0))?;
    if let Some(series) = known {
        return Ok(series);
    }
    let series = next(transaction, "SELECT max(series_id) FROM series")?;
    transaction.write("INSERT INTO series (series_id, targets) VALUES (?1, ?2)", values![series, &targets])?;
    Ok(series)
}

fn next(transaction: &mut dyn Transaction, highest: &str) -> Result<i64, Failure> {
    Ok(transaction.one(highest, &[], |row| row.get::<Option<i64>>(0))?.unwrap_or_default() + 1)
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let operation = "save the scan";
    Ok(serde_json::to_string(value).map_err(|source| StoreError::Encode { operation, source })?)
}

/// What the series last said of an object.
pub(super) struct Standing {
    pub(super) version: i64,
    pub(super) open: bool,
    hash: String,
}

/// What an object of the report is to the store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meeting {
    /// Never seen.
    First,
    /// Known.
    Again,
    /// Known as gone.
    Returned,
}

/// A save under way: what the store knew before, and what this scan has seen so far.
pub(super) struct Saving<'t> {
    pub(super) transaction: &'t mut dyn Transaction,
    pub(super) scan: ScanRow,
    /// Whether no scan that speaks for a later moment was saved before: an old report that comes late says nothing
    /// of what is there now.
    pub(super) current: bool,
    /// Object number, and whether it is gone.
    known: HashMap<(Kind, String), (i64, bool)>,
    pub(super) standing: HashMap<i64, Standing>,
    pub(super) activity: HashMap<i64, (i64, String)>,
    footings: HashMap<String, i64>,
    pub(super) seen: HashSet<i64>,
    arranged: HashMap<Kind, Vec<i64>>,
    next_object: i64,
    next_footing: i64,
    next_version: i64,
    next_activity: i64,
    log_seq: i64,
}

impl<'t> Saving<'t> {
    fn new(transaction: &'t mut dyn Transaction, scan: ScanRow, head: &Head) -> Result<Self, Failure> {
        let current = transaction.one(
            "SELECT coalesce(max(as_of_ms), ?2) <= ?2 FROM scan WHERE scan_no < ?1",
            values![scan.number, head.info.as_of.as_millisecond()],
            |row| row.get(0),
        )?;
        let known = map(transaction, "SELECT kind, key, object_id, gone_scan IS NOT NULL FROM object", &[], |row| {
            Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))
        })?;
        let query = "SELECT object_id, version_id, to_scan IS NULL, content_hash FROM object_version \
                     WHERE series_id = ?1 AND standing = 1";
        let standing = map(transaction, query, values![scan.series], |row| {
            let (version, open, hash) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((row.get(0)?, Standing { version, open, hash }))
        })?;
        let query = "SELECT object_id, activity_id, body FROM activity WHERE series_id = ?1 AND to_scan IS NULL";
        let activity =
            map(transaction, query, values![scan.series], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        let footings =
            map(transaction, "SELECT scopes, footing_id FROM footing", &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let next_object = next(transaction, "SELECT max(object_id) FROM object")?;
        let next_footing = next(transaction, "SELECT max(footing_id) FROM footing")?;
        let next_version = next(transaction, "SELECT max(version_id) FROM object_version")?;
        let next_activity = next(transaction, "SELECT max(activity_id) FROM activity")?;
        Ok(Self {
            transaction,
            scan,
            current,
            known,
            standing,
            activity,
            footings,
            seen: HashSet::new(),
            arranged: head.arranged.iter().map(|kind| (*kind, Vec::new())).collect(),
            next_object,
            next_footing,
            next_version,
            next_activity,
            log_seq: 0,
        })
    }

    /// Keeps one object of the report.
    fn keep(&mut self, row: &Row) -> Result<(), Failure> {
        let (object, meeting) = self.object(row)?;
        self.seen.insert(object);
        if let Some(order) = self.arranged.get_mut(&row.kind) {
            order.push(object);
        }
        self.keep_moving(object, row.moving.as_deref())?;
        match self.standing.get(&object).map(|standing| (standing.version, standing.open, standing.hash == row.hash)) {
            Some((_, true, true)) => return Ok(()),
            Some((version, true, false)) => {
                self.end_version(version, "replaced", false)?;
                self.log("changed", object)?;
            }
            Some((version, false, _)) => {
                self.write("UPDATE object_version SET standing = 0 WHERE version_id = ?1", values![version])?;
                if meeting != Meeting::Returned {
                    self.log("returned", object)?;
                }
            }
            None => {}
        }
        if self.current && meeting != Meeting::First {
            self.write("UPDATE object SET name = ?2 WHERE object_id = ?1 AND name <> ?2", values![object, &row.name])?;
        }
        self.insert_version(object, row)
    }

    /// The number of the object, and whether the store has met it before.
    fn object(&mut self, row: &Row) -> Result<(i64, Meeting), Failure> {
        let key = (row.kind, row.key.clone());
        if let Some(&(object, gone)) = self.known.get(&key) {
            if !gone || !self.current {
                return Ok((object, Meeting::Again));
            }
            self.write("UPDATE object SET gone_scan = NULL WHERE object_id = ?1", values![object])?;
            self.write(
                "UPDATE finding SET state = 'open', resolved_scan = NULL, opened_scan = ?2 WHERE object_id = ?1",
                values![object, self.scan.number],
            )?;
            self.log("returned", object)?;
            return Ok((object, Meeting::Returned));
        }
        let object = self.next_object;
        self.next_object += 1;
        self.write(
            "INSERT INTO object (object_id, kind, key, name, first_scan) VALUES (?1, ?2, ?3, ?4, ?5)",
            values![object, row.kind.word(), &row.key, &row.name, self.scan.number],
        )?;
        self.known.insert(key, (object, false));
        self.log("appeared", object)?;
        Ok((object, Meeting::First))
    }

    fn insert_version(&mut self, object: i64, row: &Row) -> Result<(), Failure> {
        let footing = row.footing.as_deref().map(|scopes| self.footing(scopes)).transpose()?;
        let ScanRow { number, series } = self.scan;
        self.write(
            "INSERT INTO object_version (version_id, object_id, series_id, from_scan, standing, footing_id, \
             content_hash, body) VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)",
            values![self.next_version, object, series, number, footing, &row.hash, &row.body],
        )?;
        self.next_version += 1;
        row.finding.as_ref().map_or(Ok(()), |finding| self.keep_finding(object, finding))
    }

    fn keep_finding(&mut self, object: i64, finding: &FindingRow) -> Result<(), Failure> {
        // What an old report had says nothing of how bad a finding is now.
        let update = if self.current { "DO UPDATE SET severity = excluded.severity" } else { "DO NOTHING" };
        let query = format!(
            "INSERT INTO finding (object_id, rule, severity, subject, state, opened_scan) \
             VALUES (?1, ?2, ?3, ?4, 'open', ?5) ON CONFLICT (object_id) {update}"
        );
        let number = self.scan.number;
        self.write(&query, values![object, &finding.rule, finding.severity, &finding.subject, number])
    }

    fn keep_moving(&mut self, object: i64, moving: Option<&str>) -> Result<(), Failure> {
        let known = self.activity.get(&object);
        if known.map(|(_, body)| body.as_str()) == moving {
            return Ok(());
        }
        if let Some(&(activity, _)) = known {
            self.end_activity(activity)?;
        }
        if let Some(body) = moving {
            let ScanRow { number, series } = self.scan;
            self.write(
                "INSERT INTO activity (activity_id, object_id, series_id, from_scan, body) VALUES (?1, ?2, ?3, ?4, ?5)",
                values![self.next_activity, object, series, number, body],
            )?;
            self.next_activity += 1;
        }
        Ok(())
    }

    pub(super) fn footing(&mut self, scopes: &str) -> Result<i64, Failure> {
        if let Some(footing) = self.footings.get(scopes) {
            return Ok(*footing);
        }
        let footing = self.next_footing;
        self.next_footing += 1;
        self.write("INSERT INTO footing (footing_id, scopes) VALUES (?1, ?2)", values![footing, scopes])?;
        self.footings.insert(scopes.to_owned(), footing);
        Ok(footing)
    }

    fn arrange(&mut self, kinds: &[Kind]) -> Result<(), Failure> {
        for kind in kinds {
            let order = json(&self.arranged.get(kind))?;
            self.write(
                "INSERT INTO arrangement (scan_no, kind, object_ids) VALUES (?1, ?2, ?3)",
                values![self.scan.number, kind.word(), &order],
            )?;
        }
        Ok(())
    }

    pub(super) fn end_version(&mut self, version: i64, ended: &str, standing: bool) -> Result<(), Failure> {
        self.write(
            "UPDATE object_version SET to_scan = ?2, ended = ?3, standing = ?4 WHERE version_id = ?1",
            values![version, self.scan.number, ended, standing],
        )
    }

    pub(super) fn end_activity(&mut self, activity: i64) -> Result<(), Failure> {
        self.write("UPDATE activity SET to_scan = ?2 WHERE activity_id = ?1", values![activity, self.scan.number])
    }

    pub(super) fn log(&mut self, op: &str, object: i64) -> Result<(), Failure> {
        self.write(
            "INSERT INTO change_log (scan_no, seq, op, object_id) VALUES (?1, ?2, ?3, ?4)",
            values![self.scan.number, self.log_seq, op, object],
        )?;
        self.log_seq += 1;
        Ok(())
    }

    pub(super) fn write(&mut self, statement: &str, arguments: &[Value<'_>]) -> Result<(), Failure> {
        self.transaction.write(statement, arguments)
    }
}

/// What a query finds, as a map.
pub(super) fn map<K: Eq + std::hash::Hash, V>(
    transaction: &mut dyn Transaction,
    query: &str,
    arguments: &[Value<'_>],
    entry: impl FnMut(&dyn Cells) -> Result<(K, V), Failure>,
) -> Result<HashMap<K, V>, Failure> {
    Ok(transaction.all(query, arguments, entry)?.into_iter().collect())
}
