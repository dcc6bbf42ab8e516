//! Which path is which action, and which objects it lists.

use super::tenant::EntraTenant;
use serde_json::Value;

/// What a path asks for.
pub(super) struct Route {
    /// The action by the name under which faults are injected: `ListApplications`.
    pub(super) action: &'static str,
    /// Whether it is Azure Resource Manager.
    pub(super) manager: bool,
    /// The objects.
    pub(super) objects: Vec<Value>,
}

/// The route of a path, when there is one. `filter` is the request's `$filter`.
pub(super) fn route(tenant: &EntraTenant, path: &str, filter: Option<&str>) -> Option<Route> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let graph = |action, objects| Some(Route { action, manager: false, objects });
    let all = |objects: &Vec<Value>| objects.clone();
    match parts[..] {
        ["v1.0", "organization"] => graph("ListOrganization", vec![tenant.organization.clone()]),
        ["v1.0", "users"] => graph("ListUsers", all(&tenant.users)),
        ["v1.0", "directory", "deletedItems", "microsoft.graph.user"] => {
            graph("ListDeletedUsers", all(&tenant.deleted_users))
        }
        // The trusts of all applications are asked for by the same path as the applications.
        ["v1.0" | "beta", "applications"] => graph("ListApplications", all(&tenant.applications)),
        ["v1.0", "applications", id, "owners"] => {
            graph("ListApplicationOwners", related(&tenant.applications, id, "owners"))
        }
        ["beta", "applications", id, relation @ "federatedIdentityCredentials"] => {
            graph("ListFederatedIdentityCredentials", related(&tenant.applications, id, relation))
        }
        ["v1.0", "servicePrincipals"] => graph("ListServicePrincipals", all(&tenant.service_principals)),
        ["v1.0", "servicePrincipals", "microsoft.graph.agentIdentity"] => {
            let agents =
                tenant.service_principals.iter().filter(|one| one["servicePrincipalType"] == "ServiceIdentity");
            graph("ListAgentIdentities", agents.cloned().collect())
        }
        ["v1.0", "servicePrincipals", id, "owners"] => {
            graph("ListServicePrincipalOwners", related(&tenant.service_principals, id, "owners"))
        }
        ["v1.0", "servicePrincipals", id, "appRoleAssignedTo"] => {
            let assigned = tenant.app_role_assignments.iter().filter(|one| one["resourceId"] == id);
            graph("ListAppRoleAssignedTo", assigned.cloned().collect())
        }
        ["v1.0", "oauth2PermissionGrants"] => graph("ListOAuth2PermissionGrants", all(&tenant.permission_grants)),
        ["v1.0", "roleManagement", "directory", "roleDefinitions"] => {
            graph("ListDirectoryRoleDefinitions", all(&tenant.role_definitions))
        }
        ["v1.0", "roleManagement", "directory", "roleAssignments"] => {
            graph("ListDirectoryRoleAssignments", all(&tenant.role_assignments))
        }
        ["v1.0", "groups"] => {
            let filter = filter.unwrap_or_default();
            let named = |group: &&Value| group["id"].as_str().is_some_and(|id| filter.contains(&format!("'{id}'")));
            graph("ListGroups", tenant.groups.iter().filter(named).cloned().collect())
        }
        ["v1.0", "groups", id, "transitiveMembers"] => {
            graph("ListGroupMembers", related(&tenant.groups, id, "members"))
        }
        ["beta", "reports", "servicePrincipalSignInActivities"] => {
            graph("ListServicePrincipalSignInActivities", all(&tenant.principal_activities))
        }
        ["beta", "reports", "appCredentialSignInActivities"] => {
            graph("ListAppCredentialSignInActivities", all(&tenant.credential_activities))
        }
        _ => manager(tenant, &parts),
    }
}

fn manager(tenant: &EntraTenant, parts: &[&str]) -> Option<Route> {
    let of = |action, objects| Some(Route { action, manager: true, objects });
    let find = |id: &str| tenant.subscriptions.iter().find(|one| one.id().eq_ignore_ascii_case(id));
    match parts {
        ["subscriptions"] => {
            of("ListSubscriptions", tenant.subscriptions.iter().map(|one| one.object.clone()).collect())
        }
        ["subscriptions", id, "resources"] => of("ListResources", find(id)?.resources.clone()),
        ["subscriptions", id, "providers", "Microsoft.Authorization", "roleDefinitions"] => {
            of("ListRoleDefinitions", find(id)?.role_definitions.clone())
        }
        ["subscriptions", id, "providers", "Microsoft.Authorization", "roleAssignments"] => {
            of("ListRoleAssignments", find(id)?.role_assignments.clone())
        }
        ["subscriptions", id, "providers", "Microsoft.Storage", "storageAccounts"] => {
            of("ListStorageAccounts", find(id)?.storage_accounts.clone())
        }
        _ => None,
    }
}

fn related(objects: &[Value], id: &str, relation: &str) -> Vec<Value> {
    let object = objects.iter().find(|object| object["id"] == id);
    object.and_then(|object| object[relation].as_array().cloned()).unwrap_or_default()
}
