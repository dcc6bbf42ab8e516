//! The tier of each AWS identity by its own grants: T0 can do anything or make itself able to, T1 writes data,
//! secret stores or pipelines or reads secrets, T2 reads, T3 does nothing that is known to matter.

use super::admin::admin_basis;
use super::condition::{Truth, truth};
use super::document::{Document, Rule};
use super::holdings::{Boundary, Bounds, Estate, Holder, policy};
use super::level::{self, Level};
use super::pattern;
use crate::Ix;
use whose_model::{Basis, Facet, Privilege, Tier};

/// At most so many reasons are given; the first ones are the strongest.
pub(super) const REASONS: usize = 5;

/// The privilege of every AWS identity that was seen.
pub(crate) fn resolve(estate: &Estate<'_>) -> Vec<(Ix, Privilege)> {
    estate.holders.iter().map(|holder| (holder.ix, of(estate, holder))).collect()
}

fn of(estate: &Estate<'_>, holder: &Holder) -> Privilege {
    let node = estate.graph.node(holder.ix);
    if node.identity().is_some_and(|detail| detail.root) {
        return because(Tier::T0, "it is the root user, which no policy of the account binds");
    }
    let admin = admin_basis(estate, holder, Bounds::Kept);
    if !admin.is_empty() {
        return Privilege { tier: Tier::T0, basis: admin };
    }
    if let Some(reason) = unread(estate, holder) {
        return because(Tier::Unknown, &reason);
    }
    for (level, tier) in [(Level::Sensitive, Tier::T1), (Level::Read, Tier::T2)] {
        let basis = basis_at(estate, holder, level);
        if !basis.is_empty() {
            return Privilege { tier, basis };
        }
    }
    if holder.grants.is_empty() {
        return because(Tier::T3, "it holds no policy");
    }
    because(Tier::T3, "its policies allow nothing that is known to matter")
}

fn because(tier: Tier, what: &str) -> Privilege {
    Privilege { tier, basis: vec![Basis { what: what.into(), grant: None }] }
}

/// Why the grants of an identity are not all known, if so.
fn unread(estate: &Estate<'_>, holder: &Holder) -> Option<String> {
    let name = |ix: Ix| &estate.graph.node(ix).name;
    if let Some(grant) = holder.unread.first() {
        return Some(format!("policy {} was not read", name(*grant)));
    }
    if let Boundary::Unread(grant) = holder.boundary {
        return Some(format!("its permissions boundary {} was not read", name(grant)));
    }
    let gap = estate.graph.gap(holder.ix, Facet::Grants)?;
    Some(format!("its policies are not known: {}", gap.reason))
}

/// What the identity may do at this level, at most so many reasons.
fn basis_at(estate: &Estate<'_>, holder: &Holder, level: Level) -> Vec<Basis> {
    let caller = estate.caller(holder);
    let mut basis = Vec::new();
    for (grant, document) in estate.held(holder) {
        for rule in document.allows().filter(|rule| truth(&rule.conditions, &caller) != Truth::False) {
            let actions = actions_at(estate, holder, rule, level);
            if actions.is_empty() {
                continue;
            }
            let what =
                format!("{} allows {} on {}", policy(estate, holder, grant, rule), list(&actions), resources(rule));
            basis.push(Basis { what, grant: Some(estate.graph.node(grant).id.clone()) });
            if basis.len() == REASONS {
                return basis;
            }
        }
    }
    basis
}

/// The action patterns of a statement that remain at this level after every Deny and the boundary.
fn actions_at(estate: &Estate<'_>, holder: &Holder, rule: &Rule, level: Level) -> Vec<String> {
    if !rule.not_actions.is_empty() {
        let everything = "*".to_owned();
        let remains = rule.levels.contains(&level) && remaining(estate, holder, rule, &everything, level);
        let but = format!("everything but {}", list(&rule.not_actions));
        return if remains { vec![but] } else { Vec::new() };
    }
    let worth = rule.actions.iter().zip(&rule.written).zip(&rule.levels).filter(|(_, at)| **at >= level);
    worth
        .filter(|((action, _), at)| {
            (**at == level || estate.bound(holder).is_some()) && remaining(estate, holder, rule, action, level)
        })
        .map(|((_, written), _)| written.clone())
        .collect()
}

