//! An identity that pipelines of strangers, or of a whole organisation, may become.

use super::ci_issuers::{Bound, issuer};
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Effect, Evidence, Facet, NodeId, NodeKind, Principal, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "broad-ci-trust",
    title: "A trust in CI pipelines is too broad",
    group: Group::Trust,
    base: Severity::Critical,
    finds: "Identities that trust the identity provider of a CI service with many tenants (GitHub, GitLab, Terraform \
            Cloud, CircleCI, Bitbucket, Buildkite, Azure DevOps) and whose conditions on the subject bind no organisation (no \
            subject, a wildcard in the owner), or an organisation but no project (repo:ORG/*).",
    matters: "The service signs tokens for every tenant. Without a bound on the owner, a pipeline in any repository of the \
              world gets in; with one on the organisation alone, whoever can push to any of its repositories does.",
    fix: "Demand the exact subject: one repository, and one branch or environment. Let other repositories have \
          identities of their own.",
    blind_spots: "A subject that names a repository and any of its branches or pull requests passes. Whether the branch or \
                  environment is protected is not known here. Issuers that are not in the table count as private.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("nist-csf-2.0", "PR.AA-04"),
        control("nist-800-53r5", "IA-9"),
        control("nist-800-53r5", "IA-5(9)"),
        control("csa-maestro", "L4/lateral-movement"),
    ],
    references: &[
        link("GitHub: OpenID Connect reference", "https://docs.github.com/en/actions/reference/security/oidc"),
        link(
            "OWASP NHI6:2025 Insecure Cloud Deployment Configurations",
            "https://owasp.org/www-project-non-human-identities-top-10/2025/6-insecure-cloud-deployment-configurations/",
        ),
    ],
};

/// See the rule's page.
pub(crate) struct BroadCiTrust;

impl PostureRule for BroadCiTrust {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Identity) {
            for (provider, broad) in broad_trusts(graph, ix) {
                findings.report(ix, draft(graph, ix, &broad).distinct(provider.as_str()));
            }
        }
    }
}

/// A trust that is too broad.
struct Broad {
    issuer: String,
    bound: Bound,
    shows: String,
}

/// The broadest trust of each provider.
fn broad_trusts(graph: &Graph, ix: Ix) -> BTreeMap<NodeId, Broad> {
    let mut found: BTreeMap<NodeId, Broad> = BTreeMap::new();
    let policy = graph.node(ix).identity().map(|detail| detail.trust_policy.as_slice()).unwrap_or_default();
    for (index, statement) in policy.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow) {
        for principal in &statement.principals {
            let Principal::Federated(provider) = principal else { continue };
            let address = issuer_of(graph, provider);
            let Some(issuer) = issuer(&address) else { continue };
            let (bound, why) = issuer.bound(&address, &statement.conditions);
            let statement = statement.sid.clone().unwrap_or_else(|| format!("statement {}", index + 1));
            let shows = format!("{statement}: {why}");
            let broader = found.get(provider).is_none_or(|known| bound < known.bound);
            if bound < Bound::Project && broader {
                found.insert(provider.clone(), Broad { issuer: address, bound, shows });
            }
        }
    }
    found
}

fn issuer_of(graph: &Graph, provider: &NodeId) -> String {
    let seen = graph.find(provider).and_then(|ix| graph.node(ix).trust()?.issuer.clone());
    let address = seen.unwrap_or_else(|| provider.local());
    address.trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase()
}

fn draft(graph: &Graph, ix: Ix, broad: &Broad) -> Draft {
    let name = wording::named_first(graph, ix);
    let issuer = &broad.issuer;
    let draft = match broad.bound {
        Bound::Nobody => Draft::new(format!("{name} lets in pipelines of anybody at {issuer}"))
            .base(Severity::Critical, "no organisation is demanded: pipelines of strangers get in")
            .public(),
        Bound::Organisation | Bound::Project => {
            Draft::new(format!("{name} lets in every pipeline of an organisation at {issuer}"))
                .base(Severity::Medium, "an organisation is demanded, but no project of it")
        }
    };
    draft
        .shown_by(Evidence::new(broad.shows.clone(), "trust policy"))
        .fixed_by(fixes::step(graph, fixes::Step::ShowTrust, ix))
        .fixed_by(fixes::step(graph, fixes::Step::ReplaceTrust, ix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, allows, check, trusts};

    fn role(issuer: &str, conditions: &[(&str, &str, &str)]) -> Estate {
        let provider = NodeId::new("aws", ACCOUNT, "oidc-provider", issuer);
        let action = allows(&["sts:AssumeRoleWithWebIdentity"], &[]);
        let statement =
            whose_model::Statement { actions: action.actions, ..trusts(&[Principal::Federated(provider)], conditions) };
        Estate::new().role("release", &[statement], |_| {})
    }

    fn github(subject: &str) -> Estate {
        let aud = ("StringEquals", "token.actions.githubusercontent.com:aud", "sts.amazonaws.com");
        let sub = ("StringLike", "token.actions.githubusercontent.com:sub", subject);
        role("token.actions.githubusercontent.com", &[aud, sub])
    }

    #[test]
    fn pipelines_of_strangers_are_critical() {
        let audience = ("StringEquals", "token.actions.githubusercontent.com:aud", "sts.amazonaws.com");
        let findings = check(
            &BroadCiTrust,
            &role("token.actions.githubusercontent.com", &[audience]),
            &[("release", Severity::Critical)],
        );
        assert!(findings[0].evidence[0].what.contains("no condition on the subject"), "{:?}", findings[0].evidence);
        for subject in ["*", "repo:*", "repo:acme*", "repo:*/web:*", "environment:production", "repo:acme/web:* repo:*"]
        {
            check(&BroadCiTrust, &github(subject), &[("release", Severity::Critical)]);
        }
    }

    #[test]
    fn pipelines_of_a_whole_organisation_are_found() {
        for subject in ["repo:acme/*", "repo:acme/web*", "repo:acme@123/*", "repository_owner:acme"] {
            check(&BroadCiTrust, &github(subject), &[("release", Severity::Low)]);
        }
    }

    #[test]
    fn one_repository_and_unknown_issuers_are_left_alone() {
        for subject in [
            "repo:acme/web:ref:refs/heads/main",
            "repo:acme/web:environment:production",
            "repo:acme@1/web@2:environment:production",
            "repo:acme/web:*",
        ] {
            check(&BroadCiTrust, &github(subject), &[]);
        }
        check(&BroadCiTrust, &role("oidc.eks.eu-central-1.amazonaws.com/id/AB", &[]), &[]);
    }

    #[test]
    fn a_trust_that_was_seen_counts_however_the_rest_was_read() {
        check(&BroadCiTrust, &github("repo:*").denied(Facet::Trusts), &[("release", Severity::Critical)]);
    }
}
