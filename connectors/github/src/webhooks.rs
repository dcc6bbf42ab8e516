//! `orgs/list-webhooks`: where the organisation sends its events, and whether the receiver can tell them from forged
//! ones.

use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use url::Url;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, Node, State, Timestamp, What};

/// <https://docs.github.com/rest/orgs/webhooks#list-organization-webhooks>
const LIST_WEBHOOKS: ApiCall = ApiCall::read(
    "github:ListOrganizationWebhooks",
    "organization_hooks:read",
    "Reads where the organisation sends its events, and whether they are signed and sent over checked TLS.",
    "https://docs.github.com/rest/orgs/webhooks#list-organization-webhooks",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "webhooks",
    title: "webhooks",
    provides: &[Facet::Hooks],
    types: &[TYPE],
    calls: &[LIST_WEBHOOKS],
    switched_on_by: None,
};

const TYPE: &str = "webhook";

#[derive(Deserialize)]
struct Webhook {
    id: u64,
    active: bool,
    created_at: Timestamp,
    config: Config,
}

/// GitHub masks the secret; that it is there is all that can be known.
#[derive(Deserialize)]
struct Config {
    url: Option<String>,
    secret: Option<String>,
    insecure_ssl: Option<serde_json::Value>,
}

/// The listing.
pub(crate) struct Webhooks;

#[async_trait]
impl Collector<Session> for Webhooks {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let organization = &session.organization;
        let path = ["orgs", organization.login.as_str(), "hooks"];
        let mut listing = session.api.list(LIST_WEBHOOKS, &path, &[])?;
        while let Some(webhooks) = listing.page::<Vec<Webhook>>().await? {
            for webhook in webhooks {
                let number = webhook.id.to_string();
                let receiver = webhook.config.url.as_deref().map_or_else(|| "an unknown receiver".into(), receiver);
                let mut node = Node::new(organization.thing(TYPE, &number), What::Resource, TYPE, &receiver);
                node.native_id = Some(number);
                node.scope = Some(organization.scope());
                node.state = if webhook.active { State::Enabled } else { State::Disabled };
                node.created = Some(webhook.created_at);
                node.tags.insert("signed".into(), webhook.config.secret.is_some().to_string());
                let unchecked = webhook.config.insecure_ssl.is_some_and(|value| value == "1" || value == 1);
                node.tags.insert("insecure_ssl".into(), unchecked.to_string());
                out.node(node).await;
            }
        }
        Ok(())
    }
}

/// The receiver without user, path and query: the addresses of many chat services are themselves a key.
fn receiver(address: &str) -> String {
    Url::parse(address)
        .ok()
        .map(|url| url.origin())
        .filter(url::Origin::is_tuple)
        .map_or_else(|| "an unreadable address".into(), |origin| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_a_key_is_not_shown() {
        let word = "hush";
        let address = format!("https://me:{word}@hooks.test:8443/services/{word}?token={word}");
        assert_eq!(receiver(&address), "https://hooks.test:8443");
        assert_eq!(receiver("not an address"), "an unreadable address");
    }
}
