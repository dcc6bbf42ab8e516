//! Node ids of one tenant, written in one place so that every listing names the same thing alike.

use whose_model::NodeId;

/// The tenant that is scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tenant(pub(crate) String);

impl Tenant {
    /// The scope node.
    pub(crate) fn scope(&self) -> NodeId {
        NodeId::new("azure", "", "tenant", &self.0)
    }

    /// A thing of this tenant by its type and id. The services write ids in either case.
    pub(crate) fn thing(&self, kind: &str, id: &str) -> NodeId {
        NodeId::new("azure", &self.0, kind, &id.to_lowercase())
    }

    /// A service principal by its object id.
    pub(crate) fn principal(&self, id: &str) -> NodeId {
        self.thing(PRINCIPAL, id)
    }

    /// A user by its object id.
    pub(crate) fn user(&self, id: &str) -> NodeId {
        self.thing(USER, id)
    }

    /// A group by its object id.
    pub(crate) fn group(&self, id: &str) -> NodeId {
        self.thing(GROUP, id)
    }
}

/// The types of nodes.
pub(crate) const APPLICATION: &str = "application";
pub(crate) const PRINCIPAL: &str = "service-principal";
pub(crate) const USER: &str = "user";
pub(crate) const GROUP: &str = "group";
pub(crate) const SECRET: &str = "client-secret";
pub(crate) const CERTIFICATE: &str = "certificate";

/// An application by its client id, which is unique over all tenants.
pub(crate) fn application(app_id: &str) -> NodeId {
    NodeId::new("azure", "", APPLICATION, &app_id.to_lowercase())
}

/// A subscription by its id.
pub(crate) fn subscription(id: &str) -> NodeId {
    NodeId::new("azure", "", "subscription", &id.to_lowercase())
}

/// A person as owners are named everywhere: by the sign-in name.
pub(crate) fn owner(name: &str) -> NodeId {
    NodeId::new("whose", "", "owner", &name.trim().to_lowercase())
}
