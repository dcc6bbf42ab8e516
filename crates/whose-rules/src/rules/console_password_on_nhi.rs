//! A password with which a person can sign in as a machine.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Class, CredentialKind, Evidence, Facet, NodeKind, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "console-password-on-nhi",
    title: "A non-human identity has a console password",
    group: Group::HumanUse,
    base: Severity::Medium,
    finds: "Identities that are known to be non-human and have an enabled password of a console or portal.",
    matters: "Somebody shares it: what is done with it is done by nobody in particular. A password on a machine has \
              seldom a second factor, and outlives whoever set it.",
    fix: "Delete the password. Give whoever used it an identity of their own, with a second factor.",
    blind_spots: "An identity of which nothing tells that it is a machine's is not reported.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI10:2025"),
        control("nist-csf-2.0", "PR.AA-03"),
        control("nist-800-53r5", "IA-2(1)"),
        control("nist-800-53r5", "AC-2(9)"),
        control("cis-aws-7.0.0", "2.10"),
        control("pci-dss-4.0.1", "8.6.1"),
    ],
    references: &[link(
        "OWASP NHI10:2025 Human Use of NHI",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/10-human-use-of-nhi/",
    )],
};

/// See the rule's page.
pub(crate) struct ConsolePasswordOnNhi;

impl PostureRule for ConsolePasswordOnNhi {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Identity).filter(|ix| graph.class(*ix).class == Class::NonHuman) {
            let Some(password) = password(graph, ix) else { continue };
            let mfa = graph.node(ix).identity().and_then(|detail| detail.mfa);
            let factor = match mfa {
                Some(true) => "",
                Some(false) => ", without a second factor",
                None => ", and whether it has a second factor is not known",
            };
            let title =
                format!("{} is a machine's and has a console password{factor}", wording::named_first(graph, ix));
            let node = graph.node(password);
            let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
            let source = node.last_used.as_ref().map_or("inventory", |used| used.source.as_str());
            let draft = Draft::new(title)
                .shown_by(Evidence::new(format!("the password is enabled ({used})"), source))
                .shown_by_all(graph.class(ix).reasons.iter().map(|why| Evidence::new(why.clone(), "classification")))
                .fixed_by(fixes::step(graph, fixes::Step::Delete, password));
            findings.report(ix, draft);
        }
    }
}

fn password(graph: &Graph, identity: Ix) -> Option<Ix> {
    let is_password = |ix: &Ix| subjects::kind(graph.node(*ix)) == Some(CredentialKind::Password);
    graph.credentials_of(identity).filter(is_password).find(|ix| subjects::works(graph, *ix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check};
    use whose_model::{State, What};

    fn mfa(found: Option<bool>) -> impl Fn(&mut whose_model::Node) {
        move |node| {
            if let What::Identity(detail) = &mut node.what {
                detail.mfa = found;
            }
        }
    }

    #[test]
    fn a_password_on_a_service_user_is_found_with_the_reasons_for_its_class() {
        let estate = Estate::new().user("svc-ftp", mfa(Some(false))).password("svc-ftp", |_| {});
        let findings = check(&ConsolePasswordOnNhi, &estate, &[("svc-ftp", Severity::Low)]);
        assert_eq!(
            findings[0].title,
            "User svc-ftp is a machine's and has a console password, without a second factor"
        );
        assert_eq!(findings[0].fix[0].command.as_deref(), Some("aws iam delete-login-profile --user-name svc-ftp"));
        assert!(findings[0].evidence.len() > 1, "{:?}", findings[0].evidence);
    }

    #[test]
    fn people_and_machines_without_a_password_are_left_alone() {
        let estate = Estate::new()
            .user("ana", mfa(Some(true)))
            .password("ana", |_| {})
            .key("ana", "AK1", |_| {})
            .user("svc-mail", |_| {})
            .key("svc-mail", "AK2", |_| {})
            .user("svc-off", |_| {})
            .password("svc-off", |node| node.state = State::Disabled);
        check(&ConsolePasswordOnNhi, &estate, &[]);
    }

    #[test]
    fn a_password_that_was_seen_counts_however_the_rest_was_read() {
        let estate = Estate::new().user("svc-ftp", |_| {}).password("svc-ftp", |_| {}).denied(Facet::Credentials);
        check(&ConsolePasswordOnNhi, &estate, &[("svc-ftp", Severity::Low)]);
    }
}
