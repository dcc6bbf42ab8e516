//! Nodes and their numbers: observations of one id are merged into one node, every id gets a `u32`, and
//! whatever is only named by another becomes a stub, so that no edge points at nothing.

use std::collections::HashMap;
use whose_model::{
    CredentialDetail, CredentialKind, EdgeKind, GrantDetail, GrantOrigin, Node, NodeId, NodeKind, OwnerDetail,
    PartyKind, PartyStatus, Place, RepoDetail, SecretConfidence, SecretDetail, TrustDetail, What,
};

/// The number of a node in one graph. It means nothing outside that graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ix(pub(crate) u32);

impl Ix {
    pub(crate) fn at(self) -> usize {
        self.0 as usize
    }
}

/// All nodes, by number.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    list: Vec<Node>,
    seen: Vec<bool>,
    ids: HashMap<NodeId, Ix>,
}

impl Nodes {
    /// Merges what several listings saw of the same thing. The result does not depend on the order of arrival.
    #[expect(clippy::vec_box, reason = "observations come boxed, and sorting moves boxes faster than nodes")]
    pub(crate) fn merge(mut observed: Vec<Box<Node>>) -> Self {
        observed.sort_by(|a, b| a.id.cmp(&b.id));
        let mut nodes = Self::default();
        let mut rest = observed.into_iter().peekable();
        while let Some(first) = rest.next() {
            let mut same = vec![first];
            while let Some(next) = rest.next_if(|node| node.id == same[0].id) {
                same.push(next);
            }
            nodes.push(merge_same(same), true);
        }
        nodes
    }

    /// Adds a node, or merges it into the one of the same id. A node that is seen replaces a stub.
    pub(crate) fn push(&mut self, node: Node, seen: bool) -> Ix {
        if let Some(&ix) = self.ids.get(&node.id) {
            if seen && !self.seen[ix.at()] {
                self.list[ix.at()] = node;
                self.seen[ix.at()] = true;
            } else if seen {
                self.list[ix.at()].merge(node);
            }
            return ix;
        }
        let next = u32::try_from(self.list.len()).expect("a scan of four billion nodes does not fit into memory");
        let ix = Ix(next);
        self.ids.insert(node.id.clone(), ix);
        self.list.push(node);
        self.seen.push(seen);
        ix
    }

    /// The node of this id, which becomes a stub of this kind when nobody saw it.
    pub(crate) fn named(&mut self, id: &NodeId, kind: NodeKind) -> Ix {
        match self.ids.get(id) {
            Some(&ix) => ix,
            None => self.push(stub(id, kind), false),
        }
    }

    pub(crate) fn find(&self, id: &NodeId) -> Option<Ix> {
        self.ids.get(id).copied()
    }

    pub(crate) fn get(&self, ix: Ix) -> &Node {
        &self.list[ix.at()]
    }

