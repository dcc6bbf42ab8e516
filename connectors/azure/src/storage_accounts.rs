//! `azure:ListStorageAccounts`: storage accounts and the age of their two keys. Each key opens the whole account, whoever
//! shows it. The listing tells when a key was made and never its value; the call that gives values is not made.

use crate::failure::malformed;
use crate::role_assignments;
use crate::session::Session;
use async_trait::async_trait;
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{
    CredentialDetail, CredentialKind, Edge, EdgeKind, Evidence, Facet, Node, NodeId, State, Timestamp, What,
};

/// <https://learn.microsoft.com/en-us/rest/api/storagerp/storage-accounts/list>
const LIST_STORAGE_ACCOUNTS: ApiCall = ApiCall::read(
    "azure:ListStorageAccounts",
    "Microsoft.Storage/storageAccounts/read",
    "Reads which storage accounts there are, whether they take their keys, and when the keys were made. Values of keys \
     are in no answer.",
    "https://learn.microsoft.com/en-us/rest/api/storagerp/storage-accounts/list",
);

const ACCOUNT: &str = "storage-account";
const KEY: &str = "storage-account-key";

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "storage-accounts",
    title: "storage accounts and the age of their keys",
    provides: &[Facet::Credentials],
    types: &[KEY],
    calls: &[LIST_STORAGE_ACCOUNTS],
    switched_on_by: None,
};

/// The first keys are made with the account, though not in the same moment. What is younger was renewed.
const WITH_THE_ACCOUNT: SignedDuration = SignedDuration::from_hours(1);

#[derive(Deserialize)]
struct Account {
    id: String,
    name: String,
    tags: Option<BTreeMap<String, String>>,
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    creation_time: Option<Timestamp>,
    /// Not set means yes.
    allow_shared_key_access: Option<bool>,
    key_creation_time: Option<KeyCreationTime>,
    key_policy: Option<KeyPolicy>,
    sas_policy: Option<SasPolicy>,
    public_network_access: Option<String>,
}

/// Not set for keys that were made before Azure kept the time.
#[derive(Default, Deserialize)]
struct KeyCreationTime {
    key1: Option<Timestamp>,
    key2: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyPolicy {
    key_expiration_period_in_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SasPolicy {
    sas_expiration_period: Option<String>,
}

/// The listing.
pub(crate) struct StorageAccounts;

#[async_trait]
impl Collector<Session> for StorageAccounts {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let Some(subscriptions) = session.known().subscriptions.clone() else {
            let reason = format!("the subscriptions were not read ({})", role_assignments::INFO.id);
            return Err(CallError::new(LIST_STORAGE_ACCOUNTS, FailureKind::Other, &reason));
        };
        // That no subscription is visible was said when they were read; there is nothing further to miss.
        for id in subscriptions {
            match read(session, &id, out).await {
                // A subscription in which nobody ever made a storage account does not know the kind.
                Err(error) if error.kind == FailureKind::NotEnabled => {}
                Err(error) => out.failed(&error),
                Ok(()) => {}
            }
        }
        Ok(())
    }
}

async fn read(session: &Session, subscription: &str, out: &mut Recorder) -> Result<(), CallError> {
    let path =
        format!("/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts?api-version=2023-05-01");
    let mut listing = session.manager.list(LIST_STORAGE_ACCOUNTS, &path)?;
    while let Some(page) = listing.page::<Account>().await? {
        for account in page {
            if account.name.is_empty() {
                out.failed(&malformed(LIST_STORAGE_ACCOUNTS, "the answer holds a storage account without a name"));
                continue;
            }
            observe(session, account, out).await;
        }
    }
    Ok(())
}

async fn observe(session: &Session, found: Account, out: &mut Recorder) {
    // The name is unique over all tenants, and all that a connection string tells.
    let id = NodeId::new("azure", "", ACCOUNT, &found.name.to_lowercase());
    let properties = found.properties;
    let mut node = Node::new(id.clone(), What::Resource, ACCOUNT, &found.name);
    node.address = Some(found.id.clone());
    node.scope = Some(session.tenant.scope());
    node.state = State::Enabled;
    node.created = properties.creation_time;
    node.tags = found.tags.unwrap_or_default();
    let takes_keys = properties.allow_shared_key_access != Some(false);
    let settings = [
        ("allowSharedKeyAccess", Some(takes_keys.to_string())),
        ("keyExpirationPeriodInDays", days(properties.key_policy.as_ref())),
        ("sasExpirationPeriod", properties.sas_policy.and_then(|policy| policy.sas_expiration_period)),
        ("publicNetworkAccess", properties.public_network_access),
    ];
    for (name, value) in settings {
        node.tags.extend(value.map(|value| (name.to_owned(), value)));
    }
    out.node(node).await;
    let made = properties.key_creation_time.unwrap_or_default();
    for (name, made) in [("key1", made.key1), ("key2", made.key2)] {
        let key = key(session, &found.name, name, properties.creation_time, made, takes_keys);
        let evidence = Evidence::new("each key of a storage account opens all of it", LIST_STORAGE_ACCOUNTS.name);
        let opens = Edge::stated(key.id.clone(), EdgeKind::HasPermission, id.clone()).shown_by(evidence);
        out.node(key).await;
        out.edge(opens).await;
    }
}

fn days(policy: Option<&KeyPolicy>) -> Option<String> {
    policy?.key_expiration_period_in_days.map(|days| days.to_string())
}

fn key(
    session: &Session,
    account: &str,
    name: &str,
    account_made: Option<Timestamp>,
    made: Option<Timestamp>,
    takes_keys: bool,
) -> Node {
    let renewed = |made: &Timestamp| account_made.is_none_or(|first| *made - WITH_THE_ACCOUNT > first);
    let detail = CredentialDetail { rotated: made.filter(renewed), ..CredentialDetail::new(CredentialKind::ApiKey) };
    let full = format!("{account}/{name}");
    let id = NodeId::new("azure", "", KEY, &full.to_lowercase());
    let mut node = Node::new(id, What::Credential(detail), KEY, &full);
    node.native_id = Some(name.to_owned());
    node.scope = Some(session.tenant.scope());
    node.state = if takes_keys { State::Enabled } else { State::Disabled };
    node.created = account_made.or(made);
    node
}
