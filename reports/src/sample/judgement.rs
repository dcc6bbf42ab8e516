//! What was read of the invented estate, and what is wrong with it.

use super::estate::*;
use super::inventory::leak_place;
use whose_model::*;

pub(super) fn denied() -> Gap {
    Gap {
        subject: None,
        call: Some("iam:ListAccessKeys".into()),
        reason: "AccessDenied: the role whose-reader is not authorized to perform iam:ListAccessKeys".into(),
        remedy: "allow iam:ListAccessKeys to the scanning role; `whose permissions aws` prints the whole policy".into(),
    }
}

pub(super) fn coverage() -> Vec<Coverage> {
    let row = |connector: &str, collector: &str, scope: NodeId, facets: Vec<Facet>, seen, calls| Coverage {
        source: Source { connector: connector.into(), collector: collector.into() },
        scope,
        facets,
        types: Vec::new(),
        state: CoverageState::Complete,
        seen,
        calls,
        gaps: Vec::new(),
        horizon: None,
    };
    let mut keys = row("aws", "access-keys", account(SANDBOX), vec![Facet::Credentials, Facet::CredentialUse], 0, 3);
    keys.state = CoverageState::Denied;
    keys.gaps = vec![denied()];
    let mut tags = row("aws", "tags", account(SANDBOX), vec![Facet::OwnerSignals], 11, 12);
    tags.state = CoverageState::Partial;
    tags.gaps = vec![Gap {
        subject: Some(id(SANDBOX, "iam-user", "legacy-sync")),
        call: Some("iam:ListUserTags".into()),
        reason: "the provider closed the connection after five attempts".into(),
        remedy: "run the scan again; what was read is kept".into(),
    }];
    vec![
        row(
            "aws",
            "authorization-details",
            account(PROD),
            vec![Facet::Identities, Facet::Grants, Facet::Trusts, Facet::OwnerSignals],
            418,
            9,
        ),
        row("aws", "credential-report", account(PROD), vec![Facet::Credentials, Facet::CredentialUse], 61, 2),
        row(
            "aws",
            "authorization-details",
            account(SANDBOX),
            vec![Facet::Identities, Facet::Grants, Facet::Trusts],
            37,
            1,
        ),
        keys,
        tags,
        row("repos", "history", repository(), vec![Facet::Secrets], 1842, 0),
    ]
}

pub(super) fn assessments() -> Vec<Assessment> {
    let row = |rule: &str, scope, verdict, findings, not_assessed, gaps| Assessment {
        rule: rule.into(),
        scope,
        verdict,
        findings,
        not_assessed,
        gaps,
    };
    vec![
        row("leaked-credential-still-active", Some(account(PROD)), Verdict::Assessed, 1, 0, vec![]),
        row("stale-access-key", Some(account(PROD)), Verdict::Assessed, 1, 0, vec![]),
        row("stale-access-key", Some(account(SANDBOX)), Verdict::NotAssessable, 0, 1, vec![denied()]),
        row(
            "wildcard-trust-policy",
            None,
            Verdict::NotEvaluated,
            0,
            0,
            vec![Gap {
                subject: None,
                call: None,
                reason: "the rule stopped with an error".into(),
                remedy: "please report it with `whose scan --save-observations`".into(),
            }],
        ),
    ]
}

pub(super) fn finding(rule: &str, severity: Severity, subject: NodeId, title: &str) -> Finding {
    Finding {
        id: FindingId::new(rule, &subject, ""),
        rule: rule.into(),
        severity,
        severity_reasons: vec![SeverityReason {
            factor: "base".into(),
            delta: severity.level(),
            why: "the rule's own weight".into(),
        }],
        confidence: 1.0,
        subject_name: subject.local(),
        subject,
        scope: Some(account(PROD)),
        identity: None,
        title: title.into(),
        owner: None,
        reach: None,
        evidence: Vec::new(),
        places: Vec::new(),
        fix: Vec::new(),
        maps_to: vec![ControlRef { framework: "owasp-nhi-2025".into(), control: "NHI2".into() }],
        references: vec![Reference {
            title: "OWASP Non-Human Identities Top 10".into(),
            url: "https://owasp.org/www-project-non-human-identities-top-10/".into(),
        }],
    }
}

pub(super) fn step(what: &str, command: Option<&str>) -> Fix {
    Fix { what: what.into(), command: command.map(Into::into) }
}

