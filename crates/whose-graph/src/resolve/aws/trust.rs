//! One role as its trust policy shows it: who is let in, by which statement, under which conditions.

use super::action::{Action, ActionSet};
use super::assume::anyone;
use super::condition::{Truth, class, truth};
use super::holdings::{Bounds, Estate, Holder, policy};
use std::collections::BTreeSet;
use whose_model::{ConditionClass, Edge, EdgeKind, Effect, Evidence, Node, NodeId, Principal, Statement};

/// A role with the part of its trust policy that lets somebody become it.
pub(super) struct Trusting<'a> {
    pub(super) role: &'a Holder,
    node: &'a Node,
    allows: Vec<(String, &'a Statement)>,
    denies: Vec<&'a Statement>,
    /// The accounts that are trusted as a whole.
    pub(super) accounts: BTreeSet<String>,
}

impl<'a> Trusting<'a> {
    pub(super) fn new(estate: &'a Estate<'_>, role: &'a Holder) -> Option<Self> {
        let node = estate.graph.node(role.ix);
        let statements = &node.identity()?.trust_policy;
        let about = |statement: &Statement| {
            let lower = |list: &[String]| list.iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
            ActionSet::of(&lower(&statement.actions), &lower(&statement.not_actions)).has(Action::AssumeRole)
        };
        let numbered = statements.iter().enumerate().filter(|(_, statement)| about(statement));
        let (allows, denies): (Vec<_>, Vec<_>) = numbered.partition(|(_, statement)| statement.effect == Effect::Allow);
        let label = |at: usize, statement: &Statement| statement.sid.clone().unwrap_or_else(|| (at + 1).to_string());
        let allows: Vec<(String, &Statement)> = allows.into_iter().map(|(at, s)| (label(at, s), s)).collect();
        let mut accounts = BTreeSet::new();
        for principal in allows.iter().flat_map(|(_, statement)| principals(statement)) {
            match principal {
                Principal::Scope(scope) => accounts.insert(scope.local()),
                Principal::Anyone => accounts.insert(role.account.clone()),
                _ => continue,
            };
        }
        let denies = denies.into_iter().map(|(_, statement)| statement).collect();
        (!allows.is_empty()).then_some(Self { role, node, allows, denies, accounts })
    }

    /// Edges from an identity of an account that is trusted as a whole: its own policies must let it through.
    pub(super) fn through_account(&self, estate: &Estate<'_>, holder: &Holder) -> Vec<Edge> {
        let matching = self.allows.iter().filter(|(_, statement)| self.trusts(statement, &holder.account));
        matching.filter_map(|(label, statement)| self.permitted(estate, holder, label, statement)).collect()
    }

    fn trusts(&self, statement: &Statement, account: &str) -> bool {
        principals(statement).iter().any(|principal| match principal {
            Principal::Scope(scope) => scope.local() == account,
            Principal::Anyone => account == self.role.account,
            _ => false,
        })
    }

    fn permitted(&self, estate: &Estate<'_>, holder: &Holder, label: &str, statement: &Statement) -> Option<Edge> {
        if holder.ix == self.role.ix || self.denied(&estate.graph.node(holder.ix).id, Some((estate, holder))) {
            return None;
        }
        let caller = estate.caller(holder);
        let mut condition = class(&statement.conditions, Some(&caller))?;
        let permit = estate.permits(holder, Action::AssumeRole, &self.role.arn, Bounds::Kept)?;
        if !permit.sure {
            let own = class(&permit.rule.conditions, Some(&caller))?;
            condition = condition.max(if own == ConditionClass::None { ConditionClass::Unknown } else { own });
        }
        let words = policy(estate, holder, permit.grant, permit.rule);
        let why = format!("{words} allows sts:AssumeRole on {}", self.role.arn);
        let edge = self.edge(&estate.graph.node(holder.ix).id, label, condition);
        Some(edge.shown_by(Evidence::new(why, format!("policy {}", estate.graph.node(permit.grant).name))))
    }

    /// The statement that trusts a whole account, whatever the request, when nothing else has to be weighed.
    pub(super) fn plainly_trusts(&self, account: &str) -> Option<&str> {
        let plain = |statement: &Statement| statement.conditions.is_empty() && self.trusts(statement, account);
        let found = self.allows.iter().find(|(_, statement)| plain(statement));
        found.filter(|_| self.denies.is_empty()).map(|(label, _)| label.as_str())
    }

