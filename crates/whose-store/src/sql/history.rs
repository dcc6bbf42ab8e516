//! The life of one object, and the search for objects by a part of their id or name.

use super::database::{Cells, Failure, Transaction, values};
use super::load::parse;
use crate::compare::differing_fields;
use crate::rows::{Stored, whole};
use crate::{Ended, Found, History, Kind, Match, Moment, StoreError, Version};
use std::collections::HashMap;
use whose_model::{CredentialView, NodeId, SecretView};

/// The scan that saw a version last: the last of its series before it ended.
const LAST_SCAN: &str = "(SELECT max(s.scan_no) FROM scan s WHERE s.series_id = v.series_id \
                          AND (v.to_scan IS NULL OR s.scan_no < v.to_scan))";

/// What the table of objects says.
struct Known {
    object: i64,
    kind: Kind,
    key: String,
    name: String,
    first_scan: i64,
    gone_scan: Option<i64>,
}

impl Known {
    const COLUMNS: &str = "object_id, kind, key, name, first_scan, gone_scan";

    fn of(row: &dyn Cells) -> Result<Self, Failure> {
        Ok(Self {
            object: row.get(0)?,
            kind: row.get(1)?,
            key: row.get(2)?,
            name: row.get(3)?,
            first_scan: row.get(4)?,
            gone_scan: row.get(5)?,
        })
    }

    fn found(self, transaction: &mut dyn Transaction, r#match: Match) -> Result<Found, Failure> {
        let query = format!("SELECT max({LAST_SCAN}) FROM object_version v WHERE v.object_id = ?1");
        let last: i64 = transaction.one(&query, values![self.object], |row| row.get(0))?;
        Ok(Found {
            r#match,
            kind: self.kind,
            first_seen: moment(transaction, self.first_scan)?,
            last_seen: moment(transaction, last)?,
            gone: self.gone_scan.map(|scan| moment(transaction, scan)).transpose()?,
            id: self.key,
            name: self.name,
        })
    }
}

fn moment(transaction: &mut dyn Transaction, number: i64) -> Result<Moment, Failure> {
    let query = "SELECT scan_id, as_of FROM scan WHERE scan_no = ?1";
    let (scan, at): (String, String) = transaction.one(query, values![number], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match at.parse() {
        Ok(at) => Ok(Moment { scan, at }),
        Err(_) => Err(StoreError::Damaged { what: format!("the date of scan {scan}"), source: None }.into()),
    }
}

pub(super) fn history(transaction: &mut dyn Transaction, id: &str) -> Result<History, Failure> {
    let query = format!("SELECT {} FROM object WHERE key = ?1 AND kind <> 'edge' ORDER BY object_id", Known::COLUMNS);
    // A node that stood only at the end of an edge may later be listed itself, under the same id and another kind.
    let mut objects = transaction.all(&query, values![id], Known::of)?;
    let listed = objects.iter().position(|known| known.kind != Kind::Other).unwrap_or_default();
    if objects.is_empty() {
        return Err(StoreError::NoObject { id: id.to_owned() }.into());
    }
    let known = objects.swap_remove(listed);
    let versions = versions(transaction, &known)?;
    let found = known.found(transaction, Match::Exact)?;
    Ok(History {
        kind: found.kind,
        id: found.id,
        name: found.name,
        first_seen: found.first_seen,
        last_seen: found.last_seen,
        gone: found.gone,
        versions,
    })
}

/// A version as its row has it.
struct VersionRow {
    series: i64,
    from: i64,
    last: i64,
    ended: Option<String>,
    stored: Stored,
}

fn versions(transaction: &mut dyn Transaction, known: &Known) -> Result<Vec<Version>, Failure> {
    let query = format!(
        "SELECT v.series_id, v.from_scan, {LAST_SCAN}, v.ended, v.body, a.body FROM object_version v \
         LEFT JOIN activity a ON a.object_id = v.object_id AND a.series_id = v.series_id \
           AND a.from_scan <= v.from_scan AND (a.to_scan IS NULL OR a.to_scan > v.from_scan) \
         WHERE v.object_id = ?1 ORDER BY v.from_scan, v.version_id"
    );
    let rows = transaction.all(&query, values![known.object], |row| {
        let stored = Stored { object: known.object, kind: known.kind, body: row.get(4)?, moving: row.get(5)? };
        Ok(VersionRow { series: row.get(0)?, from: row.get(1)?, last: row.get(2)?, ended: row.get(3)?, stored })
    })?;
    let mut before: HashMap<i64, String> = HashMap::new();
    let mut versions = Vec::new();
    for VersionRow { series, from, last, ended: word, stored } in rows {
        let damaged =
            |source| StoreError::Damaged { what: format!("a version of {}", known.key), source: Some(source) };
        let fields = match before.get(&series) {
            Some(before) => differing_fields(before, &stored.body).map_err(damaged)?,
            None => Vec::new(),
        };
        versions.push(Version {
            from: moment(transaction, from)?,
            last: moment(transaction, last)?,
            ended: word.as_deref().and_then(ended),
            fields,
            body: whole(&stored).map_err(damaged)?,
        });
        before.insert(series, stored.body);
    }
    Ok(versions)
}

fn ended(word: &str) -> Option<Ended> {
    match word {
        "replaced" => Some(Ended::Replaced),
        "gone" => Some(Ended::Gone),
        "unconfirmed" => Some(Ended::Unconfirmed),
        _ => None,
    }
}

pub(super) fn find(transaction: &mut dyn Transaction, text: &str, limit: usize) -> Result<Vec<Found>, Failure> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    // Credentials are many, so theirs are read only for what may be in them.
    let bodies = if is_public_half(&text) { "kind IN ('secret', 'credential')" } else { "kind = 'secret'" };
    let query = format!(
        "SELECT {} FROM object o WHERE kind NOT IN ('edge', 'finding') AND (lower(key) LIKE ?1 ESCAPE '!' \
         OR lower(key) LIKE ?2 ESCAPE '!' OR lower(name) LIKE ?2 ESCAPE '!' OR ({bodies} AND EXISTS \
         (SELECT 1 FROM object_version v WHERE v.object_id = o.object_id AND lower(v.body) LIKE ?2 ESCAPE '!')))",
        Known::COLUMNS
    );
    // Ids hold names in their encoded form, which a user may know or not.
    let encoded = NodeId::new("any", "", "any", &text);
    let encoded = encoded.as_str().rsplit(':').next().unwrap_or(&text).to_lowercase();
    let objects = transaction.all(&query, values![&containing(&encoded), &containing(&text)], Known::of)?;
    let mut matches = Vec::new();
    for known in objects {
        if let Some(fit) = fit(transaction, &known, &text)? {
            matches.push((fit, known.gone_scan.is_some(), known));
        }
    }
    matches.sort_by(|(fit, gone, one), (other_fit, other_gone, other)| {
        (fit, gone, one.kind, &one.key).cmp(&(other_fit, other_gone, other.kind, &other.key))
    });
    matches.truncate(limit);
    matches.into_iter().map(|(fit, _, known)| known.found(transaction, fit)).collect()
}

