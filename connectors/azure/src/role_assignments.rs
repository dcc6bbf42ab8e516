//! `azure:ListRoleAssignments`: who may do what with the resources of the tenant's subscriptions.

use crate::grants::{self, Grant};
use crate::ids::subscription;
use crate::powers;
use crate::session::{Session, typed_holder};
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Facet, GrantOrigin, Node, Power, State, Timestamp, What};

/// <https://learn.microsoft.com/en-us/rest/api/resources/subscriptions/list>
const LIST_SUBSCRIPTIONS: ApiCall = ApiCall::read(
    "azure:ListSubscriptions",
    "Microsoft.Resources/subscriptions/read",
    "Reads which subscriptions the tenant holds.",
    "https://learn.microsoft.com/en-us/rest/api/resources/subscriptions/list",
);

/// <https://learn.microsoft.com/en-us/rest/api/authorization/role-definitions/list>
const LIST_ROLE_DEFINITIONS: ApiCall = ApiCall::read(
    "azure:ListRoleDefinitions",
    "Microsoft.Authorization/roleDefinitions/read",
    "Reads what roles are called and what they allow.",
    "https://learn.microsoft.com/en-us/rest/api/authorization/role-definitions/list",
);

/// <https://learn.microsoft.com/en-us/rest/api/authorization/role-assignments/list-for-subscription>
const LIST_ROLE_ASSIGNMENTS: ApiCall = ApiCall::read(
    "azure:ListRoleAssignments",
    "Microsoft.Authorization/roleAssignments/read",
    "Reads who holds roles in subscriptions, above and within them.",
    "https://learn.microsoft.com/en-us/rest/api/authorization/role-assignments/list-for-subscription",
);

const TYPE: &str = "azure-role-assignment";

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "role-assignments",
    title: "roles in subscriptions",
    provides: &[Facet::Grants],
    types: &[TYPE],
    calls: &[LIST_SUBSCRIPTIONS, LIST_ROLE_DEFINITIONS, LIST_ROLE_ASSIGNMENTS],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    subscription_id: String,
    tenant_id: Option<String>,
    display_name: Option<String>,
    state: Option<String>,
}

#[derive(Deserialize)]
struct Definition {
    id: String,
    properties: DefinitionProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefinitionProperties {
    role_name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    permissions: Vec<Permission>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    #[serde(default)]
    actions: Vec<String>,
    #[serde(default)]
    not_actions: Vec<String>,
    #[serde(default)]
    data_actions: Vec<String>,
}

#[derive(Deserialize)]
struct Assignment {
    id: String,
    properties: AssignmentProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssignmentProperties {
    role_definition_id: String,
    principal_id: String,
    principal_type: Option<String>,
    scope: Option<String>,
    condition: Option<String>,
    created_on: Option<Timestamp>,
}

/// The listing.
pub(crate) struct RoleAssignments;

#[async_trait]
impl Collector<Session> for RoleAssignments {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = "/subscriptions?api-version=2022-12-01";
        let found: Vec<Subscription> = session.manager.all(LIST_SUBSCRIPTIONS, path).await?;
        let own =
            |one: &Subscription| one.tenant_id.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(&session.tenant.0));
        let found: Vec<Subscription> = found.into_iter().filter(own).collect();
        let ids = found.iter().map(|one| one.subscription_id.clone()).collect();
        session.known().subscriptions = Some(ids);
        if found.is_empty() {
            // Resource Manager leaves out what the caller may not see, so an empty list does not say that there is none.
            let reason = "no subscription is visible to the identity that scans";
            return Err(CallError::new(LIST_SUBSCRIPTIONS, FailureKind::NotEnabled, reason));
        }
        let mut seen = BTreeSet::new();
        for one in found {
            let name = one.display_name.as_deref().unwrap_or(&one.subscription_id);
            let mut node = Node::new(subscription(&one.subscription_id), What::Scope, "subscription", name);
            node.native_id = Some(one.subscription_id.clone());
            node.address = Some(format!("/subscriptions/{}", one.subscription_id));
            node.scope = Some(session.tenant.scope());
            node.state = match one.state.as_deref() {
                Some("Disabled" | "Deleted") => State::Disabled,
                Some(_) => State::Enabled,
                None => State::Unknown,
            };
            out.node(node).await;
            if let Err(error) = read(session, &one.subscription_id, name, &mut seen, out).await {
                out.failed(&error);
            }
        }
        Ok(())
    }
}

