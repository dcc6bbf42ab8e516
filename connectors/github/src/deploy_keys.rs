//! `repos/list-deploy-keys`: the keys of single repositories, a call for each. A deploy key acts by itself and not
//! as the person who added it, and it keeps working when that person leaves; so each is an identity with a key.

use crate::each_repository::{Hides, ask, known, tell_unasked};
use crate::grants;
use crate::session::Session;
use crate::wire::{last_used, present};
use async_trait::async_trait;
use data_encoding::{BASE64, BASE64_NOPAD};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
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
        let known = known(session, LIST_DEPLOY_KEYS)?;
        let call = (LIST_DEPLOY_KEYS, INFO.title, Hides::Anything);
        let asked = ask(session, out, call, &known.names, |name| async move { list(session, &name).await });
        for (repository, keys) in asked.await? {
            for key in &keys {
                observe(session, &repository, key, out).await;
            }
        }
        tell_unasked(out, LIST_DEPLOY_KEYS, known, 0);
        Ok(())
    }
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
