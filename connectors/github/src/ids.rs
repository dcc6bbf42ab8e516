//! The ids of the things of one organisation.

use whose_model::{Node, NodeId, RepoDetail, What};

/// The organisation that is scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Organization {
    /// Its login, as GitHub writes it.
    pub(crate) login: String,
    /// The host that people name: `github.com`, or that of an Enterprise Server.
    pub(crate) host: String,
}

impl Organization {
    /// Its scope. GitHub takes logins in any case for the same.
    pub(crate) fn scope(&self) -> NodeId {
        self.thing("organization", &self.login.to_lowercase())
    }

    /// Anything with an id that is unique on the host.
    pub(crate) fn thing(&self, kind: &str, id: &str) -> NodeId {
        NodeId::new("github", &self.host, kind, id)
    }

    /// A user, who may be in many organisations.
    pub(crate) fn user(&self, login: &str) -> NodeId {
        self.thing("user", &login.to_lowercase())
    }

    /// Something whose name is unique in the organisation alone.
    pub(crate) fn own(&self, kind: &str, name: &str) -> NodeId {
        self.thing(kind, &format!("{}/{name}", self.login.to_lowercase()))
    }

    /// A repository, under the name that it has wherever it is cloned.
    pub(crate) fn repository(&self, name: &str) -> NodeId {
        NodeId::new("git", "", "repository", &self.repository_name(name))
    }

    /// Its node, of which only names and place are known.
    pub(crate) fn repository_node(&self, name: &str) -> Node {
        let (whole, id) = (self.repository_name(name), self.repository(name));
        let origin = format!("https://{whole}.git");
        let detail = RepoDetail { origin: origin.clone(), ..RepoDetail::default() };
        let mut node = Node::new(id, What::Repo(detail), "repository", &whole);
        (node.address, node.scope) = (Some(origin), Some(self.scope()));
        node
    }

    /// That name: `github.com/ORG/NAME`.
    pub(crate) fn repository_name(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.host, self.login)
    }

    /// An address on the host.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("https://{}/{path}", self.host)
    }
}
