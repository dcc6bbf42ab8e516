//! Credentials and trusts by what leaked values say of them instead of their id. Only what some value asks for is kept,
//! so that an estate without such values pays one look at each of them and no memory.

use crate::nodes::{Ix, Nodes};
use std::collections::HashMap;
use whose_model::{JoinTarget, What};

/// The index, made once for a graph.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    /// By thumbprint and by public key, whose forms differ.
    public_halves: HashMap<String, Vec<Ix>>,
    hints: HashMap<String, Vec<Ix>>,
    /// Trusts by subject.
    subjects: HashMap<String, Vec<Ix>>,
}

impl Attributes {
    /// Looks for everything that the leaked values among these nodes, which come in the order of their ids, ask for.
    pub(crate) fn of(nodes: &Nodes, order: &[Ix]) -> Self {
        let mut asked = Self::default();
        let secrets = order.iter().filter_map(|ix| nodes.get(*ix).secret());
        for join in secrets.flat_map(|secret| &secret.joins) {
            let (map, key) = match &join.target {
                JoinTarget::Node(_) => continue,
                JoinTarget::PublicHalf(half) => (&mut asked.public_halves, half),
                JoinTarget::Hint { hint, .. } => (&mut asked.hints, hint),
                JoinTarget::Subject { subject, .. } => (&mut asked.subjects, subject),
            };
            map.entry(key.clone()).or_default();
        }
        for ix in order {
            asked.note(nodes, *ix);
        }
        asked
    }

    fn note(&mut self, nodes: &Nodes, ix: Ix) {
        let put = |map: &mut HashMap<String, Vec<Ix>>, key: &Option<String>| {
            if let Some(found) = key.as_ref().and_then(|key| map.get_mut(key)) {
                found.push(ix);
            }
        };
        match &nodes.get(ix).what {
            What::Credential(detail) => {
                put(&mut self.public_halves, &detail.thumbprint);
                put(&mut self.public_halves, &detail.public_key);
                put(&mut self.hints, &detail.hint);
            }
            What::Trust(detail) => put(&mut self.subjects, &detail.subject),
            _ => {}
        }
    }

    /// The credentials of this thumbprint or public key.
    pub(crate) fn of_public_half(&self, half: &str) -> &[Ix] {
        self.public_halves.get(half).map(Vec::as_slice).unwrap_or_default()
    }

    /// The credentials of which their vendor shows this part.
    pub(crate) fn of_hint(&self, hint: &str) -> &[Ix] {
        self.hints.get(hint).map(Vec::as_slice).unwrap_or_default()
    }

    /// The trusts in this subject, whoever issues it.
    pub(crate) fn of_subject(&self, subject: &str) -> &[Ix] {
        self.subjects.get(subject).map(Vec::as_slice).unwrap_or_default()
    }
}
