//! `iam:ListServiceSpecificCredentials` of all users: API keys of Bedrock, passwords of CodeCommit and
//! Keyspaces.

use crate::failure::call_error;
use crate::session::Session;
use crate::wire::{state, timestamp};
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Pages, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, LastUsed, Node, Usage, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html>
const LIST_SERVICE_SPECIFIC_CREDENTIALS: ApiCall = ApiCall::read(
    "iam:ListServiceSpecificCredentials",
    "iam:ListServiceSpecificCredentials",
    "Reads the API keys of single services, such as Bedrock, for all users at once.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "service-specific-credentials",
    title: "service-specific credentials",
    provides: &[Facet::Credentials],
    types: &["service-specific-credential"],
    calls: &[LIST_SERVICE_SPECIFIC_CREDENTIALS],
    switched_on_by: None,
};

const CALL: ApiCall = LIST_SERVICE_SPECIFIC_CREDENTIALS;
const TYPE: &str = "service-specific-credential";
const MOST_PAGES: usize = 10_000;

/// The listing.
pub(crate) struct ServiceSpecificCredentials;

#[async_trait]
impl Collector<Session> for ServiceSpecificCredentials {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let mut pages = Pages::new(MOST_PAGES);
        let mut marker = None;
        loop {
            let asked = session.iam.list_service_specific_credentials().all_users(true).set_marker(marker);
            let page = asked.send().await.map_err(|error| call_error(CALL, error))?;
            for credential in page.service_specific_credentials() {
                let id = session.account.thing(TYPE, credential.service_specific_credential_id());
                let detail = CredentialDetail {
                    expires: credential.expiration_date().and_then(timestamp),
                    // The name that the service knows it by is no secret, and stands in leaked Bedrock keys.
                    hint: Some(credential.service_user_name().to_owned()).filter(|name| !name.is_empty()),
                    ..CredentialDetail::new(CredentialKind::ApiKey)
                };
                let name = credential.service_credential_alias().unwrap_or(credential.service_specific_credential_id());
                let mut node = Node::new(id.clone(), What::Credential(detail), TYPE, name);
                node.scope = Some(session.account.scope());
                node.state = state(credential.status());
                node.created = timestamp(credential.create_date());
                node.description = Some(format!("credential for {}", credential.service_name()));
                node.last_used = Some(LastUsed {
                    usage: Usage::NotCollected,
                    horizon: None,
                    source: "AWS does not tell the last use of service-specific credentials".into(),
                    what: None,
                });
                out.node(node).await;
                let user = session.account.user(credential.user_name());
                out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, user)).await;
            }
            let next = pages.turn(page.is_truncated(), page.marker());
            marker = next.map_err(|fault| CallError::new(CALL, FailureKind::Malformed, &fault.to_string()))?;
            if marker.is_none() {
                return Ok(());
            }
        }
    }
}
