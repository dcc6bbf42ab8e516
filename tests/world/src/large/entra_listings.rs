//! The items of a large tenant's listings, each made from its number. The fields are those of the invented tenant.

use super::entra::{Sizes, tenant};
use super::server::LargeEstate;
use crate::entra::guid as guid_of;
use serde_json::{Value, json};

/// The number of Microsoft Graph's own service principal, beyond all others.
pub(super) const GRAPH: usize = usize::MAX;
const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";
const PERMISSIONS: [&str; 4] = ["User.Read.All", "Mail.Read", "Files.Read.All", "Directory.Read.All"];
/// Directory Readers and Application Administrator, whose ids are the same in every tenant.
const DIRECTORY_ROLES: [(&str, &str); 2] = [
    ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"),
    ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"),
];

/// The id of a thing.
pub(super) fn guid(estate: &LargeEstate, kind: &str, number: usize) -> String {
    guid_of(estate.draw, &format!("{kind}/{number}"))
}

pub(super) fn organization(estate: &LargeEstate, _: usize) -> Value {
    json!({
        "id": tenant(estate),
        "displayName": "Large",
        "createdDateTime": estate.ago("tenant", 3_000, 3_000),
        "verifiedDomains": [{"name": "large.example", "isDefault": true, "isInitial": false, "type": "Managed"}],
    })
}

fn login(number: usize) -> String {
    format!("person-{number}@large.example")
}

pub(super) fn user(estate: &LargeEstate, number: usize) -> Value {
    json!({
        "id": guid(estate, "user", number),
        "userPrincipalName": login(number),
        "displayName": format!("Person {number}"),
        "mail": login(number),
        "accountEnabled": number % 25 != 24,
        "userType": "Member",
        "createdDateTime": estate.ago(&format!("user/{number}"), 100, 3_000),
    })
}

pub(super) fn deleted_user(estate: &LargeEstate, number: usize) -> Value {
    user(estate, 10_000_000 + number)
}

fn owner(estate: &LargeEstate, number: usize) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user",
        "id": guid(estate, "user", number),
        "userPrincipalName": login(number),
        "displayName": format!("Person {number}"),
    })
}

/// Nobody for one in eleven, and two for one in five of the others.
fn owners(estate: &LargeEstate, number: usize) -> Vec<Value> {
    let people = Sizes::of(estate).people;
    match number {
        _ if number.is_multiple_of(11) => Vec::new(),
        _ if number.is_multiple_of(5) => {
            vec![owner(estate, number % people), owner(estate, (number + 1) % people)]
        }
        _ => vec![owner(estate, number % people)],
    }
}

fn secret(estate: &LargeEstate, number: usize, which: usize) -> Value {
    let label = format!("secret/{which}/{number}");
    let made = estate.ago(&label, 1, 900);
    json!({
        "keyId": guid(estate, &format!("secret-{which}"), number),
        "displayName": "pipeline",
        "hint": estate.draw.text(&label, crate::draw::BASE62, 3),
        "secretText": null,
        "customKeyIdentifier": null,
        "startDateTime": made,
        "endDateTime": made + jiff::SignedDuration::from_hours(24 * 730),
    })
}

fn certificate(estate: &LargeEstate, number: usize) -> Value {
    let thumbprint: [u8; 20] = estate.draw.bytes(&format!("thumbprint/{number}"));
    json!({
        "keyId": guid(estate, "certificate", number),
        "displayName": format!("CN=app-{number}"),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": null,
        "customKeyIdentifier": data_encoding::BASE64.encode(&thumbprint),
        "startDateTime": estate.ago(&format!("certificate/{number}"), 1, 360),
        "endDateTime": estate.as_of + jiff::SignedDuration::from_hours(24 * 90),
    })
}

fn publisher() -> Value {
    json!({"displayName": null, "verifiedPublisherId": null, "addedDateTime": null})
}

