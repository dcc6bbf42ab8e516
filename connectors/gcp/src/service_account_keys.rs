//! `projects.serviceAccounts.keys.list`: the keys that people made or uploaded. Keys that Google makes and turns
//! over by itself are not asked for.

use crate::api::{Operation, Service, is_gone, segment};
use crate::each::{Answers, each};
use crate::ids;
use crate::session::Session;
use async_trait::async_trait;
use futures_util::StreamExt;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, Node, State, Timestamp, What};

/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys/list>
const LIST: Operation = Operation {
    call: ApiCall::read(
        "iam:ListServiceAccountKeys",
        "iam.serviceAccountKeys.list",
        "Reads the ids, dates and state of keys, with which a leaked key is recognised. One call for each account.",
        "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys/list",
    ),
    service: Service::Iam,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "service-account-keys",
    title: "service account keys",
    provides: &[Facet::Credentials],
    types: &["service-account-key"],
    calls: &[LIST.call],
    switched_on_by: None,
};

/// A key, as IAM and Asset Inventory write it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Key {
    pub(crate) name: String,
    key_type: String,
    key_origin: String,
    valid_after_time: Option<Timestamp>,
    valid_before_time: String,
    disabled: bool,
    disable_reason: String,
    extended_status: Vec<ExtendedStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExtendedStatus {
    key: String,
    value: String,
}

impl Key {
    /// Whether a person made or uploaded it.
    pub(crate) fn is_of_user(&self) -> bool {
        self.key_type == "USER_MANAGED"
    }
}

impl ExtendedStatus {
    fn in_words(&self) -> String {
        format!("{} ({})", self.key, self.value)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Keys {
    keys: Vec<Key>,
}

/// The listing.
pub(crate) struct ServiceAccountKeys;

#[async_trait]
impl Collector<Session> for ServiceAccountKeys {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        if let Some(held) = &session.held {
            for account in &held.accounts {
                for key in held.keys(&account.email) {
                    observe(session, &account.email, key, out).await;
                }
            }
            return Ok(());
        }
        let (emails, missing) = session.accounts(LIST.call);
        let mut answers = Answers::new(emails.len(), "keys of service accounts");
        let mut stream = each(emails, session.estate.api.concurrency, |email| list(session, email));
        while let Some((email, answer)) = stream.next().await {
            let subject = ids::service_account(&email);
            if let Some(keys) = answers.take(answer, subject, out) {
                for key in keys.keys {
                    observe(session, &email, &key, out).await;
                }
            }
            if answers.hopeless() {
                break;
            }
        }
        answers.end(missing, out)
    }
}

async fn list(session: &Session, email: &str) -> Result<Keys, CallError> {
    let path = format!("v1/projects/{}/serviceAccounts/{}/keys", segment(&session.project.id), segment(email));
    match session.estate.api.get(LIST, &path, &[("keyTypes", "USER_MANAGED")]).await {
        // Deleted since the accounts were listed: it has no keys, and that is an answer.
        Err(error) if is_gone(&error) => Ok(Keys::default()),
        answer => answer,
    }
}

async fn observe(session: &Session, email: &str, key: &Key, out: &mut Recorder) {
    let account = ids::service_account(email);
    let Some(key_id) = key.name.rsplit_once("/keys/").map(|(_, id)| id).filter(|id| !id.is_empty()) else {
        let error = CallError::new(LIST.call, FailureKind::Malformed, "the answer holds a key without an id");
        out.failed_for(&error, account);
        return;
    };
    let id = ids::service_account_key(key_id);
    let mut detail = CredentialDetail::new(CredentialKind::ServiceAccountKey);
    match end(&key.valid_before_time) {
        Ok(end) => detail.expires = end,
        Err(reason) => out.failed_for(&CallError::new(LIST.call, FailureKind::Malformed, &reason), id.clone()),
    }
    detail.compromised = compromised(key);
    let mut node = Node::new(id.clone(), What::Credential(detail), "service-account-key", key_id);
    node.address = Some(format!("//iam.googleapis.com/{}", key.name));
    node.scope = Some(session.scope());
    node.state = if key.disabled { State::Disabled } else { State::Enabled };
    node.created = key.valid_after_time;
    let statuses = key.extended_status.iter().map(|status| status.key.as_str()).collect::<Vec<_>>().join(" ");
    let facts = [
        ("keyOrigin", key.key_origin.clone()),
        ("disableReason", key.disable_reason.clone()),
        ("extendedStatus", statuses),
    ];
    node.tags =
        facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.into(), value)).collect();
    out.node(node).await;
    out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, account)).await;
}

/// When a key ends. Google writes the last second of the year 9999, which is later than the last moment that can be
/// told here, for a key that never ends.
fn end(text: &str) -> Result<Option<Timestamp>, String> {
    if text.is_empty() || text.starts_with("9999-") {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| format!("the end of a key cannot be read: {error}"))
}

/// What Google says of a key that it holds to be in other hands.
/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys#ServiceAccountKeyDisableReason>
fn compromised(key: &Key) -> Option<String> {
    let tells = |word: &str| word.ends_with("EXPOSED") || word.ends_with("COMPROMISE_DETECTED");
    let status = key.extended_status.iter().find(|status| tells(&status.key));
    let said = status.map(|status| if status.value.is_empty() { status.key.clone() } else { status.in_words() });
    said.or_else(|| Some(key.disable_reason.clone()).filter(|reason| tells(reason)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_other_hands_is_told_from_one_that_was_switched_off() {
        let of = |json: &str| compromised(&serde_json::from_str::<Key>(json).unwrap());
        let exposed = of(r#"{"disableReason":"SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED"}"#);
        assert_eq!(exposed.as_deref(), Some("SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED"));
        let status = "SERVICE_ACCOUNT_KEY_EXTENDED_STATUS_KEY_COMPROMISE_DETECTED";
        let found = of(&format!(r#"{{"extendedStatus":[{{"key":"{status}","value":"a forum"}}]}}"#));
        assert_eq!(found, Some(format!("{status} (a forum)")));
        let by_user = r#"{"disabled":true,"disableReason":"SERVICE_ACCOUNT_KEY_DISABLE_REASON_USER_INITIATED"}"#;
        assert_eq!((of(by_user), of("{}")), (None, None));
    }

    #[test]
    fn a_key_without_an_end_is_told_from_one_whose_end_cannot_be_read() {
        assert_eq!(end("9999-12-31T23:59:59Z"), Ok(None));
        assert_eq!(end("2027-01-31T10:00:00Z"), Ok(Some("2027-01-31T10:00:00Z".parse().unwrap())));
        assert!(end("soon").unwrap_err().contains("cannot be read"));
    }
}
