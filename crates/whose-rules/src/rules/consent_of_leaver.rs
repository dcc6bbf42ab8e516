//! A consent that somebody gave who is no longer there.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Evidence, Facet, NodeKind, Severity, State};

static INFO: RuleInfo = RuleInfo {
    slug: "consent-of-leaver",
    title: "A consent of somebody who left still stands",
    group: Group::Ownership,
    base: Severity::Low,
    finds: "Consents by which an application acts in the name of one person, where that person's account is switched off \
            or deleted.",
    matters: "The application may act again in that person's name as soon as the account is switched on, and what it \
              holds of the person stays with it. The consent shows in nobody's own list any more.",
    fix: "Revoke the consents of whoever leaves, as a step of the offboarding.",
    blind_spots: "A person whose account stays on after leaving is not known to have left. Consents for everybody have no \
                  one person who could leave.",
    needs: &[],
    reads: &[Facet::Grants, Facet::Identities, Facet::OwnerStatus],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "GV.RR-04"),
        control("nist-800-53r5", "PS-4"),
        control("pci-dss-4.0.1", "8.2.5"),
    ],
    references: &[link(
        "Microsoft: review permissions granted to applications",
        "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/manage-application-permissions",
    )],
};

/// See the rule's page.
pub(crate) struct ConsentOfLeaver;

impl PostureRule for ConsentOfLeaver {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for grant in graph.of_kind(NodeKind::Grant) {
            let Some((person, word)) = leaver(graph, grant) else { continue };
            let Some((holder, _)) = graph.incoming(grant, EdgeKind::HasGrant).next() else { continue };
            let (node, name) = (graph.node(grant), wording::named(graph, person));
            let may = wording::named_first(graph, holder);
            let scopes =
                node.grant().and_then(|detail| detail.consent.as_ref()).map(|consent| consent.scopes.join(" "));
            let draft = Draft::new(format!("{may} may still act in the name of {name}, who is {word}"))
                .identity(Some(holder))
                .at_most(Severity::Medium, "it works again only when the account does")
                .shown_by(
                    Evidence::new(format!("consent to {}", scopes.unwrap_or_default()), "consents").at(node.created),
                )
                .shown_by(Evidence::new(format!("{name} is {word}"), "directory"))
                .fixed_by(fixes::step(graph, fixes::Step::TakeGrant(&node.id), holder));
            findings.report(grant, draft);
        }
    }
}

/// In whose name a consent holds, when that person is known to be gone.
fn leaver(graph: &Graph, grant: Ix) -> Option<(Ix, &'static str)> {
    let person = graph.find(graph.node(grant).grant()?.consent.as_ref()?.on_behalf_of.as_ref()?)?;
    match graph.node(person).state {
        State::Disabled => Some((person, "switched off")),
        State::Deleted => Some((person, "deleted")),
        State::Enabled | State::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{person, principal};
    use crate::testing::{Estate, check};

    fn of(state: State) -> Estate {
        Estate::tenant()
            .foreign("board", true, |_| {})
            .person("eve", |node| node.state = state)
            .consent(&principal("board"), "c1", &["Calendars.Read"], Some(&person("eve")))
            .consent(&principal("board"), "all", &["Calendars.Read"], None)
    }

    #[test]
    fn a_consent_of_somebody_switched_off_or_deleted_is_found() {
        for state in [State::Disabled, State::Deleted] {
            let findings = check(&ConsentOfLeaver, &of(state), &[("c1", Severity::Info)]);
            assert!(findings[0].title.starts_with("Service principal board may still act in the name of user eve@"));
            assert_eq!(findings[0].identity, Some(principal("board")));
        }
    }

    #[test]
    fn consents_of_those_who_are_there_and_of_everybody_are_left_alone() {
        check(&ConsentOfLeaver, &of(State::Enabled), &[]);
        check(&ConsentOfLeaver, &of(State::Unknown), &[]);
    }

    #[test]
    fn a_person_who_was_not_read_has_not_left() {
        let mut estate = of(State::Disabled).denied(Facet::Identities);
        estate.nodes.retain(|node| node.id != person("eve"));
        check(&ConsentOfLeaver, &estate, &[]);
    }
}
