//! A small invented estate as reports: accounts with identities, keys, grants and owners, repositories with
//! secrets, findings, and listings that are denied.

use std::collections::{BTreeMap, BTreeSet};
use whose_model::*;

/// Numbers that look random and are the same for the same seed.
pub struct Draw(u64);

impl Draw {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// How a scope is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// All of it.
    Complete,
    /// One listing of two is refused.
    Denied,
}

/// An estate. Its lists are keyed by name, so that a test changes one thing and asks for the next report.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The scopes that a scan reads, and how.
    pub scopes: BTreeMap<NodeId, Listing>,
    /// The views, by id.
    pub identities: BTreeMap<NodeId, IdentityView>,
    /// The credentials, by id.
    pub credentials: BTreeMap<NodeId, CredentialView>,
    /// The grants, by id.
    pub grants: BTreeMap<NodeId, GrantView>,
    /// The owners, by id.
    pub owners: BTreeMap<NodeId, OwnerView>,
    /// The secrets, by id.
    pub secrets: BTreeMap<NodeId, SecretView>,
    /// The edges between identities, besides those that follow from the views.
    pub edges: Vec<Edge>,
    /// Findings: rule, subject, severity.
    pub findings: BTreeMap<(String, NodeId), Severity>,
    /// Rules that lacked something.
    pub blind_rules: BTreeSet<String>,
}

impl Estate {
    /// An account's id.
    pub fn account(name: &str) -> NodeId {
        NodeId::new("aws", "aws", "account", name)
    }

    /// A repository's id.
    pub fn repository(name: &str) -> NodeId {
        NodeId::new("git", "", "repository", name)
    }

    /// Has a scope read completely.
    pub fn read(&mut self, scope: &NodeId) -> &mut Self {
        self.scopes.insert(scope.clone(), Listing::Complete);
        self
    }

    /// Adds an identity, and gives its id.
    pub fn identity(&mut self, account: &NodeId, name: &str) -> NodeId {
        let id = NodeId::new("aws", &account.local(), "iam-user", name);
        let view = IdentityView {
            id: id.clone(),
            r#type: "iam-user".into(),
            name: name.into(),
            native_id: Some(format!("AIDA{name}")),
            address: None,
            scope: Some(account.clone()),
            state: State::Enabled,
            class: Classified { class: Class::NonHuman, reasons: vec!["it has a key and no password".into()] },
            created: None,
            last_used: None,
            description: None,
            tags: BTreeMap::new(),
            lifecycle: Lifecycle::default(),
            ownership: None,
            privilege: Privilege { tier: Tier::T2, basis: Vec::new() },
            reach: Reach::default(),
            credentials: Vec::new(),
            grants: Vec::new(),
            findings: Vec::new(),
        };
        self.identities.insert(id.clone(), view);
        id
    }

    /// Adds a key of an identity, and gives its id.
    pub fn key(&mut self, identity: &NodeId, key: &str) -> NodeId {
        let id = NodeId::new("aws", "", "access-key", key);
        let view = CredentialView {
            id: id.clone(),
            kind: CredentialKind::AccessKey,
            r#type: "access-key".into(),
            name: key.into(),
            identity: Some(identity.clone()),
            scope: self.identities[identity].scope.clone(),
            state: State::Enabled,
            created: None,
            rotated: None,
            expires: None,
            last_used: None,
            thumbprint: Some(format!("SHA256:half/of+{key}")),
            public_key: None,
            leaked: Vec::new(),
            findings: Vec::new(),
        };
        self.credentials.insert(id.clone(), view);
        id
    }

