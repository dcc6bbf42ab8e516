//! An identity that knows the pipelines it trusts by names, which somebody else may bear tomorrow.

use super::ci_subjects::{Entry, entries};
use super::trust_in_missing_repository::{Known, is_scanned};
use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, Fix, NodeId, NodeKind, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "mutable-ci-subject",
    title: "A trust knows its pipelines by a name that others can take over",
    group: Group::Trust,
    base: Severity::Low,
    finds: "Identities of any cloud whose trust names a repository of github.com by the names of its owner and itself \
            alone, where neither the subject (repo:OWNER@1/NAME@2:...) nor another claim (repository_id, \
            repository_owner_id) demands an immutable id. Repositories that are gone already are told of by \
            trust-in-missing-repository, trusts in whole organisations by broad-ci-trust.",
    matters: "A name is free again as soon as the organisation is renamed or deleted, or the repository is: whoever \
              registers it next gets in with a pipeline of his own. The ids are never given out twice.",
    fix: "Switch the repository to immutable subjects, trust that subject beside the old one, and remove the old one once \
          the pipelines sign in.",
    blind_spots: "Enterprise Server has no immutable subjects and is left out. Repositories that were made or renamed since \
                  GitHub uses the immutable form by default do not match a name at all, so their trust lets nobody in \
                  today; it is reported all the same.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("nist-csf-2.0", "PR.AA-04"),
        control("nist-800-53r5", "IA-5(9)"),
        control("nist-800-53r5", "IA-9"),
    ],
    references: &[
        link("GitHub: OpenID Connect reference", "https://docs.github.com/en/actions/reference/security/oidc"),
        link(
            "Microsoft: migrate GitHub Actions federated credentials to immutable subjects",
            "https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-github-immutable-subjects",
        ),
    ],
};

/// The host whose tokens can name immutable ids in their subjects.
const HOST: &str = "github.com";

/// See the rule's page.
pub(crate) struct MutableCiSubject;

impl PostureRule for MutableCiSubject {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let known = Known::of(graph);
        for ix in graph.of_kind(NodeKind::Identity) {
            // One finding a repository, whatever number of statements names it.
            let by_name = entries(graph, ix).into_iter().filter(|entry| entry.by_name && entry.host == HOST);
            let named: BTreeMap<String, Entry> =
                by_name.map(|entry| (entry.repository().to_lowercase(), entry)).collect();
            for (name, entry) in named.into_iter().filter(|(_, entry)| !known.lacks(graph, entry)) {
                let mut draft = draft(graph, ix, &entry).distinct(name);
                // One that its organisation's list may hold is not known to be gone, nor to be there.
                let unlisted = graph.find(&entry.organization()).filter(|scope| is_scanned(graph, *scope));
                let unlisted = unlisted.filter(|_| !known.holds(&entry));
                draft.premises.extend(unlisted.map(|scope| Premise::Within(scope, Facet::Repositories)));
                findings.report(ix, draft);
            }
        }
    }
}

fn draft(graph: &Graph, ix: Ix, entry: &Entry) -> Draft {
    let (name, repository) = (wording::named_first(graph, ix), entry.repository());
    Draft::new(format!("{name} knows the pipelines of {repository} by its name alone"))
        .shown_by(Evidence::new(entry.shows.clone(), "trust policy"))
        .fixed_by([immutable(graph, entry)])
        .fixed_by(fixes::step(graph, fixes::Step::ShowTrust, ix))
        .fixed_by(fixes::step(graph, fixes::Step::ReplaceTrust, ix))
}

