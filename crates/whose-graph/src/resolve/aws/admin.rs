//! What makes an identity admin-equivalent: the techniques by which it could make itself so, tried one by one under
//! every Deny and boundary. Whoever may do everything can use one of them too.

use super::action::Action;
use super::crowd::may;
use super::document::Document;
use super::holdings::{Boundary, Bounds, Estate, Holder, Permit, address, policy};
use super::technique::{TECHNIQUES, Target, Technique};
use super::tier::REASONS;
use crate::Ix;
use std::collections::BTreeMap;
use whose_model::{Basis, EdgeKind, GrantOrigin, NodeKind};

/// How strong a reason is, the strongest first: whether a condition stayed open, how narrow the statement is, and
/// the grant and statement to tell reasons apart.
type Strength = (bool, u8, Ix, Option<String>);

/// What makes the identity admin-equivalent, the surest and widest first; empty when nothing does.
pub(super) fn admin_basis(estate: &Estate<'_>, holder: &Holder, bounds: Bounds) -> Vec<Basis> {
    if bounds == Bounds::Kept && matches!(holder.boundary, Boundary::Unread(_)) {
        return Vec::new();
    }
    let bounded = bounds == Bounds::Kept && !matches!(holder.boundary, Boundary::None);
    // Whoever raises itself under a boundary gets no further than the boundary, unless that is as wide as it gets.
    let wide = estate.bound(holder).is_some_and(|document| document.rules.iter().any(|rule| rule.sweeping().is_some()));
    let mut found: BTreeMap<Strength, (Permit<'_>, Vec<String>)> = BTreeMap::new();
    for technique in TECHNIQUES {
        let removal = matches!(technique.target, Target::OwnUserBoundary | Target::OwnRoleBoundary);
        let counts = if removal {
            bounded && !admin_basis(estate, holder, Bounds::Removed).is_empty()
        } else {
            !bounded || wide
        };
        for (target, words) in if counts { targets(estate, holder, technique) } else { Vec::new() } {
            let permits = technique.actions.iter().map(|action| estate.permits(holder, *action, &target, bounds));
            let Some(permits) = permits.collect::<Option<Vec<_>>>() else { continue };
            for (permit, action) in permits.into_iter().zip(technique.actions) {
                let width = permit.rule.sweeping().map_or(2, |all| u8::from(all != "*"));
                let key = (!permit.sure, width, permit.grant, permit.rule.label.clone());
                let (_, ways) = found.entry(key).or_insert_with(|| (permit, Vec::new()));
                let way = format!("{} on {words} ({}, {})", action.name(), technique.id, technique.reference);
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
    }
    let reasons = found.into_values().take(REASONS);
    reasons.map(|(permit, ways)| admin_reason(estate, holder, &permit, &ways)).collect()
}

/// What a technique is aimed at when the identity uses it on itself: addresses, with words for them.
fn targets(estate: &Estate<'_>, holder: &Holder, technique: &Technique) -> Vec<(String, String)> {
    let graph = estate.graph;
    let is_user = holder.user.is_some();
    let provider_managed = graph.node(holder.ix).identity().is_some_and(|detail| detail.provider_managed);
    let itself = || vec![(holder.arn.clone(), "itself".to_owned())];
    let named = |ixs: Vec<Ix>, word: &str| {
        ixs.into_iter().map(|ix| (address(graph.node(ix)), format!("{word} {}", graph.node(ix).name))).collect()
    };
    match technique.target {
        Target::OwnUser | Target::OwnUserBoundary if is_user => itself(),
        // A role that the provider keeps cannot be written by its customer.
        Target::OwnRole | Target::OwnRoleBoundary if !is_user && !provider_managed => itself(),
        Target::OwnGroup if is_user => named(holder.groups.clone(), "its group"),
        Target::AdminGroup if is_user && may(estate, holder, Action::AddUserToGroup) => {
            named(admin_groups(estate, holder), "the admin group")
        }
        Target::OwnPolicy => named(own_policies(estate, holder), "its own policy"),
        // The permission sets themselves are not read: only a permit on all of them is sure to reach the right one.
        Target::OwnPermissionSet if holder.arn.contains(":role/aws-reserved/sso.amazonaws.com/") => {
            vec![("*".to_owned(), "its permission set".to_owned())]
        }
        _ => Vec::new(),
    }
}

/// Groups of the account, that the user is not in, whose policies allow everything or all of IAM.
fn admin_groups(estate: &Estate<'_>, holder: &Holder) -> Vec<Ix> {
    let sweeps = |group: Ix| {
        let grants = estate.graph.out(group, EdgeKind::HasGrant).filter_map(|(grant, _)| estate.documents.of(grant));
        grants.flat_map(Document::allows).any(|rule| rule.sweeping().is_some())
    };
    let groups = estate.graph.of_kind(NodeKind::Group).filter(|group| {
        let id = &estate.graph.node(*group).id;
        id.provider() == "aws" && id.realm() == holder.account && !holder.groups.contains(group)
    });
    groups.filter(|group| sweeps(*group)).collect()
}

/// Customer-managed policies among the grants, whose versions the customer can write.
fn own_policies(estate: &Estate<'_>, holder: &Holder) -> Vec<Ix> {
    let customer =
        |ix: &Ix| estate.graph.node(*ix).grant().is_some_and(|detail| detail.origin == GrantOrigin::Customer);
    holder.grants.iter().chain(&holder.unread).copied().filter(customer).collect()
}

fn admin_reason(estate: &Estate<'_>, holder: &Holder, permit: &Permit<'_>, ways: &[String]) -> Basis {
    let what = match permit.rule.sweeping() {
        Some(all) => format!("{all} on *"),
        None => ways.join(", "),
    };
    let mut text = format!("{} allows {what}", policy(estate, holder, permit.grant, permit.rule));
    if !permit.sure {
        let keys: Vec<&str> = permit.rule.conditions.iter().map(|condition| condition.key.as_str()).collect();
        text.push_str(&if keys.is_empty() {
            ", as far as could be evaluated".to_owned()
        } else {
            format!(", under conditions that could not be evaluated ({})", keys.join(", "))
        });
    }
    Basis { what: text, grant: Some(estate.graph.node(permit.grant).id.clone()) }
}
