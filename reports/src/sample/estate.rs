//! The invented estate: its ids, and the report that holds all of it.

use super::inventory::{credentials, grant, identities, node, owner, secrets};
use super::judgement::{assessments, coverage, findings};
use std::collections::HashMap;
use whose_model::*;

pub(super) fn at(text: &str) -> Timestamp {
    let text = if text.contains('T') { text.to_owned() } else { format!("{text}T09:00:00Z") };
    text.parse().unwrap()
}

pub(super) fn id(realm: &str, kind: &str, local: &str) -> NodeId {
    NodeId::new("aws", realm, kind, local)
}

pub(super) const PROD: &str = "123456789012";
pub(super) const SANDBOX: &str = "210987654321";

pub(super) fn account(number: &str) -> NodeId {
    id("aws", "account", number)
}

pub(super) fn role(name: &str) -> NodeId {
    id(PROD, "iam-role", name)
}

pub(super) fn user(name: &str) -> NodeId {
    id(PROD, "iam-user", name)
}

pub(super) fn key(local: &str) -> NodeId {
    id("", "access-key", local)
}

pub(super) fn secret(digit: &str) -> NodeId {
    NodeId::new("whose", "", "secret", &digit.repeat(16))
}

pub(super) fn repository() -> NodeId {
    NodeId::new("git", "", "repository", "github.com/acme/payments")
}

pub(super) fn scan(id: &str) -> ScanInfo {
    ScanInfo {
        id: id.into(),
        as_of: at("2026-11-24T21:55:32Z"),
        started: at("2026-11-24T21:55:32Z"),
        finished: at("2026-11-24T21:58:04Z"),
        state: ScanState::Complete,
        tool_version: "0.1.0".into(),
        targets: Vec::new(),
        calls: 0,
    }
}

/// A report of a scan that saw nothing.
pub(crate) fn empty() -> Report {
    Report {
        version: REPORT_VERSION,
        scan: scan("20261124T215532Z"),
        summary: Summary::default(),
        findings: Vec::new(),
        identities: Vec::new(),
        credentials: Vec::new(),
        secrets: Vec::new(),
        grants: Vec::new(),
        owners: Vec::new(),
        others: Vec::new(),
        edges: Vec::new(),
        coverage: Vec::new(),
        assessments: Vec::new(),
    }
}

/// A small estate with a leaked live key, an orphan, and an account that refused half of the questions.
pub(crate) fn report() -> Report {
    let mut report = empty();
    report.scan.state = ScanState::Incomplete;
    report.scan.calls = 214;
    report.scan.targets = vec![
        TargetInfo { connector: "aws".into(), target: "aws:profile=acme-prod".into() },
        TargetInfo { connector: "aws".into(), target: "aws:profile=acme-sandbox".into() },
        TargetInfo { connector: "repos".into(), target: "https://github.com/acme/payments".into() },
    ];
    report.identities = identities();
    report.credentials = credentials();
    report.secrets = secrets();
    report.grants = vec![
        grant("AdministratorAccess", GrantOrigin::Provider, vec![role("org-admin")]),
        grant("billing-read", GrantOrigin::Customer, vec![user("billing-export")]),
    ];
    report.owners = vec![
        owner("dana roe", "Dana Roe", PartyKind::Person, PartyStatus::Inactive, vec![]),
        owner("team-payments", "team-payments", PartyKind::Team, PartyStatus::Active, vec![role("payments-api")]),
        owner("team-platform", "team-platform", PartyKind::Team, PartyStatus::Active, vec![role("org-admin")]),
    ];
    report.others = vec![
        node(account(PROD), NodeKind::Scope, "account", "acme-prod"),
        node(account(SANDBOX), NodeKind::Scope, "account", "acme-sandbox"),
        node(
            id(PROD, "oidc-provider", "token.actions.githubusercontent.com"),
            NodeKind::Trust,
            "oidc-provider",
            "GitHub Actions",
        ),
        node(repository(), NodeKind::Repo, "repository", "acme/payments"),
    ];
    report.edges = vec![
        Edge::stated(user("ci-deployer"), EdgeKind::CanAssume, role("deploy")),
        Edge::stated(role("deploy"), EdgeKind::CanAssume, role("org-admin")),
        Edge::stated(
            id(PROD, "oidc-provider", "token.actions.githubusercontent.com"),
            EdgeKind::FederatesTo,
            role("payments-api"),
        ),
        Edge::stated(key("AKIAEXAMPLE1"), EdgeKind::AuthenticatesAs, user("ci-deployer")),
    ];
    report.coverage = coverage();
    report.assessments = assessments();
    report.findings = findings();
    link(&mut report);
    report
}

/// Findings at their identities, and the summary's numbers.
pub(super) fn link(report: &mut Report) {
    let mut concerned: HashMap<&NodeId, Vec<FindingId>> = HashMap::new();
    for finding in &report.findings {
        concerned.entry(finding.identity.as_ref().unwrap_or(&finding.subject)).or_default().push(finding.id.clone());
    }
    for identity in &mut report.identities {
        identity.findings = concerned.remove(&identity.id).unwrap_or_default();
    }
    let machines: Vec<_> = report.identities.iter().filter(|it| it.class.class != Class::Human).collect();
    let owned = |it: &&&IdentityView| {
        it.ownership.as_ref().is_some_and(|it| matches!(it.band, OwnerBand::Owned | OwnerBand::Probable))
    };
    let mut summary = Summary {
        non_human_identities: machines.len() as u64,
        human_identities: (report.identities.len() - machines.len()) as u64,
        credentials: report.credentials.len() as u64,
        secrets: report.secrets.len() as u64,
        owned: machines.iter().filter(owned).count() as u64,
        with_purpose: machines.iter().filter(|it| it.lifecycle.purpose.is_some()).count() as u64,
        with_expiry: machines.iter().filter(|it| it.lifecycle.expiry.is_some()).count() as u64,
        admins: machines.iter().filter(|it| it.privilege.tier == Tier::T0).count() as u64,
        leaked_and_live: u64::from(!report.secrets.is_empty()),
        coverage_complete: report.coverage.iter().filter(|it| it.state == CoverageState::Complete).count() as u64,
        coverage_total: report.coverage.len() as u64,
        ..Summary::default()
    };
    for finding in &report.findings {
        *summary.by_severity.entry(finding.severity).or_default() += 1;
        *summary.by_rule.entry(finding.rule.clone()).or_default() += 1;
    }
    report.summary = summary;
}
