//! The collector: rules hand in drafts, and it does what every finding needs and no rule may forget: the
//! check of coverage, the severity sum, owner, reach, places, frameworks and the id.

use crate::severity::{Factors, Liveness, Power, UseCounts, weigh};
use crate::{Draft, Group, Policy, Premise, RuleInfo, leak, subjects, wording};
use std::collections::BTreeSet;
use whose_graph::{Graph, Ix};
use whose_model::{
    ControlRef, EdgeKind, Facet, Finding, FindingId, Gap, LastUsed, NodeId, NodeKind, Reference, State, Tier, Usage,
    days_between,
};

/// A finding with every scope that it concerns: that of its subject and those of the places where it stands.
pub(crate) struct Reported {
    pub(crate) finding: Finding,
    pub(crate) scopes: BTreeSet<NodeId>,
}

/// A subject on which a rule could not decide.
pub(crate) struct Unjudged {
    pub(crate) scopes: BTreeSet<NodeId>,
    pub(crate) gap: Gap,
}

/// Collects what one rule reports.
pub struct Findings<'g> {
    graph: &'g Graph,
    policy: &'g Policy,
    info: &'static RuleInfo,
    pub(crate) reported: Vec<Reported>,
    pub(crate) unjudged: Vec<Unjudged>,
}

impl<'g> Findings<'g> {
    /// A collector for one rule.
    pub(crate) fn new(graph: &'g Graph, policy: &'g Policy, info: &'static RuleInfo) -> Self {
        Self { graph, policy, info, reported: Vec::new(), unjudged: Vec::new() }
    }

    /// Reports a fault of `subject`, unless the draft argues from an absence that was not read completely: then
    /// the subject counts as not assessed.
    pub fn report(&mut self, subject: Ix, draft: Draft) {
        let scopes = self.scopes(subject, &draft);
        match self.missing(subject, &draft) {
            Some(gap) => self.unjudged.push(Unjudged { scopes, gap }),
            None => {
                let finding = self.finding(subject, draft, scopes.iter().next().cloned());
                self.reported.push(Reported { finding, scopes });
            }
        }
    }

    /// Counts `subject` as not assessed, for a reason that only the rule can see.
    pub fn cannot_judge(&mut self, subject: Ix, secrets: &[Ix], gap: Gap) {
        let scopes = self.scopes_of(subject, secrets);
        self.unjudged.push(Unjudged { scopes, gap });
    }

    /// The first thing that was not read and that the draft depends on.
    fn missing(&self, subject: Ix, draft: &Draft) -> Option<Gap> {
        let stated = if draft.positive { &[] } else { self.info.needs };
        let of_rule = stated.iter().map(|facet| Premise::Of(subject, *facet));
        of_rule.chain(self.parent_premise(subject)).chain(draft.premises.iter().copied()).find_map(|premise| {
            match premise {
                Premise::Of(ix, facet) => self.gap(ix, facet),
                Premise::Within(scope, facet) => self.graph.scope_gaps(scope, facet).into_iter().next(),
            }
        })
    }

    /// A credential works as long as its identity does. Where nobody said that it does, whoever could have said so must
    /// have been read.
    fn parent_premise(&self, subject: Ix) -> Option<Premise> {
        let credential = self.graph.node(subject).kind() == NodeKind::Credential;
        let parent = self.graph.identity_of(subject).filter(|ix| credential && self.graph.is_seen(*ix))?;
        let unsaid = self.graph.node(parent).state == State::Unknown;
        unsaid.then_some(Premise::Of(parent, Facet::Identities))
    }

    /// A gap about a thing, or about the identity that it leads to. A credential answers for itself: a listing of
    /// another type of credential hides nothing of it.
    fn gap(&self, ix: Ix, facet: Facet) -> Option<Gap> {
        let of_itself = self.graph.gap(ix, facet);
        if self.graph.node(ix).kind() == NodeKind::Credential {
            return of_itself;
        }
        of_itself.or_else(|| self.graph.gap(self.graph.identity_of(ix)?, facet))
    }

    fn scopes(&self, subject: Ix, draft: &Draft) -> BTreeSet<NodeId> {
        self.scopes_of(subject, &draft.secrets)
    }

    fn scopes_of(&self, subject: Ix, secrets: &[Ix]) -> BTreeSet<NodeId> {
        let places = secrets.iter().flat_map(|secret| self.graph.out(*secret, EdgeKind::LeakedIn));
        let repositories = places.filter_map(|(place, _)| self.graph.node(place).scope.clone());
        repositories.chain(self.graph.node(subject).scope.clone()).collect()
    }

