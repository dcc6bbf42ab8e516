//! Nodes: eleven kinds of things, whatever vendor they come from. The vendor's own kind is the `type`.

use crate::{
    CredentialDetail, GrantDetail, IdentityDetail, LastUsed, NodeId, OwnerDetail, Place, RepoDetail, SecretDetail,
    Timestamp, TrustDetail,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The eleven kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// Account, tenant, subscription, project, organisation, cluster, namespace, or a virtual "all of" scope.
    Scope,
    /// Anything that can act: role, user, service principal, service account, bot, agent.
    Identity,
    /// Anything that proves an identity: key, secret, certificate, token, password.
    Credential,
    /// An identity provider that is trusted, with its subject pattern.
    Trust,
    /// A group or team.
    Group,
    /// A policy, role assignment, binding or consent.
    Grant,
    /// A thing that is acted upon, or that runs as an identity.
    Resource,
    /// A source repository.
    Repo,
    /// Where something is declared or leaked: file and commit, secret-store entry, CI variable.
    Location,
    /// A distinct leaked value, by fingerprint.
    Secret,
    /// A person or team that answers for something.
    Owner,
}

/// Whether a thing can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It works.
    Enabled,
    /// It is switched off and can be switched on again.
    Disabled,
    /// It is gone; only a reference to it remains.
    Deleted,
    /// Nobody said.
    #[default]
    Unknown,
}

/// The kind of a node with what only that kind has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// See [`NodeKind::Scope`].
    Scope,
    /// See [`NodeKind::Identity`].
    Identity(Box<IdentityDetail>),
    /// See [`NodeKind::Credential`].
    Credential(CredentialDetail),
    /// See [`NodeKind::Trust`].
    Trust(TrustDetail),
    /// See [`NodeKind::Group`].
    Group,
    /// See [`NodeKind::Grant`].
    Grant(GrantDetail),
    /// See [`NodeKind::Resource`].
    Resource,
    /// See [`NodeKind::Repo`].
    Repo(RepoDetail),
    /// See [`NodeKind::Location`].
    Location(Place),
    /// See [`NodeKind::Secret`].
    Secret(SecretDetail),
    /// See [`NodeKind::Owner`].
    Owner(OwnerDetail),
}

impl What {
    /// The kind alone.
    pub fn kind(&self) -> NodeKind {
        match self {
            Self::Scope => NodeKind::Scope,
            Self::Identity(_) => NodeKind::Identity,
            Self::Credential(_) => NodeKind::Credential,
            Self::Trust(_) => NodeKind::Trust,
            Self::Group => NodeKind::Group,
            Self::Grant(_) => NodeKind::Grant,
            Self::Resource => NodeKind::Resource,
            Self::Repo(_) => NodeKind::Repo,
            Self::Location(_) => NodeKind::Location,
            Self::Secret(_) => NodeKind::Secret,
            Self::Owner(_) => NodeKind::Owner,
        }
    }
}

/// One thing, as one listing saw it; several listings' nodes of one id are merged by [`Node::merge`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    /// The id, equal for the same thing wherever it is seen.
    pub id: NodeId,
    /// The kind and what only that kind has.
    pub what: What,
    /// The vendor's kind, for example `iam-user`.
    pub r#type: String,
    /// The name that people use.
    pub name: String,
    /// The vendor's immutable id; another one under the same id means "recreated under the same name".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_id: Option<String>,
    /// The name that policies and other systems use: ARN, resource id, e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The scope that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<NodeId>,
    /// Whether it can be used.
    #[serde(default)]
    pub state: State,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<LastUsed>,
    /// What its keepers wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Tags or labels, as written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

impl Node {
    /// A node of which only id, kind, type and name are known.
    pub fn new(id: NodeId, what: What, r#type: &str, name: &str) -> Self {
        Self {
            id,
            what,
            r#type: r#type.into(),
            name: name.into(),
            native_id: None,
            address: None,
            scope: None,
            state: State::Unknown,
            created: None,
            last_used: None,
            description: None,
            tags: BTreeMap::new(),
        }
    }

    /// The kind.
    pub fn kind(&self) -> NodeKind {
        self.what.kind()
    }

    /// The identity's own part.
    pub fn identity(&self) -> Option<&IdentityDetail> {
        if let What::Identity(detail) = &self.what { Some(detail) } else { None }
    }

