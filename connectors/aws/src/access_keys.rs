//! `iam:ListAccessKeys`: the ids of keys, which no bulk call gives. Asked only for users who hold a key,
//! as the credential report tells; age and last use come from the report, matched by the moment of making.

mod slots;

use crate::credential_report::Row;
use crate::failure::{call_error, is_gone};
use crate::ids::ROOT;
use crate::session::Session;
use crate::wire::{state, timestamp};
use async_trait::async_trait;
use aws_sdk_iam::types::AccessKeyMetadata;
use futures_util::{StreamExt, stream};
use std::collections::BTreeSet;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Pages, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, Node, NodeId, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>
const LIST_ACCESS_KEYS: ApiCall = ApiCall::read(
    "iam:ListAccessKeys",
    "iam:ListAccessKeys",
    "Reads the ids of access keys, with which a leaked key is recognised. One call for each user who holds a key.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "access-keys",
    title: "access keys",
    provides: &[Facet::Credentials],
    types: &["access-key"],
    calls: &[LIST_ACCESS_KEYS],
    switched_on_by: None,
};

const CALL: ApiCall = LIST_ACCESS_KEYS;
/// A user holds at most two keys; a server that pages further is not IAM.
const MOST_PAGES: usize = 10;
/// After so many refusals without one answer, the permission is taken to be missing for all.
const CONVINCING_REFUSALS: usize = 20;
const PROGRESS_EVERY: usize = 100;

/// The listing.
pub(crate) struct AccessKeys;

#[async_trait]
impl Collector<Session> for AccessKeys {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let users = users_to_ask(session)?;
        let total = users.len();
        let mut answers = stream::iter(users)
            .map(|user| async move { (list(session, &user).await, user) })
            .buffered(session.concurrency);
        let mut refused: Vec<(CallError, NodeId)> = Vec::new();
        let mut answered = 0_usize;
        while let Some((answer, user)) = answers.next().await {
            match answer {
                Ok(keys) => {
                    answered += 1;
                    observe(session, &user, &keys, out).await;
                }
                Err(error) => refused.push((error, session.account.user(&user))),
            }
            if answered == 0 && refused.len() >= CONVINCING_REFUSALS && all_denied(&refused) {
                break;
            }
            if (answered + refused.len()).is_multiple_of(PROGRESS_EVERY) {
                out.progress(&format!("access keys of {} of {total} users", answered + refused.len()));
            }
        }
        if answered == 0 && all_denied(&refused) {
            // Refused for everybody is one gap, not one a user.
            return refused.into_iter().next().map_or(Ok(()), |(error, _)| Err(error));
        }
        for (error, user) in refused {
            out.failed_for(&error, user);
        }
        Ok(())
    }
}

fn all_denied(refused: &[(CallError, NodeId)]) -> bool {
    refused.iter().all(|(error, _)| error.kind == FailureKind::Denied)
}

/// Users who hold a key, as the report says; without a report, all users. Users whom the report does not know are
/// younger than it, or their row could not be read, and are asked too.
fn users_to_ask(session: &Session) -> Result<BTreeSet<String>, CallError> {
    let known = session.users.get();
    let unknown = |reason: &str| CallError::new(CALL, FailureKind::Other, reason);
    let Some(report) = session.report.get() else {
        return match known {
            Some(known) if known.complete => Ok(known.names.iter().cloned().collect()),
            _ => Err(unknown("not asked: neither the credential report nor the authorization details told all users")),
        };
    };
    let holders = report.rows.iter().filter(|(_, row)| row.holds_key()).map(|(name, _)| name.clone());
    let strangers = known.into_iter().flat_map(|known| &known.names).filter(|name| !report.rows.contains_key(*name));
    // The root user's keys cannot be listed by anybody else; what the report tells of them is all there is.
    Ok(holders.chain(strangers.cloned()).filter(|name| session.account.user(name).local() != ROOT).collect())
}

async fn list(session: &Session, user: &str) -> Result<Vec<AccessKeyMetadata>, CallError> {
    let mut pages = Pages::new(MOST_PAGES);
    let mut marker = None;
    let mut keys = Vec::new();
    loop {
        let page = match session.iam.list_access_keys().user_name(user).set_marker(marker).send().await {
            Ok(page) => page,
            // Deleted since the report was made: it has no keys, and that is an answer.
            Err(error) if is_gone(&error) => return Ok(Vec::new()),
            Err(error) => return Err(call_error(CALL, error)),
        };
        keys.extend_from_slice(page.access_key_metadata());
        let next = pages.turn(page.is_truncated(), page.marker());
        marker = next.map_err(|fault| CallError::new(CALL, FailureKind::Malformed, &fault.to_string()))?;
        if marker.is_none() {
            return Ok(keys);
        }
    }
}

async fn observe(session: &Session, user: &str, keys: &[AccessKeyMetadata], out: &mut Recorder) {
    let report = session.report.get();
    let row: Option<&Row> = report.and_then(|report| report.rows.get(user));
    let made: Vec<_> = keys.iter().map(|key| key.create_date().and_then(timestamp)).collect();
    let uses = slots::last_uses(&made, row, report.and_then(|report| report.generated));
    let identity = session.account.user(user);
    for ((key, created), last_used) in keys.iter().zip(made).zip(uses) {
        let Some(key_id) = key.access_key_id() else {
            let error = CallError::new(CALL, FailureKind::Malformed, "the answer holds a key without an id");
            out.failed_for(&error, identity.clone());
            continue;
        };
        let id = NodeId::new("aws", "", "access-key", key_id);
        let detail = What::Credential(CredentialDetail::new(CredentialKind::AccessKey));
        let mut node = Node::new(id.clone(), detail, "access-key", key_id);
        node.scope = Some(session.account.scope());
        node.state = key.status().map(state).unwrap_or_default();
        node.created = created;
        node.last_used = Some(last_used);
        out.node(node).await;
        out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, identity.clone())).await;
    }
}