    fn finding(&self, subject: Ix, draft: Draft, fallback_scope: Option<NodeId>) -> Finding {
        let node = self.graph.node(subject);
        let identity = self.identity(subject, &draft);
        let (severity, severity_reasons) = weigh(self.factors(subject, identity, &draft));
        Finding {
            id: FindingId::new(self.info.slug, &node.id, &draft.discriminator),
            rule: self.info.slug.into(),
            severity,
            severity_reasons,
            confidence: draft.confidence,
            subject: node.id.clone(),
            subject_name: node.name.clone(),
            scope: node.scope.clone().or(fallback_scope),
            identity: identity.filter(|ix| *ix != subject).map(|ix| self.graph.node(ix).id.clone()),
            title: draft.title,
            owner: self.answerable(subject, identity).and_then(|ix| wording::owner(self.graph, ix)),
            reach: identity.map(|ix| wording::reach(self.graph, ix)),
            evidence: draft.evidence,
            places: leak::places(self.graph, &draft.secrets).into_iter().cloned().collect(),
            fix: draft.fix,
            maps_to: self.info.maps_to.iter().copied().map(ControlRef::from).collect(),
            references: self.info.references.iter().copied().map(Reference::from).collect(),
        }
    }

    /// The identity concerned: the subject itself, or the one that the credential proves.
    fn identity(&self, subject: Ix, draft: &Draft) -> Option<Ix> {
        match self.graph.node(subject).kind() {
            NodeKind::Identity => Some(subject),
            NodeKind::Credential => self.graph.identity_of(subject),
            _ => draft.identity,
        }
    }

    /// Whose owner is told: the identity's, or that of a leaked secret that belongs to nobody known, when its code says.
    fn answerable(&self, subject: Ix, identity: Option<Ix>) -> Option<Ix> {
        let by_code = self.graph.node(subject).kind() == NodeKind::Secret;
        let by_code = by_code && !self.graph.ownership(subject).candidates.is_empty();
        identity.or_else(|| by_code.then_some(subject))
    }

    fn factors(&self, subject: Ix, identity: Option<Ix>, draft: &Draft) -> Factors {
        let power = match identity {
            _ if draft.power_in_base => Power::InBase,
            // A way to an administrator is as good as being one.
            Some(ix) if !self.graph.reach(ix).admins.is_empty() => Power::Tier(Tier::T0),
            Some(ix) => Power::Tier(subjects::tier(self.graph, ix)),
            None => Power::NoIdentity,
        };
        let exposure = draft.exposure.max(leak::exposure(self.graph, &draft.secrets));
        let environment = |ix: Ix| self.graph.lifecycle(ix).environment;
        let base = draft.base.clone().unwrap_or_else(|| (self.info.base, self.info.title.into()));
        Factors {
            base,
            power,
            exposure,
            liveness: if draft.dead { Liveness::Dead } else { self.liveness(subject, identity) },
            use_counts: match self.info.group {
                Group::Ownership | Group::Leak => UseCounts::Worse,
                Group::Staleness => UseCounts::Better,
                Group::Strength | Group::Privilege | Group::Trust | Group::HumanUse => UseCounts::Not,
            },
            reaches_outside: identity.and_then(|ix| wording::reaches_outside(self.graph, ix)),
            environment: environment(subject).or_else(|| identity.and_then(environment)),
            lifts: draft.lifts.clone(),
            confidence: draft.confidence,
            floor: draft.floor.clone(),
            cap: draft.cap.clone(),
        }
    }

    /// Whether the subject works and is used: a credential by its own use, an identity by its own or its
    /// credentials'.
    fn liveness(&self, subject: Ix, identity: Option<Ix>) -> Liveness {
        let node = self.graph.node(subject);
        let now = self.graph.as_of();
        let expired = node.credential().and_then(|detail| detail.expires).is_some_and(|expires| expires <= now);
        if expired || matches!(node.state, State::Disabled | State::Deleted) {
            return Liveness::Dead;
        }
        let used: Vec<&LastUsed> = match (node.kind(), identity) {
            (NodeKind::Credential, _) => node.last_used.iter().collect(),
            (_, Some(identity)) => self.uses_of(identity),
            _ => return Liveness::NotConcerned,
        };
        let answers: Vec<&LastUsed> = used.into_iter().filter(|used| used.usage != Usage::NotCollected).collect();
        if answers.is_empty() {
            return Liveness::Unknown;
        }
        let last = answers.iter().filter_map(|used| used.at()).max();
        match last.map(|at| days_between(at, now)) {
            Some(days) if days <= i64::from(self.policy.thresholds.active_days) => Liveness::Active { days },
            _ => Liveness::Idle,
        }
    }

    fn uses_of(&self, identity: Ix) -> Vec<&LastUsed> {
        let credentials = self.graph.credentials_of(identity).filter_map(|ix| self.graph.node(ix).last_used.as_ref());
        self.graph.node(identity).last_used.iter().chain(credentials).collect()
    }
}
