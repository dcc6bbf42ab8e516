//! An identity that only something gone could become.

use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Effect, Evidence, Facet, NodeId, Principal, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "orphaned-workload",
    title: "What the identity exists for is gone",
    group: Group::Ownership,
    base: Severity::Medium,
    finds: "Identities without a working credential whose trust policy lets in only things that no longer exist: \
            identity providers and identities of the same account that a complete listing does not hold, and \
            principals that the provider shows by the bare id of something deleted.",
    matters: "It does nothing for anybody and keeps its permissions. Whoever can create an identity provider or an \
              identity under the old name may step into its place.",
    fix: "Make sure that nobody recreates what it trusted, then take its grants away and delete it.",
    blind_spots: "A service or another account that is trusted always counts as there. A workload that is gone while \
                  its identity provider stays is not seen.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("owasp-agentic-2026", "ASI10"),
        control("nist-csf-2.0", "ID.AM-08"),
        control("nist-800-53r5", "AC-2(3)"),
        control("nist-ai-rmf-1.0", "GOVERN 1.7"),
    ],
    references: &[link(
        "AWS: principals of deleted identities in a trust policy",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    )],
};

/// See the rule's page.
pub(crate) struct OrphanedWorkload;

impl PostureRule for OrphanedWorkload {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            let Some(gone) = all_ways_gone(graph, ix) else { continue };
            let named: Vec<&str> = gone.iter().map(|way| way.name.as_str()).collect();
            let title = format!("{} trusts only what is gone: {}", wording::named_first(graph, ix), named.join(", "));
            let mut draft = Draft::new(title).fixed_by(fixes::step(graph, fixes::Step::DeleteIdentity, ix));
            for way in gone {
                draft = draft.shown_by(Evidence::new(way.shows, "trust policy"));
                draft.premises.extend(way.premises);
            }
            findings.report(ix, draft);
        }
    }
}

/// A way in that leads from something gone.
struct Gone {
    name: String,
    shows: String,
    premises: Vec<Premise>,
}

/// Whether this rule has something to say of an identity, so that others need not say it too.
pub(super) fn trusts_only_what_is_gone(graph: &Graph, ix: Ix) -> bool {
    all_ways_gone(graph, ix).is_some()
}

/// The ways into an identity, when there is at least one and every one leads from something gone.
fn all_ways_gone(graph: &Graph, ix: Ix) -> Option<Vec<Gone>> {
    if graph.credentials_of(ix).any(|credential| subjects::works(graph, credential)) {
        return None;
    }
    let policy = &graph.node(ix).identity()?.trust_policy;
    let mut ways = Vec::new();
    for statement in policy.iter().filter(|statement| statement.effect == Effect::Allow) {
        if !statement.not_principals.is_empty() {
            return None;
        }
        for principal in &statement.principals {
            ways.push(gone(graph, ix, principal)?);
        }
    }
    (!ways.is_empty()).then_some(ways)
}

fn gone(graph: &Graph, ix: Ix, principal: &Principal) -> Option<Gone> {
    match principal {
        Principal::Federated(id) => absent(graph, ix, id, Facet::Trusts, "identity provider"),
        Principal::Identity(id) => absent(graph, ix, id, Facet::Identities, "identity"),
        Principal::Other(id) if is_bare_id(id) => Some(Gone {
            name: id.clone(),
            shows: format!("{id} is the bare id of a principal that was deleted"),
            premises: Vec::new(),
        }),
        Principal::Anyone | Principal::Scope(_) | Principal::Service(_) | Principal::Other(_) => None,
    }
}

/// Something of the identity's own scope that no listing holds. In other scopes nothing can be said.
fn absent(graph: &Graph, ix: Ix, id: &NodeId, facet: Facet, noun: &str) -> Option<Gone> {
    let own = &graph.node(ix).id;
    let same_realm = id.provider() == own.provider() && id.realm() == own.realm();
    let seen = graph.find(id).is_some_and(|found| graph.is_seen(found));
    let scope = graph.scope_of(ix).filter(|_| same_realm && !seen)?;
    let name = id.local();
    let shows = format!("{noun} {name} is in no listing of {}", wording::named(graph, scope));
    Some(Gone { name, shows, premises: vec![Premise::Within(scope, facet)] })
}

/// AWS shows a deleted user or role in a policy by its unique id, which it resolves to a name while it exists.
fn is_bare_id(text: &str) -> bool {
    let unique = text.strip_prefix("AIDA").or_else(|| text.strip_prefix("AROA"));
    unique.is_some_and(|rest| rest.len() >= 12 && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, check, not_assessable, trusts, user};

    fn provider(issuer: &str) -> NodeId {
        NodeId::new("aws", ACCOUNT, "oidc-provider", issuer)
    }

    fn role(principal: Principal) -> Estate {
        Estate::new().role("worker", &[trusts(&[principal], &[])], |_| {})
    }

    #[test]
    fn roles_of_a_deleted_provider_or_user_are_found() {
        let deleted = format!("AIDA{}", "Q".repeat(17));
        for principal in [
            Principal::Federated(provider("oidc.example.com/id/1")),
            Principal::Identity(user("svc-gone")),
            Principal::Other(deleted),
        ] {
            let findings = check(&OrphanedWorkload, &role(principal), &[("worker", Severity::Low)]);
            assert_eq!(findings[0].fix[0].command.as_deref(), Some("aws iam delete-role --role-name worker"));
        }
    }

    #[test]
    fn one_way_in_that_is_there_keeps_it_alive() {
        let there = Principal::Identity(user("svc-there"));
        let gone = Principal::Identity(user("svc-gone"));
        let elsewhere = Principal::Identity(NodeId::new("aws", "999999999999", "iam-user", "x"));
        for principals in [
            vec![gone.clone(), there],
            vec![gone.clone(), Principal::Service("lambda.amazonaws.com".into())],
            vec![elsewhere],
            vec![Principal::Other("AIDA-not-an-id".into())],
            vec![],
        ] {
            let estate = Estate::new()
                .user("svc-there", |node| drop(node.tags.insert("Owner".into(), "a@example.com".into())))
                .role("worker", &[trusts(&principals, &[])], |_| {});
            check(&OrphanedWorkload, &estate, &[]);
        }
    }

    #[test]
    fn a_provider_that_was_not_listed_may_well_be_there() {
        let estate = role(Principal::Federated(provider("oidc.example.com/id/1")));
        not_assessable(&OrphanedWorkload, &estate.denied(Facet::Trusts));
        let estate = role(Principal::Identity(user("svc-gone")));
        not_assessable(&OrphanedWorkload, &estate.unread(Facet::Identities, &user("another")));
    }
}
