//! `actions/get-github-actions-default-workflow-permissions-repository`: what the token of a workflow may do in one
//! repository when the workflow does not say, a call for each repository whose workflows run.

use crate::each_repository::{Hides, ask, known, tell_unasked};
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::Facet;

/// <https://docs.github.com/rest/actions/permissions#get-default-workflow-permissions-for-a-repository>
const GET_WORKFLOW_PERMISSIONS: ApiCall = ApiCall::read(
    "github:GetRepositoryWorkflowPermissions",
    "administration:read",
    "Reads what the token of a workflow may do in a repository when the workflow does not say. One call for each \
     repository that is not archived, at most 2,000.",
    "https://docs.github.com/rest/actions/permissions#get-default-workflow-permissions-for-a-repository",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "repository-workflow-permissions",
    title: "default permissions of workflows of single repositories",
    provides: &[Facet::Settings],
    types: &["repository"],
    calls: &[GET_WORKFLOW_PERMISSIONS],
    switched_on_by: None,
};

#[derive(Deserialize)]
struct Permissions {
    default_workflow_permissions: String,
    can_approve_pull_request_reviews: bool,
}

/// The listing.
pub(crate) struct RepositoryWorkflowPermissions;

#[async_trait]
impl Collector<Session> for RepositoryWorkflowPermissions {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let known = known(session, GET_WORKFLOW_PERMISSIONS)?;
        let (names, left_out) = known.running(|_| true);
        let call = (GET_WORKFLOW_PERMISSIONS, INFO.title, Hides::ItsOwn);
        let asked = ask(session, out, call, &names, |name| async move {
            let path = ["repos", session.organization.login.as_str(), &name, "actions", "permissions", "workflow"];
            session.api.get::<Permissions>(GET_WORKFLOW_PERMISSIONS, &path).await
        });
        for (name, said) in asked.await? {
            let mut node = session.organization.repository_node(&name);
            let approves = said.can_approve_pull_request_reviews.to_string();
            node.tags.insert("default_workflow_permissions".into(), said.default_workflow_permissions);
            node.tags.insert("can_approve_pull_request_reviews".into(), approves);
            out.node(node).await;
        }
        tell_unasked(out, GET_WORKFLOW_PERMISSIONS, known, left_out);
        Ok(())
    }
}
