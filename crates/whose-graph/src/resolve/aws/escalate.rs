//! Who may take over whom: an identity that can write another's credentials or trust policy can become it. What an
//! admin-equivalent identity could do to others is not drawn, for it can do it to all.

use super::crowd::{may, plain_patterns, virtual_group};
use super::holdings::{Bounds, Estate, Holder, policy};
use super::pattern;
use super::technique::{TECHNIQUES, Target, Technique};
use crate::Ix;
use std::collections::{BTreeMap, BTreeSet};
use whose_model::{ConditionClass, CredentialKind, Edge, EdgeKind, Evidence, Node, NodeId, State};

/// The `can-escalate-to` edges, and the virtual groups that stand for "every user that matches a pattern", so that
/// the edges do not number callers times targets.
pub(crate) fn resolve(estate: &Estate<'_>, admins: &BTreeSet<Ix>) -> (Vec<Node>, Vec<Edge>) {
    let mut drawn = Drawn { estate, groups: BTreeMap::new(), edges: Vec::new() };
    for holder in estate.holders.iter().filter(|holder| !admins.contains(&holder.ix)) {
        for technique in TECHNIQUES {
            if may_try(estate, holder, technique) {
                drawn.take_over(holder, technique);
            }
        }
    }
    (drawn.groups.into_values().collect(), drawn.edges)
}

fn may_try(estate: &Estate<'_>, holder: &Holder, technique: &Technique) -> bool {
    let others = matches!(
        technique.target,
        Target::OtherUser | Target::OtherRole | Target::UserWithPassword | Target::UserWithoutPassword
    );
    others && technique.actions.iter().all(|action| may(estate, holder, *action))
}

struct Drawn<'a, 'g> {
    estate: &'a Estate<'g>,
    groups: BTreeMap<NodeId, Node>,
    edges: Vec<Edge>,
}

impl Drawn<'_, '_> {
    fn take_over(&mut self, holder: &Holder, technique: &Technique) {
        let single = if let [action] = technique.actions[..] { Some(action) } else { None };
        match single.and_then(|action| plain_patterns(self.estate, holder, action)) {
            Some(patterns) => {
                for (pattern, why) in patterns {
                    self.by_pattern(holder, technique, &pattern, &why);
                }
            }
            None => self.one_by_one(holder, technique),
        }
    }

    fn by_pattern(&mut self, holder: &Holder, technique: &Technique, text: &str, why: &Evidence) {
        let from = self.estate.graph.node(holder.ix).id.clone();
        if !pattern::is_wild(text) {
            let targets: Vec<Ix> =
                self.targets(holder, technique).filter(|(_, arn)| *arn == text).map(|t| t.0).collect();
            for target in targets.into_iter().filter(|target| *target != holder.ix) {
                self.draw(from.clone(), target, technique, ConditionClass::None, why.clone());
            }
            return;
        }
        let what = if technique.target == Target::OtherRole { "role" } else { "user" };
        let action = technique.actions.first().map_or("", |action| action.name());
        let name = format!("every {what} that matches {text}");
        let group = virtual_group(&holder.account, &format!("{action} on {text}"), &name);
        let id = group.id.clone();
        if self.groups.insert(id.clone(), group).is_none() {
            let targets: Vec<Ix> = self
                .targets(holder, technique)
                .filter(|(_, arn)| pattern::matches(text, arn))
                .map(|(target, _)| target)
                .collect();
            let covered = Evidence::new(format!("its address matches {text}"), "the inventory");
            for target in targets {
                self.draw(id.clone(), target, technique, ConditionClass::None, covered.clone());
            }
        }
        let edge =
            Edge { qualifier: technique.id.into(), derived: true, ..Edge::stated(from, EdgeKind::CanEscalateTo, id) };
        self.edges.push(edge.shown_by(why.clone()));
    }

    fn one_by_one(&mut self, holder: &Holder, technique: &Technique) {
        let from = self.estate.graph.node(holder.ix).id.clone();
        let targets: Vec<(Ix, String)> =
            self.targets(holder, technique).map(|(target, arn)| (target, arn.to_owned())).collect();
        for (target, arn) in targets.into_iter().filter(|(target, _)| *target != holder.ix) {
            let permits = technique
                .actions
                .iter()
                .map(|action| Some((*action, self.estate.permits(holder, *action, &arn, Bounds::Kept)?)));
            let Some(permits) = permits.collect::<Option<Vec<_>>>() else { continue };
            let sure = permits.iter().all(|(_, permit)| permit.sure);
            let condition = if sure { ConditionClass::None } else { ConditionClass::Unknown };
            let Some((action, permit)) = permits.into_iter().next() else { continue };
            let words = policy(self.estate, holder, permit.grant, permit.rule);
            let source = format!("policy {}", self.estate.graph.node(permit.grant).name);
            let why = Evidence::new(format!("{words} allows {} on {arn}", action.name()), source);
            self.draw(from.clone(), target, technique, condition, why);
        }
    }

