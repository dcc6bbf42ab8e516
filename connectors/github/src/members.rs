//! `orgs/list-members`: who is in the organisation.

use crate::people::{Roll, listed, unread_rights};
use crate::session::Session;
use crate::wire::SimpleUser;
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Edge, EdgeKind, Facet};

/// <https://docs.github.com/rest/orgs/members#list-organization-members>
const LIST_MEMBERS: ApiCall = ApiCall::read(
    "github:ListOrganizationMembers",
    "members:read",
    "Reads who is in the organisation, and so whether whoever made a key is still there.",
    "https://docs.github.com/rest/orgs/members#list-organization-members",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "members",
    title: "members",
    provides: &[Facet::Identities, Facet::OwnerStatus],
    types: &[],
    calls: &[LIST_MEMBERS],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct Members;

#[async_trait]
impl Collector<Session> for Members {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        collect(session, LIST_MEMBERS, "members", Roll::Members, out).await
    }
}

/// Reads one of the two listings of people, which have one form.
pub(crate) async fn collect(
    session: &Session,
    call: ApiCall,
    path: &str,
    roll: Roll,
    out: &mut Recorder,
) -> Result<(), CallError> {
    let mut listing = session.api.list(call, &["orgs", &session.organization.login, path], &[("filter", "all")])?;
    while let Some(users) = listing.page::<Vec<SimpleUser>>().await? {
        for user in users {
            session.people.add(&user.login);
            let member = listed(&session.organization, &user);
            if let Some(rights) = unread_rights(&session.organization, &member) {
                out.edge(Edge::stated(member.id.clone(), EdgeKind::HasGrant, rights.id.clone())).await;
                out.node(rights).await;
            }
            out.node(member).await;
        }
        out.progress(path);
    }
    session.people.complete(roll);
    Ok(())
}
