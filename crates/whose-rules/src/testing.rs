//! Estates for tests, in a few words each: an account that was read completely, until a test says otherwise.

pub(crate) mod tenant;

use crate::{Assessed, Policy, PostureRule, assess_by};
use whose_graph::Graph;
use whose_model::*;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const NOW: &str = "2026-11-24T12:00:00Z";

/// Every facet that an account tells of.
pub(crate) const INVENTORY: [Facet; 12] = [
    Facet::Identities,
    Facet::Credentials,
    Facet::CredentialUse,
    Facet::IdentityUse,
    Facet::Grants,
    Facet::Trusts,
    Facet::OwnerSignals,
    Facet::OwnerStatus,
    Facet::Repositories,
    Facet::Settings,
    Facet::Hooks,
    Facet::PipelineSecrets,
];

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The moment so many days before now; negative: after it.
pub(crate) fn ago(days: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(24 * days)
}

pub(crate) fn account(number: &str) -> NodeId {
    NodeId::new("aws", "aws", "account", number)
}

pub(crate) fn user(name: &str) -> NodeId {
    NodeId::new("aws", ACCOUNT, "iam-user", &name.to_lowercase())
}

pub(crate) fn role(name: &str) -> NodeId {
    NodeId::new("aws", ACCOUNT, "iam-role", &name.to_lowercase())
}

pub(crate) fn key(id: &str) -> NodeId {
    NodeId::new("aws", "", "access-key", id)
}

pub(crate) fn repository(name: &str) -> NodeId {
    NodeId::new("git", "", "repository", &format!("example.com/{name}"))
}

pub(crate) fn organization(login: &str) -> NodeId {
    NodeId::new("github", "github.com", "organization", login)
}

pub(crate) fn secret(fingerprint: &str) -> NodeId {
    NodeId::new("whose", "", "secret", fingerprint)
}

/// A statement that lets these principals become the role.
pub(crate) fn trusts(principals: &[Principal], conditions: &[(&str, &str, &str)]) -> Statement {
    let condition = |(operator, key, value): &(&str, &str, &str)| Condition {
        operator: (*operator).into(),
        key: (*key).into(),
        values: value.split(' ').map(String::from).collect(),
    };
    Statement {
        principals: principals.to_vec(),
        conditions: conditions.iter().map(condition).collect(),
        ..allows(&["sts:AssumeRole"], &[])
    }
}

/// A statement that allows these actions on these resources.
pub(crate) fn allows(actions: &[&str], resources: &[&str]) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        actions: actions.iter().map(|text| (*text).into()).collect(),
        not_actions: Vec::new(),
        resources: resources.iter().map(|text| (*text).into()).collect(),
        not_resources: Vec::new(),
        principals: Vec::new(),
        not_principals: Vec::new(),
        conditions: Vec::new(),
    }
}

/// When a credential was used: so many days ago, never, or nobody knows.
pub(crate) fn used(usage: Usage) -> LastUsed {
    LastUsed { usage, horizon: None, source: "iam:GetAccessKeyLastUsed".into(), what: None }
}

/// What a test says was seen and read.
#[derive(Clone)]
pub(crate) struct Estate {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) coverage: Vec<Coverage>,
}

impl Estate {
    /// An account of which everything was read.
    pub(crate) fn new() -> Self {
        let scope = account(ACCOUNT);
        let coverage = INVENTORY.iter().map(|facet| complete(&scope, *facet)).collect();
        let mut node = Node::new(scope, What::Scope, "account", ACCOUNT);
        node.address = Some(format!("arn:aws:iam::{ACCOUNT}:root"));
        Self { nodes: vec![node], edges: Vec::new(), coverage }
    }

    pub(crate) fn node(mut self, node: Node) -> Self {
        self.nodes.push(node);
        self
    }

    pub(crate) fn edge(mut self, from: &NodeId, kind: EdgeKind, to: &NodeId) -> Self {
        self.edges.push(Edge::stated(from.clone(), kind, to.clone()));
        self
    }

    fn identity(self, id: NodeId, name: &str, detail: IdentityDetail, change: impl FnOnce(&mut Node)) -> Self {
        let mut node = Node::new(id.clone(), What::Identity(Box::new(detail)), id.type_name(), name);
        let kind = id.type_name().trim_start_matches("iam-").to_string();
        node.address = Some(format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}"));
        node.scope = Some(account(ACCOUNT));
        node.state = State::Enabled;
        node.created = Some(ago(500));
        change(&mut node);
        self.node(node)
    }

    /// A user of the account.
    pub(crate) fn user(self, name: &str, change: impl FnOnce(&mut Node)) -> Self {
        self.identity(user(name), name, IdentityDetail::default(), change)
    }

    /// A role of the account.
    pub(crate) fn role(self, name: &str, trust_policy: &[Statement], change: impl FnOnce(&mut Node)) -> Self {
        let detail = IdentityDetail { trust_policy: trust_policy.to_vec(), ..IdentityDetail::default() };
        self.identity(role(name), name, detail, change)
    }

