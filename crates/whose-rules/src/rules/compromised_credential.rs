//! A credential that its own provider holds to be in other hands.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, GrantOrigin, NodeKind, Severity, State};

static INFO: RuleInfo = RuleInfo {
    slug: "compromised-credential",
    title: "The provider says that the credential is compromised",
    group: Group::Leak,
    base: Severity::Critical,
    finds: "Credentials that their provider marked as exposed or used by others (Google Cloud's key status), and identities \
            to which it attached its quarantine policy (AWS).",
    matters: "The provider saw it in public, or in use by somebody else. Its quarantine stops the worst abuse and leaves \
              much open; what was done before it came is still in the logs, and what was made then may still be there.",
    fix: "Make a successor, delete the credential, and go through everything that it did and made since it was exposed. Do \
          not take the quarantine off before the credential is gone.",
    blind_spots: "What the provider did not see is not here. AWS does not say which of a user's keys it found.",
    needs: &[],
    reads: &[Facet::Credentials, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI2:2025"),
        control("nist-csf-2.0", "RS.MI-01"),
        control("nist-800-53r5", "AC-2(13)"),
        control("pci-dss-4.0.1", "8.6.3"),
        control("pci-dss-4.0.1", "3.7.5"),
    ],
    references: &[
        link(
            "AWS: AWSCompromisedKeyQuarantineV3",
            "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html",
        ),
        link("Google Cloud: disabled service account keys", "https://cloud.google.com/iam/docs/keys-disable-enable"),
    ],
};

/// How the names of the policies begin that a provider attaches to an identity of which a key was exposed.
const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

/// See the rule's page.
pub(crate) struct CompromisedCredential;

impl PostureRule for CompromisedCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Credential).filter(|ix| graph.node(*ix).state != State::Deleted) {
            let said = graph.node(ix).credential().and_then(|detail| detail.compromised.clone());
            if let Some(said) = said {
                findings.report(ix, of_credential(graph, ix, said));
            }
        }
        for ix in graph.of_kind(NodeKind::Identity).filter(|ix| graph.node(*ix).state != State::Deleted) {
            if let Some(policy) = graph.grants_of(ix).into_iter().find(|grant| is_quarantine(graph, *grant)) {
                findings.report(ix, of_identity(graph, ix, policy));
            }
        }
    }
}

/// A policy of the provider itself: one of the same name that a customer wrote says nothing.
fn is_quarantine(graph: &Graph, grant: Ix) -> bool {
    let node = graph.node(grant);
    node.name.starts_with(QUARANTINE) && node.grant().is_some_and(|detail| detail.origin == GrantOrigin::Provider)
}

fn of_credential(graph: &Graph, ix: Ix, said: String) -> Draft {
    let of = graph.identity_of(ix).map(|identity| format!(" of {}", wording::named(graph, identity)));
    let name = wording::named_first(graph, ix);
    Draft::new(format!("{name}{} is compromised, says its provider", of.unwrap_or_default()))
        .shown_by(Evidence::new(said, "the provider's status of the credential"))
        .fixed_by(fixes::step(graph, fixes::Step::CreateSuccessor, ix))
        .fixed_by(fixes::step(graph, fixes::Step::Delete, ix))
}

fn of_identity(graph: &Graph, ix: Ix, policy: Ix) -> Draft {
    let name = wording::named_first(graph, ix);
    let policy = &graph.node(policy).name;
    let mut draft = Draft::new(format!("{name} has a compromised key, says its provider"))
        .shown_by(Evidence::new(format!("the provider attached {policy}"), "grants"));
    let working: Vec<Ix> = graph.credentials_of(ix).filter(|credential| subjects::works(graph, *credential)).collect();
    // With no credential left that works, what was exposed lets nobody in any more.
    if working.is_empty() && graph.credentials_of(ix).next().is_some() {
        draft = draft.dead();
    }
    for credential in working {
        draft = draft.fixed_by(fixes::step(graph, fixes::Step::Deactivate, credential));
    }
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, allows, check, key, user};
    use whose_model::{Node, What};

    const RULE: &dyn PostureRule = &CompromisedCredential;

    fn marked(node: &mut Node) {
        if let What::Credential(detail) = &mut node.what {
            detail.compromised = Some("KEY_EXPOSED (a public repository)".into());
        }
    }

    fn quarantined(origin: GrantOrigin) -> Estate {
        let mut estate = Estate::new().user("svc", |_| {}).key("svc", "AK1", |_| {});
        estate = estate.grant(&user("svc"), "AWSCompromisedKeyQuarantineV3", &[allows(&["iam:Get*"], &["*"])]);
        for node in &mut estate.nodes {
            if let What::Grant(detail) = &mut node.what {
                detail.origin = origin;
            }
        }
        estate
    }

    #[test]
    fn what_the_provider_marked_is_critical_while_it_works() {
        let estate = Estate::new().user("svc", |_| {}).key("svc", "AK1", marked);
        let findings = check(RULE, &estate, &[("AK1", Severity::Critical)]);
        assert!(findings[0].evidence[0].what.starts_with("KEY_EXPOSED"), "{:?}", findings[0].evidence);
        let off = Estate::new().user("svc", |_| {}).key("svc", "AK1", |node| {
            marked(node);
            node.state = State::Disabled;
        });
        check(RULE, &off, &[("AK1", Severity::Low)]);
    }

    #[test]
    fn the_providers_quarantine_speaks_of_its_user() {
        let findings = check(RULE, &quarantined(GrantOrigin::Provider), &[("svc", Severity::Critical)]);
        let command = findings[0].fix[0].command.as_deref();
        assert_eq!(command, Some("aws iam update-access-key --user-name svc --access-key-id AK1 --status Inactive"));
    }

    #[test]
    fn healthy_keys_and_a_policy_that_borrows_the_name_are_left_alone() {
        check(RULE, &quarantined(GrantOrigin::Customer), &[]);
        check(RULE, &Estate::new().user("svc", |_| {}).key("svc", "AK1", |_| {}), &[]);
    }

    #[test]
    fn a_mark_that_was_seen_counts_however_the_rest_was_read() {
        let estate = Estate::new().user("svc", |_| {}).key("svc", "AK1", marked).denied(Facet::Grants);
        let findings = check(RULE, &estate, &[("AK1", Severity::Critical)]);
        assert_eq!(findings[0].subject, key("AK1"));
    }
}