/// Whether something of this pattern at this level is left by every Deny and by the boundary.
fn remaining(estate: &Estate<'_>, holder: &Holder, rule: &Rule, action: &String, level: Level) -> bool {
    let bound = estate.bound(holder);
    let denied = |action: &str| {
        let documents = estate.held(holder).map(|(_, document)| document).chain(bound);
        documents.flat_map(Document::denies).any(|deny| swallows(deny, action, &rule.resources))
    };
    let Some(bound) = bound else { return !denied(action) };
    bound.allows().any(|allow| {
        if !allow.not_actions.is_empty() {
            let left_out = allow.not_actions.iter().any(|not| pattern::contains(not, action));
            return !left_out && level::of(action, &rule.resources) == level && !denied(action);
        }
        allow.actions.iter().any(|within| {
            let both = if pattern::contains(within, action) {
                action
            } else if pattern::contains(action, within) {
                within
            } else {
                return false;
            };
            level::of(both, &rule.resources) == level && !denied(both)
        })
    })
}

/// Whether a Deny takes away this action on all these resources, whatever the request.
fn swallows(deny: &Rule, action: &str, resources: &[String]) -> bool {
    let covers = |resource: &String| deny.resources.iter().any(|wide| pattern::contains(wide, resource));
    deny.conditions.is_empty()
        && deny.actions.iter().any(|wide| pattern::contains(wide, action))
        && !resources.is_empty()
        && resources.iter().all(covers)
}

fn resources(rule: &Rule) -> String {
    if rule.not_resources.is_empty() {
        list(&rule.resources)
    } else {
        format!("everything but {}", list(&rule.not_resources))
    }
}