pub(super) fn leaked_live() -> Finding {
    let mut leak = finding(
        "leaked-credential-still-active",
        Severity::Critical,
        key("AKIAEXAMPLE1"),
        "Access key AKIAEXAMPLE1 of ci-deployer stands in acme/payments and still works",
    );
    leak.identity = Some(user("ci-deployer"));
    leak.owner = Some("Dana Roe (orphaned: left on 2025-08-31)".into());
    leak.reach = Some("can become org-admin, an administrator of acme-prod, in 2 steps".into());
    leak.severity_reasons = vec![
        SeverityReason {
            factor: "base".into(),
            delta: 4,
            why: "a live credential stands where others can read it".into(),
        },
        SeverityReason { factor: "privilege".into(), delta: 1, why: "its identity is admin-equivalent (T0)".into() },
        SeverityReason {
            factor: "exposure".into(),
            delta: 1,
            why: "the repository is readable by the whole organisation".into(),
        },
        SeverityReason { factor: "liveness".into(), delta: 1, why: "used within the last 30 days".into() },
        SeverityReason { factor: "cap".into(), delta: 0, why: "clamped to critical".into() },
    ];
    leak.evidence = vec![
        Evidence::new(
            "line 12 of deploy/.env.production holds the id and the secret half of this key",
            "repos history",
        )
        .at(Some(at("2024-03-01"))),
        Evidence::new(
            "the key is enabled and was last used on 2026-11-24 for sts in eu-west-1",
            "iam:GetCredentialReport",
        )
        .at(Some(at("2026-11-24"))),
    ];
    leak.places = vec![leak_place()];
    leak.fix = vec![
        step(
            "Disable the key now",
            Some("aws iam update-access-key --user-name ci-deployer --access-key-id AKIAEXAMPLE1 --status Inactive"),
        ),
        step(
            "Give the pipeline a role through OIDC in its place, then delete the key",
            Some("aws iam delete-access-key --user-name ci-deployer --access-key-id AKIAEXAMPLE1"),
        ),
        step("Remove it from the history once it is dead; rewriting alone does not make it safe", None),
    ];
    leak
}

pub(super) fn findings() -> Vec<Finding> {
    let mut orphan =
        finding("orphaned-owner", Severity::High, user("ci-deployer"), "ci-deployer belongs to Dana Roe, who has left");
    orphan.owner = Some("Dana Roe (orphaned: left on 2025-08-31)".into());
    orphan.reach = Some("administrator of acme-prod".into());
    orphan.evidence = vec![
        Evidence::new("tag Owner=Dana Roe", "iam:GetAccountAuthorizationDetails"),
        Evidence::new("Dana Roe left on 2025-08-31", "people.csv line 14"),
    ];
    orphan.fix = vec![step(
        "Name a team that answers for it",
        Some("aws iam tag-user --user-name ci-deployer --tags Key=Owner,Value=team-platform"),
    )];
    let mut stale = finding(
        "stale-access-key",
        Severity::Medium,
        key("AKIAEXAMPLE3"),
        "Access key AKIAEXAMPLE3 of billing-export has not been used for 267 days",
    );
    stale.identity = Some(user("billing-export"));
    stale.owner = Some("nobody on record (unowned)".into());
    stale.evidence =
        vec![Evidence::new("last used on 2026-03-02", "iam:GetCredentialReport").at(Some(at("2026-03-02")))];
    stale.fix = vec![step(
        "Disable it; delete it when nothing breaks within 30 days",
        Some("aws iam update-access-key --user-name billing-export --access-key-id AKIAEXAMPLE3 --status Inactive"),
    )];
    let mut unowned =
        finding("unowned-identity", Severity::Medium, user("billing-export"), "Nobody answers for billing-export");
    unowned.owner = Some("nobody on record (unowned)".into());
    unowned.evidence = vec![Evidence::new(
        "no owner tag, no maker on record, and all sources were read",
        "iam:GetAccountAuthorizationDetails",
    )];
    unowned.fix = vec![step("Ask the last user of its permissions, then tag it", None)];
    let mut expiry = finding(
        "missing-purpose-or-expiry",
        Severity::Low,
        role("org-admin"),
        "org-admin states neither purpose nor expiry",
    );
    expiry.owner = Some("team-platform (probable, 0.68)".into());
    expiry.fix = vec![step("Tag it with Purpose and Expiry", None)];
    let note =
        finding("second-key-disabled", Severity::Info, key("AKIAEXAMPLE2"), "ci-deployer keeps a disabled second key");
    let mut all = vec![leaked_live(), orphan, stale, unowned, expiry, note];
    all.sort_by(|one, other| other.severity.cmp(&one.severity).then_with(|| one.rule.cmp(&other.rule)));
    all
}