    /// A credential of an identity, enabled, made 30 days ago and used today.
    pub(crate) fn credential(
        self,
        identity: &NodeId,
        id: NodeId,
        kind: CredentialKind,
        change: impl FnOnce(&mut Node),
    ) -> Self {
        let what = What::Credential(CredentialDetail::new(kind));
        let mut node = Node::new(id.clone(), what, id.type_name(), &id.local());
        node.scope = Some(account(ACCOUNT));
        node.state = State::Enabled;
        node.created = Some(ago(30));
        node.last_used = Some(used(Usage::At(ago(0))));
        change(&mut node);
        self.node(node).edge(&id, EdgeKind::AuthenticatesAs, identity)
    }

    /// An access key of a user.
    pub(crate) fn key(self, of: &str, id: &str, change: impl FnOnce(&mut Node)) -> Self {
        self.credential(&user(of), key(id), CredentialKind::AccessKey, change)
    }

    /// A console password of a user.
    pub(crate) fn password(self, of: &str, change: impl FnOnce(&mut Node)) -> Self {
        let id = NodeId::new("aws", ACCOUNT, "console-password", of);
        self.credential(&user(of), id, CredentialKind::Password, change)
    }

    /// A policy attached to an identity.
    pub(crate) fn grant(self, holder: &NodeId, name: &str, statements: &[Statement]) -> Self {
        let id = NodeId::new("aws", ACCOUNT, "iam-policy", name);
        let detail =
            GrantDetail { statements: statements.to_vec(), read: true, ..GrantDetail::new(GrantOrigin::Customer) };
        let mut node = Node::new(id.clone(), What::Grant(detail), "iam-policy", name);
        node.scope = Some(account(ACCOUNT));
        node.address = Some(format!("arn:aws:iam::{ACCOUNT}:policy/{name}"));
        self.node(node).edge(holder, EdgeKind::HasGrant, &id)
    }

    /// Another scope of which everything was read.
    pub(crate) fn scope(mut self, id: NodeId, kind: &str) -> Self {
        self.coverage.extend(INVENTORY.iter().map(|facet| complete(&id, *facet)));
        let name = id.local();
        self.node(Node::new(id, What::Scope, kind, &name))
    }

    /// An organisation on GitHub of which everything was read.
    pub(crate) fn organization(self, login: &str) -> Self {
        self.scope(organization(login), "organization")
    }

    /// A repository `owner/name` on GitHub, with its immutable id and who can see it.
    pub(crate) fn hosted(self, name: &str, number: &str, visibility: &str) -> Self {
        let id = NodeId::new("git", "", "repository", &format!("github.com/{name}"));
        let mut node = Node::new(id, What::Repo(RepoDetail::default()), "repository", name);
        node.native_id = Some(number.into());
        node.scope = name.split_once('/').map(|(owner, _)| organization(owner));
        node.tags.insert("visibility".into(), visibility.into());
        self.node(node)
    }

    /// A public repository whose pipelines anybody's pull request starts.
    pub(crate) fn open_to_forks(self, name: &str) -> Self {
        let mut estate = self.hosted(name, name, "public");
        if let Some(node) = estate.nodes.last_mut() {
            node.tags.insert("fork_pr_approval".into(), "first_time_contributors_new_to_github".into());
        }
        estate
    }

    /// A role that pipelines of GitHub with this subject may become.
    pub(crate) fn ci_role(self, name: &str, subject: &str) -> Self {
        let issuer = "token.actions.githubusercontent.com";
        let provider = Principal::Federated(NodeId::new("aws", ACCOUNT, "oidc-provider", issuer));
        let condition = ("StringLike", "token.actions.githubusercontent.com:sub", subject);
        let statement =
            Statement { actions: vec!["sts:AssumeRoleWithWebIdentity".into()], ..trusts(&[provider], &[condition]) };
        self.role(name, &[statement], |_| {})
    }

    /// A role or scope that gives an identity this much, as its provider names it.
    pub(crate) fn power(self, holder: &NodeId, tier: Tier, why: &str) -> Self {
        let id = NodeId::new(holder.provider(), "", "role-assignment", &format!("{why} of {}", holder.local()));
        let power = Some(Power { tier, why: why.into() });
        let detail = GrantDetail { read: true, power, ..GrantDetail::new(GrantOrigin::Customer) };
        let mut node = Node::new(id.clone(), What::Grant(detail), "role-assignment", why);
        node.scope = self.nodes.iter().find(|node| node.id == *holder).and_then(|node| node.scope.clone());
        self.node(node).edge(holder, EdgeKind::HasGrant, &id)
    }

    /// A repository that was read completely.
    pub(crate) fn repository(mut self, name: &str) -> Self {
        let id = repository(name);
        if self.nodes.iter().any(|node| node.id == id) {
            return self;
        }
        self.coverage.push(complete(&id, Facet::Secrets));
        self.node(Node::new(id, What::Repo(RepoDetail::default()), "repository", name))
    }

