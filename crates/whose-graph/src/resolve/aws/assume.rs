//! Who may become which role. Roles are taken one by one, and only identities that some policy lets assume roles are
//! tried where a role trusts a whole account; where both are many, the plain cases go through virtual groups.

use super::action::Action;
use super::crowd::{may, plain_patterns, virtual_group};
use super::holdings::{Estate, Holder};
use super::pattern;
use super::trust::Trusting;
use std::collections::{BTreeMap, BTreeSet};
use whose_model::{Edge, EdgeKind, Evidence, Node, NodeId, What};

/// Above this many (identity, role) pairs between two accounts, plain cases are not drawn pair by pair.
const PAIRS: usize = 10_000;

/// The virtual scope that holds everybody there is.
pub(super) fn anyone() -> NodeId {
    NodeId::new("whose", "", "scope", "anyone")
}

/// An identity that may assume roles, with the patterns by which it may, where nothing else has to be weighed.
type Assumer<'a> = (&'a Holder, Option<Vec<(String, Evidence)>>);

/// The `can-assume` edges, and the nodes that they need and nobody saw.
pub(crate) fn resolve(estate: &Estate<'_>) -> (Vec<Node>, Vec<Edge>) {
    let assumers: BTreeMap<&str, Vec<Assumer<'_>>> =
        estate.accounts().map(|account| (account, assumers_of(estate, account))).collect();
    let roles: Vec<Trusting<'_>> = estate.holders.iter().filter_map(|role| Trusting::new(estate, role)).collect();
    let mut trusting: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for role in &roles {
        for account in &role.accounts {
            *trusting.entry((account, &role.role.account)).or_default() += 1;
        }
    }
    let mut edges = Vec::new();
    let mut crowds: BTreeMap<(&str, &str), Vec<(&Trusting<'_>, &str)>> = BTreeMap::new();
    for role in &roles {
        for account in &role.accounts {
            let candidates = assumers.get(account.as_str()).map(Vec::as_slice).unwrap_or_default();
            let between = (account.as_str(), role.role.account.as_str());
            let pairs = trusting.get(&between).copied().unwrap_or_default().saturating_mul(candidates.len());
            let crowd = role.plainly_trusts(account).filter(|_| pairs > PAIRS);
            if let Some(label) = crowd {
                crowds.entry(between).or_default().push((role, label));
            }
            let single = candidates.iter().filter(|(_, plain)| crowd.is_none() || plain.is_none());
            edges.extend(single.flat_map(|(holder, _)| role.through_account(estate, holder)));
        }
        edges.extend(role.named(estate));
        edges.extend(role.outsiders());
    }
    let open = edges.iter().any(|edge| edge.from == anyone());
    let mut nodes: Vec<Node> = Vec::new();
    nodes.extend(open.then(|| Node::new(anyone(), What::Scope, "scope", "anyone")));
    for ((from, to), roles) in crowds {
        let candidates = assumers.get(from).map(Vec::as_slice).unwrap_or_default();
        draw_crowd(estate, (from, to), candidates, &roles, &mut nodes, &mut edges);
    }
    (nodes, edges)
}

fn assumers_of<'a>(estate: &'a Estate<'_>, account: &str) -> Vec<Assumer<'a>> {
    let able = estate.in_account(account).filter(|holder| may(estate, holder, Action::AssumeRole));
    able.map(|holder| (holder, plain_patterns(estate, holder, Action::AssumeRole))).collect()
}

/// Edges from each identity to a group for each of its patterns, and from there to every role that matches.
fn draw_crowd(
    estate: &Estate<'_>,
    (from, to): (&str, &str),
    candidates: &[Assumer<'_>],
    roles: &[(&Trusting<'_>, &str)],
    nodes: &mut Vec<Node>,
    edges: &mut Vec<Edge>,
) {
    let mut drawn = BTreeSet::new();
    for (holder, patterns) in candidates {
        for (text, why) in patterns.iter().flatten() {
            let name = format!("every role of {to} that trusts {from} and matches {text}");
            let group = virtual_group(from, &format!("sts:AssumeRole on {text} in {to}"), &name);
            if drawn.insert(group.id.clone()) {
                let matching = roles.iter().filter(|(role, _)| pattern::matches(text, &role.role.arn));
                edges.extend(matching.map(|(role, label)| role.edge_of_group(&group.id, from, label)));
                nodes.push(group.clone());
            }
            let caller = estate.graph.node(holder.ix).id.clone();
            let edge = Edge { derived: true, ..Edge::stated(caller, EdgeKind::CanAssume, group.id) };
            edges.push(edge.shown_by(why.clone()));
        }
    }
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
    fn a_crowd_goes_through_one_virtual_group() {
        let trust = || vec![trusts(&[Principal::Scope(account(ACCOUNT))])];
        let mut estate = Estate::read().role("target", trust());
        for number in 0..101 {
            let (caller, other) = (format!("u{number}"), format!("r{number}"));
            estate = estate.user(&caller).role(&other, trust()).edge(
                &user(&caller),
                EdgeKind::HasGrant,
                &crate::sample::grant("p"),
            );
        }
        let graph = estate
            .user("careful")
            .grant("q", &user("careful"), vec![allow(&["sts:AssumeRole"], &["*"]), deny(&["sts:*"], &["*/target"])])
            .grant("p", &user("u0"), vec![allow(&["sts:AssumeRole"], &["*"])])
            .build();
        let group = format!("every role of {ACCOUNT} that trusts {ACCOUNT} and matches *");
        assert_eq!(assumers(&graph), [(group, ConditionClass::None)]);
        assert_eq!(graph.reach(graph.find(&user("u7")).unwrap()).identities, 102);
        assert_eq!(graph.reach(graph.find(&user("careful")).unwrap()).identities, 101);
        assert!(graph.edges().count() < 700);
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
