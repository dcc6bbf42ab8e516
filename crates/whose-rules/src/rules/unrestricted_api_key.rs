//! An API key that every service takes, from whoever sends it.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{CredentialLimits, Evidence, Facet, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "unrestricted-api-key",
    title: "The API key is not limited to services and callers",
    group: Group::Strength,
    base: Severity::High,
    finds: "API keys that work, whose provider can limit them, and that are limited to no service, to no kind of caller \
            (sites, addresses, apps), or to neither.",
    matters: "An API key is a bearer's word: it stands in web pages and apps by design. Whoever copies an unlimited one \
              calls every service that is switched on, at the project's cost and, with some services, with its data.",
    fix: "Limit it to the services that it calls and to the sites, addresses or apps that call. Where software on a server \
          uses it, replace it by the server's own identity.",
    blind_spots: "Whether the limits fit is not judged: a pattern of sites may hold everybody's. Which services are \
                  switched on in the project is not read.",
    needs: &[],
    reads: &[Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI4:2025"),
        control("owasp-nhi-2025", "NHI5:2025"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("cis-gcp-5.0.0", "1.14"),
        control("cis-gcp-5.0.0", "1.15"),
    ],
    references: &[link(
        "Google Cloud: adding restrictions to API keys",
        "https://cloud.google.com/docs/authentication/api-keys#securing",
    )],
};

/// See the rule's page.
pub(crate) struct UnrestrictedApiKey;

impl PostureRule for UnrestrictedApiKey {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let limits = graph.node(ix).credential().and_then(|detail| detail.limits.as_ref());
            if let Some(draft) = limits.and_then(|limits| draft(graph, ix, limits)) {
                findings.report(ix, draft);
            }
        }
    }
}

fn draft(graph: &Graph, ix: Ix, limits: &CredentialLimits) -> Option<Draft> {
    let CredentialLimits { services, callers } = limits;
    let (severity, missing, why) = match (services.is_empty(), callers.is_empty()) {
        (false, false) => return None,
        (true, true) => (Severity::High, "no service and no caller", "every service takes it, from anybody"),
        (true, false) => (Severity::Medium, "no service", "every service takes it, from its callers"),
        (false, true) => (Severity::Low, "no caller", "its services take it from anybody"),
    };
    let list = |words: &[String]| if words.is_empty() { "none".into() } else { words.join(", ") };
    let shown = format!("limited to services: {}; to callers: {}", list(services), list(callers));
    Some(
        Draft::new(format!("{} is limited to {missing}", wording::named_first(graph, ix)))
            .base(severity, why)
            .shown_by(Evidence::new(shown, "the list of API keys"))
            .fixed_by(fixes::step(graph, fixes::Step::Restrict, ix)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, account, check};
    use whose_model::{CredentialDetail, CredentialKind, Node, NodeId, State, What};

    const RULE: &dyn PostureRule = &UnrestrictedApiKey;

    fn key(limits: Option<CredentialLimits>, state: State) -> Estate {
        let detail = CredentialDetail { limits, ..CredentialDetail::new(CredentialKind::ApiKey) };
        let id = NodeId::new("gcp", "shop", "api-key", "u1");
        let mut node = Node::new(id, What::Credential(detail), "api-key", "maps");
        node.address = Some("//apikeys.googleapis.com/projects/12/locations/global/keys/u1".into());
        (node.state, node.scope) = (state, Some(account(ACCOUNT)));
        Estate::new().node(node)
    }

    fn limits(services: &[&str], callers: &[&str]) -> Option<CredentialLimits> {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Some(CredentialLimits { services: words(services), callers: words(callers) })
    }

    #[test]
    fn the_missing_limits_decide() {
        for (found, severity) in [
            (limits(&[], &[]), Severity::High),
            (limits(&[], &["browser"]), Severity::Medium),
            (limits(&["maps.googleapis.com"], &[]), Severity::Low),
        ] {
            let findings = check(RULE, &key(found, State::Enabled), &[("maps", severity)]);
            let command = findings[0].fix[0].command.as_deref().unwrap();
            assert!(command.starts_with("gcloud services api-keys update projects/12/locations/global/keys/u1 "));
        }
    }

    #[test]
    fn limited_keys_deleted_ones_and_what_nobody_can_limit_are_left_alone() {
        check(RULE, &key(limits(&["maps.googleapis.com"], &["browser"]), State::Enabled), &[]);
        check(RULE, &key(limits(&[], &[]), State::Deleted), &[]);
        check(RULE, &key(None, State::Enabled), &[]);
    }

    #[test]
    fn keys_that_were_not_listed_are_not_clean() {
        let assessed = crate::testing::run(RULE, &Estate::new().denied(Facet::Credentials));
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().all(|row| row.verdict == whose_model::Verdict::NotAssessable));
    }
}
