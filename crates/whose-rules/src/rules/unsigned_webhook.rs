//! A hook whose receiver cannot tell the sender, or that does not check whom it sends to.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeKind, Severity, State};

static INFO: RuleInfo = RuleInfo {
    slug: "unsigned-webhook",
    title: "A webhook is not signed, or does not check its receiver",
    group: Group::Strength,
    base: Severity::Medium,
    finds: "Webhooks that are switched on and have no secret with which their messages are signed, or that send to a \
            receiver whose certificate is not checked.",
    matters: "Whoever knows the receiver's address can send it what looks like an event: a push that starts a deployment, a \
              member that joined. Without the check of the certificate, the events of private repositories can be read \
              on their way.",
    fix: "Give the hook a secret, have the receiver check the signature, and switch the check of the certificate on.",
    blind_spots: "Whether the receiver checks the signature is not known. Hooks of single repositories are not read.",
    needs: &[],
    reads: &[Facet::Hooks],
    maps_to: &[
        control("owasp-nhi-2025", "NHI4:2025"),
        control("nist-csf-2.0", "PR.AA-03"),
        control("nist-800-53r5", "IA-9"),
        control("cis-github-1.2.0", "1.4.4"),
    ],
    references: &[link(
        "GitHub: validating webhook deliveries",
        "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    )],
};

/// See the rule's page.
pub(crate) struct UnsignedWebhook;

impl PostureRule for UnsignedWebhook {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let works = |ix: &Ix| graph.node(*ix).r#type == "webhook" && graph.node(*ix).state == State::Enabled;
        for ix in graph.of_kind(NodeKind::Resource).filter(works) {
            let said = |name: &str, value: &str| graph.node(ix).tags.get(name).is_some_and(|word| word == value);
            let faults = [
                (said("signed", "false"), "does not sign what it sends"),
                (said("insecure_ssl", "true"), "does not check the receiver's certificate"),
            ];
            let faults: Vec<&str> = faults.into_iter().filter(|(there, _)| *there).map(|(_, words)| words).collect();
            if !faults.is_empty() {
                let what = faults.join(" and ");
                let draft = Draft::new(format!("{} {what}", wording::named_first(graph, ix)))
                    .shown_by(Evidence::new(what, "the list of webhooks"))
                    .fixed_by(fixes::step(graph, fixes::Step::Restrict, ix));
                findings.report(ix, draft);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, organization, run};
    use whose_model::{Node, NodeId, Verdict, What};

    const RULE: &dyn PostureRule = &UnsignedWebhook;

    fn hook(signed: &str, insecure: &str, state: State) -> Estate {
        let id = NodeId::new("github", "github.com", "webhook", "9");
        let mut node = Node::new(id, What::Resource, "webhook", "https://chat.example");
        (node.state, node.scope) = (state, Some(organization("acme")));
        node.tags.insert("signed".into(), signed.into());
        node.tags.insert("insecure_ssl".into(), insecure.into());
        Estate::new().organization("acme").node(node)
    }

    #[test]
    fn no_secret_and_no_check_are_found() {
        let name = "https://chat.example";
        check(RULE, &hook("false", "false", State::Enabled), &[(name, Severity::Medium)]);
        check(RULE, &hook("true", "true", State::Enabled), &[(name, Severity::Medium)]);
        let both = check(RULE, &hook("false", "true", State::Enabled), &[(name, Severity::Medium)]);
        assert!(both[0].title.ends_with("does not sign what it sends and does not check the receiver's certificate"));
        assert!(both[0].fix[0].command.as_deref().unwrap().contains("/orgs/acme/hooks/9/config"));
    }

    #[test]
    fn signed_hooks_and_those_that_are_off_are_left_alone() {
        check(RULE, &hook("true", "false", State::Enabled), &[]);
        check(RULE, &hook("false", "false", State::Disabled), &[]);
    }

    #[test]
    fn hooks_that_were_not_listed_are_not_signed_ones() {
        let assessed = run(RULE, &Estate::new().organization("acme").denied(Facet::Hooks));
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable));
    }
}
