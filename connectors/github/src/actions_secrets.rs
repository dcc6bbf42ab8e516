//! `actions/list-org-secrets`: the names of the secrets that workflows of the organisation can use. Their values
//! cannot be read by anybody.

use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, Node, Place, Timestamp, What};

/// <https://docs.github.com/rest/actions/secrets#list-organization-secrets>
const LIST_SECRETS: ApiCall = ApiCall::read(
    "github:ListOrganizationSecrets",
    "organization_secrets:read",
    "Reads the names of the secrets that workflows can use, and how many repositories get them. Never a value.",
    "https://docs.github.com/rest/actions/secrets#list-organization-secrets",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "actions-secrets",
    title: "names of Actions secrets",
    provides: &[Facet::PipelineSecrets],
    types: &[TYPE],
    calls: &[LIST_SECRETS],
    switched_on_by: None,
};

const TYPE: &str = "actions-secret";

#[derive(Deserialize)]
struct Page {
    secrets: Vec<Secret>,
}

#[derive(Deserialize)]
struct Secret {
    name: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    visibility: String,
}

/// The listing.
pub(crate) struct ActionsSecrets;

#[async_trait]
impl Collector<Session> for ActionsSecrets {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let organization = &session.organization;
        let path = ["orgs", organization.login.as_str(), "actions", "secrets"];
        let mut listing = session.api.list(LIST_SECRETS, &path, &[])?;
        while let Some(page) = listing.page::<Page>().await? {
            for secret in page.secrets {
                let place = Place { path: format!("actions/secrets/{}", secret.name), ..Place::default() };
                let id = organization.own(TYPE, &secret.name);
                let mut node = Node::new(id, What::Location(place), TYPE, &secret.name);
                node.scope = Some(organization.scope());
                node.created = Some(secret.created_at);
                node.tags.insert("updated_at".into(), secret.updated_at.to_string());
                node.tags.insert("visibility".into(), secret.visibility);
                out.node(node).await;
            }
        }
        Ok(())
    }
}
