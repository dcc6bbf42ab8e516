//! A right to act as every identity of a project, folder or organisation, those of tomorrow included.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Evidence, Facet, NodeKind, Severity, State};

static INFO: RuleInfo = RuleInfo {
    slug: "scope-wide-impersonation",
    title: "One role lets its holders act as every service account of a scope",
    group: Group::Privilege,
    base: Severity::Medium,
    finds: "Roles that give tokens of service accounts, or let their holders start something as one (Service Account \
            Token Creator, Service Account User), and that are held on a project, folder or organisation instead of on \
            single accounts.",
    matters: "The holders act as accounts that nobody had in mind, and as each that will be made there. The account of \
              tomorrow's payment job is theirs before it exists.",
    fix: "Grant the role on the service accounts that the holder needs, and take it away from the scope.",
    blind_spots: "A holder that gets to an administrator by it is told of by escalation-path, and not again here. Whether \
                  the holder of Service Account User may also start something is not evaluated.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("cis-gcp-5.0.0", "1.7"),
    ],
    references: &[link(
        "Google Cloud: roles for service account authentication",
        "https://cloud.google.com/iam/docs/service-account-permissions",
    )],
};

/// The type of the virtual groups that stand for all accounts below a scope.
const GROUP: &str = "impersonators";

/// See the rule's page.
pub(crate) struct ScopeWideImpersonation;

impl PostureRule for ScopeWideImpersonation {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for group in graph.of_kind(NodeKind::Group).filter(|ix| graph.node(*ix).r#type == GROUP) {
            let mut holders: BTreeMap<Ix, Vec<Evidence>> = BTreeMap::new();
            for (holder, edge) in graph.incoming(group, EdgeKind::MemberOf) {
                holders.entry(holder).or_default().extend(edge.evidence.iter().cloned());
            }
            for (holder, shown) in holders.into_iter().filter(|(holder, _)| counts(graph, *holder)) {
                findings.report(holder, draft(graph, holder, group, shown));
            }
        }
    }
}

/// A deleted holder does nothing; one that gets to an administrator is another rule's matter.
fn counts(graph: &Graph, holder: Ix) -> bool {
    let live = graph.is_seen(holder) && graph.node(holder).state != State::Deleted;
    live && graph.reach(holder).admins.is_empty()
}

fn draft(graph: &Graph, holder: Ix, group: Ix, shown: Vec<Evidence>) -> Draft {
    let accounts = graph.out(group, EdgeKind::CanAssume).count() as u64;
    let scope = graph.scope_of(group).map_or_else(|| "its scope".into(), |scope| wording::named(graph, scope));
    let name = wording::named_first(graph, holder);
    let many = wording::count(accounts, "service account");
    let title = format!("{name} may act as every service account of {scope}: {many} today");
    let group = &graph.node(group).id;
    Draft::new(title).distinct(group.as_str()).shown_by_all(shown).fixed_by(fixes::step(
        graph,
        fixes::Step::CutWay(group),
        holder,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check};
    use whose_model::{Edge, IdentityDetail, Node, NodeId, Tier, What};

    const RULE: &dyn PostureRule = &ScopeWideImpersonation;

    fn account(name: &str) -> NodeId {
        NodeId::new("gcp", "", "service-account", name)
    }

    fn project() -> NodeId {
        NodeId::new("gcp", "", "project", "shop")
    }

    /// `builder` may act as all accounts of a project; `other` only as one of them.
    fn estate(tier: Tier) -> Estate {
        let group = NodeId::new("gcp", "", "impersonators", "projects/shop");
        let mut node = Node::new(group.clone(), What::Group, GROUP, "whoever may act in shop");
        node.scope = Some(project());
        let identity = |name: &str| {
            let what = What::Identity(Box::<IdentityDetail>::default());
            let mut node = Node::new(account(name), what, "service-account", name);
            node.scope = Some(project());
            node.state = State::Enabled;
            node
        };
        let shown = Evidence::new("builder holds TokenCreator on project shop", "IAM policy");
        let mut estate = Estate::new()
            .scope(project(), "project")
            .node(node)
            .node(identity("builder"))
            .node(identity("other"))
            .node(identity("mailer"))
            .power(&account("mailer"), tier, "role x on project shop")
            .edge(&account("other"), EdgeKind::CanAssume, &account("mailer"))
            .edge(&group, EdgeKind::CanAssume, &account("mailer"))
            .edge(&group, EdgeKind::CanAssume, &account("builder"));
        estate.edges.push(Edge::stated(account("builder"), EdgeKind::MemberOf, group).shown_by(shown));
        estate
    }

    #[test]
    fn a_right_over_a_whole_project_is_found() {
        let findings = check(RULE, &estate(Tier::T1), &[("builder", Severity::Low)]);
        let title =
            "Service account builder may act as every service account of project shop: 2 service accounts today";
        assert_eq!(findings[0].title, title);
    }

    #[test]
    fn a_right_over_one_account_and_a_way_to_an_administrator_are_left_to_others() {
        check(RULE, &estate(Tier::T0), &[]);
    }

    #[test]
    fn a_holder_that_was_seen_counts_however_the_rest_was_read() {
        check(RULE, &estate(Tier::T1).denied(Facet::Trusts), &[("builder", Severity::Low)]);
    }
}
