//! `orgs/list-outside-collaborators`: who works in a repository without being in the organisation.

use crate::members;
use crate::people::Roll;
use crate::session::Session;
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::Facet;

/// <https://docs.github.com/rest/orgs/outside-collaborators#list-outside-collaborators-for-an-organization>
const LIST_OUTSIDE_COLLABORATORS: ApiCall = ApiCall::read(
    "github:ListOutsideCollaborators",
    "members:read",
    "Reads who works in a repository without being in the organisation.",
    "https://docs.github.com/rest/orgs/outside-collaborators#list-outside-collaborators-for-an-organization",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "outside-collaborators",
    title: "outside collaborators",
    provides: &[Facet::Identities, Facet::OwnerStatus],
    types: &[],
    calls: &[LIST_OUTSIDE_COLLABORATORS],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct OutsideCollaborators;

#[async_trait]
impl Collector<Session> for OutsideCollaborators {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let roll = Roll::OutsideCollaborators;
        members::collect(session, LIST_OUTSIDE_COLLABORATORS, "outside_collaborators", roll, out).await
    }
}
