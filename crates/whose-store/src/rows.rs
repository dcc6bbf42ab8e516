//! A report as rows of a database, and rows as a report: what every store needs, and no SQL.

use crate::Kind;
use crate::footing::{Footings, ReadScopes, WHOLE_SCAN};
use crate::object::{Keys, Moves, Object, objects};
use serde::de::DeserializeOwned;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use whose_model::{
    Assessment, Coverage, CredentialView, EdgeView, Finding, IdentityView, NodeId, Report, ScanInfo, Summary,
};

/// What a scan has besides its objects.
pub(crate) struct Head {
    pub(crate) info: ScanInfo,
    pub(crate) report_version: u32,
    pub(crate) summary: Summary,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) assessments: Vec<Assessment>,
    /// The lists that are not in the prescribed order.
    pub(crate) arranged: Vec<Kind>,
    /// How many rows follow: with fewer, the scan is not whole.
    pub(crate) rows: usize,
}

impl Head {
    pub(crate) fn of(report: &Report) -> Self {
        Self {
            info: report.scan.clone(),
            report_version: report.version,
            summary: report.summary.clone(),
            coverage: report.coverage.clone(),
            assessments: report.assessments.clone(),
            arranged: arranged(report),
            rows: objects(report).count(),
        }
    }
}

/// One object, ready to be written.
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(crate) key: String,
    pub(crate) name: String,
    /// JSON: the scopes on which it rests; `None`: on all that the scan read.
    pub(crate) footing: Option<Arc<str>>,
    pub(crate) hash: String,
    pub(crate) body: String,
    pub(crate) moving: Option<String>,
    pub(crate) finding: Option<FindingRow>,
}

/// What a finding's row has besides.
pub(crate) struct FindingRow {
    pub(crate) rule: String,
    pub(crate) severity: i32,
    pub(crate) subject: String,
}

/// Writes the objects of a report as rows, one at a time.
pub(crate) fn rows<'a>(
    report: &'a Report,
    read: &'a ReadScopes,
) -> impl Iterator<Item = Result<Row, serde_json::Error>> + 'a {
    let mut footings = Footings::of(report, read);
    let mut keys = Keys::default();
    let mut written = HashMap::new();
    objects(report).map(move |object| {
        let footing = match footings.footing(object) {
            WHOLE_SCAN => None,
            number => Some(match written.get(&number) {
                Some(text) => Arc::clone(text),
                None => {
                    let text: Arc<str> = serde_json::to_string(footings.scopes(number))?.into();
                    written.insert(number, Arc::clone(&text));
                    text
                }
            }),
        };
        let (body, moving) = object.encode()?;
        let finding = match object {
            Object::Finding(finding) => Some(FindingRow {
                rule: finding.rule.clone(),
                severity: finding.severity.level(),
                subject: finding.subject.as_str().to_owned(),
            }),
            _ => None,
        };
        let hash = content_hash(footing.as_deref(), &body);
        Ok(Row {
            kind: object.kind(),
            key: keys.of(object),
            name: object.name().to_owned(),
            footing,
            hash,
            body,
            moving,
            finding,
        })
    })
}

