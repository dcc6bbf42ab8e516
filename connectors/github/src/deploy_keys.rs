//! `repos/list-deploy-keys`: the keys of single repositories, a call for each. A deploy key acts by itself and not
//! as the person who added it, and it keeps working when that person leaves; so each is an identity with a key.

use crate::grants;
use crate::session::Session;
use crate::wire::{last_used, present};
use async_trait::async_trait;
use data_encoding::{BASE64, BASE64_NOPAD};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{
    Class, Classified, CredentialDetail, CredentialKind, Edge, EdgeKind, Evidence, Facet, IdentityDetail, Node, Power,
    State, Tier, Timestamp, What,
};

/// <https://docs.github.com/rest/deploy-keys/deploy-keys#list-deploy-keys>
const LIST_DEPLOY_KEYS: ApiCall = ApiCall::read(
    "github:ListDeployKeys",
    "administration:read",
    "Reads the keys of single repositories: who added them, whether they may write, and when they were last used. One \
     call for each repository.",
    "https://docs.github.com/rest/deploy-keys/deploy-keys#list-deploy-keys",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "deploy-keys",
    title: "deploy keys",
    provides: &[Facet::Identities, Facet::Credentials, Facet::CredentialUse],
    types: &[TYPE],
    calls: &[LIST_DEPLOY_KEYS],
    switched_on_by: None,
};

const TYPE: &str = "deploy-key";
/// After so many refusals without one answer, the permission is taken to be missing for all.
const CONVINCING_REFUSALS: usize = 20;
const PROGRESS_EVERY: usize = 100;

#[derive(Deserialize)]
struct DeployKey {
    id: u64,
    key: String,
    title: String,
    created_at: Timestamp,
    read_only: bool,
    added_by: Option<String>,
    #[serde(default, deserialize_with = "present")]
    last_used: Option<Option<Timestamp>>,
    enabled: Option<bool>,
}

/// The listing.
pub(crate) struct DeployKeys;

#[async_trait]
impl Collector<Session> for DeployKeys {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let not_asked = |reason: &str| CallError::new(LIST_DEPLOY_KEYS, FailureKind::Other, reason);
        let Some(known) = session.repositories.get() else {
            return Err(not_asked("not asked: the repositories were not read"));
        };
        let total = known.names.len();
        let mut answers = stream::iter(known.names.clone())
            .map(|name| async move { (list(session, &name).await, name) })
            .buffered(session.concurrency);
        let (mut answered, mut refused) = (0_usize, Vec::new());
        while let Some((answer, repository)) = answers.next().await {
            match answer {
                Ok(keys) => {
                    answered += 1;
                    for key in &keys {
                        observe(session, &repository, key, out).await;
                    }
                }
                Err(error) => refused.push((error, repository)),
            }
            if answered == 0 && refused.len() >= CONVINCING_REFUSALS && all_denied(&refused) {
                break;
            }
            if (answered + refused.len()).is_multiple_of(PROGRESS_EVERY) {
                out.progress(&format!("deploy keys of {} of {total} repositories", answered + refused.len()));
            }
        }
        if answered == 0 && all_denied(&refused) && !refused.is_empty() {
            // Refused for every repository is one gap, not one a repository.
            return refused.into_iter().next().map_or(Ok(()), |(error, _)| Err(error));
        }
        for (error, repository) in refused {
            // A key that was not seen could be anybody's, so the gap is the organisation's as well.
            let message = format!("{}: {}", session.organization.repository_name(&repository), error.message);
            out.failed(&CallError::new(error.call, error.kind, &message));
        }
        if !known.complete {
            out.failed(&not_asked("not asked for repositories that their own listing did not name"));
        }
        Ok(())
    }
}

fn all_denied(refused: &[(CallError, String)]) -> bool {
    refused.iter().all(|(error, _)| error.kind == FailureKind::Denied)
}

