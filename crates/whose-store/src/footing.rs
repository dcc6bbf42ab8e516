//! What an object's presence rests on: the scopes that must be read, and read completely, before its absence
//! says that it is gone.

use crate::object::Object;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use whose_model::{Assessment, Coverage, CoverageState, Finding, NodeId, NodeKind, Report, Verdict};

/// What the absence of an object from a report means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Absence {
    /// All that it rests on was read: it is gone.
    Gone,
    /// Something that it rests on was not read: nobody can tell.
    Unclear,
    /// The scan did not look there.
    NotAsked,
}

/// The scopes that a scan read, and whether every listing of each was complete.
pub(crate) struct ReadScopes(BTreeMap<NodeId, bool>);

impl ReadScopes {
    pub(crate) fn of(coverage: &[Coverage]) -> Self {
        let mut scopes = BTreeMap::new();
        for row in coverage {
            *scopes.entry(row.scope.clone()).or_insert(true) &= row.state == CoverageState::Complete;
        }
        Self(scopes)
    }

    pub(crate) fn contains(&self, scope: &NodeId) -> bool {
        self.0.contains_key(scope)
    }

    pub(crate) fn all(&self) -> BTreeSet<NodeId> {
        self.0.keys().cloned().collect()
    }

    /// What the absence of something that rests on `footing` means.
    pub(crate) fn absence(&self, footing: &BTreeSet<NodeId>) -> Absence {
        if footing.is_empty() {
            return Absence::Unclear;
        }
        if !footing.iter().any(|scope| self.contains(scope)) {
            return Absence::NotAsked;
        }
        let complete = footing.iter().all(|scope| self.0.get(scope) == Some(&true));
        if complete { Absence::Gone } else { Absence::Unclear }
    }

    /// What the absence of a rule's finding means: here the rule's own word counts, since a rule names what it
    /// needs, and may have had it although something else was denied.
    pub(crate) fn finding_absence(
        &self,
        rule: &str,
        footing: &BTreeSet<NodeId>,
        assessments: &[Assessment],
    ) -> Absence {
        if footing.is_empty() {
            return Absence::Unclear;
        }
        if !footing.iter().any(|scope| self.contains(scope)) {
            return Absence::NotAsked;
        }
        let of_rule = || assessments.iter().filter(|assessment| assessment.rule == rule);
        let here = |assessment: &&Assessment| assessment.scope.as_ref().is_none_or(|scope| footing.contains(scope));
        let sure = |assessment: &Assessment| assessment.verdict == Verdict::Assessed && assessment.not_assessed == 0;
        let judged_here = of_rule().any(|assessment| here(&assessment));
        let all_sure = if judged_here { of_rule().filter(here).all(sure) } else { of_rule().all(sure) };
        let judged = of_rule().next().is_some();
        if judged && all_sure && footing.iter().all(|scope| self.contains(scope)) {
            Absence::Gone
        } else {
            Absence::Unclear
        }
    }
}

/// The number of a set of scopes within one [`Footings`].
pub(crate) type FootingIx = u32;

/// The footing of what no scope contains and nothing else explains: everything that the scan read.
pub(crate) const WHOLE_SCAN: FootingIx = 0;

/// The footings of a report's objects. There are few distinct ones, so that each is kept once.
pub(crate) struct Footings<'a> {
    sets: Vec<BTreeSet<NodeId>>,
    numbers: HashMap<BTreeSet<NodeId>, FootingIx>,
    unions: HashMap<(FootingIx, FootingIx), FootingIx>,
    nodes: HashMap<&'a NodeId, FootingIx>,
    parents: HashMap<&'a NodeId, &'a NodeId>,
    repositories: HashMap<String, NodeId>,
    read: &'a ReadScopes,
}

