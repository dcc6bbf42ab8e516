//! One entry of one list of a report, whatever its kind: its key, its name, and what of it moves by itself.

use crate::Kind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use whose_model::{
    CredentialView, EdgeView, Finding, GrantView, IdentityView, LastUsed, NodeId, NodeView, OwnerView, Ownership,
    Report, SecretView,
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

    /// The object as JSON without what moves by itself, and that part.
    pub(crate) fn encode(self) -> Result<(String, Option<String>), serde_json::Error> {
        fn apart<T: Moves + Clone + Serialize>(view: &T) -> Result<(String, Option<String>), serde_json::Error> {
            let mut view = view.clone();
            let moving = view.take_moving().map(|moving| serde_json::to_string(&moving)).transpose()?;
            Ok((serde_json::to_string(&view)?, moving))
        }
        let body = match self {
            Self::Identity(view) => return apart(view),
            Self::Credential(view) => return apart(view),
            Self::Secret(view) => serde_json::to_string(view),
            Self::Grant(view) => serde_json::to_string(view),
            Self::Owner(view) => serde_json::to_string(view),
            Self::Other(view) => serde_json::to_string(view),
            Self::Edge(edge) => serde_json::to_string(edge),
            Self::Finding(finding) => serde_json::to_string(finding),
        };
        Ok((body?, None))
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

/// What moves by itself from scan to scan: when a thing was last used, and the scores of its owners, which fade
/// with age. It is kept apart, so that it does not make versions.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moving {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used: Option<LastUsed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scores: Vec<f64>,
}

/// A view that has a part which moves by itself.
pub(crate) trait Moves {
    fn last_used(&mut self) -> &mut Option<LastUsed>;
    fn ownership(&mut self) -> Option<&mut Ownership>;

    /// Takes out what moves, if there is any.
    fn take_moving(&mut self) -> Option<Moving> {
        let last_used = self.last_used().take();
        let scores = self.ownership().into_iter().flat_map(scores).map(std::mem::take).collect();
        let moving = Moving { last_used, scores };
        (moving != Moving::default()).then_some(moving)
    }

    /// Puts back what [`Moves::take_moving`] took. `false` when the two do not belong together.
    #[must_use]
    fn put_moving(&mut self, moving: Moving) -> bool {
        *self.last_used() = moving.last_used;
        let places: Vec<&mut f64> = self.ownership().into_iter().flat_map(scores).collect();
        let fits = places.len() == moving.scores.len();
        for (place, score) in places.into_iter().zip(moving.scores) {
            *place = score;
        }
        fits
    }
}

fn scores(ownership: &mut Ownership) -> impl Iterator<Item = &mut f64> {
    ownership.candidates.iter_mut().flat_map(|candidate| {
        std::iter::once(&mut candidate.score).chain(candidate.signals.iter_mut().map(|signal| &mut signal.score))
    })
}

impl Moves for IdentityView {
    fn last_used(&mut self) -> &mut Option<LastUsed> {
        &mut self.last_used
    }

    fn ownership(&mut self) -> Option<&mut Ownership> {
        self.ownership.as_mut()
    }
}

impl Moves for CredentialView {
    fn last_used(&mut self) -> &mut Option<LastUsed> {
        &mut self.last_used
    }

    fn ownership(&mut self) -> Option<&mut Ownership> {
        None
    }
}