    /// A value in a file of a repository, committed so many days ago; with its secret half, and nothing in it
    /// that names anything, unless the change says otherwise.
    pub(crate) fn leak(
        self,
        fingerprint: &str,
        place: (&str, &str, i64),
        change: impl FnOnce(&mut SecretDetail),
    ) -> Self {
        let (name, path, days) = place;
        let mut detail = SecretDetail {
            detector: "aws.access-key".into(),
            title: "AWS access key".into(),
            hint: format!("AK…{fingerprint}"),
            confidence: SecretConfidence::High,
            has_secret_half: true,
            encrypted: false,
            expires: None,
            reveals: Vec::new(),
            joins: Vec::new(),
        };
        change(&mut detail);
        let (hint, id) = (detail.hint.clone(), secret(fingerprint));
        let here = Place {
            repository: Some(name.into()),
            path: path.into(),
            line: Some(7),
            commit: Some("c0ffee".into()),
            author: Some("m.ruiz <m.ruiz@example.com>".into()),
            date: Some(ago(days)),
            at_head: true,
            secret_half: detail.has_secret_half,
            ..Place::default()
        };
        let location = NodeId::new("git", &format!("example.com/{name}"), "location", &format!("{path}@c0ffee#7"));
        let mut node = Node::new(location.clone(), What::Location(here), "location", path);
        node.scope = Some(repository(name));
        self.repository(name)
            .node(node)
            .node(Node::new(id.clone(), What::Secret(detail), "aws.access-key", &hint))
            .edge(&id, EdgeKind::LeakedIn, &location)
    }

    /// The same estate with a listing that the provider refused; what it would have told stays in the estate.
    pub(crate) fn denied(mut self, facet: Facet) -> Self {
        for row in self.coverage.iter_mut().filter(|row| row.facets.contains(&facet)) {
            row.state = CoverageState::Denied;
            row.gaps = vec![refused(facet, None)];
        }
        self
    }

    /// The same estate with one thing of which a listing could not tell.
    pub(crate) fn unread(mut self, facet: Facet, subject: &NodeId) -> Self {
        for row in self.coverage.iter_mut().filter(|row| row.facets.contains(&facet)) {
            row.state = CoverageState::Partial;
            row.gaps.push(refused(facet, Some(subject.clone())));
        }
        self
    }

    pub(crate) fn build(&self) -> Graph {
        let nodes = self.nodes.iter().cloned().map(|node| Observation::Node(Box::new(node)));
        let edges = self.edges.iter().cloned().map(|edge| Observation::Edge(Box::new(edge)));
        Graph::build(nodes.chain(edges), self.coverage.clone(), now())
    }
}

fn complete(scope: &NodeId, facet: Facet) -> Coverage {
    Coverage {
        source: Source { connector: "sample".into(), collector: format!("{facet:?}") },
        scope: scope.clone(),
        facets: vec![facet],
        types: Vec::new(),
        state: CoverageState::Complete,
        seen: 1,
        calls: 1,
        gaps: Vec::new(),
        horizon: None,
    }
}

fn refused(facet: Facet, subject: Option<NodeId>) -> Gap {
    Gap { subject, call: None, reason: format!("{facet:?} was refused"), remedy: "allow it".into() }
}

/// A join by exact id to a key, naming this account.
pub(crate) fn joins(id: &str, number: &str) -> Vec<Join> {
    vec![Join { target: JoinTarget::Node(key(id)), scope: Some(account(number)), strength: JoinStrength::ExactId }]
}

/// Judges an estate by one rule under the default policy.
pub(crate) fn run(rule: &dyn PostureRule, estate: &Estate) -> Assessed {
    assess_by(&[rule], &estate.build(), &Policy::default())
}

/// The rule's findings must be exactly these: subject's name and severity, worst first.
#[track_caller]
pub(crate) fn check(rule: &dyn PostureRule, estate: &Estate, expected: &[(&str, Severity)]) -> Vec<Finding> {
    let assessed = run(rule, estate);
    assert!(assessed.assessments.iter().all(|row| row.verdict != Verdict::NotEvaluated), "{assessed:#?}");
    let found: Vec<(&str, Severity)> =
        assessed.findings.iter().map(|finding| (finding.subject_name.as_str(), finding.severity)).collect();
    assert_eq!(found, expected, "{:#?}", assessed.findings);
    assessed.findings
}

/// The rule must find nothing, and must say that it could not judge a subject.
#[track_caller]
pub(crate) fn not_assessable(rule: &dyn PostureRule, estate: &Estate) {
    let assessed = run(rule, estate);
    assert!(assessed.findings.is_empty(), "{:#?}", assessed.findings);
    let open = assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable && row.not_assessed > 0);
    assert!(open, "{:#?}", assessed.assessments);
}
