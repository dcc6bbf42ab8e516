//! What a scan has not seen: gone where it read everything, not confirmed where it did not, and not touched where
//! it did not look.

use super::database::{Failure, values};
use super::load::{ScanRow, list, parse};
use super::save::{Saving, json, map};
use crate::footing::{Absence, ReadScopes};
use crate::rows::Head;
use std::collections::{BTreeSet, HashMap};
use whose_model::{Coverage, NodeId};

/// Whether, and on what, a series says that an object is there: the series, and its footing there.
type Claim = (i64, Option<i64>);

/// An object that may still be there, and that the scan has not seen.
struct Absent {
    object: i64,
    gone: bool,
    claims: Vec<Claim>,
}

/// Closes what the scan has not seen.
pub(super) fn close(saving: &mut Saving<'_>, head: &Head) -> Result<(), Failure> {
    let mut judge = Judge::new(saving, head)?;
    for absent in absent(saving)? {
        let rule = judge.rules.get(&absent.object).cloned();
        let mut verdicts = Vec::with_capacity(absent.claims.len());
        for claim in &absent.claims {
            verdicts.push(judge.absence(saving, *claim, rule.as_deref())?);
        }
        let gone = saving.current && verdicts.iter().all(|absence| *absence == Absence::Gone);
        if gone && !absent.gone {
            tell_gone(saving, absent.object)?;
        }
        let own = absent.claims.iter().position(|(series, _)| *series == saving.scan.series);
        if let Some(own) = own {
            // What rested on the whole scan goes on to rest on what that scan read, whatever later ones read.
            let footing = absent.claims[own].1.is_none().then(|| judge.whole.get(&saving.scan.series)).flatten();
            close_own(saving, absent.object, verdicts[own], gone || absent.gone, footing)?;
        }
    }
    Ok(())
}

fn tell_gone(saving: &mut Saving<'_>, object: i64) -> Result<(), Failure> {
    let scan = saving.scan.number;
    saving.write("UPDATE object SET gone_scan = ?2 WHERE object_id = ?1", values![object, scan])?;
    saving.write(
        "UPDATE finding SET state = 'resolved', resolved_scan = ?2 WHERE object_id = ?1",
        values![object, scan],
    )?;
    saving.log("gone", object)
}

/// Ends what the series of the scan says of the object.
fn close_own(
    saving: &mut Saving<'_>,
    object: i64,
    absence: Absence,
    gone: bool,
    whole: Option<&BTreeSet<NodeId>>,
) -> Result<(), Failure> {
    let Some(standing) = saving.standing.get(&object) else {
        return Ok(());
    };
    let (version, open) = (standing.version, standing.open);
    let proven = saving.current && absence == Absence::Gone;
    match (open, proven) {
        (true, true) => saving.end_version(version, "gone", false)?,
        (true, false) => {
            saving.end_version(version, "unconfirmed", true)?;
            if let Some(scopes) = whole {
                let footing = saving.footing(&json(scopes)?)?;
                saving.write(
                    "UPDATE object_version SET footing_id = ?2 WHERE version_id = ?1",
                    values![version, footing],
                )?;
            }
        }
        (false, true) => {
            saving.write("UPDATE object_version SET standing = 0 WHERE version_id = ?1", values![version])?;
        }
        (false, false) => {}
    }
    if let Some(&(activity, _)) = saving.activity.get(&object) {
        saving.end_activity(activity)?;
    }
    if open && !gone && absence != Absence::NotAsked {
        saving.log("unconfirmed", object)?;
    }
    Ok(())
}

/// The objects that some series still claims and the scan has not seen. Those that are gone matter only where the
/// scan's own series still has them.
fn absent(saving: &mut Saving<'_>) -> Result<Vec<Absent>, Failure> {
    let query = "SELECT v.object_id, v.series_id, v.footing_id, o.gone_scan IS NOT NULL FROM object_version v \
                 JOIN object o ON o.object_id = v.object_id WHERE v.standing = 1 ORDER BY v.object_id";
    let (seen, series) = (&saving.seen, saving.scan.series);
    let mut found: Vec<Absent> = Vec::new();
    saving.transaction.query(query, &[], &mut |row| {
        let object: i64 = row.get(0)?;
        if seen.contains(&object) {
            return Ok(());
        }
        let claim: Claim = (row.get(1)?, row.get(2)?);
        let gone: bool = row.get(3)?;
        if gone && claim.0 != series {
            return Ok(());
        }
        match found.last_mut() {
            Some(last) if last.object == object => last.claims.push(claim),
            _ => found.push(Absent { object, gone, claims: vec![claim] }),
        }
        Ok(())
    })?;
    Ok(found)
}

/// Says what absence means, once for each footing.
struct Judge<'a> {
    head: &'a Head,
    read: ReadScopes,
    scopes: HashMap<i64, BTreeSet<NodeId>>,
    whole: HashMap<i64, BTreeSet<NodeId>>,
    rules: HashMap<i64, String>,
    verdicts: HashMap<(Claim, Option<String>), Absence>,
}

impl<'a> Judge<'a> {
    fn new(saving: &mut Saving<'_>, head: &'a Head) -> Result<Self, Failure> {
        let texts: HashMap<i64, String> =
            map(saving.transaction, "SELECT footing_id, scopes FROM footing", &[], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let mut scopes = HashMap::new();
        for (footing, text) in texts {
            scopes.insert(footing, parse(&text, || format!("footing {footing}"))?);
        }
        let rules =
            map(saving.transaction, "SELECT object_id, rule FROM finding", &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let read = ReadScopes::of(&head.coverage);
        Ok(Self { head, read, scopes, whole: HashMap::new(), rules, verdicts: HashMap::new() })
    }

    fn absence(&mut self, saving: &mut Saving<'_>, claim: Claim, rule: Option<&str>) -> Result<Absence, Failure> {
        let asked = (claim, rule.map(str::to_owned));
        if let Some(&known) = self.verdicts.get(&asked) {
            return Ok(known);
        }
        let (series, footing) = claim;
        if footing.is_none() && !self.whole.contains_key(&series) {
            self.whole.insert(series, last_read(saving, series)?);
        }
        let nothing = BTreeSet::new();
        let footing = match footing {
            Some(footing) => self.scopes.get(&footing),
            None => self.whole.get(&series),
        };
        let footing = footing.unwrap_or(&nothing);
        let absence = match rule {
            Some(rule) => self.read.finding_absence(rule, footing, &self.head.assessments),
            None => self.read.absence(footing),
        };
        self.verdicts.insert(asked, absence);
        Ok(absence)
    }
}

/// What the last scan of a series read, before the scan that is being saved.
fn last_read(saving: &mut Saving<'_>, series: i64) -> Result<BTreeSet<NodeId>, Failure> {
    let number = saving.transaction.one(
        "SELECT coalesce(max(scan_no), 0) FROM scan WHERE series_id = ?1 AND scan_no < ?2",
        values![series, saving.scan.number],
        |row| row.get(0),
    )?;
    let query = "SELECT body FROM coverage WHERE scan_no = ?1 ORDER BY seq";
    let coverage: Vec<Coverage> = list(saving.transaction, query, ScanRow { number, series })?;
    Ok(ReadScopes::of(&coverage).all())
}
