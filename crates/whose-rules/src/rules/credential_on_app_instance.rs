//! A credential where the keepers of an application do not look for one.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, Severity, day};

static INFO: RuleInfo = RuleInfo {
    slug: "credential-on-app-instance",
    title: "A credential stands beside the application instead of on it",
    group: Group::Strength,
    base: Severity::High,
    finds: "Working credentials of the service principal of an application of the own organisation: they were added to \
            the instance in the tenant and not to the application, whose page shows only its own.",
    matters: "The application's owners do not see it, rotate everything else, and believe to be done. Intruders add their \
              own secret there for that very reason.",
    fix: "Find out who added it, and when. Move what uses it to a credential of the application, or better to a federated \
          one, and delete it.",
    blind_spots: "Certificates with which single sign-on signs its answers are not counted, as they let nobody in.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI4:2025"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-800-53r5", "IA-5"),
        control("cis-m365-7.0.0", "5.1.5.3"),
    ],
    references: &[link(
        "MITRE ATT&CK T1098.001: additional cloud credentials",
        "https://attack.mitre.org/techniques/T1098/001/",
    )],
};

/// See the rule's page.
pub(crate) struct CredentialOnAppInstance;

impl PostureRule for CredentialOnAppInstance {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let Some(identity) = graph.identity_of(ix).filter(|identity| is_own_instance(graph, *identity)) else {
                continue;
            };
            let (name, of) = (wording::named_first(graph, ix), wording::named(graph, identity));
            let node = graph.node(ix);
            let made = node.created.map(|at| format!("made on {}, ", day(at))).unwrap_or_default();
            let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
            let draft = Draft::new(format!("{name} was added to {of} and not to its application"))
                .shown_by(Evidence::new(format!("{made}{used}"), "inventory").at(node.created))
                .fixed_by([fixes::advice("Find out who added it, and move what uses it to the application")])
                .fixed_by(fixes::step(graph, fixes::Step::Delete, ix));
            findings.report(ix, draft);
        }
    }
}

/// What stands in the tenant for an application of the own organisation. Those of others have a rule of their own.
fn is_own_instance(graph: &Graph, ix: Ix) -> bool {
    let detail = graph.node(ix).identity();
    detail.is_some_and(|detail| detail.third_party == Some(false) && detail.instance_of.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, ends, principal, secret};
    use crate::testing::{Estate, check};
    use whose_model::Tier;

    fn estate() -> Estate {
        Estate::tenant().app("sync", |_| {}).role_of(&principal("sync"), "r", Tier::T1)
    }

    #[test]
    fn a_secret_of_the_service_principal_is_found() {
        let findings = check(
            &CredentialOnAppInstance,
            &estate().secret(&principal("sync"), "k1", |_| {}),
            &[("k1", Severity::High)],
        );
        assert_eq!(
            findings[0].title,
            "Client secret k1 was added to service principal sync and not to its application"
        );
        let commands: Vec<&str> = findings[0].fix.iter().filter_map(|fix| fix.command.as_deref()).collect();
        assert_eq!(commands, ["az ad sp credential delete --id sync --key-id k1"]);
    }

    #[test]
    fn secrets_of_applications_of_foreign_ones_and_what_ended_are_left_alone() {
        let estate = estate()
            .foreign("vendor", true, |_| {})
            .secret(&application("sync"), "k1", |_| {})
            .secret(&principal("vendor"), "k2", |_| {})
            .secret(&principal("sync"), "k3", |node| ends(node, -3));
        check(&CredentialOnAppInstance, &estate, &[]);
    }

    #[test]
    fn a_gap_hides_findings_and_makes_none() {
        let mut estate = estate().secret(&principal("sync"), "k1", |_| {}).denied(Facet::Credentials);
        check(&CredentialOnAppInstance, &estate, &[("k1", Severity::High)]);
        estate.nodes.retain(|node| node.id != secret("k1"));
        check(&CredentialOnAppInstance, &estate, &[]);
    }
}