/// A pattern for any text that holds this one.
fn containing(text: &str) -> String {
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// Whether a text has the form of a thumbprint: of an SSH key, or in hexadecimal digits of SHA-1 or SHA-256.
fn is_public_half(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.starts_with("sha256:") || (digits && matches!(text.len(), 40 | 64))
}

/// How the object fits, once the pattern has let it through. What came through by all of its body counts by what names
/// it alone: a secret by what its format reveals, a credential by its public half.
fn fit(transaction: &mut dyn Transaction, known: &Known, text: &str) -> Result<Option<Match>, Failure> {
    let local = NodeId::parse(&known.key).map(|id| id.local()).unwrap_or_default();
    let mut words = vec![local.to_lowercase(), known.name.to_lowercase()];
    // The other parts of an id name its account and its kind, which it shares with many.
    if text.starts_with("urn:") {
        words.push(known.key.to_lowercase());
    }
    let in_body = match known.kind {
        Kind::Secret => true,
        Kind::Credential => is_public_half(text),
        _ => false,
    };
    if let Some(body) = if in_body { last_body(transaction, known)? } else { None } {
        let named: Vec<String> = if known.kind == Kind::Secret {
            let secret: SecretView = parse(&body, || format!("secret {}", known.key))?;
            secret.reveals.into_iter().map(|reveal| reveal.value).collect()
        } else {
            let credential: CredentialView = parse(&body, || format!("credential {}", known.key))?;
            credential.thumbprint.into_iter().chain(credential.public_key).collect()
        };
        words.extend(named.iter().map(|word| word.to_lowercase()));
    }
    if words.iter().any(|word| word == text) {
        return Ok(Some(Match::Exact));
    }
    Ok(words.iter().any(|word| word.contains(text)).then_some(Match::Part))
}

/// The newest version of an object.
fn last_body(transaction: &mut dyn Transaction, known: &Known) -> Result<Option<String>, Failure> {
    let query = "SELECT body FROM object_version WHERE object_id = ?1 ORDER BY from_scan DESC, version_id DESC LIMIT 1";
    transaction.first(query, values![known.object], |row| row.get(0))
}
