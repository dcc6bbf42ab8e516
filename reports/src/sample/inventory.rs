//! What the invented estate holds: identities, credentials, a leaked secret, grants and owners.

use super::estate::*;
use std::collections::BTreeMap;
use whose_model::*;

pub(super) fn identity(id: NodeId, class: Class, why: &str, tier: Tier, basis: &str) -> IdentityView {
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

pub(super) fn used(date: &str, what: &str) -> Option<LastUsed> {
    Some(LastUsed {
        usage: Usage::At(at(date)),
        horizon: None,
        source: "iam:GetCredentialReport".into(),
        what: Some(what.into()),
    })
}

pub(super) fn candidate(
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

pub(super) fn identities() -> Vec<IdentityView> {
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

pub(super) fn credentials() -> Vec<CredentialView> {
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
        thumbprint: None,
        public_key: None,
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

pub(super) fn leak_place() -> Place {
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
        secret_half: true,
    }
}

pub(super) fn secrets() -> Vec<SecretView> {
    vec![SecretView {
        id: secret("a"),
        detector: "aws.access-key".into(),
        title: "AWS access key".into(),
        hint: "AKIA…PLE1".into(),
        confidence: SecretConfidence::High,
        has_secret_half: true,
        reveals: vec![Reveal { what: "account".into(), value: PROD.into() }],
        credential: Some(key("AKIAEXAMPLE1")),
        identity: Some(user("ci-deployer")),
        link: Some("the leaked AWS access key carries the id of this credential (confidence 1.00)".into()),
        places: vec![leak_place()],
        findings: Vec::new(),
    }]
}

pub(super) fn grant(name: &str, origin: GrantOrigin, holders: Vec<NodeId>) -> GrantView {
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

pub(super) fn owner(local: &str, name: &str, party: PartyKind, status: PartyStatus, owns: Vec<NodeId>) -> OwnerView {
    OwnerView { id: NodeId::new("whose", "", "owner", local), name: name.into(), party, status, owns }
}

pub(super) fn node(id: NodeId, kind: NodeKind, r#type: &str, name: &str) -> NodeView {
    NodeView { id, kind, r#type: r#type.into(), name: name.into(), address: None, scope: None, seen: true }
}
