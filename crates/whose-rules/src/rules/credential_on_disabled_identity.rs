//! A credential that would work again the moment its identity is switched on.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Class, Evidence, Facet, NodeKind, Severity, State};

static INFO: RuleInfo = RuleInfo {
    slug: "credential-on-disabled-identity",
    title: "A switched-off identity still has a valid credential",
    group: Group::Ownership,
    base: Severity::Low,
    finds: "Enabled, unexpired credentials of non-human identities that are switched off.",
    matters: "Whoever kept a copy waits. One click that switches the identity on again, in good faith or not, lets every \
              old copy in.",
    fix: "Delete the credential. If the identity is ever needed again, it gets a new one.",
    blind_spots: "Who has the right to switch the identity on again is not evaluated.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-800-53r5", "IA-5"),
        control("nist-csf-2.0", "PR.AA-01"),
    ],
    references: &[link(
        "OWASP NHI1:2025 Improper Offboarding",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/1-improper-offboarding/",
    )],
};

/// See the rule's page.
pub(crate) struct CredentialOnDisabledIdentity;

impl PostureRule for CredentialOnDisabledIdentity {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Credential).filter(|ix| subjects::is_valid(graph, *ix)) {
            let Some(identity) = graph.identity_of(ix).filter(|parent| is_off(graph, *parent)) else { continue };
            let (name, parent) = (wording::named_first(graph, ix), wording::named(graph, identity));
            let node = graph.node(ix);
            let ends = node.credential().and_then(|detail| detail.expires);
            let ends = ends.map_or("never ends".into(), |end| format!("ends on {}", whose_model::day(end)));
            let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
            let draft = Draft::new(format!("{name} is still valid, although {parent} is switched off"))
                .shown_by(Evidence::new(format!("{name} is enabled and {ends}, {used}"), "inventory"))
                .shown_by(Evidence::new(format!("{parent} is switched off"), "inventory"))
                .fixed_by(fixes::step(graph, fixes::Step::Delete, ix));
            findings.report(ix, draft);
        }
    }
}

fn is_off(graph: &Graph, parent: Ix) -> bool {
    graph.node(parent).state == State::Disabled && graph.class(parent).class == Class::NonHuman
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, detail, ends, secret};
    use crate::testing::{Estate, check};
    use whose_model::NodeId;

    fn shop(state: State, change: impl FnOnce(&mut whose_model::Node)) -> Estate {
        let mut estate = Estate::tenant().app("shop", |_| {}).secret(&application("shop"), "k1", change);
        let node = estate.nodes.iter_mut().find(|node| node.id == application("shop"));
        node.unwrap().state = state;
        estate
    }

    #[test]
    fn a_valid_secret_of_a_switched_off_application_is_found() {
        let findings = check(
            &CredentialOnDisabledIdentity,
            &shop(State::Disabled, |node| node.last_used = None),
            &[("k1", Severity::Info)],
        );
        assert_eq!(findings[0].identity, Some(application("shop")));
        let command = findings[0].fix[0].command.as_deref();
        assert_eq!(command, Some("az ad app credential delete --id shop --key-id k1"));
    }

    #[test]
    fn the_expired_the_disabled_and_the_living_are_left_alone() {
        check(&CredentialOnDisabledIdentity, &shop(State::Enabled, |_| {}), &[]);
        check(&CredentialOnDisabledIdentity, &shop(State::Unknown, |_| {}), &[]);
        check(&CredentialOnDisabledIdentity, &shop(State::Disabled, |node| ends(node, -1)), &[]);
        check(&CredentialOnDisabledIdentity, &shop(State::Disabled, |node| node.state = State::Disabled), &[]);
        let human = Estate::tenant().person("eve", |node| {
            node.state = State::Disabled;
            detail(node, |_| {});
        });
        let of: NodeId = crate::testing::tenant::person("eve");
        check(&CredentialOnDisabledIdentity, &human.secret(&of, "k1", |_| {}), &[]);
    }

    #[test]
    fn a_gap_hides_findings_and_makes_none() {
        let mut estate = shop(State::Disabled, |_| {}).denied(Facet::Credentials);
        estate.nodes.retain(|node| node.id != secret("k1"));
        check(&CredentialOnDisabledIdentity, &estate, &[]);
    }
}
