//! One entry of one list of a report, whatever its kind: its key, its name, and what of it moves by itself.

use crate::Kind;
use serde_json::{Map, Value};
use std::collections::HashMap;
use whose_model::{
    CredentialView, EdgeView, Finding, GrantView, IdentityView, NodeId, NodeView, OwnerView, Report, SecretView,
};

/// An entry of a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Object<'a> {
    Identity(&'a IdentityView),
    Credential(&'a CredentialView),
    Secret(&'a SecretView),
    Grant(&'a GrantView),
    Owner(&'a OwnerView),
    Other(&'a NodeView),
    Edge(&'a EdgeView),
    Finding(&'a Finding),
}

impl<'a> Object<'a> {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Identity(_) => Kind::Identity,
            Self::Credential(_) => Kind::Credential,
            Self::Secret(_) => Kind::Secret,
            Self::Grant(_) => Kind::Grant,
            Self::Owner(_) => Kind::Owner,
            Self::Other(_) => Kind::Other,
            Self::Edge(_) => Kind::Edge,
            Self::Finding(_) => Kind::Finding,
        }
    }

    /// The id of a node.
    pub(crate) fn node(self) -> Option<&'a NodeId> {
        match self {
            Self::Identity(view) => Some(&view.id),
            Self::Credential(view) => Some(&view.id),
            Self::Secret(view) => Some(&view.id),
            Self::Grant(view) => Some(&view.id),
            Self::Owner(view) => Some(&view.id),
            Self::Other(view) => Some(&view.id),
            Self::Edge(_) | Self::Finding(_) => None,
        }
    }

    /// What tells this object from the others of its kind. An edge has no id of its own, and four long parts, so
    /// that its key is a hash.
    pub(crate) fn key(self) -> String {
        match self {
            Self::Edge(edge) => edge_key(edge),
            Self::Finding(finding) => finding.id.as_str().to_owned(),
            _ => self.node().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        }
    }

    /// The name that people use.
    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Identity(view) => &view.name,
            Self::Credential(view) => &view.name,
            Self::Secret(view) => &view.hint,
            Self::Grant(view) => &view.name,
            Self::Owner(view) => &view.name,
            Self::Other(view) => &view.name,
            Self::Edge(_) => "",
            Self::Finding(finding) => &finding.rule,
        }
    }

    pub(crate) fn to_value(self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Identity(view) => serde_json::to_value(view),
            Self::Credential(view) => serde_json::to_value(view),
            Self::Secret(view) => serde_json::to_value(view),
            Self::Grant(view) => serde_json::to_value(view),
            Self::Owner(view) => serde_json::to_value(view),
            Self::Other(view) => serde_json::to_value(view),
            Self::Edge(edge) => serde_json::to_value(edge),
            Self::Finding(finding) => serde_json::to_value(finding),
        }
    }
}

fn edge_key(edge: &EdgeView) -> String {
    let mut hasher = blake3::Hasher::new();
    let kind = [edge.kind as u8];
    for part in [edge.from.as_str().as_bytes(), &kind, edge.to.as_str().as_bytes(), edge.qualifier.as_bytes()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// All objects of a report, list by list, each in the order of its list.
pub(crate) fn objects(report: &Report) -> impl Iterator<Item = Object<'_>> {
    let identities = report.identities.iter().map(Object::Identity);
    let credentials = report.credentials.iter().map(Object::Credential);
    let secrets = report.secrets.iter().map(Object::Secret);
    let grants = report.grants.iter().map(Object::Grant);
    let owners = report.owners.iter().map(Object::Owner);
    let others = report.others.iter().map(Object::Other);
    let edges = report.edges.iter().map(Object::Edge);
    let findings = report.findings.iter().map(Object::Finding);
    identities.chain(credentials).chain(secrets).chain(grants).chain(owners).chain(others).chain(edges).chain(findings)
}

/// Gives each object of a report a key that no other of its kind has: a second one of the same key, which a
/// correct report does not hold, is marked, so that it neither hides the first nor costs the scan.
#[derive(Default)]
pub(crate) struct Keys(HashMap<(Kind, String), u32>);

impl Keys {
    pub(crate) fn of(&mut self, object: Object<'_>) -> String {
        let key = object.key();
        let count = self.0.entry((object.kind(), key.clone())).or_default();
        *count += 1;
        if *count == 1 { key } else { format!("{key}#{count}") }
    }
}

/// Takes out of an object what moves by itself from scan to scan: when it was last used, and the scores of its
/// owners, which fade with age. Both are kept apart, so that they do not make versions.
pub(crate) fn take_moving(body: &mut Value) -> Option<Value> {
    let body = body.as_object_mut()?;
    let mut moving = Map::new();
    if let Some(used) = body.remove("last_used") {
        moving.insert("last_used".into(), used);
    }
    let mut scores = Vec::new();
    for_each_score(body, |score| scores.push(score.take()));
    if !scores.is_empty() {
        moving.insert("scores".into(), scores.into());
    }
    (!moving.is_empty()).then_some(Value::Object(moving))
}

/// Puts back what [`take_moving`] took. `false` when the two do not fit together.
pub(crate) fn put_moving(body: &mut Value, moving: Value) -> bool {
    let (Some(body), Value::Object(mut moving)) = (body.as_object_mut(), moving) else {
        return false;
    };
    if let Some(used) = moving.remove("last_used") {
        body.insert("last_used".into(), used);
    }
    let Some(Value::Array(scores)) = moving.remove("scores") else {
        return true;
    };
    let mut scores = scores.into_iter();
    for_each_score(body, |score| *score = scores.next().unwrap_or_default());
    scores.next().is_none()
}

fn for_each_score(body: &mut Map<String, Value>, mut visit: impl FnMut(&mut Value)) {
    let list = |value: &mut Value, field: &str| value.get_mut(field).and_then(Value::as_array_mut).map(std::mem::take);
    let Some(ownership) = body.get_mut("ownership") else {
        return;
    };
    let Some(mut candidates) = list(ownership, "candidates") else {
        return;
    };
    for candidate in &mut candidates {
        candidate.get_mut("score").map(&mut visit);
        if let Some(signals) = candidate.get_mut("signals").and_then(Value::as_array_mut) {
            for signal in signals {
                signal.get_mut("score").map(&mut visit);
            }
        }
    }
    if let Some(emptied) = ownership.get_mut("candidates") {
        *emptied = candidates.into();
    }
}
