//! `actions/get-fork-pr-contributor-approval-permissions-repository`: whose pull requests from forks start workflows
//! without anybody's approval, a call for each public repository.

use crate::each_repository::{Hides, ask, known, tell_unasked};
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::Facet;

/// <https://docs.github.com/rest/actions/permissions#get-fork-pr-contributor-approval-permissions-for-a-repository>
const GET_FORK_APPROVAL: ApiCall = ApiCall::read(
    "github:GetForkApprovalPolicy",
    "administration:read",
    "Reads whose pull requests start the workflows of a public repository without anybody's approval. One call for each \
     public repository that is not archived, at most 2,000.",
    "https://docs.github.com/rest/actions/permissions#get-fork-pr-contributor-approval-permissions-for-a-repository",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "fork-approvals",
    title: "approval of workflows from forks",
    provides: &[Facet::Settings],
    types: &["repository"],
    calls: &[GET_FORK_APPROVAL],
    switched_on_by: None,
};

#[derive(Deserialize)]
struct Policy {
    approval_policy: String,
}

/// The listing.
pub(crate) struct ForkApprovals;

#[async_trait]
impl Collector<Session> for ForkApprovals {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let known = known(session, GET_FORK_APPROVAL)?;
        let (names, left_out) = known.running(|code| code.public);
        let call = (GET_FORK_APPROVAL, INFO.title, Hides::ItsOwn);
        let asked = ask(session, out, call, &names, |name| async move {
            let login = session.organization.login.as_str();
            let path = ["repos", login, &name, "actions", "permissions", "fork-pr-contributor-approval"];
            session.api.get::<Policy>(GET_FORK_APPROVAL, &path).await
        });
        for (name, said) in asked.await? {
            let mut node = session.organization.repository_node(&name);
            node.tags.insert("fork_pr_approval".into(), said.approval_policy);
            out.node(node).await;
        }
        tell_unasked(out, GET_FORK_APPROVAL, known, left_out);
        Ok(())
    }
}
