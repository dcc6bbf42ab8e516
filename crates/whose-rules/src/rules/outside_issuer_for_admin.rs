//! An administrator whom an issuer of tokens outside can let in.

use super::ci_issuers;
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Effect, Evidence, Facet, NodeId, NodeKind, Principal, Severity, Statement};

static INFO: RuleInfo = RuleInfo {
    slug: "outside-issuer-for-admin",
    title: "An issuer outside can let somebody in as an administrator",
    group: Group::Trust,
    base: Severity::High,
    finds: "Identities that are admin-equivalent, or can become so, and that take tokens of an issuer that is neither a \
            CI service (broad-ci-trust judges these), nor a cluster, nor of the own organisation: another tenant, another \
            cloud's accounts, an address that nobody scanned.",
    matters: "Who runs the issuer decides who is let in, whatever subject is demanded: it signs what it likes. Such a \
              trust is also how an intruder leaves a door open that no rotation of secrets shuts.",
    fix: "Find out whose issuer it is. If it is your own, name it in the policy file under own_scopes; otherwise remove \
          the trust, or take away what makes the identity an administrator.",
    blind_spots: "Issuers of Kubernetes clusters pass, whosever cluster it is. Providers of SAML name no issuer here.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("nist-csf-2.0", "PR.AA-04"),
        control("nist-800-53r5", "IA-9"),
        control("nist-800-53r5", "AC-20"),
    ],
    references: &[link(
        "Microsoft: workload identity federation",
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation",
    )],
};

/// See the rule's page.
pub(crate) struct OutsideIssuerForAdmin;

impl PostureRule for OutsideIssuerForAdmin {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for ix in graph.of_kind(NodeKind::Identity) {
            let outside = outside(graph, policy, ix);
            if outside.is_empty() || graph.reach(ix).admins.is_empty() {
                continue;
            }
            for (issuer, shows) in outside {
                let name = wording::named_first(graph, ix);
                let draft = Draft::new(format!("{name} can become an administrator, and lets in whom {issuer} names"))
                    .power_in_base()
                    .distinct(issuer)
                    .shown_by(Evidence::new(shows, "trust policy"))
                    .shown_by(Evidence::new(format!("it {}", wording::reach(graph, ix)), "reach"))
                    .fixed_by(fixes::step(graph, fixes::Step::ShowTrust, ix))
                    .fixed_by(fixes::step(graph, fixes::Step::ReplaceTrust, ix));
                findings.report(ix, draft);
            }
        }
    }
}

/// The issuers outside that an identity trusts, each with one trust that shows it.
fn outside(graph: &Graph, policy: &Policy, ix: Ix) -> BTreeMap<String, String> {
    let statements = graph.node(ix).identity().map(|detail| detail.trust_policy.as_slice()).unwrap_or_default();
    let mut found = BTreeMap::new();
    for statement in statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        for principal in &statement.principals {
            let Principal::Federated(provider) = principal else { continue };
            let Some(issuer) = issuer_of(graph, provider).filter(|issuer| is_outside(graph, policy, ix, issuer)) else {
                continue;
            };
            let shows = shown(statement, &issuer);
            found.entry(issuer).or_insert(shows);
        }
    }
    found
}

/// The issuer of a provider that was seen. One that was not may be anything.
fn issuer_of(graph: &Graph, provider: &NodeId) -> Option<String> {
    let issuer = graph.node(graph.find(provider)?).trust()?.issuer.as_deref()?;
    Some(issuer.trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase())
}

fn shown(statement: &Statement, issuer: &str) -> String {
    let subject = statement.conditions.iter().find(|condition| condition.key.to_ascii_lowercase().ends_with(":sub"));
    let named = statement.sid.as_deref().map(|sid| format!("{sid}: ")).unwrap_or_default();
    match subject {
        Some(condition) => format!("{named}tokens of {issuer} about {}", condition.values.join(" or ")),
        None => format!("{named}tokens of {issuer} about anybody"),
    }
}

/// How the issuers of clusters begin or whose host they share. They run the workloads of whoever set up the trust.
const CLUSTERS: &[&str] = &["oidc.eks.", ".oic.prod-aks.azure.com", "container.googleapis.com/v1/projects/"];

fn is_outside(graph: &Graph, policy: &Policy, ix: Ix, issuer: &str) -> bool {
    let host = issuer.split('/').next().unwrap_or_default();
    let cluster = CLUSTERS.iter().any(|mark| issuer.starts_with(mark) || host.ends_with(mark));
    if cluster || ci_issuers::issuer(issuer).is_some() {
        return false;
    }
    // An issuer names the tenant, account or project that it speaks for as one part of its address.
    let parts = |name: &str| issuer.split(['/', ':']).any(|part| part.eq_ignore_ascii_case(name));
    let own = graph.scanned_scopes().any(|scope| parts(&graph.node(scope).id.local()));
    let named = policy.own_scopes.iter().any(|scope| {
        let scope = scope.trim_start_matches("https://").trim_end_matches('/');
        parts(scope) || scope.eq_ignore_ascii_case(issuer)
    });
    !own && !named && !parts(graph.node(ix).id.realm())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{TENANT, application, principal};
    use crate::testing::{Estate, check};
    use crate::{PostureRule, assess_by};
    use whose_model::Tier;

    const RULE: &dyn PostureRule = &OutsideIssuerForAdmin;
    const OTHER: &str = "login.microsoftonline.com/other-tenant/v2.0";

    fn steward(issuer: &str, tier: Tier) -> Estate {
        Estate::tenant().app("steward", |_| {}).role_of(&principal("steward"), "r", tier).federated(
            "steward",
            issuer,
            "an-object-id",
        )
    }

    #[test]
    fn another_tenant_and_another_cloud_are_outside() {
        for issuer in [OTHER, "accounts.google.com", "id.evil.example"] {
            let findings = check(RULE, &steward(issuer, Tier::T0), &[("steward", Severity::High)]);
            assert_eq!(findings[0].subject, application("steward"));
            assert!(findings[0].evidence[0].what.ends_with("about an-object-id"), "{:?}", findings[0].evidence);
        }
    }

    #[test]
    fn the_own_the_clusters_the_pipelines_and_the_harmless_are_left_alone() {
        for issuer in [
            &format!("login.microsoftonline.com/{TENANT}/v2.0") as &str,
            "westeurope.oic.prod-aks.azure.com/x/y",
            "oidc.eks.eu-central-1.amazonaws.com/id/AB",
            "gitlab.com",
        ] {
            check(RULE, &steward(issuer, Tier::T0), &[]);
        }
        check(RULE, &steward(OTHER, Tier::T1), &[]);
        for named in ["other-tenant", "https://login.microsoftonline.com/other-tenant/v2.0/"] {
            let policy = Policy { own_scopes: [named.to_string()].into(), ..Policy::default() };
            let assessed = assess_by(&[RULE], &steward(OTHER, Tier::T0).build(), &policy);
            assert!(assessed.findings.is_empty(), "{named}: {:?}", assessed.findings);
        }
    }

    #[test]
    fn a_trust_that_was_seen_counts_however_the_rest_was_read() {
        check(RULE, &steward(OTHER, Tier::T0).denied(Facet::Trusts), &[("steward", Severity::High)]);
    }
}