/// The form to demand, with the ids where a listing told them.
fn immutable(graph: &Graph, entry: &Entry) -> Fix {
    let native = |id: NodeId| graph.find(&id).and_then(|ix| graph.node(ix).native_id.clone());
    let of_owner = native(entry.organization()).unwrap_or_else(|| "OWNER-ID".into());
    let repository = NodeId::new("git", "", "repository", &format!("{}/{}", entry.host, entry.repository()));
    let of_name = native(repository).unwrap_or_else(|| "REPOSITORY-ID".into());
    let (owner, name) = (&entry.owner, &entry.name);
    fixes::advice(format!(
        "Switch {owner}/{name} to immutable subjects, which begin with repo:{owner}@{of_owner}/{name}@{of_name}:"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, check, not_assessable, organization, trusts};
    use whose_model::{Principal, Statement};

    const RULE: &dyn PostureRule = &MutableCiSubject;
    const ISSUER: &str = "token.actions.githubusercontent.com";

    fn estate() -> Estate {
        let mut estate = Estate::new().organization("acme");
        let scope = estate.nodes.iter_mut().find(|node| node.id == organization("acme")).unwrap();
        scope.native_id = Some("1".into());
        estate.hosted("acme/web", "22", "private")
    }

    fn demanding(issuer: &str, conditions: &[(&str, &str)]) -> Estate {
        let provider = Principal::Federated(NodeId::new("aws", ACCOUNT, "oidc-provider", issuer));
        let keyed: Vec<(String, &str)> =
            conditions.iter().map(|(claim, value)| (format!("{issuer}:{claim}"), *value)).collect();
        let conditions: Vec<_> = keyed.iter().map(|(key, value)| ("StringLike", key.as_str(), *value)).collect();
        let actions = vec!["sts:AssumeRoleWithWebIdentity".into()];
        let statement = Statement { actions, ..trusts(&[provider], &conditions) };
        estate().role("release", &[statement], |_| {})
    }

    #[test]
    fn a_repository_that_is_known_by_names_is_found_and_its_ids_are_told() {
        for claims in [[("sub", "repo:acme/web:ref:refs/heads/main")], [("repository", "acme/web")]] {
            let findings = check(RULE, &demanding(ISSUER, &claims), &[("release", Severity::Info)]);
            assert!(findings[0].title.ends_with("knows the pipelines of acme/web by its name alone"));
            assert!(findings[0].fix[0].what.ends_with("repo:acme@1/web@22:"), "{:?}", findings[0].fix);
        }
        // Of an organisation that nobody scanned, the names are told and the ids are not.
        let elsewhere = check(RULE, &demanding(ISSUER, &[("sub", "repo:other/x:*")]), &[("release", Severity::Info)]);
        assert!(elsewhere[0].fix[0].what.ends_with("repo:other@OWNER-ID/x@REPOSITORY-ID:"));
    }

    #[test]
    fn an_immutable_id_of_either_is_enough() {
        for claims in [
            &[("sub", "repo:acme@1/web@22:ref:refs/heads/main")][..],
            &[("sub", "repo:acme/web:*"), ("repository_id", "22")],
            &[("sub", "repo:acme/web:*"), ("repository_owner_id", "1")],
        ] {
            check(RULE, &demanding(ISSUER, claims), &[]);
        }
        check(
            RULE,
            &demanding(ISSUER, &[("sub", "repo:acme/web:*"), ("repository_id", "*")]),
            &[("release", Severity::Info)],
        );
    }

    #[test]
    fn whole_organisations_other_servers_and_what_is_gone_are_left_to_others() {
        check(RULE, &demanding(ISSUER, &[("sub", "repo:acme/*")]), &[]);
        check(RULE, &demanding(ISSUER, &[("sub", "repo:acme/gone:*")]), &[]);
        check(RULE, &demanding("git.acme.example/_services/token", &[("repository", "acme/web")]), &[]);
        check(RULE, &demanding("gitlab.com", &[("sub", "project_path:acme/web:*")]), &[]);
    }

    #[test]
    fn a_trust_that_was_seen_counts_however_the_rest_was_read() {
        let estate = demanding(ISSUER, &[("sub", "repo:acme/web:*")]);
        for facet in [Facet::Trusts, Facet::Repositories] {
            check(RULE, &estate.clone().denied(facet), &[("release", Severity::Info)]);
        }
        not_assessable(RULE, &demanding(ISSUER, &[("sub", "repo:acme/gone:*")]).denied(Facet::Repositories));
    }
}
