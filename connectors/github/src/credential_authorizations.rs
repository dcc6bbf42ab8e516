//! `orgs/list-saml-sso-authorizations`: the classic tokens, SSH keys and app tokens that people authorised for an
//! organisation with single sign-on. Without single sign-on nobody can list these.

use crate::session::Session;
use crate::wire::{last_used, present};
use async_trait::async_trait;
use data_encoding::BASE64_NOPAD;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, Node, State, Timestamp, What};

/// <https://docs.github.com/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization>
const LIST_CREDENTIAL_AUTHORIZATIONS: ApiCall = ApiCall::read(
    "github:ListCredentialAuthorizations",
    "organization_administration:read",
    "Reads the classic tokens, SSH keys and app tokens that people authorised through single sign-on.",
    "https://docs.github.com/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "credential-authorizations",
    title: "credentials authorised through single sign-on",
    provides: &[Facet::Credentials, Facet::CredentialUse],
    types: &[TYPE],
    calls: &[LIST_CREDENTIAL_AUTHORIZATIONS],
    switched_on_by: None,
};

const TYPE: &str = "credential-authorization";

#[derive(Deserialize)]
struct Authorization {
    login: String,
    credential_id: u64,
    credential_type: String,
    token_last_eight: Option<String>,
    fingerprint: Option<String>,
    credential_authorized_at: Timestamp,
    #[serde(default, deserialize_with = "present")]
    credential_accessed_at: Option<Option<Timestamp>>,
    #[serde(default)]
    scopes: Vec<String>,
    authorized_credential_title: Option<String>,
    authorized_credential_note: Option<String>,
    authorized_credential_expires_at: Option<Timestamp>,
}

/// The listing.
pub(crate) struct CredentialAuthorizations;

#[async_trait]
impl Collector<Session> for CredentialAuthorizations {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = ["orgs", session.organization.login.as_str(), "credential-authorizations"];
        let mut listing = session.api.list(LIST_CREDENTIAL_AUTHORIZATIONS, &path, &[])?;
        while let Some(authorizations) = listing.page::<Vec<Authorization>>().await.map_err(or_not_offered)? {
            for authorization in authorizations {
                observe(session, authorization, out).await;
            }
            out.progress(INFO.title);
        }
        Ok(())
    }
}

/// An organisation without single sign-on answers that there is nothing, as it does to whoever may not ask.
fn or_not_offered(error: CallError) -> CallError {
    if error.kind == FailureKind::Denied && error.message.contains("HTTP 404") {
        let message =
            format!("{}; or the organisation has no single sign-on, and then nobody can list these", error.message);
        CallError::new(error.call, FailureKind::NotEnabled, &message)
    } else {
        error
    }
}

async fn observe(session: &Session, authorization: Authorization, out: &mut Recorder) {
    let organization = &session.organization;
    let kind = if authorization.credential_type == "SSH key" { CredentialKind::SshKey } else { CredentialKind::Token };
    let mut detail = CredentialDetail::new(kind);
    detail.expires = authorization.authorized_credential_expires_at;
    detail.hint = authorization.token_last_eight.map(|last| format!("…{last}"));
    detail.thumbprint = authorization.fingerprint.map(thumbprint);
    let number = authorization.credential_id.to_string();
    let id = organization.thing(TYPE, &number);
    let said = [authorization.authorized_credential_note, authorization.authorized_credential_title];
    let said = said.into_iter().flatten().find(|text| !text.trim().is_empty());
    let name = said.unwrap_or_else(|| format!("{} {number}", authorization.credential_type));
    let mut node = Node::new(id.clone(), What::Credential(detail), TYPE, &name);
    node.native_id = Some(number);
    node.scope = Some(organization.scope());
    node.state = State::Enabled;
    // When it was made, GitHub does not tell; only when it was authorised.
    node.tags.insert("authorized_at".into(), authorization.credential_authorized_at.to_string());
    node.tags.insert("credential_type".into(), authorization.credential_type);
    if !authorization.scopes.is_empty() {
        node.tags.insert("scopes".into(), authorization.scopes.join(" "));
    }
    node.last_used = Some(last_used(authorization.credential_accessed_at, LIST_CREDENTIAL_AUTHORIZATIONS.name));
    out.node(node).await;
    let owner = session.people.named(organization, &authorization.login);
    out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, owner.id.clone())).await;
    out.node(owner).await;
}

/// A fingerprint of SHA-256 as `ssh-keygen -l` writes it, with which a leaked key is compared. GitHub does not document
/// its form, so what is no such fingerprint stays as it came.
fn thumbprint(fingerprint: String) -> String {
    let bare = fingerprint.strip_prefix("SHA256:").unwrap_or(&fingerprint).trim_end_matches('=');
    let is_sha256 = BASE64_NOPAD.decode(bare.as_bytes()).is_ok_and(|bytes| bytes.len() == 32);
    if is_sha256 { format!("SHA256:{bare}") } else { fingerprint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_of_sha256_are_written_as_ssh_keygen_does() {
        // That of GitHub's own host key.
        let expected = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
        let bare = &expected[7..];
        for text in [expected.to_owned(), bare.to_owned(), format!("{bare}=")] {
            assert_eq!(thumbprint(text), expected);
        }
        for other in ["", "jklmnop12345678", "SHA256:short", "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"] {
            assert_eq!(thumbprint(other.to_owned()), other);
        }
    }
}
