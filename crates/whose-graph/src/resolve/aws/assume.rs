//! Who may become which role: the trust policy is read from the role's side, and only identities that some policy
//! lets assume roles are tried where it trusts a whole account.

use super::action::{Action, ActionSet};
use super::condition::{Truth, class, truth};
use super::holdings::{Estate, Holder};
use super::tier::policy;
use crate::Ix;
use std::collections::{BTreeMap, BTreeSet};
use whose_model::{ConditionClass, Edge, EdgeKind, Effect, Evidence, Node, NodeId, Principal, Statement, What};

/// Above this many (identity, role) pairs between two accounts, admin-equivalent identities are left out: they can
/// make themselves anything anyway, and the graph stays linear in what it tells.
const PAIRS: usize = 200_000;

/// The virtual scope that holds everybody there is.
pub(super) fn anyone() -> NodeId {
    NodeId::new("whose", "", "scope", "anyone")
}

/// The `can-assume` edges, and the nodes that they need and nobody saw.
pub(crate) fn resolve(estate: &Estate<'_>, admins: &BTreeSet<Ix>) -> (Vec<Node>, Vec<Edge>) {
    let mut edges = Vec::new();
    let mut assumers: BTreeMap<&str, Vec<&Holder>> = BTreeMap::new();
    for account in estate.accounts() {
        assumers.insert(account, estate.in_account(account).filter(|holder| speaks(estate, holder)).collect());
    }
    let roles: Vec<Trusting<'_>> = estate.holders.iter().filter_map(|role| Trusting::new(estate, role)).collect();
    let mut trusting: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for role in &roles {
        for account in &role.accounts {
            *trusting.entry((account, &role.role.account)).or_default() += 1;
        }
    }
    for role in &roles {
        for account in &role.accounts {
            let candidates = assumers.get(account.as_str()).map(Vec::as_slice).unwrap_or_default();
            let pairs = trusting.get(&(account.as_str(), role.role.account.as_str())).copied().unwrap_or_default();
            let many = pairs.saturating_mul(candidates.len()) > PAIRS;
            let candidates = candidates.iter().filter(|holder| !many || !admins.contains(&holder.ix));
            edges.extend(candidates.flat_map(|holder| role.through_account(estate, holder)));
        }
        edges.extend(role.named(estate));
        edges.extend(role.outsiders());
    }
    let open = edges.iter().any(|edge| edge.from == anyone());
    let nodes = open.then(|| Node::new(anyone(), What::Scope, "scope", "anyone")).into_iter().collect();
    (nodes, edges)
}

fn speaks(estate: &Estate<'_>, holder: &Holder) -> bool {
    estate.held(holder).any(|(_, document)| document.allows().any(|rule| rule.speaks_of.has(Action::AssumeRole)))
}

/// A role with the part of its trust policy that lets somebody become it.
struct Trusting<'a> {
    role: &'a Holder,
    node: &'a Node,
    allows: Vec<(String, &'a Statement)>,
    denies: Vec<&'a Statement>,
    /// The accounts that are trusted as a whole.
    accounts: BTreeSet<String>,
}

