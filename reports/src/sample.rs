//! Reports for tests: a realistic one, an empty one, one whose every text is hostile, and a large one.

use std::collections::BTreeMap;
use whose_model::*;

pub(crate) fn at(text: &str) -> Timestamp {
    let text = if text.contains('T') { text.to_owned() } else { format!("{text}T09:00:00Z") };
    text.parse().unwrap()
}

fn id(realm: &str, kind: &str, local: &str) -> NodeId {
    NodeId::new("aws", realm, kind, local)
}

const PROD: &str = "123456789012";
const SANDBOX: &str = "210987654321";

fn account(number: &str) -> NodeId {
    id("aws", "account", number)
}

fn role(name: &str) -> NodeId {
    id(PROD, "iam-role", name)
}

fn user(name: &str) -> NodeId {
    id(PROD, "iam-user", name)
}

fn key(local: &str) -> NodeId {
    id("", "access-key", local)
}

fn secret(digit: &str) -> NodeId {
    NodeId::new("whose", "", "secret", &digit.repeat(16))
}

fn repository() -> NodeId {
    NodeId::new("git", "", "repository", "github.com/acme/payments")
}

fn scan(id: &str) -> ScanInfo {
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
fn link(report: &mut Report) {
    for identity in &mut report.identities {
        identity.findings = report
            .findings
            .iter()
            .filter(|finding| finding.subject == identity.id || finding.identity.as_ref() == Some(&identity.id))
            .map(|finding| finding.id.clone())
            .collect();
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

fn identity(id: NodeId, class: Class, why: &str, tier: Tier, basis: &str) -> IdentityView {
    let account_number = id.realm().to_owned();
    IdentityView {
        r#type: id.type_name().to_owned(),
        name: id.local(),
        native_id: None,
        address: Some(format!(
            "arn:aws:iam::{account_number}:{}/{}",
            id.type_name().trim_start_matches("iam-"),
            id.local()
        )),
        scope: Some(account(&account_number)),
        state: State::Enabled,
        class: Classified { class, reasons: vec![why.into()] },
        created: Some(at("2023-02-14")),
        last_used: None,
        description: None,
        tags: BTreeMap::new(),
        lifecycle: Lifecycle::default(),
        ownership: Some(Ownership { band: OwnerBand::Unowned, candidates: Vec::new() }),
        privilege: Privilege {
            tier,
            basis: if basis.is_empty() { Vec::new() } else { vec![Basis { what: basis.into(), grant: None }] },
        },
        reach: Reach::default(),
        credentials: Vec::new(),
        grants: Vec::new(),
        findings: Vec::new(),
        id,
    }
}

fn used(date: &str, what: &str) -> Option<LastUsed> {
    Some(LastUsed {
        usage: Usage::At(at(date)),
        horizon: None,
        source: "iam:GetCredentialReport".into(),
        what: Some(what.into()),
    })
}

fn candidate(
    local: &str,
    name: &str,
    status: PartyStatus,
    score: f64,
    what: &str,
    class: SignalClass,
) -> OwnerCandidate {
    OwnerCandidate {
        owner: NodeId::new("whose", "", "owner", local),
        name: name.into(),
        status,
        score,
        signals: vec![OwnerSignal { class, what: what.into(), score }],
    }
}

fn identities() -> Vec<IdentityView> {
    let mut ci = identity(
        user("ci-deployer"),
        Class::NonHuman,
        "holds access keys and no console password",
        Tier::T0,
        "may become org-admin, whose policy AdministratorAccess allows * on *",
    );
    ci.native_id = Some("AIDAEXAMPLE1".into());
    ci.last_used = used("2026-11-24T18:02:00Z", "sts in eu-west-1");
    ci.tags = BTreeMap::from([("Owner".into(), "Dana Roe".into()), ("Purpose".into(), "deploys payments".into())]);
    ci.lifecycle.purpose = Some("deploys payments".into());
    ci.lifecycle.environment = Some(Environment::Production);
    ci.ownership = Some(Ownership {
        band: OwnerBand::Orphaned,
        candidates: vec![candidate(
            "dana roe",
            "Dana Roe",
            PartyStatus::Inactive,
            0.92,
            "tag Owner=Dana Roe",
            SignalClass::Declared,
        )],
    });
    ci.reach = Reach {
        identities: 2,
        scopes: 1,
        admins: vec![role("org-admin")],
        path: vec![
            Step { from: user("ci-deployer"), kind: EdgeKind::CanAssume, to: role("deploy") },
            Step { from: role("deploy"), kind: EdgeKind::CanAssume, to: role("org-admin") },
        ],
    };
    ci.credentials = vec![key("AKIAEXAMPLE1"), key("AKIAEXAMPLE2")];
    let mut billing = identity(
        user("billing-export"),
        Class::NonHuman,
        "holds access keys and no console password",
        Tier::T2,
        "policy billing-read allows ce:Get* on *",
    );
    billing.last_used = used("2026-03-02", "ce in us-east-1");
    billing.credentials = vec![key("AKIAEXAMPLE3")];
    billing.grants = vec![id(PROD, "iam-policy", "billing-read")];
    let mut payments = identity(
        role("payments-api"),
        Class::NonHuman,
        "trusted by an OIDC provider",
        Tier::T1,
        "policy payments-rw allows dynamodb:PutItem on table/orders",
    );
    payments.lifecycle = Lifecycle {
        purpose: Some("serves payments".into()),
        expiry: Some(at("2027-06-30")),
        environment: Some(Environment::Production),
    };
    payments.ownership = Some(Ownership {
        band: OwnerBand::Owned,
        candidates: vec![candidate(
            "team-payments",
            "team-payments",
            PartyStatus::Active,
            0.95,
            "tag team=team-payments",
            SignalClass::Declared,
        )],
    });
    let mut admin = identity(
        role("org-admin"),
        Class::NonHuman,
        "only roles may assume it",
        Tier::T0,
        "policy AdministratorAccess allows * on *",
    );
    admin.ownership = Some(Ownership {
        band: OwnerBand::Probable,
        candidates: vec![candidate(
            "team-platform",
            "team-platform",
            PartyStatus::Active,
            0.68,
            "made by team-platform's pipeline",
            SignalClass::Provenance,
        )],
    });
    admin.reach.admins = vec![role("org-admin")];
    admin.grants = vec![id("aws", "iam-policy", "AdministratorAccess")];
    let mut legacy = identity(
        id(SANDBOX, "iam-user", "legacy-sync"),
        Class::Unknown,
        "its credentials were not read",
        Tier::Unknown,
        "",
    );
    legacy.ownership = None;
    let mut alice = identity(
        user("alice"),
        Class::Human,
        "has a console password and a second factor",
        Tier::T2,
        "member of readers",
    );
    alice.ownership = Some(Ownership {
        band: OwnerBand::Owned,
        candidates: vec![candidate(
            "alice",
            "Alice Ng",
            PartyStatus::Active,
            0.9,
            "is the person herself",
            SignalClass::Attested,
        )],
    });
    let mut all = vec![ci, billing, payments, admin, legacy, alice];
    all.sort_by(|one, other| one.id.cmp(&other.id));
    all
}

fn credentials() -> Vec<CredentialView> {
    let view = |local: &str, owner: &str, state, created: &str, used: Option<LastUsed>| CredentialView {
        id: key(local),
        kind: CredentialKind::AccessKey,
        r#type: "access-key".into(),
        name: local.into(),
        identity: Some(user(owner)),
        scope: Some(account(PROD)),
        state,
        created: Some(at(created)),
        rotated: None,
        expires: None,
        last_used: used,
        leaked: Vec::new(),
        findings: Vec::new(),
    };
    let mut leaked = view(
        "AKIAEXAMPLE1",
        "ci-deployer",
        State::Enabled,
        "2023-02-14",
        used("2026-11-24T18:02:00Z", "sts in eu-west-1"),
    );
    leaked.leaked = vec![secret("a")];
    let never = LastUsed { usage: Usage::Never, horizon: None, source: "iam:GetCredentialReport".into(), what: None };
    vec![
        leaked,
        view("AKIAEXAMPLE2", "ci-deployer", State::Disabled, "2024-05-01", Some(never)),
        view("AKIAEXAMPLE3", "billing-export", State::Enabled, "2022-07-19", used("2026-03-02", "ce in us-east-1")),
    ]
}

fn leak_place() -> Place {
    Place {
        repository: Some("acme/payments".into()),
        path: "deploy/.env.production".into(),
        line: Some(12),
        commit: Some("4f2a9c1d0b7e".repeat(3)),
        author: Some("Dana Roe <dana@acme.example>".into()),
        date: Some(at("2024-03-01")),
        removed_in: None,
        removed_at: None,
        at_head: true,
    }
}

fn secrets() -> Vec<SecretView> {
    vec![SecretView {
        id: secret("a"),
        detector: "aws.access-key".into(),
        title: "AWS access key".into(),
        hint: "AKIA…PLE1".into(),
        confidence: SecretConfidence::High,
        has_secret_half: true,
        reveals: vec![Reveal { what: "account".into(), value: PROD.into() }],
        credential: Some(key("AKIAEXAMPLE1")),
        places: vec![leak_place()],
        findings: Vec::new(),
    }]
}

fn grant(name: &str, origin: GrantOrigin, holders: Vec<NodeId>) -> GrantView {
    let realm = if origin == GrantOrigin::Provider { "aws" } else { PROD };
    GrantView {
        id: id(realm, "iam-policy", name),
        r#type: "iam-policy".into(),
        name: name.into(),
        origin,
        scope: None,
        holders,
        read: true,
    }
}

fn owner(local: &str, name: &str, party: PartyKind, status: PartyStatus, owns: Vec<NodeId>) -> OwnerView {
    OwnerView { id: NodeId::new("whose", "", "owner", local), name: name.into(), party, status, owns }
}

fn node(id: NodeId, kind: NodeKind, r#type: &str, name: &str) -> NodeView {
    NodeView { id, kind, r#type: r#type.into(), name: name.into(), address: None, scope: None, seen: true }
}

fn denied() -> Gap {
    Gap {
        subject: None,
        call: Some("iam:ListAccessKeys".into()),
        reason: "AccessDenied: the role whose-reader is not authorized to perform iam:ListAccessKeys".into(),
        remedy: "allow iam:ListAccessKeys to the scanning role; `whose permissions aws` prints the whole policy".into(),
    }
}

fn coverage() -> Vec<Coverage> {
    let row = |connector: &str, collector: &str, scope: NodeId, facets: Vec<Facet>, seen, calls| Coverage {
        source: Source { connector: connector.into(), collector: collector.into() },
        scope,
        facets,
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

fn assessments() -> Vec<Assessment> {
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

fn finding(rule: &str, severity: Severity, subject: NodeId, title: &str) -> Finding {
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

fn step(what: &str, command: Option<&str>) -> Fix {
    Fix { what: what.into(), command: command.map(Into::into) }
}

fn leaked_live() -> Finding {
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

fn findings() -> Vec<Finding> {
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

/// Texts that try to run, to hide or to break out, one after another.
pub(crate) const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1",
    "\r\n| a | `b` |\n# title\n",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
    "\u{202e}gpj.exe\u{202c}\u{2066}x\u{200b}\u{feff}\u{e0041}",
    "![x](http://evil.example/p.png) <http://evil.example> [y](javascript:alert(1)) $x$ ~~s~~",
    "``` \n<!-- ]]> {{7*7}} ${x} \u{2028}\u{2029}\u{ad}",
];

/// The realistic report with a hostile text in each of its free texts.
pub(crate) fn hostile() -> Report {
    let mut report = report();
    let mut next = HOSTILE.iter().cycle();
    let mut poison = |text: &mut String| *text = next.next().unwrap().to_string();
    report.scan.id = HOSTILE[8].into();
    report.scan.targets.iter_mut().for_each(|it| poison(&mut it.target));
    for finding in &mut report.findings {
        for text in [&mut finding.title, &mut finding.subject_name, &mut finding.rule] {
            poison(text);
        }
        finding.owner.iter_mut().chain(&mut finding.reach).for_each(&mut poison);
        finding.severity_reasons.iter_mut().for_each(|it| poison(&mut it.why));
        for evidence in &mut finding.evidence {
            poison(&mut evidence.what);
            poison(&mut evidence.source);
        }
        for place in &mut finding.places {
            poison(&mut place.path);
            place.author.iter_mut().chain(&mut place.repository).chain(&mut place.commit).for_each(&mut poison);
        }
        for fix in &mut finding.fix {
            poison(&mut fix.what);
            fix.command.iter_mut().for_each(|it| *it = format!("aws iam tag-user --user-name '{}'", HOSTILE[8]));
        }
        finding.references.iter_mut().for_each(|it| it.url = "javascript:alert(1)".into());
        finding.maps_to.iter_mut().for_each(|it| poison(&mut it.control));
    }
    for identity in &mut report.identities {
        for text in [&mut identity.name, &mut identity.r#type] {
            poison(text);
        }
        identity.address.iter_mut().chain(&mut identity.description).for_each(&mut poison);
        identity.lifecycle.purpose.iter_mut().for_each(&mut poison);
        identity.tags = HOSTILE.iter().map(|text| ((*text).to_owned(), (*text).to_owned())).collect();
        identity.privilege.basis.iter_mut().for_each(|it| poison(&mut it.what));
        identity.class.reasons.iter_mut().for_each(&mut poison);
        for candidate in identity.ownership.iter_mut().flat_map(|it| &mut it.candidates) {
            poison(&mut candidate.name);
            candidate.signals.iter_mut().for_each(|it| poison(&mut it.what));
        }
    }
    report.credentials.iter_mut().for_each(|it| poison(&mut it.name));
    report.others.iter_mut().for_each(|it| poison(&mut it.name));
    for row in &mut report.coverage {
        poison(&mut row.source.collector);
        for gap in &mut row.gaps {
            poison(&mut gap.reason);
            poison(&mut gap.remedy);
            gap.subject = Some(id(SANDBOX, "iam-user", HOSTILE[9]));
        }
    }
    report.assessments.iter_mut().for_each(|it| poison(&mut it.rule));
    report
}

/// As many findings as asked for, over a fifth as many identities.
pub(crate) fn large(findings: usize) -> Report {
    let mut report = report();
    let (patterns, template) = (report.findings.clone(), report.identities[0].clone());
    for number in 0..findings / 5 {
        let mut identity = template.clone();
        identity.id = user(&format!("service-{number:05}"));
        identity.name = identity.id.local();
        identity.credentials.clear();
        report.identities.push(identity);
    }
    report.findings = (0..findings)
        .map(|number| {
            let mut finding = patterns[number % patterns.len()].clone();
            finding.subject = user(&format!("service-{:05}", number / 5));
            finding.subject_name = finding.subject.local();
            finding.identity = None;
            finding.id = FindingId::new(&finding.rule, &finding.subject, &number.to_string());
            finding.title = format!("{} ({number})", finding.title);
            finding
        })
        .collect();
    report.findings.sort_by(|one, other| other.severity.cmp(&one.severity).then_with(|| one.rule.cmp(&other.rule)));
    report.identities.sort_by(|one, other| one.id.cmp(&other.id));
    link(&mut report);
    report
}
