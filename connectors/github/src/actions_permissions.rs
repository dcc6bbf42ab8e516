//! `actions/get-github-actions-default-workflow-permissions-organization`: what the token of a workflow may do when
//! the workflow does not say.

use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, Node, What};

/// <https://docs.github.com/rest/actions/permissions#get-default-workflow-permissions-for-an-organization>
const GET_WORKFLOW_PERMISSIONS: ApiCall = ApiCall::read(
    "github:GetDefaultWorkflowPermissions",
    "organization_administration:read",
    "Reads what the token of a workflow may do when the workflow does not say.",
    "https://docs.github.com/rest/actions/permissions#get-default-workflow-permissions-for-an-organization",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "actions-permissions",
    title: "default permissions of workflows",
    provides: &[Facet::Settings],
    types: &["organization"],
    calls: &[GET_WORKFLOW_PERMISSIONS],
    switched_on_by: None,
};

#[derive(Deserialize)]
struct Permissions {
    default_workflow_permissions: String,
    can_approve_pull_request_reviews: bool,
}

/// The listing.
pub(crate) struct ActionsPermissions;

#[async_trait]
impl Collector<Session> for ActionsPermissions {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let organization = &session.organization;
        let path = ["orgs", organization.login.as_str(), "actions", "permissions", "workflow"];
        let said: Permissions = session.api.get(GET_WORKFLOW_PERMISSIONS, &path).await?;
        let mut node = Node::new(organization.scope(), What::Scope, "organization", &organization.login);
        let approves = said.can_approve_pull_request_reviews.to_string();
        node.tags.insert("default_workflow_permissions".into(), said.default_workflow_permissions);
        node.tags.insert("can_approve_pull_request_reviews".into(), approves);
        out.node(node).await;
        Ok(())
    }
}
