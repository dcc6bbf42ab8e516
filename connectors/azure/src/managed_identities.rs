//! `azure:ListResources`: the tags of what managed identities belong to. The directory knows no tags of managed
//! identities; their keepers write them on the Azure resource.

use crate::ids::PRINCIPAL;
use crate::role_assignments;
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Facet, IdentityDetail, Node, Timestamp, What};

/// <https://learn.microsoft.com/en-us/rest/api/resources/resources/list>
const LIST_RESOURCES: ApiCall = ApiCall::read(
    "azure:ListResources",
    "Microsoft.Resources/subscriptions/resources/read",
    "Reads the tags of the resources that managed identities belong to. Only asked where there are any.",
    "https://learn.microsoft.com/en-us/rest/api/resources/resources/list",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "managed-identities",
    title: "tags of managed identities",
    provides: &[Facet::OwnerSignals],
    types: &[PRINCIPAL],
    calls: &[LIST_RESOURCES],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    id: String,
    tags: Option<BTreeMap<String, String>>,
    created_time: Option<Timestamp>,
}

/// The listing.
pub(crate) struct ManagedIdentities;

#[async_trait]
impl Collector<Session> for ManagedIdentities {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let (mut wanted, subscriptions) = {
            let known = session.known();
            (known.managed.clone(), known.subscriptions.clone().unwrap_or_default())
        };
        if wanted.is_empty() {
            return Ok(());
        }
        let mut reason = format!("its resource lies in no visible subscription ({})", role_assignments::INFO.id);
        let mut kind = FailureKind::Other;
        for id in subscriptions {
            if let Err(error) = read(session, &id, &mut wanted, out).await {
                (reason, kind) = (error.message, error.kind);
            }
        }
        // Every other identity has told its owners in the directory.
        for object_id in wanted.values() {
            out.failed_for(&CallError::new(LIST_RESOURCES, kind, &reason), session.tenant.principal(object_id));
        }
        Ok(())
    }
}

async fn read(
    session: &Session,
    subscription: &str,
    wanted: &mut BTreeMap<String, String>,
    out: &mut Recorder,
) -> Result<(), CallError> {
    let path = format!("/subscriptions/{subscription}/resources?api-version=2021-04-01&$expand=createdTime&$top=1000");
    let mut listing = session.manager.list(LIST_RESOURCES, &path)?;
    // A subscription holds far more resources than managed identities: once all are found, the rest is left unread.
    while !wanted.is_empty()
        && let Some(page) = listing.page::<Resource>().await?
    {
        for found in page {
            let Some(object_id) = wanted.remove(&found.id.to_lowercase()) else { continue };
            let name = session.known().principals.get(&object_id).cloned().unwrap_or_else(|| object_id.clone());
            let id = session.tenant.principal(&object_id);
            let mut node = Node::new(id, What::Identity(Box::<IdentityDetail>::default()), PRINCIPAL, &name);
            node.tags = found.tags.unwrap_or_default();
            node.created = found.created_time;
            out.node(node).await;
        }
    }
    Ok(())
}
