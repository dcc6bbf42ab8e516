//! An administrator of a machine's kind to which somebody who is none can add a credential.

use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, subjects, wording};
use std::collections::BTreeSet;
use whose_graph::{Graph, Ix};
use whose_model::{Class, EdgeKind, Evidence, Facet, NodeId, NodeKind, Severity, State, Tier};

static INFO: RuleInfo = RuleInfo {
    slug: "admin-controlled-by-non-admin",
    title: "Somebody who is no administrator can act as one",
    group: Group::Privilege,
    base: Severity::High,
    finds: "Admin-equivalent non-human identities to which a person of the own organisation, who is not \
            admin-equivalent itself, can add a credential: as owner of the identity or of the application behind it. Machines \
            that can are told of by the way that leads from them to the administrator.",
    matters: "An owner adds a secret and signs in with it: no role changes hands, and no second factor is asked. Whoever \
              phishes an ordinary developer who owns such an application has the whole scope.",
    fix: "Take the owners off and let administrators alone manage the application, or take from it what makes it an \
          administrator.",
    blind_spots: "An administrator of one plane (a subscription) who owns an administrator of another (the directory) is \
                  taken for an administrator. Roles that can change all applications are judged by admin-equivalence; \
                  guests who own it are told of by third-party-owner.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants, Facet::OwnerSignals],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("owasp-agentic-2026", "ASI03"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("nist-800-53r5", "AC-6(5)"),
        control("csa-maestro", "cross-layer/privilege-escalation"),
    ],
    references: &[link(
        "MITRE ATT&CK T1098.001: additional cloud credentials",
        "https://attack.mitre.org/techniques/T1098/001/",
    )],
};

/// See the rule's page.
pub(crate) struct AdminControlledByNonAdmin;

impl PostureRule for AdminControlledByNonAdmin {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph).filter(|ix| graph.privilege(*ix).tier == Tier::T0) {
            let controllers = controllers(graph, ix);
            let Some((first, _)) = controllers.first() else { continue };
            let more = controllers.len() - 1;
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let name = wording::named(graph, ix);
            let who = wording::named_first(graph, *first);
            let title = format!("{who}{more} can add a credential to {name} and act as an administrator");
            let mut draft = Draft::new(title).power_in_base();
            for (controller, of) in &controllers {
                let (who, of) = (wording::named(graph, *controller), wording::named(graph, *of));
                draft = draft.shown_by(Evidence::new(format!("{who} is owner of {of}"), "owners"));
                // Roles that were not read could make an administrator of it.
                draft.premises.push(Premise::Of(*controller, Facet::Grants));
            }
            let why = graph.privilege(ix).basis.iter().map(|basis| Evidence::new(basis.what.clone(), "grants"));
            findings.report(ix, draft.shown_by_all(why).fixed_by(fix(&controllers, graph)));
        }
    }
}

/// Who is no administrator and can add a credential to the identity, or to what it was made from, and to which.
fn controllers(graph: &Graph, ix: Ix) -> Vec<(Ix, Ix)> {
    let source = subjects::made_from(graph, ix).filter(|_| !subjects::is_agent(graph, ix));
    let things = source.into_iter().chain([ix]);
    let mut seen: BTreeSet<&NodeId> = BTreeSet::new();
    let edges = things.flat_map(|thing| graph.incoming(thing, EdgeKind::Controls).map(move |(from, _)| (from, thing)));
    let mut found: Vec<(Ix, Ix)> = edges
        .filter(|(from, _)| *from != ix && is_ordinary(graph, *from) && seen.insert(&graph.node(*from).id))
        .collect();
    found.sort_by(|a, b| graph.node(a.0).id.cmp(&graph.node(b.0).id));
    found
}

/// A person who is there, of the own organisation, and no administrator by the own grants.
fn is_ordinary(graph: &Graph, ix: Ix) -> bool {
    let node = graph.node(ix);
    node.kind() == NodeKind::Identity
        && graph.class(ix).class == Class::Human
        && node.identity().is_some_and(|detail| detail.third_party != Some(true))
        && !matches!(node.state, State::Disabled | State::Deleted)
        && graph.privilege(ix).tier != Tier::T0
}

fn fix(controllers: &[(Ix, Ix)], graph: &Graph) -> Vec<whose_model::Fix> {
    let owned = |who: Ix, of: Ix| {
        let things = graph.out(who, EdgeKind::Controls).map(|(to, _)| to);
        things.filter(move |to| *to == of || subjects::made_from(graph, *to) == Some(of))
    };
    let cut = |who: Ix, to: Ix| fixes::step(graph, fixes::Step::CutWay(&graph.node(to).id), who);
    controllers.iter().flat_map(|(who, of)| owned(*who, *of).flat_map(move |to| cut(*who, to))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, detail, person, principal};
    use crate::testing::{Estate, check, not_assessable};

    fn estate() -> Estate {
        Estate::tenant()
            .person("dev", |_| {})
            .person("root", |_| {})
            .role_of(&person("root"), "global", Tier::T0)
            .app("builder", |_| {})
            .app("steward", |_| {})
            .role_of(&principal("steward"), "roles", Tier::T0)
    }

    fn owned(by: &NodeId) -> Estate {
        estate().owned(&application("steward"), by, "owner").owned(&principal("steward"), by, "owner")
    }

    #[test]
    fn an_ordinary_owner_of_an_administrator_is_found_once() {
        let findings = check(&AdminControlledByNonAdmin, &owned(&person("dev")), &[("steward", Severity::High)]);
        assert!(findings[0].title.starts_with("User dev@acme.example can add a credential to service principal"));
        let command = findings[0].fix[0].command.as_deref();
        assert_eq!(command, Some("az ad app owner remove --id steward --owner-object-id dev"));
        assert_eq!(findings[0].fix.len(), 2, "and of the service principal");
    }

    #[test]
    fn administrators_the_gone_and_owners_of_the_harmless_are_left_alone() {
        check(&AdminControlledByNonAdmin, &owned(&person("root")), &[]);
        let gone = estate().person("eve", |node| node.state = State::Disabled);
        check(&AdminControlledByNonAdmin, &gone.owned(&principal("steward"), &person("eve"), "owner"), &[]);
        check(&AdminControlledByNonAdmin, &owned(&principal("builder")), &[]);
        let harmless = estate().owned(&application("builder"), &person("dev"), "owner");
        check(&AdminControlledByNonAdmin, &harmless, &[]);
        let guest = estate().person("guest", |node| detail(node, |detail| detail.third_party = Some(true)));
        check(&AdminControlledByNonAdmin, &guest.owned(&principal("steward"), &person("guest"), "owner"), &[]);
    }

    #[test]
    fn an_owner_whose_roles_were_not_read_may_be_an_administrator() {
        not_assessable(&AdminControlledByNonAdmin, &owned(&person("dev")).unread(Facet::Grants, &person("dev")));
    }
}
