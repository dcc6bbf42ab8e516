//! `iam:ListSAMLProviders`: the SAML identity providers that roles can trust, and when their metadata ends.

use crate::failure::call_error;
use crate::session::Session;
use crate::wire::timestamp;
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Facet, Node, State, TrustDetail, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html>
const LIST_SAML_PROVIDERS: ApiCall = ApiCall::read(
    "iam:ListSAMLProviders",
    "iam:ListSAMLProviders",
    "Reads which SAML identity providers the account trusts, and until when.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "saml-providers",
    title: "SAML providers",
    provides: &[Facet::Trusts],
    types: &[],
    calls: &[LIST_SAML_PROVIDERS],
    switched_on_by: None,
};

const TYPE: &str = "saml-provider";

/// The listing.
pub(crate) struct SamlProviders;

#[async_trait]
impl Collector<Session> for SamlProviders {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        // This listing has no pages.
        let answer = session.iam.list_saml_providers().send().await;
        let answer = answer.map_err(|error| call_error(LIST_SAML_PROVIDERS, error))?;
        for provider in answer.saml_provider_list() {
            let Some((arn, (_, name))) = provider.arn().and_then(|arn| Some((arn, arn.split_once(":saml-provider/")?)))
            else {
                let reason = "the answer holds a provider without the ARN of one";
                out.failed(&CallError::new(LIST_SAML_PROVIDERS, FailureKind::Malformed, reason));
                continue;
            };
            let detail = TrustDetail { expires: provider.valid_until().and_then(timestamp), ..TrustDetail::default() };
            let mut node = Node::new(session.account.thing(TYPE, name), What::Trust(detail), TYPE, name);
            node.address = Some(arn.into());
            node.scope = Some(session.account.scope());
            node.state = State::Enabled;
            node.created = provider.create_date().and_then(timestamp);
            out.node(node).await;
        }
        Ok(())
    }
}
