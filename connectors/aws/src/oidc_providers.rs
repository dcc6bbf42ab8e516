//! `iam:ListOpenIDConnectProviders`: the token issuers that roles can trust, with their audiences.

use crate::failure::{call_error, is_gone};
use crate::session::Session;
use crate::wire::{tags, timestamp};
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Facet, Node, State, TrustDetail, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html>
const LIST_OPEN_ID_CONNECT_PROVIDERS: ApiCall = ApiCall::read(
    "iam:ListOpenIDConnectProviders",
    "iam:ListOpenIDConnectProviders",
    "Reads which token issuers the account trusts.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html",
);

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html>
const GET_OPEN_ID_CONNECT_PROVIDER: ApiCall = ApiCall::read(
    "iam:GetOpenIDConnectProvider",
    "iam:GetOpenIDConnectProvider",
    "Reads the audiences that a token issuer may issue for. One call for each issuer.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "oidc-providers",
    title: "OpenID Connect providers",
    provides: &[Facet::Trusts],
    types: &[],
    calls: &[LIST_OPEN_ID_CONNECT_PROVIDERS, GET_OPEN_ID_CONNECT_PROVIDER],
    switched_on_by: None,
};

const TYPE: &str = "oidc-provider";

/// The listing.
pub(crate) struct OidcProviders;

#[async_trait]
impl Collector<Session> for OidcProviders {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        // This listing has no pages.
        let answer = session.iam.list_open_id_connect_providers().send().await;
        let answer = answer.map_err(|error| call_error(LIST_OPEN_ID_CONNECT_PROVIDERS, error))?;
        for arn in answer.open_id_connect_provider_list().iter().filter_map(|provider| provider.arn()) {
            // The ARN ends in the issuer's address without its scheme.
            let Some((_, issuer)) = arn.split_once(":oidc-provider/") else {
                let reason = format!("{arn} is not the ARN of a provider");
                out.failed(&CallError::new(LIST_OPEN_ID_CONNECT_PROVIDERS, FailureKind::Malformed, &reason));
                continue;
            };
            let id = session.account.thing(TYPE, issuer);
            let detail = TrustDetail { issuer: Some(issuer.into()), ..TrustDetail::default() };
            let mut node = Node::new(id.clone(), What::Trust(detail), TYPE, issuer);
            node.address = Some(arn.into());
            node.scope = Some(session.account.scope());
            node.state = State::Enabled;
            match session.iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn).send().await {
                Ok(provider) => {
                    node.created = provider.create_date().and_then(timestamp);
                    node.tags = tags(provider.tags());
                    if let What::Trust(detail) = &mut node.what {
                        detail.audiences = provider.client_id_list().to_vec();
                    }
                }
                Err(error) if is_gone(&error) => continue,
                Err(error) => out.failed_for(&call_error(GET_OPEN_ID_CONNECT_PROVIDER, error), id),
            }
            out.node(node).await;
        }
        Ok(())
    }
}