pub(super) fn application(estate: &LargeEstate, number: usize) -> Value {
    let secrets = 1 + usize::from(number.is_multiple_of(3));
    let certificates = usize::from(number.is_multiple_of(4));
    let federated = json!({
        "id": guid(estate, "federated", number),
        "name": "ci",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": format!("repo:large/repo-{number}:environment:production"),
        "audiences": ["api://AzureADTokenExchange"],
        "description": null,
    });
    json!({
        "id": guid(estate, "application", number),
        "appId": guid(estate, "app", number),
        "displayName": format!("app-{number}"),
        "createdDateTime": estate.ago(&format!("application/{number}"), 1, 2_000),
        "description": null,
        "notes": (!number.is_multiple_of(4)).then(|| format!("Serves process {number}")),
        "tags": if number.is_multiple_of(2) { vec!["Expires:2030-01-01"] } else { Vec::new() },
        "signInAudience": "AzureADMyOrg",
        "disabledByMicrosoftStatus": null,
        "verifiedPublisher": publisher(),
        "passwordCredentials": (0..secrets).map(|which| secret(estate, number, which)).collect::<Vec<_>>(),
        "keyCredentials": (0..certificates).map(|_| certificate(estate, number)).collect::<Vec<_>>(),
        "owners": owners(estate, number),
        "federatedIdentityCredentials": if number.is_multiple_of(50) { vec![federated] } else { Vec::new() },
    })
}

pub(super) fn service_principal(estate: &LargeEstate, number: usize) -> Value {
    let sizes = Sizes::of(estate);
    if number == estate.objects {
        return microsoft_graph(estate);
    }
    let (foreign, managed) = (sizes.own, sizes.own + sizes.foreign);
    let (kind, organization) = match number {
        _ if number < foreign => ("Application", Some(tenant(estate))),
        _ if number < managed => ("Application", Some(guid(estate, "organization", number % 300))),
        _ if number < managed + sizes.managed => ("ManagedIdentity", None),
        _ => ("ServiceIdentity", Some(tenant(estate))),
    };
    let names = if kind == "ManagedIdentity" {
        vec!["isExplicit=False".into(), managed_resource(estate, number - managed)]
    } else {
        Vec::new()
    };
    let mut object = principal(estate, number, &format!("app-{number}"), kind);
    object["appOwnerOrganizationId"] = json!(organization);
    object["alternativeNames"] = json!(names);
    if number >= foreign && number < managed {
        object["owners"] = json!(if number.is_multiple_of(3) { owners(estate, number) } else { Vec::new() });
    }
    object
}

fn principal(estate: &LargeEstate, number: usize, name: &str, kind: &str) -> Value {
    json!({
        "id": guid(estate, "principal", number),
        "appId": guid(estate, "app", number),
        "displayName": name,
        "description": null,
        "notes": null,
        "accountEnabled": number % 30 != 29,
        "servicePrincipalType": kind,
        "appOwnerOrganizationId": null,
        "alternativeNames": [],
        "tags": [],
        "verifiedPublisher": publisher(),
        "appRoles": [],
        "passwordCredentials": [],
        "keyCredentials": [],
        "owners": [],
    })
}

fn microsoft_graph(estate: &LargeEstate) -> Value {
    let mut object = principal(estate, GRAPH, "Microsoft Graph", "Application");
    let role = |(number, value): (usize, &&str)| {
        json!({
            "id": guid(estate, "permission", number),
            "value": value,
            "displayName": value,
            "allowedMemberTypes": ["Application"],
            "isEnabled": true,
        })
    };
    object["appId"] = json!(GRAPH_APP);
    object["accountEnabled"] = json!(true);
    object["appOwnerOrganizationId"] = json!("f8cdef31-a31e-4b4a-93e4-5f571e91255a");
    object["appRoles"] = PERMISSIONS.iter().enumerate().map(role).collect();
    object
}

pub(super) fn agent(estate: &LargeEstate, number: usize) -> Value {
    let sizes = Sizes::of(estate);
    let number = sizes.own + sizes.foreign + sizes.managed + number;
    json!({
        "@odata.type": "#microsoft.graph.agentIdentity",
        "id": guid(estate, "principal", number),
        "displayName": format!("app-{number}"),
        "createdDateTime": estate.ago(&format!("agent/{number}"), 1, 200),
        "agentIdentityBlueprintId": guid(estate, "app", 0),
        "sponsors": [owner(estate, number % sizes.people)],
    })
}