impl<'a> Trusting<'a> {
    fn new(estate: &'a Estate<'_>, role: &'a Holder) -> Option<Self> {
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
    fn through_account(&self, estate: &Estate<'_>, holder: &Holder) -> Vec<Edge> {
        let trusts = |principal: &Principal| match principal {
            Principal::Scope(scope) => scope.local() == holder.account,
            Principal::Anyone => holder.account == self.role.account,
            _ => false,
        };
        let matching = self.allows.iter().filter(|(_, statement)| principals(statement).iter().any(trusts));
        matching.filter_map(|(label, statement)| self.permitted(estate, holder, label, statement)).collect()
    }

    fn permitted(&self, estate: &Estate<'_>, holder: &Holder, label: &str, statement: &Statement) -> Option<Edge> {
        if holder.ix == self.role.ix || self.denied(&estate.graph.node(holder.ix).id, Some((estate, holder))) {
            return None;
        }
        let caller = estate.caller(holder);
        let mut condition = class(&statement.conditions, Some(&caller))?;
        let permit = estate.permits(holder, Action::AssumeRole, &self.role.arn, super::holdings::Bounds::Kept)?;
        if !permit.sure {
            let own = class(&permit.rule.conditions, Some(&caller))?;
            condition = condition.max(if own == ConditionClass::None { ConditionClass::Unknown } else { own });
        }
        let words = policy(estate, holder, permit.grant, permit.rule);
        let why = format!("{words} allows sts:AssumeRole on {}", self.role.arn);
        let edge = self.edge(&estate.graph.node(holder.ix).id, label, condition);
        Some(edge.shown_by(Evidence::new(why, format!("policy {}", estate.graph.node(permit.grant).name))))
    }

    /// Edges from identities that the trust policy names.
    fn named(&self, estate: &Estate<'_>) -> Vec<Edge> {
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
        let bounds = super::holdings::Bounds::Kept;
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
    fn outsiders(&self) -> Vec<Edge> {
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

    fn edge(&self, from: &NodeId, label: &str, condition: ConditionClass) -> Edge {
        let who = match from.type_name() {
            "account" => format!("account {}", from.local()),
            "scope" => "anyone".to_owned(),
            _ => from.local(),
        };
        let what = format!("statement {label} of the trust policy of {} lets {who} assume it", self.node.name);
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

#[cfg(test)]
mod tests {
    use super::anyone;
    use crate::Graph;
    use crate::sample::{ACCOUNT, ELSEWHERE, Estate, account, allow, deny, identity, role, trusts, user};
    use whose_model::{Condition, ConditionClass, EdgeKind, Effect, NodeId, Principal, Statement};

    fn with_id(mut statement: Statement) -> Statement {
        let values = vec!["x".to_owned()];
        statement.conditions.push(Condition { operator: "StringEquals".into(), key: "sts:ExternalId".into(), values });
        statement
    }

    fn assumers(graph: &Graph) -> Vec<(String, ConditionClass)> {
        let target = graph.find(&role("target")).unwrap();
        let incoming = graph.incoming(target, EdgeKind::CanAssume);
        incoming.map(|(from, edge)| (graph.node(from).name.clone(), edge.condition)).collect()
    }

    /// Users `able` (may assume anything), `unable` (may not) and `banned` (may, but a Deny forbids it) meet a trust.
    #[track_caller]
    fn check(trust: Vec<Statement>, expected: &[(&str, ConditionClass)]) {
        let any = || allow(&["sts:AssumeRole"], &["*"]);
        let graph = Estate::read()
            .user("able")
            .user("banned")
            .user("unable")
            .role("target", trust.clone())
            .grant("p", &user("able"), vec![any()])
            .grant("q", &user("banned"), vec![any(), deny(&["sts:*"], &["*"])])
            .build();
        let expected: Vec<_> = expected.iter().map(|(name, class)| ((*name).to_owned(), *class)).collect();
        assert_eq!(assumers(&graph), expected, "{trust:?}");
    }

    #[test]
    fn trusts_become_edges() {
        use ConditionClass::{External, None as Free};
        let scope = |number| Principal::Scope(account(number));
        let named = |name| Principal::Identity(user(name));
        check(vec![], &[]);
        check(vec![trusts(&[scope(ACCOUNT)])], &[("able", Free)]);
        check(vec![trusts(&[named("unable"), named("banned")])], &[("unable", Free)]);
        check(vec![trusts(&[scope(ELSEWHERE)])], &[(ELSEWHERE, Free)]);
        check(vec![with_id(trusts(&[scope(ELSEWHERE)]))], &[(ELSEWHERE, External)]);
        check(vec![trusts(&[Principal::Anyone])], &[("able", Free), ("anyone", Free)]);
        check(vec![trusts(&[Principal::Service("lambda.amazonaws.com".into())])], &[]);
        check(vec![Statement { actions: vec!["sts:TagSession".into()], ..trusts(&[scope(ACCOUNT)]) }], &[]);
        check(vec![Statement { actions: vec!["sts:*".into()], ..trusts(&[scope(ACCOUNT)]) }], &[("able", Free)]);
        check(vec![trusts(&[Principal::Identity(role("target"))])], &[]);
    }

    #[test]
    fn a_deny_in_the_trust_policy_counts() {
        let forbid = |principals: &[Principal]| Statement { effect: Effect::Deny, ..trusts(principals) };
        let all = || trusts(&[Principal::Scope(account(ACCOUNT)), Principal::Scope(account(ELSEWHERE))]);
        let free = ConditionClass::None;
        check(vec![all(), forbid(&[Principal::Identity(user("able"))])], &[(ELSEWHERE, free)]);
        check(vec![all(), forbid(&[Principal::Scope(account(ELSEWHERE))])], &[("able", free)]);
        check(vec![all(), forbid(&[Principal::Anyone])], &[]);
        check(vec![all(), with_id(forbid(&[Principal::Anyone]))], &[("able", free), (ELSEWHERE, free)]);
        let but = Statement { not_principals: vec![Principal::Identity(user("able"))], ..forbid(&[]) };
        check(vec![all(), but], &[("able", free)]);
    }

    #[test]
    fn a_neighbouring_account_of_the_estate_needs_a_permit_of_its_own() {
        let away = |name: &str| NodeId::new("aws", ELSEWHERE, "iam-user", name);
        let person = |name: &str| {
            let mut node = identity(away(name), "iam-user", name);
            node.address = Some(format!("arn:aws:iam::{ELSEWHERE}:user/{name}"));
            node
        };
        let target = format!("arn:aws:iam::{ACCOUNT}:role/target");
        let graph = Estate::read()
            .role("target", vec![trusts(&[Principal::Scope(account(ELSEWHERE)), Principal::Identity(away("named"))])])
            .node(person("able"))
            .node(person("named"))
            .node(person("unable"))
            .grant("p", &away("able"), vec![allow(&["sts:AssumeRole"], &[&target])])
            .grant("q", &away("unable"), vec![allow(&["sts:AssumeRole"], &["arn:aws:iam::*:role/other"])])
            .build();
        let free = ConditionClass::None;
        assert_eq!(assumers(&graph), [("able".to_owned(), free), (ELSEWHERE.to_owned(), free)]);
        let able = graph.find(&away("able")).unwrap();
        let (_, edge) = graph.out(able, EdgeKind::CanAssume).next().unwrap();
        assert!(edge.derived);
        assert_eq!(edge.qualifier, "1");
        assert_eq!(edge.evidence[0].what, "statement 1 of the trust policy of target lets able assume it");
        assert_eq!(edge.evidence[1].what, format!("policy p allows sts:AssumeRole on {target}"));
        assert_eq!(graph.reach(able).identities, 1);
    }

    #[test]
    fn a_stranger_that_is_named_is_a_stub_with_an_edge() {
        let stranger = NodeId::new("aws", ELSEWHERE, "iam-role", "vendor");
        let trust = with_id(trusts(&[Principal::Identity(stranger.clone())]));
        let graph = Estate::read().role("target", vec![trust]).build();
        assert_eq!(assumers(&graph), [("vendor".to_owned(), ConditionClass::External)]);
        assert!(!graph.is_seen(graph.find(&stranger).unwrap()));
    }

    #[test]
    fn anyone_is_one_virtual_scope() {
        let trust = || vec![trusts(&[Principal::Anyone])];
        let graph = Estate::read().role("target", trust()).role("other", trust()).build();
        let scope = graph.find(&anyone()).unwrap();
        assert!(!graph.is_seen(scope));
        assert_eq!(graph.out(scope, EdgeKind::CanAssume).count(), 2);
        assert_eq!(Estate::read().build().find(&anyone()), None);
    }
}
