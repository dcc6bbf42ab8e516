//! `iam:ListSSHPublicKeys`: keys with which users reach CodeCommit. No bulk call tells who holds one, so
//! this takes one call a user and runs only when the target asks for it with `ssh-keys=on`. The listing tells neither
//! the keys nor their fingerprints, so a leaked private key is not recognised by it.

use crate::failure::{call_error, is_gone};
use crate::session::Session;
use crate::wire::{state, timestamp};
use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, LastUsed, Node, Usage, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html>
const LIST_SSH_PUBLIC_KEYS: ApiCall = ApiCall::read(
    "iam:ListSSHPublicKeys",
    "iam:ListSSHPublicKeys",
    "Reads the ids of SSH keys for CodeCommit. One call a user, and only when the target says ssh-keys=on.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "ssh-public-keys",
    title: "SSH public keys",
    provides: &[Facet::Credentials],
    types: &["ssh-public-key"],
    calls: &[LIST_SSH_PUBLIC_KEYS],
    switched_on_by: Some("ssh-keys=on"),
};

const TYPE: &str = "ssh-public-key";

/// The listing.
pub(crate) struct SshPublicKeys;

#[async_trait]
impl Collector<Session> for SshPublicKeys {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let call = LIST_SSH_PUBLIC_KEYS;
        let Some(users) = session.users.get().filter(|users| users.complete) else {
            let reason = "not asked: the authorization details did not tell all users";
            return Err(CallError::new(call, FailureKind::Other, reason));
        };
        let mut answers = stream::iter(users.names.clone())
            .map(|user| async move { (session.iam.list_ssh_public_keys().user_name(&user).send().await, user) })
            .buffered(session.concurrency);
        while let Some((answer, user)) = answers.next().await {
            let identity = session.account.user(&user);
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) if is_gone(&error) => continue,
                Err(error) => {
                    out.failed_for(&call_error(call, error), identity);
                    continue;
                }
            };
            for key in answer.ssh_public_keys() {
                let id = session.account.thing(TYPE, key.ssh_public_key_id());
                let detail = What::Credential(CredentialDetail::new(CredentialKind::SshKey));
                let mut node = Node::new(id.clone(), detail, TYPE, key.ssh_public_key_id());
                node.scope = Some(session.account.scope());
                node.state = state(key.status());
                node.created = timestamp(key.upload_date());
                node.last_used = Some(LastUsed {
                    usage: Usage::NotCollected,
                    horizon: None,
                    source: "AWS does not tell the last use of SSH keys".into(),
                    what: None,
                });
                out.node(node).await;
                out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, identity.clone())).await;
            }
        }
        Ok(())
    }
}
