//! `projects.locations.keys.list`: API keys with what they are limited to. Their values are never asked for, and
//! when they were last used is told by no listing.

use crate::api::{Operation, Page, Service, segment};
use crate::ids;
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{
    CredentialDetail, CredentialKind, CredentialLimits, Edge, EdgeKind, Facet, Node, State, Timestamp, What,
};

/// <https://cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys/list>
const LIST: Operation = Operation {
    call: ApiCall::read(
        "apikeys:ListKeys",
        "apikeys.keys.list",
        "Reads the age and the restrictions of API keys, never their values.",
        "https://cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys/list",
    ),
    service: Service::ApiKeys,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "api-keys",
    title: "API keys",
    provides: &[Facet::Credentials],
    types: &["api-key"],
    calls: &[LIST.call],
    switched_on_by: None,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Key {
    name: String,
    uid: String,
    display_name: String,
    create_time: Option<Timestamp>,
    delete_time: Option<Timestamp>,
    annotations: BTreeMap<String, String>,
    restrictions: Restrictions,
    service_account_email: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Restrictions {
    api_targets: Vec<ApiTarget>,
    android_key_restrictions: Option<Value>,
    browser_key_restrictions: Option<Value>,
    ios_key_restrictions: Option<Value>,
    server_key_restrictions: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ApiTarget {
    service: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Keys {
    keys: Vec<Key>,
    next_page_token: String,
}

impl Page for Keys {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// The listing.
pub(crate) struct ApiKeys;

#[async_trait]
impl Collector<Session> for ApiKeys {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = format!("v2/projects/{}/locations/global/keys", segment(&session.project.id));
        let mut listing = session.estate.api.list::<Keys>(LIST, path, &[("pageSize", "300")]);
        while let Some(page) = listing.page().await? {
            for key in page.keys {
                observe(session, key, out).await;
            }
        }
        Ok(())
    }
}

async fn observe(session: &Session, key: Key, out: &mut Recorder) {
    if key.uid.is_empty() {
        out.failed(&CallError::new(LIST.call, FailureKind::Malformed, "the answer holds a key without a uid"));
        return;
    }
    let id = ids::api_key(&session.project.id, &key.uid);
    let name = if key.display_name.is_empty() { &key.uid } else { &key.display_name };
    let detail =
        CredentialDetail { limits: Some(key.restrictions.limits()), ..CredentialDetail::new(CredentialKind::ApiKey) };
    let mut node = Node::new(id.clone(), What::Credential(detail), "api-key", name);
    node.native_id = Some(key.uid.clone());
    node.address = Some(format!("//apikeys.googleapis.com/{}", key.name));
    node.scope = Some(session.scope());
    node.state = if key.delete_time.is_some() { State::Deleted } else { State::Enabled };
    node.created = key.create_time;
    node.tags = key.annotations;
    out.node(node).await;
    if !key.service_account_email.is_empty() {
        // A key that is bound to an account acts as that account.
        let account = ids::service_account(&key.service_account_email);
        out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, account)).await;
    }
}

impl Restrictions {
    /// The services and the kinds of callers to which a key is limited.
    fn limits(&self) -> CredentialLimits {
        let kinds = [
            ("android", &self.android_key_restrictions),
            ("browser", &self.browser_key_restrictions),
            ("ios", &self.ios_key_restrictions),
            ("server", &self.server_key_restrictions),
        ];
        let callers = kinds.iter().filter(|(_, limit)| limit.is_some()).map(|(kind, _)| (*kind).to_owned());
        CredentialLimits {
            services: self.api_targets.iter().map(|target| target.service.clone()).collect(),
            callers: callers.collect(),
        }
    }
}