impl<'a> Footings<'a> {
    pub(crate) fn of(report: &'a Report, read: &'a ReadScopes) -> Self {
        let parents = report.others.iter().filter_map(|other| Some((&other.id, other.scope.as_ref()?))).collect();
        let mut repositories: HashMap<String, NodeId> =
            read.0.keys().map(|scope| (scope.local(), scope.clone())).collect();
        for repository in report.others.iter().filter(|other| other.kind == NodeKind::Repo) {
            repositories.insert(repository.id.local(), repository.id.clone());
            repositories.insert(repository.name.clone(), repository.id.clone());
        }
        let mut footings = Self {
            sets: vec![read.all()],
            numbers: HashMap::new(),
            unions: HashMap::new(),
            nodes: HashMap::new(),
            parents,
            repositories,
            read,
        };
        // Grants and owners without a scope rest on what holds them, so that they come last.
        for object in crate::object::objects(report) {
            if let (Some(id), Some(footing)) = (object.node(), footings.stated(object)) {
                footings.nodes.insert(id, footing);
            }
        }
        for grant in &report.grants {
            footings.lean(&grant.id, &grant.holders);
        }
        for owner in &report.owners {
            footings.lean(&owner.id, &owner.owns);
        }
        footings
    }

    /// The scopes of a footing.
    pub(crate) fn scopes(&self, footing: FootingIx) -> &BTreeSet<NodeId> {
        &self.sets[footing as usize]
    }

    /// What an object of the report rests on.
    pub(crate) fn footing(&mut self, object: Object<'a>) -> FootingIx {
        match object {
            Object::Edge(edge) => {
                let (from, to) = (self.node(&edge.from), self.node(&edge.to));
                self.union(from, to)
            }
            Object::Finding(finding) => self.finding(finding),
            _ => object.node().map_or(WHOLE_SCAN, |id| self.node(id)),
        }
    }

    fn finding(&mut self, finding: &Finding) -> FootingIx {
        let subject = self.node(&finding.subject);
        let scope = finding.scope.as_ref().and_then(|scope| self.ground(scope)).unwrap_or(WHOLE_SCAN);
        self.union(subject, scope)
    }

    fn node(&self, id: &NodeId) -> FootingIx {
        self.nodes.get(id).copied().unwrap_or(WHOLE_SCAN)
    }

    /// What the object itself says of where it lies.
    fn stated(&mut self, object: Object<'a>) -> Option<FootingIx> {
        let scope = match object {
            Object::Identity(view) => view.scope.as_ref(),
            Object::Credential(view) => view.scope.as_ref(),
            Object::Grant(view) => view.scope.as_ref(),
            Object::Other(view) => Some(&view.id),
            Object::Secret(view) => {
                let places = view.places.iter().filter_map(|place| place.repository.as_deref());
                let repositories: Vec<NodeId> =
                    places.filter_map(|name| self.repositories.get(name)).cloned().collect();
                let grounds: Vec<FootingIx> = repositories.iter().filter_map(|id| self.ground(id)).collect();
                return grounds.into_iter().reduce(|one, other| self.union(one, other));
            }
            Object::Owner(_) | Object::Edge(_) | Object::Finding(_) => None,
        };
        scope.and_then(|scope| self.ground(scope))
    }

    /// The nearest scope around `scope`, itself included, that the scan read.
    fn ground(&mut self, scope: &NodeId) -> Option<FootingIx> {
        let mut scope = scope;
        // Scopes nest a few levels deep; the bound keeps a ring of them from holding us.
        for _ in 0..32 {
            if self.read.contains(scope) {
                return Some(self.number(BTreeSet::from([scope.clone()])));
            }
            scope = self.parents.get(scope)?;
        }
        None
    }

    fn lean(&mut self, id: &'a NodeId, on: &[NodeId]) {
        if !self.nodes.contains_key(id) {
            let footing = on.iter().fold(WHOLE_SCAN, |sum, other| {
                let other = self.node(other);
                self.union(sum, other)
            });
            self.nodes.insert(id, footing);
        }
    }

