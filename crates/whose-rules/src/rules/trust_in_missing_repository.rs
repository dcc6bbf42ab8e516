//! An identity that trusts the pipelines of a repository that is not there.

use super::ci_subjects::{Entry, entries};
use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, wording};
use std::collections::{BTreeMap, BTreeSet};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, Gap, NodeKind, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "trust-in-missing-repository",
    title: "A trust names a repository that does not exist",
    group: Group::Trust,
    base: Severity::Critical,
    finds: "Identities of any cloud whose trust lets in the pipelines of a repository that the complete list of its \
            organisation's repositories does not hold: it was deleted, renamed, or never made.",
    matters: "The name is free. Whoever may create a repository in the organisation, or rename one, makes one of that \
              name and gets in with its first pipeline, and nobody reviews that as a change of access.",
    fix: "Remove the trust. If the repository was renamed, name the new one, by its immutable id.",
    blind_spots: "Repositories of organisations that were not scanned cannot be looked up, and count as not assessed. \
                  An organisation that is itself gone looks the same.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "PR.AA-04"),
        control("nist-800-53r5", "IA-5(9)"),
        control("nist-800-53r5", "IA-9"),
    ],
    references: &[link(
        "GitHub: OpenID Connect reference",
        "https://docs.github.com/en/actions/reference/security/oidc",
    )],
};

/// See the rule's page.
pub(crate) struct TrustInMissingRepository;

impl PostureRule for TrustInMissingRepository {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let known = Known::of(graph);
        for ix in graph.of_kind(NodeKind::Identity) {
            // One finding a repository, whatever number of statements names it.
            let named: BTreeMap<String, Entry> =
                entries(graph, ix).into_iter().map(|entry| (known_as(&entry), entry)).collect();
            for (name, entry) in named.into_iter().filter(|(_, entry)| !known.holds(entry)) {
                match graph.find(&entry.organization()).filter(|scope| is_scanned(graph, *scope)) {
                    Some(scope) => findings.report(ix, draft(graph, ix, &entry, scope).distinct(name)),
                    None => findings.cannot_judge(ix, &[], not_scanned(&entry)),
                }
            }
        }
    }
}

/// The repositories that were seen: by name without regard to case, as the forge takes them, and by immutable id.
pub(super) struct Known {
    names: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(graph: &Graph) -> Self {
        let seen = || graph.of_kind(NodeKind::Repo).map(|ix| graph.node(ix));
        Self {
            names: seen().map(|node| node.id.local().to_lowercase()).collect(),
            ids: seen().filter_map(|node| node.native_id.clone()).collect(),
        }
    }

    /// An id that is known is that repository under whatever name it bears now.
    pub(super) fn holds(&self, entry: &Entry) -> bool {
        self.names.contains(&known_as(entry)) || entry.id.as_ref().is_some_and(|id| self.ids.contains(id))
    }

    /// Whether the complete list of its organisation's repositories does not hold it.
    pub(super) fn lacks(&self, graph: &Graph, entry: &Entry) -> bool {
        let listed = |scope| is_scanned(graph, scope) && graph.scope_gaps(scope, Facet::Repositories).is_empty();
        graph.find(&entry.organization()).is_some_and(listed) && !self.holds(entry)
    }
}

fn known_as(entry: &Entry) -> String {
    format!("{}/{}", entry.host, entry.repository()).to_lowercase()
}

pub(super) fn is_scanned(graph: &Graph, scope: Ix) -> bool {
    graph.scanned_scopes().any(|scanned| scanned == scope)
}

fn not_scanned(entry: &Entry) -> Gap {
    Gap {
        subject: None,
        call: None,
        reason: format!("whether {} exists is not known: its organisation was not scanned", entry.repository()),
        remedy: format!("scan github:{} too", entry.owner),
    }
}

fn draft(graph: &Graph, ix: Ix, entry: &Entry, scope: Ix) -> Draft {
    let (name, repository) = (wording::named_first(graph, ix), entry.repository());
    let draft = Draft::new(format!("{name} trusts the pipelines of {repository}, which does not exist"));
    let draft = match &entry.id {
        None => draft.base(Severity::Critical, "the name is free, and whoever takes it gets in"),
        Some(id) => draft.base(Severity::Low, format!("the trust demands the id {id}, which nobody else can get")),
    };
    draft
        .premise(Premise::Within(scope, Facet::Repositories))
        .shown_by(Evidence::new(entry.shows.clone(), "trust policy"))
        .shown_by(Evidence::new(
            format!("{repository} is not among the repositories of {}", wording::named(graph, scope)),
            "the list of repositories",
        ))
        .fixed_by(fixes::step(graph, fixes::Step::ShowTrust, ix))
        .fixed_by(fixes::step(graph, fixes::Step::ReplaceTrust, ix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, not_assessable};

    const RULE: &dyn PostureRule = &TrustInMissingRepository;

    fn estate(subject: &str) -> Estate {
        Estate::new().organization("acme").hosted("acme/web", "22", "private").ci_role("release", subject)
    }

    #[test]
    fn a_repository_that_no_listing_holds_is_found() {
        let findings = check(RULE, &estate("repo:acme/gone:ref:refs/heads/main"), &[("release", Severity::High)]);
        assert!(findings[0].title.contains("acme/gone"), "{}", findings[0].title);
        assert!(findings[0].evidence[0].what.contains("repo:acme/gone"), "{:?}", findings[0].evidence);
        check(RULE, &estate("repo:acme@1/gone@404:environment:production"), &[("release", Severity::Info)]);
    }

    #[test]
    fn a_repository_that_is_there_under_any_name_is_left_alone() {
        for subject in ["repo:acme/web:*", "repo:ACME/Web:environment:x", "repo:acme@1/old-name@22:environment:x"] {
            check(RULE, &estate(subject), &[]);
        }
        // One that was only cloned is there as well.
        let cloned = Estate::new().repository("x").hosted("acme/web", "22", "private");
        check(RULE, &cloned.ci_role("release", "repo:acme/web:*"), &[]);
    }

    #[test]
    fn an_organisation_that_was_not_read_leaves_it_open() {
        let gone = "repo:acme/gone:ref:refs/heads/main";
        not_assessable(RULE, &estate(gone).denied(Facet::Repositories));
        not_assessable(RULE, &Estate::new().ci_role("release", gone));
    }
}
