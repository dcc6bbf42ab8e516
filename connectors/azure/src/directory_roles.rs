//! `graph:ListDirectoryRoleAssignments`: who administrates the directory, and how much of it.

use crate::grants::{self, Grant};
use crate::powers;
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::HashMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, GrantOrigin, Power, Tier};

/// <https://learn.microsoft.com/en-us/graph/api/rbacapplication-list-roledefinitions>
const LIST_DIRECTORY_ROLE_DEFINITIONS: ApiCall = ApiCall::read(
    "graph:ListDirectoryRoleDefinitions",
    "RoleManagement.Read.Directory",
    "Reads what directory roles are called and what they allow.",
    "https://learn.microsoft.com/en-us/graph/api/rbacapplication-list-roledefinitions",
);

/// <https://learn.microsoft.com/en-us/graph/api/rbacapplication-list-roleassignments>
const LIST_DIRECTORY_ROLE_ASSIGNMENTS: ApiCall = ApiCall::read(
    "graph:ListDirectoryRoleAssignments",
    "RoleManagement.Read.Directory",
    "Reads who holds directory roles.",
    "https://learn.microsoft.com/en-us/graph/api/rbacapplication-list-roleassignments",
);

const TYPE: &str = "directory-role-assignment";

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "directory-role-assignments",
    title: "directory roles",
    provides: &[Facet::Grants],
    types: &[TYPE],
    calls: &[LIST_DIRECTORY_ROLE_DEFINITIONS, LIST_DIRECTORY_ROLE_ASSIGNMENTS],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    id: String,
    template_id: Option<String>,
    display_name: Option<String>,
    #[serde(default)]
    is_built_in: bool,
    #[serde(default)]
    role_permissions: Vec<Permission>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    #[serde(default)]
    allowed_resource_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignment {
    id: String,
    principal_id: String,
    role_definition_id: String,
    directory_scope_id: Option<String>,
}

/// The listing.
pub(crate) struct DirectoryRoles;

#[async_trait]
impl Collector<Session> for DirectoryRoles {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = "/v1.0/roleManagement/directory/roleDefinitions\
                    ?$select=id,templateId,displayName,isBuiltIn,rolePermissions";
        let definitions = session.graph.all::<Definition>(LIST_DIRECTORY_ROLE_DEFINITIONS, path).await;
        // Built-in roles are known by their ids even where their names may not be read.
        let definitions = definitions.unwrap_or_else(|error| {
            out.failed(&error);
            Vec::new()
        });
        let by_id: HashMap<String, Definition> =
            definitions.into_iter().map(|definition| (definition.id.to_lowercase(), definition)).collect();
        let path = "/v1.0/roleManagement/directory/roleAssignments\
                    ?$select=id,principalId,roleDefinitionId,directoryScopeId";
        let mut listing = session.graph.list(LIST_DIRECTORY_ROLE_ASSIGNMENTS, path)?;
        while let Some(page) = listing.page::<Assignment>().await? {
            for found in page {
                observe(session, by_id.get(&found.role_definition_id.to_lowercase()), found, out).await;
            }
        }
        Ok(())
    }
}

async fn observe(session: &Session, definition: Option<&Definition>, found: Assignment, out: &mut Recorder) {
    // Assignments name their holder by its id alone; what is neither a known user nor a known service principal can
    // only be a group.
    let holder = session.known().holder(&session.tenant, &found.principal_id);
    let holder = holder.unwrap_or_else(|| session.tenant.group(&found.principal_id));
    let template = definition.and_then(|one| one.template_id.as_deref()).unwrap_or(&found.role_definition_id);
    let actions: Vec<String> = definition
        .iter()
        .flat_map(|one| &one.role_permissions)
        .flat_map(|one| one.allowed_resource_actions.clone())
        .collect();
    let (tier, why) = powers::of_directory_role(template, &actions);
    let role = definition.and_then(|one| one.display_name.clone()).unwrap_or_else(|| found.role_definition_id.clone());
    let scope = found.directory_scope_id.as_deref().unwrap_or("/");
    let whole = scope == "/";
    let power = Power {
        tier: if whole { tier } else { tier.max(Tier::T1) },
        why: match whole {
            true => format!("directory role {role} {why}"),
            false => format!("directory role {role} on {scope} {why}"),
        },
    };
    let built_in = definition.is_none_or(|one| one.is_built_in);
    let grant = Grant {
        kind: TYPE,
        id: &found.id,
        name: if whole { role } else { format!("{role} on {scope}") },
        origin: if built_in { GrantOrigin::Provider } else { GrantOrigin::Customer },
        power: Some(power),
        consent: None,
        created: None,
    };
    grants::observe(session, grant, holder, LIST_DIRECTORY_ROLE_ASSIGNMENTS.name, out).await;
}
