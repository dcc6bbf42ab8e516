//! People, Microsoft's own service principals, directory roles and groups.

use super::plan::Plan;
use crate::account::Account;
use serde_json::{Value, json};

/// The permissions of Microsoft Graph that somebody holds here.
pub(super) const PERMISSIONS: &[&str] = &[
    "Mail.ReadWrite",
    "Mail.Send",
    "User.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "Application.Read.All",
    "Directory.Read.All",
];

/// The sign-in name of the guest.
pub(super) const GUEST: &str = "auditor_brackwater.example#EXT#@tallowmere.onmicrosoft.com";

/// The people of the AWS account, one guest, and one who was deleted.
pub(super) fn people(plan: &mut Plan, account: &Account) {
    for user in &account.users {
        let Some(mail) = user.tags.get("Email").filter(|_| user.tags.contains_key("UserType")) else { continue };
        let left = user.tags.get("Status").is_some_and(|status| status == "left");
        let login = mail.split('@').next().unwrap_or_default().to_owned();
        let object = user_object(plan, &login, mail, user.tags.get("Name").map_or("", String::as_str), !left, "Member");
        plan.tenant.users.push(object);
    }
    let object = user_object(plan, "auditor", GUEST, "Auditor (Brackwater)", true, "Guest");
    plan.tenant.users.push(object);
    let deleted = user_object(plan, "mira.kovacs", "mira.kovacs@tallowmere.example", "Mira Kovacs", true, "Member");
    plan.tenant.deleted_users.push(deleted);
}

fn user_object(plan: &Plan, login: &str, principal_name: &str, name: &str, enabled: bool, kind: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user",
        "id": plan.guid(&format!("user/{login}")),
        "userPrincipalName": principal_name,
        "displayName": name,
        "mail": if kind == "Guest" { "auditor@brackwater.example" } else { principal_name },
        "accountEnabled": enabled,
        "userType": kind,
        "createdDateTime": plan.ago(700),
        "jobTitle": null,
    })
}

/// Microsoft Graph, as it stands in every tenant.
pub(super) fn resources(plan: &mut Plan) {
    let roles: Vec<Value> = PERMISSIONS
        .iter()
        .map(|value| {
            json!({
                "id": plan.guid(&format!("permission/{value}")),
                "value": value,
                "displayName": value,
                "allowedMemberTypes": ["Application"],
                "isEnabled": true,
            })
        })
        .collect();
    let graph = json!({
        "id": plan.object_id("Microsoft Graph"),
        "appId": plan.app_id("Microsoft Graph"),
        "displayName": "Microsoft Graph",
        "accountEnabled": true,
        "servicePrincipalType": "Application",
        "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        "alternativeNames": [],
        "tags": [],
        "verifiedPublisher": {"displayName": null, "verifiedPublisherId": null, "addedDateTime": null},
        "appRoles": roles,
        "passwordCredentials": [],
        "keyCredentials": [],
        "owners": [],
    });
    plan.tenant.service_principals.push(graph);
    let node = plan.principal("Microsoft Graph");
    plan.healthy("unowned-identity", node, "Microsoft's own: no customer can own it.");
}

/// Directory roles, and the group that holds one.
pub(super) fn roles(plan: &mut Plan) {
    let role = |id: &str, name: &str, actions: &[&str]| {
        json!({
            "id": id,
            "templateId": id,
            "displayName": name,
            "isBuiltIn": true,
            "isEnabled": true,
            "rolePermissions": [{"allowedResourceActions": actions, "condition": null}],
        })
    };
    let (global, readers) = ("62e90394-69f5-4237-9190-012177145e10", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b");
    let reader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
    plan.tenant.role_definitions = vec![
        role(global, "Global Administrator", &["microsoft.directory/applications/allProperties/allTasks"]),
        role(readers, "Directory Readers", &["microsoft.directory/users/standard/read"]),
        role(reader, "Global Reader", &["microsoft.directory/users/standard/read"]),
    ];
    let group = plan.guid("group/platform-readers");
    let holders =
        [(plan.guid("user/hanna.weiss"), global), (plan.object_id("fleet-portal"), readers), (group.clone(), reader)];
    for (number, (principal, role)) in holders.into_iter().enumerate() {
        let assignment = json!({
            "id": plan.draw.text(&format!("role-assignment/{number}"), crate::draw::BASE62, 36),
            "principalId": principal,
            "roleDefinitionId": role,
            "directoryScopeId": "/",
        });
        plan.tenant.role_assignments.push(assignment);
    }
    let members = vec![
        plan.owner("tomas.lindqvist"),
        json!({"@odata.type": "#microsoft.graph.servicePrincipal", "id": plan.object_id("deploy-bot")}),
        json!({"@odata.type": "#microsoft.graph.device", "id": plan.guid("device")}),
    ];
    plan.tenant.groups.push(json!({
        "id": group,
        "displayName": "platform-readers",
        "isAssignableToRole": true,
        "members": members,
    }));
}
