//! `graph:ListOrganization`: the tenant itself, by the name that people know it by.

use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Node, State, Timestamp, What};

/// <https://learn.microsoft.com/en-us/graph/api/organization-list>
const LIST_ORGANIZATION: ApiCall = ApiCall::read(
    "graph:ListOrganization",
    "Organization.Read.All",
    "Reads the tenant's name and first domain.",
    "https://learn.microsoft.com/en-us/graph/api/organization-list",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "organization",
    title: "the tenant",
    provides: &[],
    types: &["tenant"],
    calls: &[LIST_ORGANIZATION],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    id: String,
    display_name: Option<String>,
    created_date_time: Option<Timestamp>,
    #[serde(default)]
    verified_domains: Vec<Domain>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    name: String,
    #[serde(default)]
    is_default: bool,
}

/// The listing.
pub(crate) struct Organizations;

#[async_trait]
impl Collector<Session> for Organizations {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = "/v1.0/organization?$select=id,displayName,createdDateTime,verifiedDomains";
        let found: Vec<Organization> = session.graph.all(LIST_ORGANIZATION, path).await?;
        for organization in found {
            let id = organization.id.to_lowercase();
            if id != session.tenant.0 {
                continue;
            }
            let domain = organization.verified_domains.into_iter().find(|domain| domain.is_default);
            let name = organization.display_name.unwrap_or_else(|| id.clone());
            let mut node = Node::new(session.tenant.scope(), What::Scope, "tenant", &name);
            node.native_id = Some(id);
            node.address = domain.map(|domain| domain.name);
            node.created = organization.created_date_time;
            node.state = State::Enabled;
            out.node(node).await;
        }
        Ok(())
    }
}
