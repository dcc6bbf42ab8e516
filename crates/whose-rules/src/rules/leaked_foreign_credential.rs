//! A leaked value that belongs to nothing in this inventory.

use crate::leak::{self, Leaked, Standing};
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link};
use whose_graph::Graph;
use whose_model::{Facet, NodeId, SecretConfidence, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "leaked-foreign-credential",
    title: "A leaked credential belongs to nothing that was scanned",
    group: Group::Leak,
    base: Severity::Medium,
    finds: "Values in repositories that name an account which was not scanned, that match several credentials alike, or \
            that name nothing at all. What the value itself reveals is told.",
    matters: "Nobody here can say whether it works. It may open an account of yours that nobody scanned, or a customer's or \
              supplier's, who would want to know.",
    fix: "Find the owner of the account that it names, or scan that account too. Until somebody knows better, treat it as \
          working: revoke it where it was issued.",
    blind_spots: "Whether it works is not known, because Whose never signs in with what it finds.",
    needs: &[],
    reads: &[Facet::Secrets],
    maps_to: &[
        control("owasp-nhi-2025", "NHI2:2025"),
        control("nist-csf-2.0", "ID.RA-01"),
        control("nist-800-53r5", "IA-5(7)"),
        control("pci-dss-4.0.1", "8.6.2"),
        control("csa-maestro", "cross-layer/data-leakage"),
    ],
    references: &[link(
        "OWASP NHI2:2025 Secret Leakage",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/2-secret-leakage/",
    )],
};

/// See the rule's page.
pub(crate) struct LeakedForeignCredential;

impl PostureRule for LeakedForeignCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for leaked in leak::leaked(graph) {
            let what = match &leaked.standing {
                Standing::Foreign(scope) => foreign(scope, policy),
                Standing::Ambiguous(1) => "shares its hint with a credential, which is too little to name it".into(),
                Standing::Ambiguous(many) => format!("fits {many} credentials alike, so that none is named"),
                Standing::Nameless => "names nothing that it belongs to".into(),
                _ => continue,
            };
            let (base, why) = base(&leaked);
            let stands = leak::stands(&leak::places(graph, &[leaked.secret]));
            let draft = Draft::new(format!("{} {}, {stands}, {what}", leaked.detail.title, leaked.detail.hint))
                .base(base, why)
                .shown_by_all(leak::evidence(graph, leaked.secret))
                .shown_by_all(leak::revealed(leaked.detail))
                .leaked([leaked.secret])
                .fixed_by([fixes::advice("Revoke it where it was issued"), leak::purge()]);
            findings.report(leaked.secret, draft);
        }
    }
}

fn foreign(scope: &NodeId, policy: &Policy) -> String {
    let name = format!("{} {}", scope.type_name().replace('-', " "), scope.local());
    let own = policy.own_scopes.contains(&scope.local()) || policy.own_scopes.contains(scope.as_str());
    if own {
        format!("belongs to your {name}, which was not scanned")
    } else {
        format!("belongs to {name}, which was not scanned")
    }
}

fn base(leaked: &Leaked<'_>) -> (Severity, &'static str) {
    match (leaked.detail.has_secret_half, leaked.detail.confidence) {
        (false, _) => (Severity::Info, "an id alone, without a secret half"),
        (true, _) if leaked.detail.encrypted => (Severity::Low, "a secret that opens with a passphrase only"),
        (true, SecretConfidence::High) => (Severity::Medium, "a whole secret of a known format"),
        (true, SecretConfidence::Medium) => (Severity::Low, "a secret of a known format, by its context"),
        (true, SecretConfidence::Low) => (Severity::Info, "something that looks like a secret"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, check, joins, run};
    use whose_model::{JoinStrength, NodeKind, SecretDetail, Verdict};

    fn leaked(change: impl FnOnce(&mut SecretDetail)) -> Estate {
        Estate::new().user("svc", |_| {}).key("svc", "AK1", |_| {}).leak("f1", ("web", "x.env", 30), change)
    }

    #[test]
    fn the_account_is_named_and_what_was_found_decides_the_weight() {
        for (whole, confidence, expected) in [
            (true, SecretConfidence::High, Severity::High),
            (true, SecretConfidence::Medium, Severity::Medium),
            (true, SecretConfidence::Low, Severity::Low),
            (false, SecretConfidence::High, Severity::Low),
        ] {
            let estate = leaked(|detail| {
                detail.joins = joins("AK9", "999988887777");
                detail.has_secret_half = whole;
                detail.confidence = confidence;
            });
            let findings = check(&LeakedForeignCredential, &estate, &[("AK…f1", expected)]);
            let title = &findings[0].title;
            assert!(title.ends_with("belongs to account 999988887777, which was not scanned"), "{title}");
        }
    }

    #[test]
    fn a_value_that_names_nothing_or_several_is_reported_on_nobody() {
        check(&LeakedForeignCredential, &leaked(|_| {}), &[("AK…f1", Severity::High)]);
        let shared = leaked(|detail| {
            detail.joins = joins("AK1", ACCOUNT);
            detail.joins[0].strength = JoinStrength::SharedHint;
        });
        let findings = check(&LeakedForeignCredential, &shared, &[("AK…f1", Severity::High)]);
        assert_eq!(findings[0].identity, None);
    }

    #[test]
    fn a_public_repository_weighs_more_than_a_private_one_and_an_unknown_one_says_so() {
        let seen_by = |visibility: &str| {
            let mut estate = leaked(|_| {});
            for node in estate.nodes.iter_mut().filter(|node| node.kind() == NodeKind::Repo) {
                node.tags.insert("visibility".into(), visibility.into());
            }
            estate
        };
        check(&LeakedForeignCredential, &seen_by("private"), &[("AK…f1", Severity::High)]);
        check(&LeakedForeignCredential, &seen_by("internal"), &[("AK…f1", Severity::High)]);
        let open = check(&LeakedForeignCredential, &seen_by("public"), &[("AK…f1", Severity::Critical)]);
        assert!(open[0].severity_reasons.iter().any(|reason| reason.why == "it stands in a public repository"));
        let unsaid = check(&LeakedForeignCredential, &leaked(|_| {}), &[("AK…f1", Severity::High)]);
        assert!(
            unsaid[0].severity_reasons.iter().any(|reason| reason.why.ends_with("whether it is public is not known"))
        );
        // One public copy is enough, wherever the others stand.
        let mut both = seen_by("public").leak("f1", ("other", "y.env", 20), |_| {});
        both.nodes.reverse();
        check(&LeakedForeignCredential, &both, &[("AK…f1", Severity::Critical)]);
    }

    #[test]
    fn what_belongs_to_a_scanned_account_is_told_of_elsewhere() {
        check(&LeakedForeignCredential, &leaked(|detail| detail.joins = joins("AK1", ACCOUNT)), &[]);
        check(&LeakedForeignCredential, &leaked(|detail| detail.joins = joins("AK9", ACCOUNT)), &[]);
    }

    #[test]
    fn a_repository_with_a_gap_keeps_its_findings_and_says_so() {
        let assessed = run(&LeakedForeignCredential, &leaked(|_| {}).denied(Facet::Secrets));
        assert_eq!(assessed.findings.len(), 1);
        assert_eq!(assessed.assessments[0].verdict, Verdict::NotAssessable);
        assert_eq!(assessed.assessments.len(), 1, "an account has no leaks of its own: {:?}", assessed.assessments);
    }
}
