//! An administrator that any branch or pull request of a repository may become.

use super::ci_subjects::{Entry, Pipelines, entries};
use super::trust_in_missing_repository::Known;
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeId, NodeKind, Severity, Tier};

static INFO: RuleInfo = RuleInfo {
    slug: "unpinned-admin-trust",
    title: "Any branch or pull request of a repository becomes an administrator",
    group: Group::Trust,
    base: Severity::High,
    finds: "Identities that are admin-equivalent, or lead to one that is, and whose trust names a repository but no \
            branch, tag or environment of it (repo:ORG/REPO:*, a claim on the repository alone), or its pull requests \
            (repo:ORG/REPO:pull_request).",
    matters: "What runs in such a pipeline was reviewed by nobody: whoever can push a branch, or open a pull request, \
              writes the code that acts as the administrator. In a public repository anybody can open one.",
    fix: "Demand one protected branch, or better an environment with reviewers; give pull requests an identity that \
          only reads.",
    blind_spots: "Whether the branch or environment is protected is not known here, nor whether the repository lets \
                  workflows of forks ask for a token. Without a scan of the organisation it is not known whether the \
                  repository is public.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("owasp-nhi-2025", "NHI5:2025"),
        control("nist-csf-2.0", "PR.AA-04"),
        control("nist-800-53r5", "AC-6(5)"),
        control("nist-800-53r5", "IA-9"),
        control("csa-maestro", "cross-layer/privilege-escalation"),
    ],
    references: &[
        link("GitHub: OpenID Connect reference", "https://docs.github.com/en/actions/reference/security/oidc"),
        link(
            "GitHub: secure use of pull_request_target",
            "https://docs.github.com/en/actions/reference/security/secure-use",
        ),
    ],
};

/// See the rule's page.
pub(crate) struct UnpinnedAdminTrust;

impl PostureRule for UnpinnedAdminTrust {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let known = Known::of(graph);
        let public = public_repositories(graph);
        for ix in graph.of_kind(NodeKind::Identity) {
            let Some(power) = administers(graph, ix) else { continue };
            let mut loosest: BTreeMap<String, Entry> = BTreeMap::new();
            for entry in entries(graph, ix) {
                // A repository that a scanned organisation does not hold is another rule's matter.
                if entry.pipelines == Pipelines::Pinned || known.lacks(graph, &entry) {
                    continue;
                }
                let name = format!("{}/{}", entry.host, entry.repository()).to_lowercase();
                let looser = loosest.get(&name).is_none_or(|other| entry.pipelines < other.pipelines);
                if looser {
                    loosest.insert(name, entry);
                }
            }
            for (name, entry) in loosest {
                let is_public = public.contains(&name);
                findings.report(ix, draft(graph, ix, &entry, &power, is_public).distinct(name));
            }
        }
    }
}

/// Why the holder of this identity is an administrator.
fn administers(graph: &Graph, ix: Ix) -> Option<String> {
    let privilege = graph.privilege(ix);
    if privilege.tier == Tier::T0 {
        let why = privilege.basis.first().map(|basis| format!(": {}", basis.what)).unwrap_or_default();
        return Some(format!("it is admin-equivalent{why}"));
    }
    let reach = graph.reach(ix);
    let admin: &NodeId = reach.path.last().map(|step| &step.to)?;
    let admin = graph.find(admin).map_or_else(|| admin.local(), |ix| wording::named(graph, ix));
    Some(format!("it leads to {admin}, which is admin-equivalent"))
}

fn public_repositories(graph: &Graph) -> std::collections::BTreeSet<String> {
    let public = |ix: &Ix| graph.node(*ix).tags.get("visibility").is_some_and(|word| word == "public");
    graph.of_kind(NodeKind::Repo).filter(public).map(|ix| graph.node(ix).id.local().to_lowercase()).collect()
}

fn draft(graph: &Graph, ix: Ix, entry: &Entry, power: &str, is_public: bool) -> Draft {
    let (name, repository) = (wording::named_first(graph, ix), entry.repository());
    let who = match entry.pipelines {
        Pipelines::PullRequests => "pull requests to",
        Pipelines::AnyRef | Pipelines::Pinned => "any branch of",
    };
    let draft = Draft::new(format!("{name} is an administrator, and lets in {who} {repository}")).power_in_base();
    let draft = if is_public {
        draft
            .base(Severity::Critical, "the repository is public: anybody may open a pull request")
            .shown_by(Evidence::new(format!("{repository} is public"), "the list of repositories"))
    } else {
        draft.base(Severity::High, "whoever may push to the repository becomes an administrator")
    };
    draft
        .shown_by(Evidence::new(entry.shows.clone(), "trust policy"))
        .shown_by(Evidence::new(power, "grants"))
        .fixed_by(fixes::step(graph, fixes::Step::ShowTrust, ix))
        .fixed_by(fixes::step(graph, fixes::Step::ReplaceTrust, ix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, allows, check, role};

    const RULE: &dyn PostureRule = &UnpinnedAdminTrust;

    fn estate(visibility: &str, subject: &str) -> Estate {
        Estate::new().organization("acme").hosted("acme/web", "22", visibility).ci_role("release", subject)
    }

    fn admin(visibility: &str, subject: &str) -> Estate {
        estate(visibility, subject).grant(&role("release"), "All", &[allows(&["*"], &["*"])])
    }

    #[test]
    fn any_branch_and_pull_requests_are_found() {
        for subject in ["repo:acme/web:*", "repo:acme/web:pull_request", "repo:acme@1/web@22:*"] {
            check(RULE, &admin("private", subject), &[("release", Severity::High)]);
        }
        let findings = check(RULE, &admin("public", "repo:acme/web:pull_request"), &[("release", Severity::Critical)]);
        assert!(findings[0].title.contains("pull requests to acme/web"), "{}", findings[0].title);
        assert!(
            findings[0].evidence.iter().any(|shown| shown.what.contains("is public")),
            "{:?}",
            findings[0].evidence
        );
    }

    #[test]
    fn a_way_to_an_administrator_counts_as_well() {
        let become_admin = allows(&["sts:AssumeRole"], &["arn:aws:iam::111122223333:role/admin"]);
        let estate = estate("private", "repo:acme/web:*")
            .grant(&role("release"), "Become", &[become_admin])
            .role("admin", &[crate::testing::trusts(&[whose_model::Principal::Identity(role("release"))], &[])], |_| {})
            .grant(&role("admin"), "All", &[allows(&["*"], &["*"])]);
        let findings = check(RULE, &estate, &[("release", Severity::High)]);
        assert!(
            findings[0].evidence.iter().any(|shown| shown.what.contains("role admin")),
            "{:?}",
            findings[0].evidence
        );
    }

    #[test]
    fn pinned_trusts_and_small_identities_are_left_alone() {
        check(RULE, &admin("public", "repo:acme/web:environment:production"), &[]);
        check(RULE, &estate("public", "repo:acme/web:pull_request"), &[]);
        // Broad trusts and missing repositories have rules of their own.
        check(RULE, &admin("private", "repo:acme/*"), &[]);
        check(RULE, &admin("private", "repo:acme/gone:*"), &[]);
    }

    #[test]
    fn unread_grants_make_nobody_an_administrator_and_unread_repositories_hide_nothing() {
        check(RULE, &estate("private", "repo:acme/web:*").denied(Facet::Grants), &[]);
        let estate = admin("public", "repo:acme/web:*").denied(Facet::Repositories);
        check(RULE, &estate, &[("release", Severity::Critical)]);
    }
}