    fn union(&mut self, one: FootingIx, other: FootingIx) -> FootingIx {
        match (one.min(other), one.max(other)) {
            (WHOLE_SCAN, known) => known,
            (one, other) if one == other => one,
            pair => {
                if let Some(&known) = self.unions.get(&pair) {
                    return known;
                }
                let set = self.scopes(pair.0).union(self.scopes(pair.1)).cloned().collect();
                let number = self.number(set);
                self.unions.insert(pair, number);
                number
            }
        }
    }

    fn number(&mut self, set: BTreeSet<NodeId>) -> FootingIx {
        if let Some(&number) = self.numbers.get(&set) {
            return number;
        }
        let number = FootingIx::try_from(self.sets.len()).expect("2^32 sets of scopes do not fit into memory");
        self.sets.push(set.clone());
        self.numbers.insert(set, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{Estate, Listing};
    use whose_model::{Edge, EdgeKind, NodeView};

    fn scope(name: &str, parent: Option<&NodeId>) -> NodeView {
        let id = NodeId::new("k8s", "", "namespace", name);
        let (kind, r#type, name) = (NodeKind::Scope, "namespace".to_owned(), name.to_owned());
        NodeView { id, kind, r#type, name, address: None, scope: parent.cloned(), seen: true }
    }

    /// The footing of the last identity of the report.
    fn check(report: &Report, expected: &[&NodeId]) {
        let read = ReadScopes::of(&report.coverage);
        let mut footings = Footings::of(report, &read);
        let footing = footings.footing(Object::Identity(report.identities.last().unwrap()));
        assert_eq!(footings.scopes(footing).iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_object_rests_on_the_nearest_scope_that_was_read() {
        let cluster = Estate::account("cluster");
        let (outer, inner) = (scope("outer", Some(&cluster)), scope("inner", None));
        let inner = NodeView { scope: Some(outer.id.clone()), ..inner };
        let mut estate = Estate::default();
        estate.read(&cluster).identity(&inner.id, "pod");
        let mut report = estate.report(1);
        report.others.extend([outer, inner]);
        check(&report, &[&cluster]);
    }

    #[test]
    fn a_ring_of_scopes_ends_and_rests_on_the_whole_scan() {
        let read = Estate::account("111111111111");
        let one = scope("one", None);
        let other = scope("other", Some(&one.id));
        let one = NodeView { scope: Some(other.id.clone()), ..one };
        let mut estate = Estate::default();
        estate.read(&read).identity(&one.id, "lost");
        let mut report = estate.report(1);
        report.others.extend([one, other]);
        check(&report, &[&read]);
    }

    #[test]
    fn an_edge_between_accounts_rests_on_both() {
        let (one, other) = (Estate::account("1"), Estate::account("2"));
        let mut estate = Estate::default();
        let (from, to) = (estate.identity(&one, "from"), estate.identity(&other, "to"));
        estate.read(&one).read(&other).edges.push(Edge::stated(from, EdgeKind::CanAssume, to));
        let report = estate.report(1);
        let read = ReadScopes::of(&report.coverage);
        let mut footings = Footings::of(&report, &read);
        let footing = footings.footing(Object::Edge(&report.edges[0]));
        assert_eq!(footings.scopes(footing), &BTreeSet::from([one.clone(), other.clone()]));
        // One of two listings of one of two accounts is enough for doubt.
        estate.scopes.insert(other, Listing::Denied);
        let denied = ReadScopes::of(&estate.report(2).coverage);
        assert_eq!(denied.absence(footings.scopes(footing)), Absence::Unclear);
        assert_eq!(denied.absence(&BTreeSet::from([one])), Absence::Gone);
        assert_eq!(denied.absence(&BTreeSet::from([Estate::account("3")])), Absence::NotAsked);
    }

    #[test]
    fn without_coverage_nothing_is_gone() {
        let read = ReadScopes::of(&[]);
        assert_eq!(read.absence(&read.all()), Absence::Unclear);
        assert_eq!(read.finding_absence("any", &read.all(), &[]), Absence::Unclear);
    }
}
