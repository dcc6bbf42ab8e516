//! Pipelines whose token may write, or approve changes, although none of them asked for it.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeKind, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "pipeline-writes-by-default",
    title: "Tokens of pipelines may write or approve by default",
    group: Group::Privilege,
    base: Severity::Medium,
    finds: "Organisations on GitHub whose workflows get a token that writes to the repository when they do not say \
            otherwise, or whose workflows may approve pull requests.",
    matters: "Every action of a third party that a workflow calls holds that token. A single one that turns bad writes to \
              all repositories whose workflows call it; with the right to approve, it also gets past the review.",
    fix: "Let the default be to read, and let each workflow ask for what it writes; do not let workflows approve.",
    blind_spots: "A repository may have its own setting, which is not read. What each workflow asks for is not read either.",
    needs: &[],
    reads: &[Facet::Settings],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("owasp-nhi-2025", "NHI6:2025"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("cis-github-1.2.0", "2.1.7"),
    ],
    references: &[link(
        "GitHub: default workflow permissions of an organisation",
        "https://docs.github.com/rest/actions/permissions#set-default-workflow-permissions-for-an-organization",
    )],
};

/// See the rule's page.
pub(crate) struct PipelineWritesByDefault;

impl PostureRule for PipelineWritesByDefault {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Scope) {
            let set = |name: &str, value: &str| graph.node(ix).tags.get(name).is_some_and(|said| said == value);
            let writes = set("default_workflow_permissions", "write");
            let approves = set("can_approve_pull_request_reviews", "true");
            if writes || approves {
                findings.report(ix, draft(graph, ix, writes, approves));
            }
        }
    }
}

fn draft(graph: &Graph, ix: Ix, writes: bool, approves: bool) -> Draft {
    let what = match (writes, approves) {
        (true, true) => "may write by default, and approve pull requests",
        (true, false) => "may write by default",
        (false, _) => "may approve pull requests",
    };
    let draft = Draft::new(format!("Workflows of {} {what}", wording::named(graph, ix)));
    let draft =
        if writes { draft } else { draft.base(Severity::Low, "they approve, but write only what they ask for") };
    let word = |yes: bool| if yes { "yes" } else { "no" };
    let shown = format!("writes by default: {}; may approve: {}", word(writes), word(approves));
    draft.shown_by(Evidence::new(shown, "default permissions of workflows")).fixed_by(fixes::step(
        graph,
        fixes::Step::Restrict,
        ix,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, run};
    use whose_model::Verdict;

    const RULE: &dyn PostureRule = &PipelineWritesByDefault;

    fn estate(writes: &str, approves: &str) -> Estate {
        let mut estate = Estate::new().organization("acme");
        let scope = estate.nodes.last_mut().unwrap();
        scope.tags.insert("default_workflow_permissions".into(), writes.into());
        scope.tags.insert("can_approve_pull_request_reviews".into(), approves.into());
        estate
    }

    #[test]
    fn a_default_that_writes_or_approves_is_found() {
        let findings = check(RULE, &estate("write", "true"), &[("acme", Severity::Medium)]);
        assert!(findings[0].fix[0].command.as_deref().unwrap().contains("default_workflow_permissions=read"));
        check(RULE, &estate("write", "false"), &[("acme", Severity::Medium)]);
        check(RULE, &estate("read", "true"), &[("acme", Severity::Low)]);
    }

    #[test]
    fn a_default_that_reads_is_left_alone() {
        check(RULE, &estate("read", "false"), &[]);
    }

    #[test]
    fn settings_that_were_not_read_are_not_safe_ones() {
        let assessed = run(RULE, &Estate::new().organization("acme").denied(Facet::Settings));
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable));
    }
}
