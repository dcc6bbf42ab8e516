//! The comparison of two reports, pure: see [`Changes`].

use crate::Kind;
use crate::changes::{Changed, Changes, FindingRef, SeverityChange, Side, Subject, Undecided, Widened, Widening};
use crate::footing::{Absence, FootingIx, Footings, ReadScopes};
use crate::object::{Keys, Object, objects};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use whose_model::{
    CredentialView, EdgeKind, GrantView, IdentityView, NodeId, NodeView, OwnerView, Report, SecretView, Tier,
};

/// Fields that are concluded from the whole scan. Between scans of different scopes they differ although the
/// object did not change, so that they are compared only between scans of the same scopes.
const CONCLUDED: &[&str] = &["credential", "holders", "leaked", "ownership", "owns", "places", "reach"];

/// What changed from one report to another. Two reports of one estate in one state give nothing at all, whatever
/// their ids and dates.
pub fn compare(from: &Report, to: &Report) -> Changes {
    let (from_read, to_read) = (ReadScopes::of(&from.coverage), ReadScopes::of(&to.coverage));
    let (from_scopes, to_scopes) = (from_read.all(), to_read.all());
    let list = |scopes: &mut dyn Iterator<Item = &NodeId>| scopes.cloned().collect();
    let changes = Changes {
        from: from.scan.clone(),
        to: to.scan.clone(),
        compared: list(&mut from_scopes.intersection(&to_scopes)),
        only_from: list(&mut from_scopes.difference(&to_scopes)),
        only_to: list(&mut to_scopes.difference(&from_scopes)),
        not_compared: 0,
        appeared: Vec::new(),
        vanished: Vec::new(),
        changed: Vec::new(),
        widened: Vec::new(),
        undecided: Vec::new(),
        findings_new: Vec::new(),
        findings_resolved: Vec::new(),
        severity_changed: Vec::new(),
    };
    let names = to.identities.iter().map(|view| (&view.id, view.name.as_str()));
    let mut comparison = Comparison {
        same_scopes: from_scopes == to_scopes,
        names: names.chain(to.others.iter().map(|view| (&view.id, view.name.as_str()))).collect(),
        changes,
    };
    comparison.run(&Seen::of(from, &from_read), &Seen::of(to, &to_read));
    comparison.finish()
}

/// A report, indexed for comparison.
struct Seen<'a> {
    report: &'a Report,
    read: &'a ReadScopes,
    footings: Footings<'a>,
    objects: HashMap<(Kind, String), (Object<'a>, FootingIx)>,
}

impl<'a> Seen<'a> {
    fn of(report: &'a Report, read: &'a ReadScopes) -> Self {
        let mut footings = Footings::of(report, read);
        let mut keys = Keys::default();
        let entry = |object: Object<'a>| ((object.kind(), keys.of(object)), (object, footings.footing(object)));
        let objects = objects(report).map(entry).collect();
        Self { report, read, footings, objects }
    }

    /// What it means that this report has not what rests on `footing`.
    fn absence(&self, object: Object<'_>, footing: &BTreeSet<NodeId>) -> Absence {
        match object {
            Object::Finding(finding) => self.read.finding_absence(&finding.rule, footing, &self.report.assessments),
            _ => self.read.absence(footing),
        }
    }
}

struct Comparison<'a> {
    same_scopes: bool,
    names: HashMap<&'a NodeId, &'a str>,
    changes: Changes,
}

