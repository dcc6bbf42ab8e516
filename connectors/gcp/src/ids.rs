//! The ids of Google's things, so that each is the same node wherever it is named.

use whose_model::NodeId;

/// A scope by its resource name: `organizations/1`, `folders/2` or `projects/shop`.
pub(crate) fn scope(name: &str) -> NodeId {
    let (kind, id) = name.split_once('/').unwrap_or(("projects", name));
    let kind = match kind {
        "organizations" => "organization",
        "folders" => "folder",
        _ => "project",
    };
    NodeId::new("gcp", "", kind, id)
}

/// A service account. Its e-mail is unique in all of Google Cloud.
pub(crate) fn service_account(email: &str) -> NodeId {
    NodeId::new("gcp", "", "service-account", &email.to_lowercase())
}

/// A person's account.
pub(crate) fn user(email: &str) -> NodeId {
    NodeId::new("gcp", "", "user", email)
}

/// An application that people let act in their names, by its client id.
pub(crate) fn oauth_client(client_id: &str) -> NodeId {
    NodeId::new("gcp", "", "oauth-client", client_id)
}

/// A person's consent to an application.
pub(crate) fn oauth_token(email: &str, client_id: &str) -> NodeId {
    NodeId::new("gcp", "", "oauth-token", &format!("{email}/{client_id}"))
}

/// A key of a service account, by the id that also stands in its file.
pub(crate) fn service_account_key(key_id: &str) -> NodeId {
    NodeId::new("gcp", "", "service-account-key", key_id)
}

/// An API key of a project.
pub(crate) fn api_key(project: &str, uid: &str) -> NodeId {
    NodeId::new("gcp", project, "api-key", uid)
}

/// A provider of a workload identity pool.
pub(crate) fn provider(project: &str, pool: &str, provider: &str) -> NodeId {
    NodeId::new("gcp", project, "workload-identity-provider", &format!("{pool}/{provider}"))
}

/// The virtual group of those who may act as every service account below a scope, so that nobody needs an edge to
/// each of them.
pub(crate) fn impersonators(resource: &str) -> NodeId {
    NodeId::new("gcp", "", "impersonators", resource)
}

/// A binding of a policy: the resource, the role, and the condition when there is one.
pub(crate) fn binding(resource: &str, role: &str, condition: Option<&str>) -> NodeId {
    let condition = condition.map(|text| format!("?{text}")).unwrap_or_default();
    NodeId::new("gcp", "", "iam-binding", &format!("{resource}/{role}{condition}"))
}
