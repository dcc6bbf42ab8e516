//! An app that may write to every repository of an organisation.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeKind, Severity, State, Tier};

static INFO: RuleInfo = RuleInfo {
    slug: "app-writes-everywhere",
    title: "An app writes to every repository of the organisation",
    group: Group::Privilege,
    base: Severity::Medium,
    finds: "Installations of apps that work, hold on all repositories those of tomorrow included, and may change code, \
            workflows, secrets or what else pipelines rest on.",
    matters: "Whoever gets the app's key, or into the company that runs it, changes all that the organisation builds.",
    fix: "Let the app act on the repositories that need it alone, and take the permissions away that it does not use. \
          An owner of the organisation does both on the installation's page.",
    blind_spots: "What the app does with its permissions is not read. One that administers the organisation is told of by \
                  admin-equivalent-identity, and not again here.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI3:2025"),
        control("owasp-nhi-2025", "NHI5:2025"),
        control("nist-csf-2.0", "GV.SC-07"),
        control("nist-800-53r5", "AC-6"),
        control("nist-800-53r5", "SA-9"),
        control("cis-github-1.2.0", "1.4.3"),
    ],
    references: &[link(
        "GitHub: reviewing and modifying installed GitHub Apps",
        "https://docs.github.com/en/apps/using-github-apps/reviewing-and-modifying-installed-github-apps",
    )],
};

/// See the rule's page.
pub(crate) struct AppWritesEverywhere;

impl PostureRule for AppWritesEverywhere {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let installed =
            |ix: &Ix| graph.node(*ix).r#type == "app-installation" && graph.node(*ix).state == State::Enabled;
        for ix in graph.of_kind(NodeKind::Identity).filter(installed) {
            if graph.privilege(ix).tier == Tier::T0 {
                continue;
            }
            let wide = graph.grants_of(ix).into_iter().find_map(|grant| everywhere(graph, grant));
            if let Some(why) = wide {
                findings.report(ix, draft(graph, ix, &why));
            }
        }
    }
}

/// What a grant gives, when it writes and holds on all repositories.
fn everywhere(graph: &Graph, grant: Ix) -> Option<String> {
    let detail = graph.node(grant).grant()?;
    let power = detail.power.as_ref().filter(|power| power.tier <= Tier::T1)?;
    let all = detail.statements.iter().flat_map(|statement| &statement.resources).any(|place| place.ends_with("/*"));
    all.then(|| power.why.clone())
}

fn draft(graph: &Graph, ix: Ix, why: &str) -> Draft {
    let page = graph.node(ix).address.as_deref().map(|page| format!(" at {page}")).unwrap_or_default();
    Draft::new(format!("{} has {why}", wording::named_first(graph, ix)))
        .power_in_base()
        .shown_by(Evidence::new(why, "permissions of the installation"))
        .fixed_by([fixes::advice(format!("Choose the repositories that need it{page}"))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, organization, run};
    use whose_model::{EdgeKind, Node, NodeId, Verdict, What};

    const RULE: &dyn PostureRule = &AppWritesEverywhere;

    fn estate(tier: Tier, places: &[&str], state: State) -> Estate {
        let app = NodeId::new("github", "github.com", "app-installation", "7");
        let mut node = Node::new(app.clone(), What::Identity(Box::default()), "app-installation", "updates");
        (node.state, node.scope) = (state, Some(organization("acme")));
        let mut estate =
            Estate::new().organization("acme").node(node).power(&app, tier, "write of contents on all repositories");
        if let Some(What::Grant(detail)) = estate.nodes.last_mut().map(|node| &mut node.what) {
            detail.statements = vec![crate::testing::allows(&["contents:write"], places)];
        }
        assert!(estate.edges.iter().any(|edge| edge.kind == EdgeKind::HasGrant));
        estate
    }

    #[test]
    fn an_app_that_writes_to_all_repositories_is_found() {
        let findings =
            check(RULE, &estate(Tier::T1, &["github.com/acme/*"], State::Enabled), &[("updates", Severity::Medium)]);
        assert_eq!(findings[0].title, "App installation updates has write of contents on all repositories");
    }

    #[test]
    fn readers_the_selected_the_suspended_and_administrators_are_left_alone() {
        check(RULE, &estate(Tier::T2, &["github.com/acme/*"], State::Enabled), &[]);
        check(RULE, &estate(Tier::T1, &[], State::Enabled), &[]);
        check(RULE, &estate(Tier::T1, &["github.com/acme/*"], State::Disabled), &[]);
        check(RULE, &estate(Tier::T0, &["github.com/acme/*"], State::Enabled), &[]);
    }

    #[test]
    fn apps_whose_permissions_were_not_read_are_not_small() {
        let assessed = run(RULE, &Estate::new().organization("acme").denied(Facet::Grants));
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable));
    }
}