impl Comparison<'_> {
    fn run(&mut self, from: &Seen<'_>, to: &Seen<'_>) {
        for (key, &(new, footing)) in &to.objects {
            match from.objects.get(key) {
                Some(&(old, footing)) => {
                    let grants_were_read = from.read.absence(from.footings.scopes(footing)) == Absence::Gone;
                    self.both(old, new, grants_were_read);
                }
                None => self.one(new, from.absence(new, to.footings.scopes(footing)), Side::From),
            }
        }
        for (key, &(old, footing)) in &from.objects {
            if !to.objects.contains_key(key) {
                self.one(old, to.absence(old, from.footings.scopes(footing)), Side::To);
            }
        }
    }

    /// An object that `absent_in` has not.
    fn one(&mut self, object: Object<'_>, absence: Absence, absent_in: Side) {
        match (absence, absent_in) {
            (Absence::NotAsked, _) => self.changes.not_compared += 1,
            (Absence::Unclear, unread_in) => {
                self.changes.undecided.push(Undecided { subject: subject(object), unread_in });
            }
            (Absence::Gone, Side::From) => self.appeared(object),
            (Absence::Gone, Side::To) => match object {
                Object::Finding(finding) => self.changes.findings_resolved.push(finding.into()),
                _ => self.changes.vanished.push(subject(object)),
            },
        }
    }

    fn appeared(&mut self, object: Object<'_>) {
        match object {
            Object::Finding(finding) => return self.changes.findings_new.push(finding.into()),
            Object::Edge(edge) if widens(edge.kind) => {
                let name = self.names.get(&edge.from).map_or_else(|| edge.from.local(), ToString::to_string);
                let by = Widening::Edge { kind: edge.kind, to: edge.to.clone() };
                self.changes.widened.push(Widened { id: edge.from.clone(), name, by });
            }
            _ => {}
        }
        self.changes.appeared.push(subject(object));
    }

    fn both(&mut self, old: Object<'_>, new: Object<'_>, grants_were_read: bool) {
        if old == new {
            return;
        }
        if let (Object::Finding(old), Object::Finding(new)) = (old, new) {
            if old.severity != new.severity {
                self.changes.severity_changed.push(SeverityChange { finding: new.into(), from: old.severity });
            }
            return;
        }
        let mut recreated = false;
        if let (Object::Identity(old), Object::Identity(new)) = (old, new) {
            recreated = old.native_id.is_some() && new.native_id.is_some() && old.native_id != new.native_id;
            self.widened(old, new, grants_were_read);
        }
        let mut fields = changed_fields(old, new);
        fields.retain(|field| self.same_scopes || !CONCLUDED.contains(&field.as_str()));
        if !fields.is_empty() {
            self.changes.changed.push(Changed { subject: subject(new), fields, recreated });
        }
    }

    fn widened(&mut self, old: &IdentityView, new: &IdentityView, grants_were_read: bool) {
        let mut push = |by| self.changes.widened.push(Widened { id: new.id.clone(), name: new.name.clone(), by });
        let (before, now) = (old.privilege.tier, new.privilege.tier);
        if before != Tier::Unknown && now < before {
            push(Widening::Tier { from: before, to: now });
        }
        let had: HashSet<&NodeId> = old.grants.iter().collect();
        let gained: Vec<NodeId> = new.grants.iter().filter(|grant| !had.contains(grant)).cloned().collect();
        if grants_were_read && !gained.is_empty() {
            push(Widening::Grants(gained));
        }
    }

    /// The order does not depend on that of the reports.
    fn finish(mut self) -> Changes {
        let changes = &mut self.changes;
        changes.appeared.sort();
        changes.vanished.sort();
        changes.changed.sort_by(|one, other| one.subject.cmp(&other.subject));
        changes.undecided.sort_by(|one, other| one.subject.cmp(&other.subject));
        changes.widened.sort_by(|one, other| (&one.id, &one.by).cmp(&(&other.id, &other.by)));
        let worst_first = |one: &FindingRef, other: &FindingRef| {
            other.severity.cmp(&one.severity).then_with(|| (&one.rule, &one.id).cmp(&(&other.rule, &other.id)))
        };
        changes.findings_new.sort_by(worst_first);
        changes.findings_resolved.sort_by(worst_first);
        changes.severity_changed.sort_by(|one, other| worst_first(&one.finding, &other.finding));
        self.changes
    }
}

/// Whether an edge that appears lets its start do more. A new credential or a new grant is told elsewhere.
fn widens(kind: EdgeKind) -> bool {
    kind.is_traversable() && !matches!(kind, EdgeKind::AuthenticatesAs | EdgeKind::IsValueOf)
}

/// The fields in which two objects of one kind differ. What moves by itself does not count.
fn changed_fields(old: Object<'_>, new: Object<'_>) -> Vec<String> {
    // A view that cannot be written as JSON cannot be told from another, and counts as unchanged.
    let (Ok((old, _)), Ok((new, _))) = (old.encode(), new.encode()) else {
        return Vec::new();
    };
    if old == new { Vec::new() } else { differing_fields(&old, &new).unwrap_or_default() }
}

/// The names of the fields in which two JSON objects differ. The list of findings does not count: findings are
/// compared on their own.
pub(crate) fn differing_fields(old: &str, new: &str) -> Result<Vec<String>, serde_json::Error> {
    let old: BTreeMap<String, Value> = serde_json::from_str(old)?;
    let new: BTreeMap<String, Value> = serde_json::from_str(new)?;
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = |name: &&String| name.as_str() != "findings" && old.get(*name) != new.get(*name);
    Ok(names.into_iter().filter(differs).cloned().collect())
}

pub(crate) fn subject(object: Object<'_>) -> Subject {
    match object {
        Object::Edge(edge) => Subject::Edge {
            from: edge.from.clone(),
            kind: edge.kind,
            to: edge.to.clone(),
            qualifier: edge.qualifier.clone(),
        },
        Object::Finding(finding) => Subject::Finding(finding.into()),
        Object::Identity(IdentityView { id, .. })
        | Object::Credential(CredentialView { id, .. })
        | Object::Secret(SecretView { id, .. })
        | Object::Grant(GrantView { id, .. })
        | Object::Owner(OwnerView { id, .. })
        | Object::Other(NodeView { id, .. }) => {
            Subject::Node { kind: object.kind(), id: id.clone(), name: object.name().to_owned() }
        }
    }
}
