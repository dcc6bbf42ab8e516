//! `graph:ListAppRoleAssignedTo`: which applications hold permissions of their own, without a person. They are asked
//! of the resource that gives them: a tenant has far fewer resources that offer such roles than it has applications.

use crate::failure::malformed;
use crate::grants::{self, Grant};
use crate::powers;
use crate::session::{Session, typed_holder};
use crate::{consents, service_principals};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Consent, Facet, GrantOrigin, Power, Timestamp};

/// <https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list-approleassignedto>
const LIST_APP_ROLE_ASSIGNED_TO: ApiCall = ApiCall::read(
    "graph:ListAppRoleAssignedTo",
    "Application.Read.All",
    "Reads which permissions applications hold without a person.",
    "https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list-approleassignedto",
);

const TYPE: &str = "app-role-assignment";

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "app-role-assignments",
    title: "application permissions",
    provides: &[Facet::Grants],
    types: &[TYPE],
    calls: &[LIST_APP_ROLE_ASSIGNED_TO],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignment {
    id: String,
    app_role_id: String,
    principal_id: String,
    principal_type: Option<String>,
    created_date_time: Option<Timestamp>,
}

/// The listing.
pub(crate) struct AppRoleAssignments;

#[async_trait]
impl Collector<Session> for AppRoleAssignments {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let call = LIST_APP_ROLE_ASSIGNED_TO;
        let (resources, complete) = {
            let known = session.known();
            let offering = known.resources.iter().filter(|(_, resource)| !resource.roles.is_empty());
            let offering: Vec<_> = offering.map(|(id, resource)| (id.clone(), resource.clone())).collect();
            (offering, known.complete.contains(service_principals::INFO.id))
        };
        if !complete {
            out.failed(&malformed(call, "not all resources were asked: the service principals were not all read"));
        }
        for (id, resource) in resources {
            let path = format!("/v1.0/servicePrincipals/{id}/appRoleAssignedTo?$top=999");
            let mut listing = session.graph.list(call, &path)?;
            loop {
                match listing.page::<Assignment>().await {
                    Ok(Some(page)) => {
                        for found in page {
                            observe(session, &resource, found, out).await;
                        }
                    }
                    Ok(None) => break,
                    // The other resources may still answer, but what this one gives is not known of anybody.
                    Err(error) => {
                        out.failed(&error);
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

async fn observe(session: &Session, resource: &crate::session::Resource, found: Assignment, out: &mut Recorder) {
    // Roles of people and of the default access are none that an application could use.
    let Some(value) = resource.roles.get(&found.app_role_id.to_lowercase()) else { return };
    let kind = found.principal_type.as_deref().unwrap_or("ServicePrincipal");
    let Some(holder) = typed_holder(&session.tenant, kind, &found.principal_id) else { return };
    let (tier, why) = powers::of_permission(&resource.app_id, value);
    let name = format!("{value} on {}", resource.name);
    let consent = Consent {
        scopes: vec![value.clone()],
        sensitive: consents::sensitive(&resource.app_id, std::slice::from_ref(value)),
        tenant_wide: true,
        on_behalf_of: None,
    };
    let grant = Grant {
        kind: TYPE,
        id: &found.id,
        origin: GrantOrigin::Provider,
        power: Some(Power { tier, why: format!("application permission {name} {why}") }),
        consent: Some(consent),
        created: found.created_date_time,
        name,
    };
    grants::observe(session, grant, holder, LIST_APP_ROLE_ASSIGNED_TO.name, out).await;
}