async fn list(session: &Session, repository: &str) -> Result<Vec<DeployKey>, CallError> {
    let path = ["repos", session.organization.login.as_str(), repository, "keys"];
    let mut listing = session.api.list(LIST_DEPLOY_KEYS, &path, &[])?;
    let mut keys = Vec::new();
    while let Some(page) = listing.page::<Vec<DeployKey>>().await? {
        keys.extend(page);
    }
    Ok(keys)
}

async fn observe(session: &Session, repository: &str, key: &DeployKey, out: &mut Recorder) {
    let organization = &session.organization;
    let number = key.id.to_string();
    let place = organization.repository_name(repository);
    let name = format!("{}/{repository} ({})", organization.login, key.title);
    let address = organization.address(&format!("{}/{repository}/settings/keys", organization.login));
    let state = if key.enabled == Some(false) { State::Disabled } else { State::Enabled };
    let common = |mut node: Node| {
        node.native_id = Some(number.clone());
        node.address = Some(address.clone());
        node.scope = Some(organization.scope());
        node.state = state;
        node.created = Some(key.created_at);
        node
    };

    let reasons = vec!["a deploy key acts for itself, without anybody's account".into()];
    let class = Some(Classified { class: Class::NonHuman, reasons });
    let identity = What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }));
    let mut holder =
        common(Node::new(organization.thing("deploy-key-access", &number), identity, "deploy-key-access", &name));
    holder.description = Some(key.title.clone()).filter(|title| !title.trim().is_empty());

    let mut detail = CredentialDetail::new(CredentialKind::DeployKey);
    detail.thumbprint = thumbprint(&key.key);
    let mut credential =
        common(Node::new(organization.thing(TYPE, &number), What::Credential(detail), TYPE, &key.title));
    credential.last_used = Some(last_used(key.last_used, LIST_DEPLOY_KEYS.name));

    let (tier, verb) = if key.read_only { (Tier::T2, "read") } else { (Tier::T1, "write") };
    let power = Power { tier, why: format!("{verb} of {}/{repository}", organization.login) };
    let actions = vec![format!("contents:{verb}")];
    let grant_id = organization.thing("deploy-key-permission", &number);
    let grant = grants::node(organization, grant_id, &format!("{verb} access"), actions, vec![place], power);

    out.edge(Edge::stated(credential.id.clone(), EdgeKind::AuthenticatesAs, holder.id.clone())).await;
    out.edge(Edge::stated(holder.id.clone(), EdgeKind::HasGrant, grant.id.clone())).await;
    let repository = organization.repository(repository);
    out.edge(Edge::stated(grant.id.clone(), EdgeKind::HasPermission, repository)).await;
    if let Some(login) = key.added_by.as_deref().filter(|login| !login.is_empty()) {
        let person = session.people.named(organization, login);
        let shown = Evidence::new(format!("added by {login}"), LIST_DEPLOY_KEYS.name).at(Some(key.created_at));
        out.edge(Edge::stated(holder.id.clone(), EdgeKind::CreatedBy, person.id.clone()).shown_by(shown)).await;
        out.node(person).await;
    }
    for node in [holder, credential, grant] {
        out.node(node).await;
    }
}

/// The SHA-256 of a public key, as `ssh-keygen -l` writes it. `None`: the text is no public key.
fn thumbprint(key: &str) -> Option<String> {
    let blob = BASE64.decode(key.split_whitespace().nth(1)?.as_bytes()).ok()?;
    (!blob.is_empty()).then(|| format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(&blob))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_those_of_ssh_keygen() {
        // GitHub's own host key and its published fingerprint.
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl comment";
        assert_eq!(thumbprint(key).as_deref(), Some("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"));
        for nothing in ["", "ssh-ed25519", "ssh-ed25519 ?", "ssh-ed25519 "] {
            assert_eq!(thumbprint(nothing), None, "{nothing}");
        }
    }
}