    /// Edges from identities that the trust policy names.
    pub(super) fn named(&self, estate: &Estate<'_>) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (label, statement) in &self.allows {
            for principal in principals(statement) {
                let Principal::Identity(id) = principal else { continue };
                let holder = estate.graph.find(&id).and_then(|ix| estate.holder(ix));
                edges.extend(match holder {
                    Some(holder) if holder.account == self.role.account => {
                        self.neighbour(estate, holder, label, statement)
                    }
                    Some(holder) => self.permitted(estate, holder, label, statement),
                    None if id == self.node.id || self.denied(&id, None) => None,
                    // Nothing is known of its policies: the edge says what the role allows.
                    None => class(&statement.conditions, None).map(|condition| self.edge(&id, label, condition)),
                });
            }
        }
        edges
    }

    /// An identity of the same account that is named needs no policy of its own, but a Deny still counts, and so does
    /// the boundary of a role. A user that is named is not held by what its boundary merely leaves out.
    fn neighbour(&self, estate: &Estate<'_>, holder: &Holder, label: &str, statement: &Statement) -> Option<Edge> {
        let id = &estate.graph.node(holder.ix).id;
        let bounds = Bounds::Kept;
        if holder.ix == self.role.ix
            || self.denied(id, Some((estate, holder)))
            || estate.denies(holder, Action::AssumeRole, &self.role.arn, bounds)
        {
            return None;
        }
        let condition = class(&statement.conditions, Some(&estate.caller(holder)))?;
        let within = if holder.user.is_some() {
            Truth::True
        } else {
            estate.boundary_allows(holder, Action::AssumeRole, &self.role.arn)
        };
        match within {
            Truth::False => None,
            Truth::Unknown => Some(self.edge(id, label, condition.max(ConditionClass::Unknown))),
            Truth::True => Some(self.edge(id, label, condition)),
        }
    }

    /// Edges from whole accounts other than its own, and from everybody.
    pub(super) fn outsiders(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (label, statement) in &self.allows {
            for principal in principals(statement) {
                let from = match principal {
                    Principal::Scope(scope) if scope.local() != self.role.account => scope,
                    Principal::Anyone => anyone(),
                    _ => continue,
                };
                if !self.denied(&from, None) {
                    let condition = class(&statement.conditions, None);
                    edges.extend(condition.map(|condition| self.edge(&from, label, condition)));
                }
            }
        }
        edges
    }

    /// Whether a Deny of the trust policy surely stops this principal.
    fn denied(&self, candidate: &NodeId, holder: Option<(&Estate<'_>, &Holder)>) -> bool {
        let account = if candidate.type_name() == "account" { candidate.local() } else { candidate.realm().to_owned() };
        let speaks_of = |principal: &Principal| match principal {
            Principal::Anyone => true,
            Principal::Scope(scope) => scope.local() == account,
            Principal::Identity(id) => id == candidate,
            _ => false,
        };
        self.denies.iter().any(|deny| {
            let stops = if deny.not_principals.is_empty() {
                deny.principals.iter().any(speaks_of)
            } else {
                !deny.not_principals.iter().any(speaks_of)
            };
            let holds = match holder {
                Some((estate, holder)) => truth(&deny.conditions, &estate.caller(holder)) == Truth::True,
                None => deny.conditions.is_empty(),
            };
            stops && holds
        })
    }

    /// The edge from a virtual group, all of whose members the account's trust lets in.
    pub(super) fn edge_of_group(&self, group: &NodeId, account: &str, label: &str) -> Edge {
        let mut edge = self.edge(group, label, ConditionClass::None);
        for evidence in &mut edge.evidence {
            evidence.what = self.words(label, &format!("account {account}"));
        }
        edge
    }

    fn words(&self, label: &str, who: &str) -> String {
        format!("statement {label} of the trust policy of {} lets {who} assume it", self.node.name)
    }

    fn edge(&self, from: &NodeId, label: &str, condition: ConditionClass) -> Edge {
        let who = match from.type_name() {
            "account" => format!("account {}", from.local()),
            "scope" => "anyone".to_owned(),
            _ => from.local(),
        };
        let what = self.words(label, &who);
        Edge {
            qualifier: label.to_owned(),
            condition,
            derived: true,
            ..Edge::stated(from.clone(), EdgeKind::CanAssume, self.node.id.clone())
        }
        .shown_by(Evidence::new(what, format!("trust policy of {}", self.node.name)))
    }
}

/// Who a statement lets in. All but some is everybody, as far as a reader who must be safe is concerned.
fn principals(statement: &Statement) -> Vec<Principal> {
    if statement.not_principals.is_empty() { statement.principals.clone() } else { vec![Principal::Anyone] }
}