    /// The identities of the account at which the technique can be aimed, with their addresses.
    fn targets<'b>(&'b self, holder: &Holder, technique: &Technique) -> impl Iterator<Item = (Ix, &'b str)> {
        let target = technique.target;
        self.estate
            .in_account(&holder.account)
            .filter(move |other| self.fits(other, target))
            .map(|other| (other.ix, other.arn.as_str()))
    }

    fn fits(&self, other: &Holder, target: Target) -> bool {
        let graph = self.estate.graph;
        let detail = graph.node(other.ix).identity();
        if detail.is_some_and(|detail| detail.root || detail.provider_managed) {
            return false;
        }
        let has_password = || {
            graph.credentials_of(other.ix).any(|credential| {
                let node = graph.node(credential);
                node.credential().is_some_and(|detail| detail.kind == CredentialKind::Password)
                    && node.state != State::Deleted
            })
        };
        match target {
            Target::OtherRole => other.user.is_none(),
            Target::OtherUser => other.user.is_some(),
            Target::UserWithPassword => other.user.is_some() && has_password(),
            Target::UserWithoutPassword => other.user.is_some() && !has_password(),
            _ => false,
        }
    }

    fn draw(&mut self, from: NodeId, to: Ix, technique: &Technique, condition: ConditionClass, why: Evidence) {
        let to = self.estate.graph.node(to).id.clone();
        let edge = Edge {
            qualifier: technique.id.into(),
            condition,
            derived: true,
            ..Edge::stated(from, EdgeKind::CanEscalateTo, to)
        };
        self.edges.push(edge.shown_by(why));
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::sample::{ACCOUNT, Estate, allow, deny, names, role, user};
    use whose_model::{EdgeKind, NodeKind, Statement};

    fn estate(statements: Vec<Statement>) -> Graph {
        Estate::read()
            .user("u")
            .user("alice")
            .user("boss")
            .role("r", Vec::new())
            .grant("p", &user("u"), statements)
            .grant("admin", &user("boss"), vec![allow(&["*"], &["*"])])
            .build()
    }

    #[track_caller]
    fn check(statements: Vec<Statement>, expected: &[&str], admins: usize) {
        let graph = estate(statements.clone());
        let start = graph.find(&user("u")).unwrap();
        let found = names(&graph, graph.out(start, EdgeKind::CanEscalateTo).map(|(to, _)| to));
        assert_eq!(found, expected, "{statements:?}");
        assert_eq!(graph.reach(start).admins.len(), admins, "{statements:?}");
    }

    #[test]
    fn who_writes_credentials_can_take_over() {
        let arn = |text: &str| format!("arn:aws:iam::{ACCOUNT}:{text}");
        let keys = |resource: &str| allow(&["iam:CreateAccessKey"], &[resource]);
        check(vec![keys(&arn("user/alice"))], &["alice"], 0);
        check(vec![keys(&arn("user/u"))], &[], 0);
        check(vec![keys(&arn("user/${aws:username}"))], &[], 0);
        check(vec![keys("*")], &["every user that matches *"], 1);
        check(vec![keys("*"), deny(&["iam:*"], &[&arn("user/boss")])], &["alice"], 0);
        check(vec![allow(&["iam:UpdateAssumeRolePolicy"], &[&arn("role/r")])], &["r"], 0);
        check(vec![allow(&["iam:CreateLoginProfile"], &[&arn("user/boss")])], &["boss"], 1);
        check(vec![allow(&["iam:UpdateLoginProfile"], &[&arn("user/boss")])], &[], 0);
        check(vec![allow(&["*"], &["*"])], &[], 1);
    }

    #[test]
    fn a_pattern_is_one_virtual_group_and_no_group_of_the_estate() {
        let graph = estate(vec![allow(&["iam:CreateAccessKey"], &["*"])]);
        assert_eq!(graph.of_kind(NodeKind::Group).count(), 0);
        let start = graph.find(&user("u")).unwrap();
        let reach = graph.reach(start);
        assert_eq!((reach.identities, reach.path.len()), (2, 2));
        assert_eq!(reach.path[1].to, user("boss"));
        assert_eq!(graph.reach(graph.find(&role("r")).unwrap()).identities, 0);
    }
}
