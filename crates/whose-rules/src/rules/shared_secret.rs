//! One secret in several repositories: whoever reads either can use it, and rotating it breaks both.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, leak, link};
use std::collections::{BTreeMap, BTreeSet};
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Environment, Evidence, Facet, NodeKind, SecretConfidence, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "shared-secret",
    title: "One secret stands in several repositories",
    group: Group::Leak,
    base: Severity::Medium,
    finds: "Leaked values of equal fingerprint that stand in two or more repositories; one level worse where one of the \
            places is production and another is not.",
    matters: "Two workloads share one credential: neither can be told from the other in a log, and it cannot be rotated \
              without breaking both. Where one is a test, the test's readers hold the key to production.",
    fix: "Give each workload a credential of its own, then revoke the shared one.",
    blind_spots: "Two clones or forks of one repository count as two. Values that look like a placeholder, and ids without a \
                  secret half, are left out.",
    needs: &[],
    reads: &[Facet::Secrets],
    maps_to: &[
        control("owasp-nhi-2025", "NHI9:2025"),
        control("owasp-nhi-2025", "NHI8:2025"),
        control("nist-800-53r5", "IA-5(8)"),
        control("pci-dss-4.0.1", "6.5.3"),
        control("pci-dss-4.0.1", "8.2.2"),
    ],
    references: &[link(
        "OWASP NHI9:2025 NHI Reuse",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/9-nhi-reuse/",
    )],
};

/// See the rule's page.
pub(crate) struct SharedSecret;

impl PostureRule for SharedSecret {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for secret in graph.of_kind(NodeKind::Secret) {
            let Some(detail) = graph.node(secret).secret() else { continue };
            let homes = homes(graph, secret);
            if homes.len() < 2 || detail.confidence == SecretConfidence::Low {
                continue;
            }
            let names: Vec<&str> = homes.keys().map(String::as_str).collect();
            let title = format!(
                "{} {} stands in {} repositories: {}",
                detail.title,
                detail.hint,
                homes.len(),
                names.join(", ")
            );
            let mut draft = Draft::new(title)
                .shown_by_all(homes.iter().map(|(name, home)| {
                    Evidence::new(
                        format!("it stands in {name}: {}", few(&home.paths)),
                        format!("detector {}", detail.detector),
                    )
                }))
                .leaked([secret])
                .identity(graph.identity_of(secret))
                .fixed_by([
                    fixes::advice("Give each of them a credential of its own, then revoke this one"),
                    leak::purge(),
                ]);
            let in_production = |wanted| homes.values().any(|home| home.production.contains(&wanted));
            if in_production(true) && in_production(false) {
                draft = draft.lift("environment", 1, "it stands both in production and outside it");
            }
            findings.report(secret, draft);
        }
    }
}

/// How many paths of one repository are named; the secret's own view lists all.
const FEW: usize = 20;

/// Where a value stands in one repository.
#[derive(Default)]
struct Home {
    paths: BTreeSet<String>,
    /// For each place that tells: whether it is production.
    production: Vec<bool>,
}

/// The repositories that hold a value, by name.
fn homes(graph: &Graph, secret: Ix) -> BTreeMap<String, Home> {
    let mut homes: BTreeMap<String, Home> = BTreeMap::new();
    for (location, _) in graph.out(secret, EdgeKind::LeakedIn) {
        let (Some(place), Some(repository)) = (graph.node(location).place(), graph.scope_of(location)) else {
            continue;
        };
        // An id alone points to the credential, and gives it to nobody.
        if !place.secret_half {
            continue;
        }
        let home = homes.entry(graph.node(repository).name.clone()).or_default();
        home.paths.insert(place.path.clone());
        let declared =
            graph.lifecycle(repository).environment.map(|environment| environment == Environment::Production);
        home.production.extend(of_path(&place.path).or(declared));
    }
    homes
}

/// The first paths by name, and how many more there are.
fn few(paths: &BTreeSet<String>) -> String {
    let mut told: Vec<&str> = paths.iter().map(String::as_str).take(FEW).collect();
    let more = paths.len().saturating_sub(FEW).to_string() + " more";
    if paths.len() > FEW {
        told.push(&more);
    }
    told.join(", ")
}

/// What a path says of the environment, by whole words between separators: `config/prod/db.env`, `.env.staging`.
fn of_path(path: &str) -> Option<bool> {
    path.to_ascii_lowercase().split(['/', '.', '-', '_']).rev().find_map(|word| match word {
        "prod" | "production" | "live" => Some(true),
        "dev" | "development" | "test" | "testing" | "stage" | "staging" | "qa" | "uat" | "sandbox" => Some(false),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, run};
    use whose_model::{SecretDetail, Verdict};

    fn places(places: &[(&str, &str)], change: impl Fn(&mut SecretDetail)) -> Estate {
        places.iter().fold(Estate::new(), |estate, (name, path)| estate.leak("f1", (name, path, 20), &change))
    }

    #[test]
    fn one_value_in_two_repositories_is_found_and_worse_across_environments() {
        let findings =
            check(&SharedSecret, &places(&[("a", "x.env"), ("b", "y.env")], |_| {}), &[("AK…f1", Severity::High)]);
        assert_eq!(findings[0].title, "AWS access key AK…f1 stands in 2 repositories: a, b");
        let across = places(&[("a", "deploy/prod/x.env"), ("b", ".env.staging")], |_| {});
        check(&SharedSecret, &across, &[("AK…f1", Severity::Critical)]);
    }

    #[test]
    fn many_places_of_one_repository_are_counted_and_not_listed() {
        let paths: Vec<String> = (10..40).map(|number| format!("{number}.env")).collect();
        let many: Vec<(&str, &str)> = paths.iter().map(|path| ("a", path.as_str())).chain([("b", "y.env")]).collect();
        let findings = check(&SharedSecret, &places(&many, |_| {}), &[("AK…f1", Severity::High)]);
        let told = &findings[0].evidence[0].what;
        assert!(told.ends_with("28.env, 29.env, 10 more"), "{told}");
    }

    #[test]
    fn one_repository_an_id_alone_and_a_placeholder_are_left_alone() {
        check(&SharedSecret, &places(&[("a", "x.env"), ("a", "y.env")], |_| {}), &[]);
        check(&SharedSecret, &places(&[("a", "x"), ("b", "y")], |detail| detail.has_secret_half = false), &[]);
        let half = Estate::new().leak("f1", ("a", "deploy.sh", 20), |_| {});
        let half = half.leak("f1", ("b", "keys.md", 10), |detail| detail.has_secret_half = false);
        check(&SharedSecret, &half, &[]);
        check(
            &SharedSecret,
            &places(&[("a", "x"), ("b", "y")], |detail| detail.confidence = SecretConfidence::Low),
            &[],
        );
    }

    #[test]
    fn a_repository_with_a_gap_keeps_its_findings_and_says_so() {
        let assessed = run(&SharedSecret, &places(&[("a", "x"), ("b", "y")], |_| {}).denied(Facet::Secrets));
        assert_eq!(assessed.findings.len(), 1);
        assert!(assessed.assessments.iter().all(|row| row.verdict == Verdict::NotAssessable && row.findings == 1));
        assert_eq!(assessed.assessments.len(), 2);
    }
}
