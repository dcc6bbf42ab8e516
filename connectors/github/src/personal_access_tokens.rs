//! `orgs/list-pat-grants`: the fine-grained tokens that people made and the organisation let in. GitHub answers it
//! to apps alone.

use crate::grants;
use crate::power::{Extent, Permissions};
use crate::session::Session;
use crate::wire::{SimpleUser, last_used, present};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, Node, State, Timestamp, What};

/// <https://docs.github.com/rest/orgs/personal-access-tokens#list-fine-grained-personal-access-tokens-with-access-to-organization-resources>
const LIST_TOKENS: ApiCall = ApiCall::read(
    "github:ListPersonalAccessTokens",
    "organization_personal_access_tokens:read",
    "Reads the fine-grained tokens that may act in the organisation: whose they are, when they end and were last used. \
     GitHub answers it to apps alone.",
    "https://docs.github.com/rest/orgs/personal-access-tokens#list-fine-grained-personal-access-tokens-with-access-to-organization-resources",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "personal-access-tokens",
    title: "fine-grained personal access tokens",
    provides: &[Facet::Credentials, Facet::CredentialUse],
    types: &[TYPE],
    calls: &[LIST_TOKENS],
    switched_on_by: None,
};

const TYPE: &str = "personal-access-token";

#[derive(Deserialize)]
struct Token {
    /// The id of its grant in this organisation, by which it is revoked.
    id: u64,
    /// The id of the token itself.
    token_id: u64,
    token_name: String,
    owner: SimpleUser,
    repository_selection: String,
    permissions: ByKind,
    access_granted_at: Timestamp,
    #[serde(default)]
    token_expired: bool,
    token_expires_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "present")]
    token_last_used_at: Option<Option<Timestamp>>,
}

#[derive(Deserialize)]
struct ByKind {
    #[serde(default)]
    organization: Permissions,
    #[serde(default)]
    repository: Permissions,
    #[serde(default)]
    other: Permissions,
}

/// The listing.
pub(crate) struct PersonalAccessTokens;

#[async_trait]
impl Collector<Session> for PersonalAccessTokens {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = ["orgs", session.organization.login.as_str(), "personal-access-tokens"];
        let mut listing = session.api.list(LIST_TOKENS, &path, &[])?;
        while let Some(tokens) = listing.page::<Vec<Token>>().await? {
            for token in tokens {
                observe(session, token, out).await;
            }
            out.progress(INFO.title);
        }
        Ok(())
    }
}

async fn observe(session: &Session, token: Token, out: &mut Recorder) {
    let organization = &session.organization;
    let mut detail = CredentialDetail::new(CredentialKind::Token);
    detail.expires = token.token_expires_at;
    let id = organization.thing(TYPE, &token.token_id.to_string());
    let mut node = Node::new(id.clone(), What::Credential(detail), TYPE, &token.token_name);
    node.scope = Some(organization.scope());
    let settings = format!("organizations/{}/settings/personal-access-tokens/{}", organization.login, token.id);
    node.address = Some(organization.address(&settings));
    node.state = if token.token_expired { State::Disabled } else { State::Enabled };
    // GitHub does not tell when a token was made: at the latest when it was let in.
    node.created = Some(token.access_granted_at);
    node.last_used = Some(last_used(token.token_last_used_at, LIST_TOKENS.name));
    out.node(node).await;

    let owner = session.people.named(organization, &token.owner.login);
    out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, owner.id.clone())).await;
    let mut permissions = token.permissions.repository;
    permissions.extend(token.permissions.organization);
    permissions.extend(token.permissions.other);
    let grant = grants::of_permissions(
        organization,
        organization.thing("personal-access-token-grant", &token.id.to_string()),
        &format!("permissions of the token {}", token.token_name),
        &permissions,
        Extent::of(&token.repository_selection),
    );
    out.edge(Edge::stated(owner.id.clone(), EdgeKind::HasGrant, grant.id.clone())).await;
    out.node(owner).await;
    out.node(grant).await;
}
