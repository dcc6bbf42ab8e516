//! Pipelines whose token may write, or approve changes, although none of them asked for it.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeKind, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "pipeline-writes-by-default",
    title: "Tokens of pipelines may write or approve by default",
    group: Group::Privilege,
    base: Severity::Medium,
    finds: "Organisations on GitHub whose workflows get a token that writes to the repository when they do not say \
            otherwise, or whose workflows may approve pull requests, with the repositories that keep it so. Where the \
            organisation's own setting could not be read, each such repository by itself.",
    matters: "Every action of a third party that a workflow calls holds that token. A single one that turns bad writes to \
              all repositories whose workflows call it; with the right to approve, it also gets past the review.",
    fix: "Let the default be to read, and let each workflow ask for what it writes; do not let workflows approve. A \
          repository cannot allow more than its organisation does.",
    blind_spots: "What each workflow asks for is not read.",
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

/// How many repositories are named; the rest is counted.
const SHOWN: usize = 5;

/// See the rule's page.
pub(crate) struct PipelineWritesByDefault;

impl PostureRule for PipelineWritesByDefault {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let kept = kept(graph);
        for ix in graph.of_kind(NodeKind::Scope) {
            let said = Said::of(graph, ix);
            if said.is_open() {
                findings.report(ix, of_organization(graph, ix, said, kept.get(&ix).map_or(&[], Vec::as_slice)));
            }
        }
        // What an organisation says holds for all its repositories, and is told there.
        let unsaid = |ix: &Ix| graph.scope_of(*ix).is_none_or(|scope| !Said::is_read(graph, scope));
        for ix in graph.of_kind(NodeKind::Repo).filter(unsaid) {
            let said = Said::of(graph, ix);
            if said.is_open() {
                findings.report(ix, draft(graph, ix, said));
            }
        }
    }
}

/// What the token of a workflow may do when the workflow does not say.
#[derive(Clone, Copy)]
struct Said {
    writes: bool,
    approves: bool,
}

impl Said {
    fn of(graph: &Graph, ix: Ix) -> Self {
        let set = |name: &str, value: &str| graph.node(ix).tags.get(name).is_some_and(|said| said == value);
        Self {
            writes: set("default_workflow_permissions", "write"),
            approves: set("can_approve_pull_request_reviews", "true"),
        }
    }

    fn is_open(self) -> bool {
        self.writes || self.approves
    }

    fn is_read(graph: &Graph, ix: Ix) -> bool {
        graph.node(ix).tags.contains_key("default_workflow_permissions")
    }
}

/// The repositories of each organisation whose own setting was read.
fn kept(graph: &Graph) -> BTreeMap<Ix, Vec<Ix>> {
    let mut kept: BTreeMap<Ix, Vec<Ix>> = BTreeMap::new();
    for ix in graph.of_kind(NodeKind::Repo).filter(|ix| Said::is_read(graph, *ix)) {
        if let Some(scope) = graph.scope_of(ix) {
            kept.entry(scope).or_default().push(ix);
        }
    }
    kept
}

fn of_organization(graph: &Graph, ix: Ix, said: Said, repositories: &[Ix]) -> Draft {
    let draft = draft(graph, ix, said);
    if repositories.is_empty() || !said.writes {
        return draft;
    }
    let writing: Vec<&str> = repositories
        .iter()
        .filter(|repository| Said::of(graph, **repository).writes)
        .map(|repository| graph.node(*repository).name.as_str())
        .collect();
    let total = match repositories.len() {
        1 => "1 repository".to_owned(),
        many => format!("{many} repositories"),
    };
    let named = writing.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let more = if writing.len() > SHOWN { " and others" } else { "" };
    let what = match writing.len() {
        0 => format!("none of {total} whose setting was read writes by default: new ones will"),
        many => format!("{many} of {total} whose setting was read write by default: {named}{more}"),
    };
    let draft = if writing.is_empty() && !said.approves {
        draft.base(Severity::Low, "each repository that was read has a setting of its own that only reads")
    } else {
        draft
    };
    draft.shown_by(Evidence::new(what, "default permissions of workflows of single repositories"))
}

fn draft(graph: &Graph, ix: Ix, Said { writes, approves }: Said) -> Draft {
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

    fn beside(mut estate: Estate, name: &str, writes: &str) -> Estate {
        estate = estate.hosted(name, name, "private");
        estate.nodes.last_mut().unwrap().tags.insert("default_workflow_permissions".into(), writes.into());
        estate
    }

    #[test]
    fn the_repositories_that_keep_the_default_are_told_with_it() {
        let estate = beside(beside(estate("write", "false"), "acme/web", "write"), "acme/docs", "read");
        let findings = check(RULE, &estate, &[("acme", Severity::Medium)]);
        let shown = &findings[0].evidence[1].what;
        assert_eq!(shown, "1 of 2 repositories whose setting was read write by default: acme/web");
        let tight = beside(self::estate("write", "false"), "acme/docs", "read");
        let findings = check(RULE, &tight, &[("acme", Severity::Low)]);
        assert_eq!(
            findings[0].evidence[1].what,
            "none of 1 repository whose setting was read writes by default: new ones will"
        );
        check(RULE, &beside(self::estate("read", "false"), "acme/docs", "read"), &[]);
    }

    #[test]
    fn a_repository_is_reported_by_itself_where_its_organisation_was_not_read() {
        let alone = beside(beside(Estate::new().organization("acme"), "acme/web", "write"), "acme/docs", "read");
        let findings = check(RULE, &alone.denied(Facet::Settings), &[("acme/web", Severity::Medium)]);
        let command = findings[0].fix[0].command.as_deref().unwrap();
        assert!(command.starts_with("gh api -X PUT /repos/acme/web/actions/permissions/workflow"), "{command}");
    }

    #[test]
    fn settings_that_were_not_read_are_not_safe_ones() {
        let assessed = run(RULE, &Estate::new().organization("acme").denied(Facet::Settings));
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable));
    }
}