fn content_hash(footing: Option<&str>, body: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(footing.unwrap_or_default().as_bytes());
    hasher.update(b"\n");
    hasher.update(body.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// One object, as it was read.
pub(crate) struct Stored {
    pub(crate) object: i64,
    pub(crate) kind: Kind,
    pub(crate) body: String,
    pub(crate) moving: Option<String>,
}

/// Puts a report together from its parts.
pub(crate) struct Rebuild {
    report: Report,
    numbers: HashMap<Kind, Vec<i64>>,
}

impl Rebuild {
    pub(crate) fn of(head: Head) -> Self {
        let report = Report {
            version: head.report_version,
            scan: head.info,
            summary: head.summary,
            findings: Vec::new(),
            identities: Vec::new(),
            credentials: Vec::new(),
            secrets: Vec::new(),
            grants: Vec::new(),
            owners: Vec::new(),
            others: Vec::new(),
            edges: Vec::new(),
            coverage: head.coverage,
            assessments: head.assessments,
        };
        Self { report, numbers: HashMap::new() }
    }

    pub(crate) fn push(&mut self, stored: &Stored) -> Result<(), serde_json::Error> {
        let (body, report) = (stored.body.as_str(), &mut self.report);
        match stored.kind {
            Kind::Identity => report.identities.push(together(stored)?),
            Kind::Credential => report.credentials.push(together(stored)?),
            Kind::Secret => report.secrets.push(serde_json::from_str(body)?),
            Kind::Grant => report.grants.push(serde_json::from_str(body)?),
            Kind::Owner => report.owners.push(serde_json::from_str(body)?),
            Kind::Other => report.others.push(serde_json::from_str(body)?),
            Kind::Edge => report.edges.push(serde_json::from_str(body)?),
            Kind::Finding => report.findings.push(serde_json::from_str(body)?),
        }
        self.numbers.entry(stored.kind).or_default().push(stored.object);
        Ok(())
    }

    /// The report, each list in the prescribed order or in the one that `arrangements` names.
    pub(crate) fn finish(mut self, arrangements: &HashMap<Kind, Vec<i64>>) -> Report {
        let mut order = Arranging { numbers: &mut self.numbers, arrangements };
        let report = &mut self.report;
        order.apply(Kind::Identity, &mut report.identities, |one, other| one.id.cmp(&other.id));
        order.apply(Kind::Credential, &mut report.credentials, |one, other| one.id.cmp(&other.id));
        order.apply(Kind::Secret, &mut report.secrets, |one, other| one.id.cmp(&other.id));
        order.apply(Kind::Grant, &mut report.grants, |one, other| one.id.cmp(&other.id));
        order.apply(Kind::Owner, &mut report.owners, |one, other| one.id.cmp(&other.id));
        order.apply(Kind::Other, &mut report.others, |one, other| one.id.cmp(&other.id));
        order.apply(Kind::Edge, &mut report.edges, edge_order);
        order.apply(Kind::Finding, &mut report.findings, finding_order);
        self.report
    }
}

fn together<T: Moves + DeserializeOwned>(stored: &Stored) -> Result<T, serde_json::Error> {
    let mut view: T = serde_json::from_str(&stored.body)?;
    if let Some(moving) = &stored.moving {
        let fits = view.put_moving(serde_json::from_str(moving)?);
        if !fits {
            return Err(serde::de::Error::custom("its scores are not as many as its owners' signals"));
        }
    }
    Ok(view)
}

/// The object as its report held it.
pub(crate) fn whole(stored: &Stored) -> Result<serde_json::Value, serde_json::Error> {
    match stored.kind {
        Kind::Identity => serde_json::to_value(together::<IdentityView>(stored)?),
        Kind::Credential => serde_json::to_value(together::<CredentialView>(stored)?),
        _ => serde_json::from_str(&stored.body),
    }
}

struct Arranging<'a> {
    numbers: &'a mut HashMap<Kind, Vec<i64>>,
    arrangements: &'a HashMap<Kind, Vec<i64>>,
}

impl Arranging<'_> {
    fn apply<T>(&mut self, kind: Kind, list: &mut Vec<T>, prescribed: impl Fn(&T, &T) -> Ordering) {
        let Some(arrangement) = self.arrangements.get(&kind) else {
            return list.sort_by(prescribed);
        };
        let places: HashMap<i64, usize> = arrangement.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let numbers = self.numbers.remove(&kind).unwrap_or_default();
        let mut placed: Vec<(Option<usize>, T)> =
            numbers.iter().map(|number| places.get(number).copied()).zip(list.drain(..)).collect();
        placed.sort_by_key(|(place, _)| *place);
        list.extend(placed.into_iter().map(|(_, entry)| entry));
    }
}

fn edge_order(one: &EdgeView, other: &EdgeView) -> Ordering {
    (&one.from, one.kind, &one.to, &one.qualifier).cmp(&(&other.from, other.kind, &other.to, &other.qualifier))
}

fn finding_order(one: &Finding, other: &Finding) -> Ordering {
    other
        .severity
        .cmp(&one.severity)
        .then_with(|| (&one.rule, &one.subject, &one.id).cmp(&(&other.rule, &other.subject, &other.id)))
}

/// The lists of a report whose order cannot be found again by sorting.
fn arranged(report: &Report) -> Vec<Kind> {
    fn by_id<T>(list: &[T], id: impl Fn(&T) -> &NodeId) -> bool {
        list.is_sorted_by(|one, other| id(one) < id(other))
    }
    let in_order = |kind| match kind {
        Kind::Identity => by_id(&report.identities, |view| &view.id),
        Kind::Credential => by_id(&report.credentials, |view| &view.id),
        Kind::Secret => by_id(&report.secrets, |view| &view.id),
        Kind::Grant => by_id(&report.grants, |view| &view.id),
        Kind::Owner => by_id(&report.owners, |view| &view.id),
        Kind::Other => by_id(&report.others, |view| &view.id),
        Kind::Edge => report.edges.is_sorted_by(|one, other| edge_order(one, other) == Ordering::Less),
        Kind::Finding => report.findings.is_sorted_by(|one, other| finding_order(one, other) == Ordering::Less),
    };
    Kind::ALL.into_iter().filter(|kind| !in_order(*kind)).collect()
}