    /// Adds a grant that identities hold; it lies in no scope, as those of a provider do.
    pub fn grant(&mut self, name: &str, holders: &[NodeId]) -> NodeId {
        let id = NodeId::new("aws", "aws", "iam-policy", name);
        for holder in holders {
            self.identity_mut(holder).grants.push(id.clone());
        }
        let (name, holders) = (name.to_owned(), holders.to_vec());
        let origin = GrantOrigin::Provider;
        let view =
            GrantView { id: id.clone(), r#type: "iam-policy".into(), name, origin, scope: None, holders, read: true };
        self.grants.insert(id.clone(), view);
        id
    }

    /// Makes somebody the owner of an identity, with a score.
    pub fn own(&mut self, identity: &NodeId, name: &str, score: f64) -> NodeId {
        let id = NodeId::new("whose", "", "owner", name);
        let signal = OwnerSignal { class: SignalClass::Declared, what: format!("tag Owner={name}"), score };
        let candidate = OwnerCandidate {
            owner: id.clone(),
            name: name.into(),
            status: PartyStatus::Active,
            score,
            signals: vec![signal],
        };
        self.identity_mut(identity).ownership = Some(Ownership { band: OwnerBand::Owned, candidates: vec![candidate] });
        let view = OwnerView {
            id: id.clone(),
            name: name.into(),
            party: PartyKind::Person,
            status: PartyStatus::Active,
            owns: Vec::new(),
        };
        let owns = &mut self.owners.entry(id.clone()).or_insert(view).owns;
        if !owns.contains(identity) {
            owns.push(identity.clone());
        }
        id
    }

    /// Adds a secret that stands in a repository, and reveals a key id.
    pub fn secret(&mut self, fingerprint: &str, repository: &NodeId, key: &str) -> NodeId {
        let id = NodeId::new("whose", "", "secret", fingerprint);
        let view = SecretView {
            id: id.clone(),
            detector: "aws.access-key".into(),
            title: "AWS access key".into(),
            hint: format!("{}…", &key[..4]),
            confidence: SecretConfidence::High,
            has_secret_half: true,
            reveals: vec![Reveal { what: "key-id".into(), value: key.into() }],
            credential: None,
            identity: None,
            link: None,
            places: Vec::new(),
            findings: Vec::new(),
        };
        let secret = self.secrets.entry(id.clone()).or_insert(view);
        secret.places.push(Place {
            repository: Some(repository.local()),
            path: "deploy/.env".into(),
            line: Some(7),
            ..Place::default()
        });
        id
    }

    /// The identity, to change it.
    pub fn identity_mut(&mut self, id: &NodeId) -> &mut IdentityView {
        self.identities.get_mut(id).expect("the test added this identity")
    }

    /// Says when an identity was last used.
    pub fn used(&mut self, id: &NodeId, day: i64) {
        self.identity_mut(id).last_used = Some(LastUsed {
            usage: Usage::At(moment(day)),
            horizon: Some(moment(day - 400)),
            source: "iam:GetCredentialReport".into(),
            what: None,
        });
    }

    /// Finds fault with something.
    pub fn fault(&mut self, rule: &str, subject: &NodeId, severity: Severity) {
        self.findings.insert((rule.into(), subject.clone()), severity);
    }

    /// The report of a scan of `day`, whose id is made from the day.
    pub fn report(&self, day: i64) -> Report {
        let edges = self.all_edges();
        Report {
            version: REPORT_VERSION,
            scan: self.scan(day),
            summary: Summary { credentials: self.credentials.len() as u64, ..Summary::default() },
            findings: self.all_findings(),
            identities: self.identities.values().cloned().collect(),
            credentials: self.credentials.values().cloned().collect(),
            secrets: self.secrets.values().cloned().collect(),
            grants: self.grants.values().cloned().collect(),
            owners: self.owners.values().cloned().collect(),
            others: self.scopes.keys().map(scope_view).collect(),
            edges,
            coverage: self.scopes.iter().flat_map(|(scope, listing)| coverage(scope, *listing)).collect(),
            assessments: self.assessments(),
        }
    }

    fn scan(&self, day: i64) -> ScanInfo {
        let complete = self.scopes.values().all(|listing| *listing == Listing::Complete);
        let target = |scope: &NodeId| TargetInfo { connector: scope.provider().into(), target: scope.local() };
        ScanInfo {
            id: moment(day).strftime("%Y%m%dT%H%M%SZ").to_string(),
            as_of: moment(day),
            started: moment(day),
            finished: moment(day),
            state: if complete { ScanState::Complete } else { ScanState::Incomplete },
            tool_version: "0.1.0".into(),
            targets: self.scopes.keys().map(target).collect(),
            calls: 12,
        }
    }

    fn all_edges(&self) -> Vec<Edge> {
        let mut edges = self.edges.clone();
        for credential in self.credentials.values() {
            let identity = credential.identity.clone().into_iter();
            edges.extend(identity.map(|to| Edge::stated(credential.id.clone(), EdgeKind::AuthenticatesAs, to)));
        }
        for grant in self.grants.values() {
            let holders = grant.holders.iter().cloned();
            edges.extend(holders.map(|from| Edge::stated(from, EdgeKind::HasGrant, grant.id.clone())));
        }
        edges.sort_by(|one, other| {
            (&one.from, one.kind, &one.to, &one.qualifier).cmp(&(&other.from, other.kind, &other.to, &other.qualifier))
        });
        edges
    }

    fn all_findings(&self) -> Vec<Finding> {
        let finding = |((rule, subject), severity): (&(String, NodeId), &Severity)| Finding {
            id: FindingId::new(rule, subject, ""),
            rule: rule.clone(),
            severity: *severity,
            severity_reasons: Vec::new(),
            confidence: 1.0,
            subject: subject.clone(),
            subject_name: subject.local(),
            scope: self.identities.get(subject).and_then(|view| view.scope.clone()),
            identity: None,
            title: format!("{} is at fault", subject.local()),
            owner: None,
            reach: None,
            evidence: Vec::new(),
            places: Vec::new(),
            fix: Vec::new(),
            maps_to: Vec::new(),
            references: Vec::new(),
        };
        let mut findings: Vec<Finding> = self.findings.iter().map(finding).collect();
        findings.sort_by(|one, other| {
            other
                .severity
                .cmp(&one.severity)
                .then_with(|| (&one.rule, &one.subject).cmp(&(&other.rule, &other.subject)))
        });
        findings
    }

    fn assessments(&self) -> Vec<Assessment> {
        let mut assessments = Vec::new();
        for rule in ["stale-access-key", "unowned-service-account"] {
            for scope in self.scopes.keys() {
                let blind = self.blind_rules.contains(rule);
                let verdict = if blind { Verdict::NotAssessable } else { Verdict::Assessed };
                let (rule, scope) = (rule.into(), Some(scope.clone()));
                assessments.push(Assessment { rule, scope, verdict, findings: 0, not_assessed: 0, gaps: Vec::new() });
            }
        }
        assessments
    }

    /// Changes something at random: what is added, changed, taken away, denied.
    pub fn mutate(&mut self, draw: &mut Draw) {
        let account = Self::account(["111111111111", "222222222222"][draw.below(2) as usize]);
        let name = format!("svc-{}", draw.below(12));
        let id = NodeId::new("aws", &account.local(), "iam-user", &name);
        match (draw.below(8), self.identities.contains_key(&id)) {
            (0, true) => {
                self.identities.remove(&id);
                self.credentials.retain(|_, key| key.identity.as_ref() != Some(&id));
                self.grants.values_mut().for_each(|grant| grant.holders.retain(|holder| *holder != id));
                self.owners.values_mut().for_each(|owner| owner.owns.retain(|owned| *owned != id));
                self.findings.retain(|(_, subject), _| *subject != id);
            }
            (1 | 2, true) => self.used(&id, draw.below(900) as i64),
            (3, true) => {
                self.own(&id, ["ann", "ben"][draw.below(2) as usize], draw.below(1_000_000) as f64 / 1_000_003.0);
            }
            (4, true) => {
                self.key(&id, &format!("AKIA{:016}", draw.below(40)));
            }
            (5, true) => self.fault("stale-access-key", &id, Severity::from_level(draw.below(6) as i32)),
            (6, _) => {
                let listing = if draw.once_in(3) { Listing::Denied } else { Listing::Complete };
                self.scopes.insert(account, listing);
            }
            (7, _) => {
                let repository = Self::repository(["acme/shop", "acme/infra"][draw.below(2) as usize]);
                self.read(&repository).secret(&format!("{:032x}", draw.below(9)), &repository, "AKIAQ");
            }
            (_, false) => {
                self.read(&account).identity(&account, &name);
            }
            (_, true) => self.identity_mut(&id).privilege.tier = [Tier::T0, Tier::T1, Tier::T3][draw.below(3) as usize],
        }
    }
}

/// Noon, and a bit, of a day counted from an arbitrary one.
fn moment(day: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + day * 86_400, 123_456_789).expect("days of tests lie within the calendar")
}

fn scope_view(scope: &NodeId) -> NodeView {
    let repository = scope.type_name() == "repository";
    NodeView {
        id: scope.clone(),
        kind: if repository { NodeKind::Repo } else { NodeKind::Scope },
        r#type: scope.type_name().into(),
        name: scope.local(),
        address: None,
        scope: None,
        seen: true,
    }
}

fn coverage(scope: &NodeId, listing: Listing) -> [Coverage; 2] {
    let row = |collector: &str, listing| {
        let denied = listing == Listing::Denied;
        let gap = Gap {
            subject: None,
            call: Some("iam:ListUsers".into()),
            reason: "access denied".into(),
            remedy: "allow iam:ListUsers".into(),
        };
        Coverage {
            source: Source { connector: scope.provider().into(), collector: collector.into() },
            scope: scope.clone(),
            facets: vec![Facet::Identities],
            types: Vec::new(),
            state: if denied { CoverageState::Denied } else { CoverageState::Complete },
            seen: 3,
            calls: 1,
            gaps: if denied { vec![gap] } else { Vec::new() },
            horizon: None,
        }
    };
    [row("users", listing), row("account", Listing::Complete)]
}
