//! `graph:ListOAuth2PermissionGrants`: what applications may do in the name of people, of one or of everybody.

use crate::grants::{self, Grant};
use crate::powers::MICROSOFT_GRAPH;
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Consent, Facet, GrantOrigin};

/// <https://learn.microsoft.com/en-us/graph/api/oauth2permissiongrant-list>
const LIST_OAUTH2_PERMISSION_GRANTS: ApiCall = ApiCall::read(
    "graph:ListOAuth2PermissionGrants",
    "Directory.Read.All",
    "Reads which applications may act in the name of people, and with which scopes.",
    "https://learn.microsoft.com/en-us/graph/api/oauth2permissiongrant-list",
);

const TYPE: &str = "oauth2-permission-grant";

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "oauth2-permission-grants",
    title: "consents to act in people's names",
    provides: &[Facet::Grants],
    types: &[TYPE],
    calls: &[LIST_OAUTH2_PERMISSION_GRANTS],
    switched_on_by: None,
};

/// What the names of scopes begin with that reach what people wrote or the directory: mail, files, messages,
/// calendars, contacts, notes, recordings, users and roles.
const SENSITIVE: &[&str] = &[
    "Mail",
    "MailboxSettings",
    "MailboxFolder",
    "MailboxItem",
    "EWS",
    "IMAP",
    "POP",
    "SMTP",
    "Files",
    "Sites",
    "Chat",
    "ChannelMessage",
    "Calendars",
    "Contacts",
    "Notes",
    "OnlineMeeting",
    "CallRecord",
    "Directory",
    "User",
    "Group",
    "Application",
    "AppRoleAssignment",
    "RoleManagement",
    "AuditLog",
    "Policy",
    "full_access_as_app",
    "full_access_as_user",
    "user_impersonation",
];
/// Scopes with such a name that tell an application no more than who signed in.
const HARMLESS: &[&str] = &["User.Read", "User.ReadBasic.All"];

/// Those scopes that reach mail, files or the directory. What an application of the company itself calls its scopes
/// says nothing, so only Microsoft's own resources are judged.
pub(crate) fn sensitive(resource_app_id: &str, scopes: &[String]) -> Vec<String> {
    let of_microsoft = resource_app_id.eq_ignore_ascii_case(MICROSOFT_GRAPH)
        || OTHER_RESOURCES.iter().any(|id| resource_app_id.eq_ignore_ascii_case(id));
    let reaches = |scope: &&String| {
        let first = scope.split('.').next().unwrap_or_default();
        of_microsoft && SENSITIVE.contains(&first) && !HARMLESS.contains(&scope.as_str())
    };
    scopes.iter().filter(reaches).cloned().collect()
}

/// Exchange Online, SharePoint Online and Azure Resource Manager: the same in every tenant.
const OTHER_RESOURCES: &[&str] = &[
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PermissionGrant {
    id: String,
    client_id: String,
    consent_type: Option<String>,
    principal_id: Option<String>,
    resource_id: String,
    scope: Option<String>,
}

/// The listing.
pub(crate) struct Consents;

#[async_trait]
impl Collector<Session> for Consents {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let mut listing = session.graph.list(LIST_OAUTH2_PERMISSION_GRANTS, "/v1.0/oauth2PermissionGrants?$top=999")?;
        while let Some(page) = listing.page::<PermissionGrant>().await? {
            for found in page {
                observe(session, found, out).await;
            }
        }
        Ok(())
    }
}

async fn observe(session: &Session, found: PermissionGrant, out: &mut Recorder) {
    let scopes: Vec<String> = found.scope.unwrap_or_default().split_whitespace().map(String::from).collect();
    let resource = session.known().resources.get(&found.resource_id.to_lowercase()).cloned().unwrap_or_default();
    let resource_name = if resource.name.is_empty() { &found.resource_id } else { &resource.name };
    let tenant_wide = found.consent_type.as_deref() == Some("AllPrincipals");
    let whom = if tenant_wide { "everybody" } else { "one person" };
    let consent = Consent {
        sensitive: sensitive(&resource.app_id, &scopes),
        scopes,
        tenant_wide,
        on_behalf_of: found.principal_id.as_deref().map(|id| session.tenant.user(id)),
    };
    let grant = Grant {
        kind: TYPE,
        id: &found.id,
        name: format!("consent to {resource_name} in the name of {whom}"),
        origin: GrantOrigin::Customer,
        // What it gives is bounded by what the people can do in whose names it acts.
        power: None,
        consent: Some(consent),
        created: None,
    };
    let holder = session.tenant.principal(&found.client_id);
    grants::observe(session, grant, holder, LIST_OAUTH2_PERMISSION_GRANTS.name, out).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scopes_of_microsofts_resources_that_reach_content_are_sensitive() {
        let scopes = ["openid", "User.Read", "Mail.Read", "Files.ReadWrite.All", "Mailing.Read"].map(String::from);
        assert_eq!(sensitive(MICROSOFT_GRAPH, &scopes), ["Mail.Read", "Files.ReadWrite.All"]);
        assert!(sensitive("an-application-of-ours", &scopes).is_empty());
    }
}