pub(super) fn app_role_assignment(estate: &LargeEstate, number: usize) -> Value {
    json!({
        "id": estate.draw.text(&format!("app-role/{number}"), crate::draw::BASE62, 43),
        "appRoleId": guid(estate, "permission", number % PERMISSIONS.len()),
        "principalId": guid(estate, "principal", number * 3),
        "principalDisplayName": format!("app-{}", number * 3),
        "principalType": "ServicePrincipal",
        "resourceId": guid(estate, "principal", GRAPH),
        "resourceDisplayName": "Microsoft Graph",
        "createdDateTime": estate.ago(&format!("app-role/{number}"), 1, 900),
    })
}

pub(super) fn consent(estate: &LargeEstate, number: usize) -> Value {
    let sizes = Sizes::of(estate);
    let person = (!number.is_multiple_of(10)).then(|| guid(estate, "user", number % sizes.people));
    json!({
        "id": estate.draw.text(&format!("consent/{number}"), crate::draw::BASE62, 43),
        "clientId": guid(estate, "principal", sizes.own + number),
        "consentType": if person.is_some() { "Principal" } else { "AllPrincipals" },
        "principalId": person,
        "resourceId": guid(estate, "principal", GRAPH),
        "scope": "openid profile User.Read Mail.Read",
    })
}

pub(super) fn directory_role(_: &LargeEstate, number: usize) -> Value {
    let (id, name) = DIRECTORY_ROLES[number];
    json!({
        "id": id,
        "templateId": id,
        "displayName": name,
        "isBuiltIn": true,
        "isEnabled": true,
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/standard/read"], "condition": null}],
    })
}

/// The groups hold one each, and then service principals.
pub(super) fn directory_role_assignment(estate: &LargeEstate, number: usize) -> Value {
    let groups = Sizes::of(estate).groups;
    let holder = match number.checked_sub(groups) {
        None => guid(estate, "group", number),
        Some(rest) => guid(estate, "principal", rest * 500),
    };
    json!({
        "id": estate.draw.text(&format!("directory-role/{number}"), crate::draw::BASE62, 36),
        "principalId": holder,
        "roleDefinitionId": DIRECTORY_ROLES[usize::from(number.is_multiple_of(10))].0,
        "directoryScopeId": "/",
    })
}

pub(super) fn group(estate: &LargeEstate, number: usize) -> Value {
    json!({"id": guid(estate, "group", number), "displayName": format!("readers-{number}")})
}

pub(super) fn member(estate: &LargeEstate, number: usize) -> Value {
    json!({"@odata.type": "#microsoft.graph.user", "id": guid(estate, "user", number * 13 % Sizes::of(estate).people)})
}

pub(super) fn principal_activity(estate: &LargeEstate, number: usize) -> Value {
    json!({
        "id": guid(estate, "principal-activity", number),
        "appId": guid(estate, "app", number),
        "applicationAuthenticationClientSignInActivity":
            {"lastSignInDateTime": estate.ago(&format!("sign-in/{number}"), 0, 25)},
        "delegatedClientSignInActivity": null,
    })
}

pub(super) fn credential_activity(estate: &LargeEstate, number: usize) -> Value {
    json!({
        "id": guid(estate, "credential-activity", number),
        "keyId": guid(estate, "secret-0", number),
        "appId": guid(estate, "app", number),
        "signInActivity": {"lastSignInDateTime": estate.ago(&format!("sign-in/{number}"), 0, 25)},
    })
}

pub(super) fn subscription_id(estate: &LargeEstate, number: usize) -> String {
    guid(estate, "subscription", number)
}

pub(super) fn subscription(estate: &LargeEstate, number: usize) -> Value {
    let id = subscription_id(estate, number);
    json!({
        "id": format!("/subscriptions/{id}"),
        "subscriptionId": id,
        "tenantId": tenant(estate),
        "displayName": format!("Subscription {number}"),
        "state": "Enabled",
        "authorizationSource": "RoleBased",
    })
}