    pub(crate) fn is_seen(&self, ix: Ix) -> bool {
        self.seen[ix.at()]
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The id of a node, to be kept instead of one that says the same: its text is shared.
    pub(crate) fn shared(&self, id: &NodeId) -> Option<NodeId> {
        self.find(id).map(|ix| self.get(ix).id.clone())
    }

    /// Lets all nodes of a scope share the text of its id.
    pub(crate) fn share_scopes(&mut self) {
        for at in 0..self.list.len() {
            let shared = self.list[at].scope.as_ref().and_then(|scope| self.shared(scope));
            if shared.is_some() {
                self.list[at].scope = shared;
            }
        }
    }

    /// All numbers, in the order of ids.
    pub(crate) fn sorted(&self) -> Vec<Ix> {
        let mut order: Vec<Ix> = (0..self.list.len()).map(|at| Ix(at as u32)).collect();
        order.sort_by(|a, b| self.get(*a).id.cmp(&self.get(*b).id));
        order
    }
}

/// Merging keeps what came first, so the order is made independent of which listing answered first. The debug
/// form is used because a node has no order of its own; only nodes that were seen twice pay for it.
#[expect(clippy::vec_box, reason = "observations come boxed, and sorting moves boxes faster than nodes")]
fn merge_same(mut same: Vec<Box<Node>>) -> Node {
    if same.len() > 1 {
        same.sort_by_cached_key(|node| format!("{node:?}"));
        same.dedup();
    }
    let mut rest = same.into_iter();
    let mut merged = *rest.next().expect("the caller puts at least one node in");
    for other in rest {
        merged.merge(*other);
    }
    if let What::Secret(secret) = &mut merged.what {
        secret.reveals.sort();
        secret.joins.sort();
    }
    merged
}

/// The kind of an edge's end, as far as the kind of edge tells it.
pub(crate) fn end_kinds(kind: EdgeKind) -> (NodeKind, NodeKind) {
    use NodeKind::{Credential, Grant, Group, Identity, Location, Owner, Repo, Resource, Scope, Secret, Trust};
    match kind {
        EdgeKind::AuthenticatesAs => (Credential, Identity),
        EdgeKind::CanAssume | EdgeKind::CanEscalateTo | EdgeKind::Controls => (Identity, Identity),
        EdgeKind::FederatesTo => (Trust, Identity),
        EdgeKind::MemberOf => (Identity, Group),
        EdgeKind::RunsAs => (Resource, Identity),
        EdgeKind::CanReadSecret => (Identity, Credential),
        EdgeKind::IsValueOf => (Secret, Credential),
        EdgeKind::HasGrant => (Identity, Grant),
        EdgeKind::HasPermission => (Identity, Resource),
        EdgeKind::Contains => (Scope, Resource),
        EdgeKind::LeakedIn | EdgeKind::DeclaredIn => (Secret, Location),
        EdgeKind::OwnedBy => (Repo, Owner),
        EdgeKind::CreatedBy => (Resource, Identity),
    }
}

/// A node of which only the id is known. Its type tells more about its kind than the edge that names it.
fn stub(id: &NodeId, guess: NodeKind) -> Node {
    let kind = kind_of_type(id.type_name()).unwrap_or(guess);
    Node::new(id.clone(), empty(kind, id.type_name()), id.type_name(), &id.local())
}

/// The kind that a type of nodes is of, as far as its name tells it.
pub(crate) fn kind_of_type(r#type: &str) -> Option<NodeKind> {
    match r#type {
        "account" | "scope" | "tenant" | "subscription" | "project" | "organization" => Some(NodeKind::Scope),
        "iam-user" | "iam-role" | "service-account" | "service-principal" | "application" | "user" => {
            Some(NodeKind::Identity)
        }
        "access-key"
        | "console-password"
        | "signing-certificate"
        | "ssh-public-key"
        | "service-specific-credential"
        | "storage-account-key" => Some(NodeKind::Credential),
        "storage-account" => Some(NodeKind::Resource),
        "oidc-provider" | "saml-provider" => Some(NodeKind::Trust),
        "iam-group" => Some(NodeKind::Group),
        "iam-policy" | "iam-inline-policy" => Some(NodeKind::Grant),
        "repository" => Some(NodeKind::Repo),
        "location" => Some(NodeKind::Location),
        "secret" => Some(NodeKind::Secret),
        "owner" => Some(NodeKind::Owner),
        _ => None,
    }
}

/// Whether credentials of a type open a resource and never prove an identity: no list of them says anything of what an
/// identity holds.
pub(crate) fn opens_resources(r#type: &str) -> bool {
    r#type == "storage-account-key"
}

fn empty(kind: NodeKind, r#type: &str) -> What {
    match kind {
        NodeKind::Scope => What::Scope,
        NodeKind::Identity => What::Identity(Box::default()),
        NodeKind::Credential => What::Credential(CredentialDetail::new(match r#type {
            "access-key" => CredentialKind::AccessKey,
            "console-password" => CredentialKind::Password,
            "signing-certificate" => CredentialKind::Certificate,
            "ssh-public-key" => CredentialKind::SshKey,
            _ => CredentialKind::ApiKey,
        })),
        NodeKind::Trust => What::Trust(TrustDetail::default()),
        NodeKind::Group => What::Group,
        NodeKind::Grant => What::Grant(GrantDetail::new(GrantOrigin::Customer)),
        NodeKind::Resource => What::Resource,
        NodeKind::Repo => What::Repo(RepoDetail::default()),
        NodeKind::Location => What::Location(Place::default()),
        NodeKind::Secret => What::Secret(SecretDetail {
            detector: String::new(),
            title: String::new(),
            hint: String::new(),
            confidence: SecretConfidence::Low,
            has_secret_half: false,
            encrypted: false,
            expires: None,
            reveals: Vec::new(),
            joins: Vec::new(),
        }),
        NodeKind::Owner => What::Owner(OwnerDetail {
            party: PartyKind::Unknown,
            status: PartyStatus::Unresolved,
            status_source: None,
            left: None,
        }),
    }
}
