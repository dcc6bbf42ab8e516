//! Estates in a few words, for the tests of this crate.

use crate::{Graph, Ix};
use whose_model::{
    Coverage, CoverageState, CredentialDetail, CredentialKind, Edge, EdgeKind, Effect, Facet, Gap, GrantDetail,
    GrantOrigin, IdentityDetail, Node, NodeId, Observation, Principal, Source, State, Statement, Timestamp, What,
};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const ELSEWHERE: &str = "999999999999";

pub(crate) fn as_of() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
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

pub(crate) fn group(name: &str) -> NodeId {
    NodeId::new("aws", ACCOUNT, "iam-group", &name.to_lowercase())
}

pub(crate) fn grant(name: &str) -> NodeId {
    NodeId::new("aws", ACCOUNT, "iam-policy", name)
}

pub(crate) fn allow(actions: &[&str], resources: &[&str]) -> Statement {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Statement {
        sid: None,
        effect: Effect::Allow,
        actions: own(actions),
        not_actions: Vec::new(),
        resources: own(resources),
        not_resources: Vec::new(),
        principals: Vec::new(),
        not_principals: Vec::new(),
        conditions: Vec::new(),
    }
}

pub(crate) fn deny(actions: &[&str], resources: &[&str]) -> Statement {
    Statement { effect: Effect::Deny, ..allow(actions, resources) }
}

pub(crate) fn trusts(principals: &[Principal]) -> Statement {
    Statement { principals: principals.to_vec(), ..allow(&["sts:AssumeRole"], &[]) }
}

/// Observations being gathered.
#[derive(Clone, Default)]
pub(crate) struct Estate {
    pub(crate) observations: Vec<Observation>,
    pub(crate) coverage: Vec<Coverage>,
}

impl Estate {
    /// An estate of one account, all of whose facets were read.
    pub(crate) fn read() -> Self {
        let facets = vec![
            Facet::Identities,
            Facet::Credentials,
            Facet::CredentialUse,
            Facet::IdentityUse,
            Facet::Grants,
            Facet::Trusts,
            Facet::OwnerSignals,
        ];
        Self::default().node(Node::new(account(ACCOUNT), What::Scope, "account", ACCOUNT)).covered(
            account(ACCOUNT),
            &facets,
            CoverageState::Complete,
            &[],
        )
    }

    pub(crate) fn node(mut self, node: Node) -> Self {
        self.observations.push(Observation::Node(Box::new(node)));
        self
    }

    pub(crate) fn edge(mut self, from: &NodeId, kind: EdgeKind, to: &NodeId) -> Self {
        self.observations.push(Observation::Edge(Box::new(Edge::stated(from.clone(), kind, to.clone()))));
        self
    }

    pub(crate) fn covered(mut self, scope: NodeId, facets: &[Facet], state: CoverageState, gaps: &[Gap]) -> Self {
        self.coverage.push(Coverage {
            source: Source { connector: "aws".into(), collector: "sample".into() },
            scope,
            facets: facets.to_vec(),
            types: Vec::new(),
            state,
            seen: 0,
            calls: 1,
            gaps: gaps.to_vec(),
            horizon: None,
        });
        self
    }

    pub(crate) fn user(self, name: &str) -> Self {
        self.node(identity(user(name), "iam-user", name))
    }

    pub(crate) fn role(self, name: &str, trust: Vec<Statement>) -> Self {
        let detail = IdentityDetail { trust_policy: trust, ..IdentityDetail::default() };
        let what = What::Identity(Box::new(detail));
        self.node(Node { what, ..identity(role(name), "iam-role", name) })
    }

    pub(crate) fn key(self, id: &str, of: &NodeId) -> Self {
        self.node(credential(key(id), CredentialKind::AccessKey, id)).edge(&key(id), EdgeKind::AuthenticatesAs, of)
    }

    pub(crate) fn grant(self, name: &str, to: &NodeId, statements: Vec<Statement>) -> Self {
        let what = What::Grant(GrantDetail { statements, read: true, ..GrantDetail::new(GrantOrigin::Customer) });
        let mut node = Node::new(grant(name), what, "iam-policy", name);
        node.scope = Some(account(ACCOUNT));
        node.address = Some(format!("arn:aws:iam::{ACCOUNT}:policy/{name}"));
        self.node(node).edge(to, EdgeKind::HasGrant, &grant(name))
    }

    pub(crate) fn build(self) -> Graph {
        Graph::build(self.observations, self.coverage, as_of())
    }
}

pub(crate) fn identity(id: NodeId, r#type: &str, name: &str) -> Node {
    let mut node = Node::new(id, What::Identity(Box::default()), r#type, name);
    node.scope = Some(account(ACCOUNT));
    node.state = State::Enabled;
    node.address = Some(format!("arn:aws:iam::{ACCOUNT}:{}/{name}", r#type.trim_start_matches("iam-")));
    node
}

pub(crate) fn credential(id: NodeId, kind: CredentialKind, name: &str) -> Node {
    let r#type = id.type_name().to_owned();
    let mut node = Node::new(id, What::Credential(CredentialDetail::new(kind)), &r#type, name);
    node.scope = Some(account(ACCOUNT));
    node.state = State::Enabled;
    node
}

pub(crate) fn names(graph: &Graph, found: impl IntoIterator<Item = Ix>) -> Vec<String> {
    found.into_iter().map(|ix| graph.node(ix).name.clone()).collect()
}
