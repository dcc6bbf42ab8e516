//! `iam:ListVirtualMFADevices`: who has a virtual second factor, for all users and the root user at once.

use crate::failure::call_error;
use crate::ids::ROOT;
use crate::session::Session;
use async_trait::async_trait;
use aws_sdk_iam::types::{AssignmentStatusType, User};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Pages, Recorder};
use whose_model::{IdentityDetail, Node, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html>
const LIST_VIRTUAL_MFA_DEVICES: ApiCall = ApiCall::read(
    "iam:ListVirtualMFADevices",
    "iam:ListVirtualMFADevices",
    "Tells who has a virtual second factor, also when the credential report cannot be read.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html",
);

/// What this listing is. It names users who have a device; that others have none only the report can say, so it
/// offers no facet.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "virtual-mfa-devices",
    title: "virtual second factors",
    provides: &[],
    types: &[],
    calls: &[LIST_VIRTUAL_MFA_DEVICES],
    switched_on_by: None,
};

const CALL: ApiCall = LIST_VIRTUAL_MFA_DEVICES;
const MOST_PAGES: usize = 10_000;

/// The listing.
pub(crate) struct VirtualMfaDevices;

#[async_trait]
impl Collector<Session> for VirtualMfaDevices {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let mut pages = Pages::new(MOST_PAGES);
        let mut marker = None;
        loop {
            let asked = session.iam.list_virtual_mfa_devices().assignment_status(AssignmentStatusType::Assigned);
            let page =
                asked.max_items(1000).set_marker(marker).send().await.map_err(|error| call_error(CALL, error))?;
            for device in page.virtual_mfa_devices() {
                if let Some(node) = device.user().and_then(|user| holder(user, session)) {
                    out.node(node).await;
                }
            }
            let next = pages.turn(page.is_truncated(), page.marker());
            marker = next.map_err(|fault| CallError::new(CALL, FailureKind::Malformed, &fault.to_string()))?;
            if marker.is_none() {
                return Ok(());
            }
        }
    }
}

/// The user of a device. The root user's has no name, only its ARN.
fn holder(user: &User, session: &Session) -> Option<Node> {
    let root = user.arn() == session.account.root_arn();
    let name = if root { ROOT } else { user.user_name() };
    if name.is_empty() {
        return None;
    }
    let detail = IdentityDetail { mfa: Some(true), root, ..IdentityDetail::default() };
    let id = session.account.user(name);
    let mut node = Node::new(id, What::Identity(Box::new(detail)), "iam-user", name);
    node.scope = Some(session.account.scope());
    node.address = Some(user.arn().to_owned()).filter(|arn| !arn.is_empty());
    Some(node)
}