    /// The credential's own part.
    pub fn credential(&self) -> Option<&CredentialDetail> {
        if let What::Credential(detail) = &self.what { Some(detail) } else { None }
    }

    /// The grant's own part.
    pub fn grant(&self) -> Option<&GrantDetail> {
        if let What::Grant(detail) = &self.what { Some(detail) } else { None }
    }

    /// The trust's own part.
    pub fn trust(&self) -> Option<&TrustDetail> {
        if let What::Trust(detail) = &self.what { Some(detail) } else { None }
    }

    /// The leaked secret's own part.
    pub fn secret(&self) -> Option<&SecretDetail> {
        if let What::Secret(detail) = &self.what { Some(detail) } else { None }
    }

    /// The location's own part.
    pub fn place(&self) -> Option<&Place> {
        if let What::Location(place) = &self.what { Some(place) } else { None }
    }

    /// The owner's own part.
    pub fn owner(&self) -> Option<&OwnerDetail> {
        if let What::Owner(detail) = &self.what { Some(detail) } else { None }
    }

    /// Adds what another listing saw of the same thing. What is known here stays; what was unknown is
    /// filled; tags are united; the later use wins; a disabled or deleted state wins over an enabled one.
    pub fn merge(&mut self, other: Self) {
        debug_assert_eq!(self.id, other.id);
        fill(&mut self.native_id, other.native_id);
        fill(&mut self.address, other.address);
        fill(&mut self.scope, other.scope);
        fill(&mut self.created, other.created);
        fill(&mut self.description, other.description);
        self.last_used = match (self.last_used.take(), other.last_used) {
            (Some(mine), Some(theirs)) => Some(mine.later_of(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.state = self.state.with(other.state);
        for (key, value) in other.tags {
            self.tags.entry(key).or_insert(value);
        }
        match (&mut self.what, other.what) {
            (What::Identity(mine), What::Identity(theirs)) => mine.merge(*theirs),
            (What::Credential(mine), What::Credential(theirs)) => mine.merge(theirs),
            (What::Trust(mine), What::Trust(theirs)) => mine.merge(theirs),
            (What::Grant(mine), What::Grant(theirs)) => mine.merge(theirs),
            (What::Repo(mine), What::Repo(theirs)) => mine.merge(theirs),
            (What::Secret(mine), What::Secret(theirs)) => mine.merge(theirs),
            (What::Owner(mine), What::Owner(theirs)) => mine.merge(theirs),
            _ => {}
        }
    }
}

impl State {
    /// The state that two listings give together: the worse news wins, and silence yields to any word.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let rank = |state| match state {
            Self::Unknown => 0,
            Self::Enabled => 1,
            Self::Disabled => 2,
            Self::Deleted => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Keeps what is known and takes what was not.
pub(crate) fn fill<T>(mine: &mut Option<T>, theirs: Option<T>) {
    if mine.is_none() {
        *mine = theirs;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository as its forge lists it, and as its reader saw it.
    fn listed_and_read() -> [Node; 2] {
        let id = NodeId::new("git", "", "repository", "github.com/acme/shop");
        let node = |detail| Node::new(id.clone(), What::Repo(detail), "repository", "github.com/acme/shop");
        let address = "https://github.com/acme/shop.git".to_owned();
        let mut listed = node(RepoDetail { origin: address.clone(), ..RepoDetail::default() });
        listed.state = State::Disabled;
        listed.tags.insert("visibility".into(), "private".into());
        let read = node(RepoDetail { origin: "/src/shop".into(), head: Some("ab12".into()), remotes: vec![address] });
        [listed, read]
    }

    #[test]
    fn what_a_forge_and_a_reader_say_of_one_repository_both_stays() {
        let [listed, read] = listed_and_read();
        for (mut node, other) in [(listed.clone(), read.clone()), (read, listed)] {
            node.merge(other);
            let What::Repo(detail) = &node.what else { panic!("it is still a repository") };
            assert_eq!((detail.origin.as_str(), detail.head.as_deref()), ("/src/shop", Some("ab12")));
            assert_eq!(detail.remotes, ["https://github.com/acme/shop.git"]);
            assert_eq!((node.state, node.tags["visibility"].as_str()), (State::Disabled, "private"));
        }
    }
}