async fn read(
    session: &Session,
    id: &str,
    name: &str,
    seen: &mut BTreeSet<String>,
    out: &mut Recorder,
) -> Result<(), CallError> {
    let of =
        |what: &str| format!("/subscriptions/{id}/providers/Microsoft.Authorization/{what}?api-version=2022-04-01");
    let definitions: Vec<Definition> = session.manager.all(LIST_ROLE_DEFINITIONS, &of("roleDefinitions")).await?;
    let by_id: HashMap<String, DefinitionProperties> =
        definitions.into_iter().map(|one| (last(&one.id), one.properties)).collect();
    let mut listing = session.manager.list(LIST_ROLE_ASSIGNMENTS, &of("roleAssignments"))?;
    while let Some(page) = listing.page::<Assignment>().await? {
        for found in page {
            // What is assigned above a subscription is listed in each of them.
            if seen.insert(found.id.to_lowercase()) {
                observe(session, name, by_id.get(&last(&found.properties.role_definition_id)), found, out).await;
            }
        }
    }
    Ok(())
}

async fn observe(
    session: &Session,
    subscription: &str,
    definition: Option<&DefinitionProperties>,
    found: Assignment,
    out: &mut Recorder,
) {
    let properties = found.properties;
    let kind = properties.principal_type.as_deref().unwrap_or("ServicePrincipal");
    let Some(holder) = typed_holder(&session.tenant, kind, &properties.principal_id) else { return };
    let scope = properties.scope.unwrap_or_else(|| "/".into());
    let role = definition.and_then(|one| one.role_name.clone()).unwrap_or_else(|| last(&properties.role_definition_id));
    let place = place(&scope, subscription);
    let power = definition.map(|one| {
        let texts = |of: fn(&Permission) -> &Vec<String>| one.permissions.iter().flat_map(of).cloned().collect();
        let mut actions: Vec<String> = texts(|permission| &permission.actions);
        let data: Vec<String> = texts(|permission| &permission.data_actions);
        let except: Vec<String> = texts(|permission| &permission.not_actions);
        actions.extend(data);
        let (tier, why) = powers::of_azure_role(&actions, &except, is_whole(&scope));
        let bound = if properties.condition.is_some() { ", under a condition that was not evaluated" } else { "" };
        Power { tier, why: format!("role {role} on {place} {why}{bound}") }
    });
    let custom = definition.is_some_and(|one| one.kind.as_deref() == Some("CustomRole"));
    let grant = Grant {
        kind: TYPE,
        id: &found.id,
        name: format!("{role} on {place}"),
        origin: if custom { GrantOrigin::Customer } else { GrantOrigin::Provider },
        power,
        consent: None,
        created: properties.created_on,
    };
    grants::observe(session, grant, holder, LIST_ROLE_ASSIGNMENTS.name, out).await;
}

/// A subscription or what lies above it: a management group, or everything.
fn is_whole(scope: &str) -> bool {
    let parts: Vec<String> = scope.split('/').filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    match parts.first().map(String::as_str) {
        Some("subscriptions") => parts.len() == 2,
        _ => true,
    }
}

fn place(scope: &str, subscription: &str) -> String {
    match (is_whole(scope), scope.to_lowercase().starts_with("/subscriptions/")) {
        (true, true) => format!("subscription {subscription}"),
        (true, false) if scope == "/" => "all subscriptions".into(),
        (true, false) => format!("management group {}", last(scope)),
        (false, _) => format!("{} in subscription {subscription}", last(scope)),
    }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_told_in_words_and_only_whole_subscriptions_count_as_whole() {
        for (scope, whole, words) in [
            ("/", true, "all subscriptions"),
            ("/subscriptions/1", true, "subscription S"),
            ("/providers/Microsoft.Management/managementGroups/Root", true, "management group root"),
            ("/subscriptions/1/resourceGroups/Web", false, "web in subscription S"),
        ] {
            assert_eq!((is_whole(scope), place(scope, "S").as_str()), (whole, words), "{scope}");
        }
    }
}
