//! A credential of ours on an application of another company.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Class, Evidence, Facet, Severity, day};

static INFO: RuleInfo = RuleInfo {
    slug: "credential-on-third-party-app",
    title: "Another company's application has a credential that was made here",
    group: Group::Strength,
    base: Severity::Medium,
    finds: "Working credentials that were added, in this organisation, to the identity of an application that another \
            organisation makes. Such an application proves itself by credentials that its maker keeps.",
    matters: "Whoever made it here acts as the vendor's application, with all that was consented to for the vendor, and \
              the vendor's logs show nothing of it. It is a known way to hide.",
    fix: "Find out who added it. If somebody here works with it, give them an application of the own organisation with \
          what they need, and delete the credential.",
    blind_spots: "Credentials that the vendor keeps are not shown to its customers.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI3:2025"),
        control("nist-csf-2.0", "GV.SC-07"),
        control("nist-800-53r5", "IA-5"),
        control("nist-800-53r5", "SA-9"),
        control("cis-m365-7.0.0", "5.1.5.3"),
    ],
    references: &[link(
        "MITRE ATT&CK T1098.001: additional cloud credentials",
        "https://attack.mitre.org/techniques/T1098/001/",
    )],
};

/// See the rule's page.
pub(crate) struct CredentialOnThirdPartyApp;

impl PostureRule for CredentialOnThirdPartyApp {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let Some(identity) = graph.identity_of(ix).filter(|identity| is_foreign(graph, *identity)) else {
                continue;
            };
            let (name, of) = (wording::named_first(graph, ix), wording::named(graph, identity));
            let node = graph.node(ix);
            let made = node.created.map(|at| format!("made on {}, ", day(at))).unwrap_or_default();
            let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
            let draft = Draft::new(format!("{name} was added here to {of}, which another company makes"))
                .shown_by(Evidence::new(format!("{made}{used}"), "inventory").at(node.created))
                .fixed_by([fixes::advice("Find out who added it, and what it is used for")])
                .fixed_by(fixes::step(graph, fixes::Step::Delete, ix));
            findings.report(ix, draft);
        }
    }
}

fn is_foreign(graph: &Graph, ix: Ix) -> bool {
    let foreign = graph.node(ix).identity().and_then(|detail| detail.third_party) == Some(true);
    foreign && graph.class(ix).class == Class::NonHuman
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, detail, ends, person, principal, secret};
    use crate::testing::{Estate, check};
    use whose_model::Tier;

    fn estate() -> Estate {
        Estate::tenant().foreign("vendor", true, |_| {}).role_of(&principal("vendor"), "r", Tier::T1)
    }

    #[test]
    fn a_secret_on_a_foreign_application_is_found() {
        let findings = check(
            &CredentialOnThirdPartyApp,
            &estate().secret(&principal("vendor"), "k1", |_| {}),
            &[("k1", Severity::Medium)],
        );
        assert!(findings[0].title.ends_with("service principal vendor, which another company makes"));
    }

    #[test]
    fn the_own_the_expired_and_a_guests_are_left_alone() {
        let estate = estate()
            .app("sync", |_| {})
            .person("guest", |node| detail(node, |detail| detail.third_party = Some(true)))
            .secret(&application("sync"), "k1", |_| {})
            .secret(&principal("vendor"), "k2", |node| ends(node, -1))
            .secret(&person("guest"), "k3", |_| {});
        check(&CredentialOnThirdPartyApp, &estate, &[]);
    }

    #[test]
    fn a_gap_hides_findings_and_makes_none() {
        let mut estate = estate().secret(&principal("vendor"), "k1", |_| {}).denied(Facet::Credentials);
        check(&CredentialOnThirdPartyApp, &estate, &[("k1", Severity::Medium)]);
        estate.nodes.retain(|node| node.id != secret("k1"));
        check(&CredentialOnThirdPartyApp, &estate, &[]);
    }
}
