//! The tenant as data: every object in the vendor's own fields, so that the server need only select, expand and page.

use crate::truth::Planted;
use serde_json::Value;

/// The invented tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct EntraTenant {
    /// Its id.
    pub id: String,
    /// The `organization` object.
    pub organization: Value,
    /// `application` objects, with their owners and federated identity credentials in them.
    pub applications: Vec<Value>,
    /// `servicePrincipal` objects, with their owners, and sponsors of agents, in them.
    pub service_principals: Vec<Value>,
    /// `user` objects.
    pub users: Vec<Value>,
    /// `user` objects in the recycle bin.
    pub deleted_users: Vec<Value>,
    /// `group` objects, with their transitive members in them.
    pub groups: Vec<Value>,
    /// `appRoleAssignment` objects.
    pub app_role_assignments: Vec<Value>,
    /// `oAuth2PermissionGrant` objects.
    pub permission_grants: Vec<Value>,
    /// `unifiedRoleDefinition` objects.
    pub role_definitions: Vec<Value>,
    /// `unifiedRoleAssignment` objects.
    pub role_assignments: Vec<Value>,
    /// `servicePrincipalSignInActivity` objects.
    pub principal_activities: Vec<Value>,
    /// `appCredentialSignInActivity` objects.
    pub credential_activities: Vec<Value>,
    /// Azure's subscriptions.
    pub subscriptions: Vec<Subscription>,
    pub(crate) scanner: Scanner,
    pub(crate) leak: EntraLeak,
    pub(crate) storage_leaks: Vec<StorageLeak>,
    pub(crate) truth: Vec<Planted>,
    pub(crate) healthy: Vec<Planted>,
}

/// One subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The subscription object.
    pub object: Value,
    /// Its role definitions.
    pub role_definitions: Vec<Value>,
    /// Its role assignments, those above it included.
    pub role_assignments: Vec<Value>,
    /// Its resources.
    pub resources: Vec<Value>,
    /// Its storage accounts.
    pub storage_accounts: Vec<Value>,
}

impl Subscription {
    /// Its id.
    pub(crate) fn id(&self) -> &str {
        self.object["subscriptionId"].as_str().unwrap_or_default()
    }
}

/// The application that scans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scanner {
    pub(crate) app_id: String,
    pub(crate) secret: String,
}

/// A key of a storage account, or a signature made with one, that stands in a repository. Nobody ever issued it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StorageLeak {
    /// The rule that finds it.
    pub(crate) rule: &'static str,
    /// The file.
    pub(crate) path: &'static str,
    /// The days since it was committed.
    pub(crate) days: i64,
    /// The key or signature itself.
    pub(crate) secret: String,
    /// The line in which it stands.
    pub(crate) line: String,
    /// Why it is what the rule says.
    pub(crate) story: &'static str,
}

/// A live secret that somebody may have written into a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntraLeak {
    /// The tenant.
    pub tenant: String,
    /// The application's client id.
    pub app_id: String,
    /// The id of the secret.
    pub key_id: String,
    /// The secret itself. It opens nothing: nobody ever issued it.
    pub secret: String,
}

impl EntraTenant {
    /// The live secret of the application whose only owner left.
    pub fn leak(&self) -> &EntraLeak {
        &self.leak
    }

    /// Every finding that a right scanner makes under [`crate::RULES`] when it reads this tenant.
    pub fn truth(&self) -> &[Planted] {
        &self.truth
    }

    /// Look-alikes of which a right scanner says nothing.
    pub fn look_alikes(&self) -> &[Planted] {
        &self.healthy
    }
}
