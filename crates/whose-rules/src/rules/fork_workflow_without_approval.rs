//! Public repositories whose pipelines strangers start with a pull request, before anybody looked at it.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use whose_graph::Graph;
use whose_model::{Evidence, Facet, NodeKind, Severity, State};

static INFO: RuleInfo = RuleInfo {
    slug: "fork-workflow-without-approval",
    title: "Pull requests of strangers start pipelines unasked",
    group: Group::Trust,
    base: Severity::Low,
    finds: "Public repositories on GitHub in which a pull request from a fork waits for approval only when its author is new \
            to GitHub as well as to the repository.",
    matters: "Anybody with an account that is not quite new runs code of his own choice on the runners that the pipelines \
              use: on machines of the organisation's own, inside its network. Runners of GitHub give less away, since such \
              pipelines get no secrets.",
    fix: "Demand approval from everybody who has not contributed before, or from everybody who is not a member.",
    blind_spots: "Which runners the pipelines use is not read. Pipelines that run on pull_request_target ask nobody, \
                  whatever the setting.",
    needs: &[],
    reads: &[Facet::Settings],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
    ],
    references: &[link(
        "GitHub: managing GitHub Actions settings for a repository",
        "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository",
    )],
};

/// The policy under which only people who are new to GitHub need approval.
const OPEN: &str = "first_time_contributors_new_to_github";

/// See the rule's page.
pub(crate) struct ForkWorkflowWithoutApproval;

impl PostureRule for ForkWorkflowWithoutApproval {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Repo) {
            let node = graph.node(ix);
            let said = |name: &str, value: &str| node.tags.get(name).is_some_and(|word| word == value);
            if node.state == State::Disabled || !said("visibility", "public") || !said("fork_pr_approval", OPEN) {
                continue;
            }
            let draft =
                Draft::new(format!("Pull requests of strangers start workflows of {}", wording::named(graph, ix)))
                    .shown_by(Evidence::new(format!("approval policy: {OPEN}"), "approval of workflows from forks"))
                    .fixed_by(fixes::step(graph, fixes::Step::NarrowForks, ix));
            findings.report(ix, draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, run};
    use whose_model::Verdict;

    const RULE: &dyn PostureRule = &ForkWorkflowWithoutApproval;

    fn estate(visibility: &str, policy: &str) -> Estate {
        let mut estate = Estate::new().organization("acme").hosted("acme/web", "22", visibility);
        let node = estate.nodes.last_mut().unwrap();
        node.tags.insert("fork_pr_approval".into(), policy.into());
        estate
    }

    #[test]
    fn a_public_repository_that_anybody_can_set_running_is_found() {
        let findings = check(RULE, &estate("public", OPEN), &[("acme/web", Severity::Low)]);
        let command = findings[0].fix[0].command.as_deref().unwrap();
        assert!(command.starts_with("gh api -X PUT /repos/acme/web/actions/permissions/fork-pr-"), "{command}");
    }

    #[test]
    fn stricter_policies_private_repositories_and_archived_ones_are_left_alone() {
        check(RULE, &estate("public", "first_time_contributors"), &[]);
        check(RULE, &estate("public", "all_external_contributors"), &[]);
        check(RULE, &estate("private", OPEN), &[]);
        let mut archived = estate("public", OPEN);
        archived.nodes.last_mut().unwrap().state = State::Disabled;
        check(RULE, &archived, &[]);
    }

    #[test]
    fn a_policy_that_was_not_read_is_not_a_strict_one() {
        let unread = Estate::new().organization("acme").hosted("acme/web", "22", "public").denied(Facet::Settings);
        let assessed = run(RULE, &unread);
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable));
    }
}
