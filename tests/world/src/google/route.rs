//! From a request line to the method of Google's that it calls, named as our declared calls name it.

/// One call: the method, and what it asks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The method, for example `ListServiceAccounts`.
    pub(crate) method: &'static str,
    /// The resource: a project's id, a folder's or organisation's number, a custom role's whole name.
    pub(crate) resource: String,
    /// What within it: a service account's e-mail, a pool's id, the types of assets.
    pub(crate) within: String,
}

/// Finds the method. Nothing else is served, and nothing that writes is among these.
pub(crate) fn route(verb: &str, path: &str, query: &str) -> Option<Route> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let found =
        |method, resource: &str, within: &str| Some(Route { method, resource: resource.into(), within: within.into() });
    match (verb, &parts[..]) {
        ("GET", ["v3", "folders"]) => found("ListFolders", "", ""),
        ("GET", ["v3", "projects"]) => found("ListProjects", "", ""),
        ("GET", ["v3", "organizations", number]) => found("GetOrganization", number, ""),
        ("GET", ["v3", "folders", number]) => found("GetFolder", number, ""),
        ("GET", ["v3", "projects", id]) => found("GetProject", id, ""),
        ("POST", ["v3", kind, last]) => {
            let id = last.strip_suffix(":getIamPolicy")?;
            let method = match *kind {
                "organizations" => "GetOrganizationIamPolicy",
                "folders" => "GetFolderIamPolicy",
                "projects" => "GetProjectIamPolicy",
                _ => return None,
            };
            found(method, id, "")
        }
        ("GET", ["v1", kind @ ("organizations" | "projects"), owner, "roles", role]) => {
            found("GetRole", &format!("{kind}/{owner}/roles/{role}"), "")
        }
        ("GET", ["v1", "projects", id, "serviceAccounts"]) => found("ListServiceAccounts", id, ""),
        ("GET", ["v1", "projects", id, "serviceAccounts", email, "keys"]) => found("ListServiceAccountKeys", id, email),
        ("POST", ["v1", "projects", id, "serviceAccounts", last]) => {
            found("GetServiceAccountIamPolicy", id, last.strip_suffix(":getIamPolicy")?)
        }
        ("GET", ["v1", "projects", id, "locations", "global", "workloadIdentityPools"]) => {
            found("ListWorkloadIdentityPools", id, "")
        }
        ("GET", ["v1", "projects", id, "locations", "global", "workloadIdentityPools", pool, "providers"]) => {
            found("ListWorkloadIdentityPoolProviders", id, pool)
        }
        ("GET", ["v1", "projects", id, "locations", "global", "activityTypes", kind, "activities:query"]) => {
            let method = match *kind {
                "serviceAccountLastAuthentication" => "ListServiceAccountLastAuthentications",
                "serviceAccountKeyLastAuthentication" => "ListServiceAccountKeyLastAuthentications",
                _ => return None,
            };
            found(method, id, "")
        }
        ("GET", ["v1", kind @ ("organizations" | "projects"), id, "assets"]) => {
            let asked = |wanted: &str| {
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| super::server::decoded(value)).collect()
            };
            let content: Vec<String> = asked("contentType");
            let method = match content.first()?.as_str() {
                "RESOURCE" => "ListAssets",
                "IAM_POLICY" => "ListAssetIamPolicies",
                _ => return None,
            };
            found(method, &format!("{kind}/{id}"), &asked("assetTypes").join(" "))
        }
        ("GET", ["admin", "directory", "v1", "users"]) => {
            let deleted = query.split('&').any(|pair| pair == "showDeleted=true");
            found(if deleted { "ListDeletedUsers" } else { "ListUsers" }, "", "")
        }
        ("GET", ["admin", "directory", "v1", "users", user, "tokens"]) => found("ListTokens", user, ""),
        ("GET", ["v2", "projects", id, "locations", "global", "keys"]) => found("ListKeys", id, ""),
        _ => None,
    }
}