const ROLES: [(&str, &str); 3] = [("Owner", "*"), ("Contributor", "*"), ("Reader", "*/read")];

fn role_id(estate: &LargeEstate, subscription: usize, number: usize) -> String {
    let subscription = subscription_id(estate, subscription);
    let id = guid(estate, "role", number);
    format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{id}")
}

pub(super) fn role_definition(estate: &LargeEstate, subscription: usize, number: usize) -> Value {
    let (name, action) = ROLES[number];
    let except = if name == "Contributor" { vec!["Microsoft.Authorization/*/Write"] } else { Vec::new() };
    json!({
        "id": role_id(estate, subscription, number),
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": guid(estate, "role", number),
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": "",
            "assignableScopes": ["/"],
            "permissions": [{"actions": [action], "notActions": except, "dataActions": [], "notDataActions": []}],
        },
    })
}

/// Four hundred a subscription: readers mostly, on one resource group each.
pub(super) fn role_assignment(estate: &LargeEstate, subscription: usize, number: usize) -> Value {
    let here = format!("/subscriptions/{}", subscription_id(estate, subscription));
    let id = guid(estate, "assignment", subscription * 400 + number);
    let role = match number % 40 {
        0 => 0,
        1..=9 => 1,
        _ => 2,
    };
    let holder = (subscription * 2_000 + number * 5) % estate.objects.max(1);
    json!({
        "id": format!("{here}/providers/Microsoft.Authorization/roleAssignments/{id}"),
        "type": "Microsoft.Authorization/roleAssignments",
        "name": id,
        "properties": {
            "roleDefinitionId": role_id(estate, subscription, role),
            "principalId": guid(estate, "principal", holder),
            "principalType": "ServicePrincipal",
            "scope": if number == 0 { here } else { format!("{here}/resourceGroups/group-{}", number % 50) },
            "condition": null,
            "createdOn": estate.ago(&format!("assignment/{subscription}/{number}"), 1, 900),
        },
    })
}

/// The resource of a managed identity: two hundred a subscription have one.
fn managed_resource(estate: &LargeEstate, managed: usize) -> String {
    let subscription = subscription_id(estate, managed / 200);
    format!("/subscriptions/{subscription}/resourcegroups/web/providers/Microsoft.Web/sites/site-{}", managed % 200)
}

/// A thousand a subscription, of which the first two hundred have identities.
pub(super) fn resource(estate: &LargeEstate, subscription: usize, number: usize) -> Value {
    let here = format!("/subscriptions/{}/resourceGroups/web/providers", subscription_id(estate, subscription));
    let tags = json!({"Owner": login(number % 100), "Purpose": "Serves pages"});
    json!({
        "id": format!("{here}/Microsoft.Web/sites/site-{number}"),
        "name": format!("site-{number}"),
        "type": "Microsoft.Web/sites",
        "location": "westeurope",
        "tags": if number.is_multiple_of(4) { json!({}) } else { tags },
        "createdTime": estate.ago(&format!("resource/{subscription}/{number}"), 1, 900),
    })
}

/// A hundred a subscription, one in ten of which takes no keys.
pub(super) fn storage_account(estate: &LargeEstate, subscription: usize, number: usize) -> Value {
    let here = format!("/subscriptions/{}/resourceGroups/data/providers", subscription_id(estate, subscription));
    let name = format!("store{subscription}x{number}");
    let label = format!("storage/{subscription}/{number}");
    let made = estate.ago(&label, 400, 900);
    let renewed = |key: &str| estate.ago(&format!("{label}/{key}"), 1, 400);
    json!({
        "id": format!("{here}/Microsoft.Storage/storageAccounts/{name}"),
        "name": name,
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "tags": {},
        "properties": {
            "creationTime": made,
            "keyCreationTime": {"key1": renewed("key1"), "key2": renewed("key2")},
            "allowSharedKeyAccess": !number.is_multiple_of(10),
            "publicNetworkAccess": "Enabled",
        },
    })
}