/// The first few of a list, and how many more there are.
fn list(items: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = items.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if items.len() > SHOWN {
        text.push_str(&format!(" and {} more", items.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::sample::{ACCOUNT, Estate, account, allow, deny, grant, group, identity, role, user};
    use whose_model::{
        Condition, CoverageState, EdgeKind, Facet, GrantDetail, GrantOrigin, IdentityDetail, Node, NodeId, Privilege,
        Statement, Tier, What,
    };

    fn privilege(graph: &Graph, id: &NodeId) -> Privilege {
        graph.privilege(graph.find(id).unwrap()).clone()
    }

    fn under(mut statement: Statement, operator: &str, key: &str, value: &str) -> Statement {
        let values = vec![value.to_owned()];
        statement.conditions.push(Condition { operator: operator.into(), key: key.into(), values });
        statement
    }

    fn own(text: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:{text}")
    }

    /// A user `u` with one policy `p`: its tier and first reason.
    #[track_caller]
    fn check(statements: Vec<Statement>, tier: Tier, what: &str) {
        let graph = Estate::read().user("u").grant("p", &user("u"), statements.clone()).build();
        let found = privilege(&graph, &user("u"));
        assert_eq!((found.tier, found.basis[0].what.as_str()), (tier, what), "{statements:?}");
    }

    #[test]
    fn admins_are_found_by_what_their_policies_allow() {
        let ways = "policy p allows iam:AttachUserPolicy on itself (aws-esc-004, pathfinding:iam-008)";
        check(vec![allow(&["*"], &["*"])], Tier::T0, "policy p allows * on *");
        check(vec![allow(&["*:*"], &["*"])], Tier::T0, "policy p allows * on *");
        check(vec![allow(&["IAM:*"], &["*"])], Tier::T0, "policy p allows iam:* on *");
        check(vec![allow(&["iam:AttachUserPolicy"], &["*"])], Tier::T0, ways);
        check(vec![allow(&["iam:attachuser*"], &[&own("user/${aws:username}")])], Tier::T0, ways);
        check(vec![allow(&["iam:Attach*"], &[&own("user/?")])], Tier::T0, ways);
        check(
            vec![allow(&["iam:CreatePolicyVersion"], &[&own("policy/p")])],
            Tier::T0,
            "policy p allows iam:CreatePolicyVersion on its own policy p (aws-esc-005, pathfinding:iam-001)",
        );
    }

    #[test]
    fn look_alikes_of_admins_are_not_admins() {
        let pass = "policy p allows iam:AttachUserPolicy on ";
        check(
            vec![allow(&["iam:AttachUserPolicy"], &[&own("user/other")])],
            Tier::T1,
            &(pass.to_owned() + &own("user/other")),
        );
        check(vec![allow(&["iam:AttachRolePolicy"], &["*"])], Tier::T1, "policy p allows iam:AttachRolePolicy on *");
        let elsewhere = under(allow(&["*"], &["*"]), "StringEquals", "aws:PrincipalAccount", "1");
        check(vec![elsewhere], Tier::T3, "its policies allow nothing that is known to matter");
        let power = Statement { actions: vec![], not_actions: vec!["iam:*".into()], ..allow(&[], &["*"]) };
        check(vec![power], Tier::T1, "policy p allows everything but iam:* on *");
        let safe = under(allow(&["iam:AttachUserPolicy"], &["*"]), "ArnEquals", "iam:PolicyARN", &own("policy/read"));
        check(vec![safe], Tier::T3, "its policies allow nothing that is known to matter");
    }

    #[test]
    fn a_deny_takes_away_and_one_under_an_open_condition_does_not() {
        let all = || allow(&["*"], &["*"]);
        check(vec![all(), deny(&["*"], &["*"])], Tier::T3, "its policies allow nothing that is known to matter");
        check(vec![all(), deny(&["iam:*"], &["*"])], Tier::T1, "policy p (statement 1) allows * on *");
        let no_mfa = under(deny(&["*"], &["*"]), "BoolIfExists", "aws:MultiFactorAuthPresent", "false");
        check(vec![all(), no_mfa], Tier::T0, "policy p (statement 1) allows * on *");
        let named = under(deny(&["*"], &["*"]), "StringEquals", "aws:username", "u");
        check(vec![all(), named], Tier::T1, "policy p (statement 1) allows * on *");
    }

    #[test]
    fn an_open_condition_on_an_allow_is_kept_and_told() {
        let inside = under(allow(&["*"], &["*"]), "IpAddress", "aws:SourceIp", "10.0.0.0/8");
        let what = "policy p allows * on *, under conditions that could not be evaluated (aws:SourceIp)";
        check(vec![inside], Tier::T0, what);
    }

    #[test]
    fn writers_readers_and_the_rest_are_told_apart() {
        check(
            vec![allow(&["s3:PutObject"], &["arn:aws:s3:::b/*"])],
            Tier::T1,
            "policy p allows s3:PutObject on arn:aws:s3:::b/*",
        );
        check(
            vec![allow(&["secretsmanager:GetSecretValue"], &["*"])],
            Tier::T1,
            "policy p allows secretsmanager:GetSecretValue on *",
        );
        check(vec![allow(&["s3:Get*", "s3:List*"], &["*"])], Tier::T2, "policy p allows s3:Get*, s3:List* on *");
        check(
            vec![allow(&["s3:*"], &["*"]), deny(&["s3:*"], &["*"])],
            Tier::T3,
            "its policies allow nothing that is known to matter",
        );
        check(
            vec![allow(&["logs:PutLogEvents"], &["*"])],
            Tier::T3,
            "its policies allow nothing that is known to matter",
        );
    }

    #[test]
    fn group_policies_count_and_say_so() {
        let graph = Estate::read()
            .user("u")
            .edge(&user("u"), EdgeKind::MemberOf, &group("admins"))
            .grant("p", &group("admins"), vec![allow(&["*"], &["*"])])
            .build();
        let found = privilege(&graph, &user("u"));
        assert_eq!((found.tier, found.basis[0].what.as_str()), (Tier::T0, "policy p (by group admins) allows * on *"));
        assert_eq!(found.basis[0].grant, Some(grant("p")));
    }

    #[test]
    fn adding_oneself_to_a_group_counts_when_the_group_is_admin() {
        let estate = |statements| {
            Estate::read()
                .user("u")
                .node(Node::new(group("ops"), What::Group, "iam-group", "ops"))
                .grant("p", &user("u"), vec![allow(&["iam:AddUserToGroup"], &["*"])])
                .grant("q", &group("ops"), statements)
                .build()
        };
        assert_eq!(privilege(&estate(vec![allow(&["*"], &["*"])]), &user("u")).tier, Tier::T0);
        assert_eq!(privilege(&estate(vec![allow(&["s3:*"], &["*"])]), &user("u")).tier, Tier::T1);
    }

    fn bounded(boundary: Option<Vec<Statement>>, statements: Vec<Statement>) -> Privilege {
        let detail = IdentityDetail { boundary: Some(grant("bound")), ..IdentityDetail::default() };
        let mut node = identity(user("u"), "iam-user", "u");
        node.what = What::Identity(Box::new(detail));
        let mut estate = Estate::read().node(node).grant("p", &user("u"), statements);
        if let Some(boundary) = boundary {
            estate = estate.grant("bound", &group("nobody"), boundary);
        }
        privilege(&estate.build(), &user("u"))
    }

    #[test]
    fn a_boundary_limits_what_grants_give() {
        let all = || vec![allow(&["*"], &["*"])];
        assert_eq!(bounded(Some(all()), all()).tier, Tier::T0);
        assert_eq!(bounded(Some(vec![allow(&["s3:Get*"], &["*"])]), all()).tier, Tier::T2);
        assert_eq!(bounded(Some(vec![allow(&["s3:*"], &["*"])]), all()).tier, Tier::T1);
        assert_eq!(bounded(Some(vec![allow(&["iam:PutUserPolicy"], &["*"])]), all()).tier, Tier::T1);
        assert_eq!(bounded(Some(vec![allow(&["logs:*"], &["*"])]), all()).tier, Tier::T3);
        assert_eq!(bounded(None, all()).tier, Tier::Unknown);
    }

    #[test]
    fn who_can_remove_its_boundary_is_not_bounded() {
        let boundary = vec![allow(&["s3:*", "iam:DeleteUserPermissionsBoundary"], &["*"])];
        let found = bounded(Some(boundary), vec![allow(&["*"], &["*"])]);
        assert_eq!((found.tier, found.basis[0].what.as_str()), (Tier::T0, "policy p allows * on *"));
    }

    #[test]
    fn what_was_not_read_is_unknown_unless_the_rest_makes_it_admin() {
        let unread = |statements| {
            let what = What::Grant(GrantDetail::new(GrantOrigin::Customer));
            let graph = Estate::read()
                .user("u")
                .node(Node::new(grant("dark"), what, "iam-policy", "dark"))
                .edge(&user("u"), EdgeKind::HasGrant, &grant("dark"))
                .grant("p", &user("u"), statements)
                .build();
            privilege(&graph, &user("u"))
        };
        let found = unread(vec![allow(&["s3:*"], &["*"])]);
        assert_eq!((found.tier, found.basis[0].what.as_str()), (Tier::Unknown, "policy dark was not read"));
        assert_eq!(unread(vec![allow(&["*"], &["*"])]).tier, Tier::T0);
    }

    #[test]
    fn without_a_listing_of_grants_nothing_is_known() {
        let graph = Estate::default()
            .covered(account(ACCOUNT), &[Facet::Identities], CoverageState::Complete, &[])
            .user("u")
            .build();
        assert_eq!(privilege(&graph, &user("u")).tier, Tier::Unknown);
        assert_eq!(privilege(&Estate::read().user("u").build(), &user("u")).tier, Tier::T3);
    }

    #[test]
    fn root_and_roles_and_strangers_have_tiers_too() {
        let mut root = identity(user("<root>"), "iam-user", "<root>");
        root.what = What::Identity(Box::new(IdentityDetail { root: true, ..IdentityDetail::default() }));
        let other = NodeId::new("okta", "acme", "service-account", "x");
        let graph = Estate::default()
            .node(root)
            .role("r", Vec::new())
            .grant("p", &role("r"), vec![allow(&["iam:PutRolePolicy"], &[&own("role/r")])])
            .node(identity(other.clone(), "service-account", "x"))
            .build();
        assert_eq!(privilege(&graph, &user("<root>")).tier, Tier::T0);
        assert_eq!(privilege(&graph, &role("r")).tier, Tier::T0);
        assert_eq!(privilege(&graph, &other).basis[0].what, "no listing was asked for the grants of `123456789012`");
    }
}
