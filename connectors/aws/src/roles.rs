//! `iam:ListRoles`: the descriptions of roles, which authorization details leave out. They are where a
//! role's keepers say what it is for.

use crate::failure::call_error;
use crate::session::Session;
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Pages, Recorder};
use whose_model::{Facet, Node, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>
const LIST_ROLES: ApiCall = ApiCall::read(
    "iam:ListRoles",
    "iam:ListRoles",
    "Reads the descriptions of roles, which GetAccountAuthorizationDetails leaves out.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "roles",
    title: "descriptions of roles",
    provides: &[Facet::OwnerSignals],
    types: &[],
    calls: &[LIST_ROLES],
    switched_on_by: None,
};

const MOST_PAGES: usize = 10_000;

/// The listing.
pub(crate) struct Roles;

#[async_trait]
impl Collector<Session> for Roles {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let mut pages = Pages::new(MOST_PAGES);
        let mut marker = None;
        loop {
            let page = session.iam.list_roles().max_items(1000).set_marker(marker).send().await;
            let page = page.map_err(|error| call_error(LIST_ROLES, error))?;
            for role in page.roles() {
                let id = session.account.principal("iam-role", role.role_name());
                let detail = What::Identity(Box::default());
                let mut node = Node::new(id, detail, "iam-role", role.role_name());
                node.native_id = Some(role.role_id().to_owned()).filter(|id| !id.is_empty());
                node.scope = Some(session.account.scope());
                node.description = role.description().filter(|text| !text.is_empty()).map(Into::into);
                out.node(node).await;
            }
            let next = pages.turn(page.is_truncated(), page.marker());
            marker = next.map_err(|fault| CallError::new(LIST_ROLES, FailureKind::Malformed, &fault.to_string()))?;
            if marker.is_none() {
                return Ok(());
            }
        }
    }
}
