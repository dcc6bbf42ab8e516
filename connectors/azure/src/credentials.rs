//! Secrets and certificates, which applications and service principals hold in the same form.

use crate::ids::{CERTIFICATE, SECRET};
use crate::session::{KnownCredential, Session};
use serde::Deserialize;
use std::collections::BTreeSet;
use whose_connect::Recorder;
use whose_model::{
    CredentialDetail, CredentialKind, Edge, EdgeKind, LastUsed, Node, NodeId, State, Timestamp, Usage, What,
};

/// A secret. Its value is not part of any answer; `hint` is the first three characters.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordCredential {
    key_id: String,
    display_name: Option<String>,
    hint: Option<String>,
    start_date_time: Option<Timestamp>,
    end_date_time: Option<Timestamp>,
    custom_key_identifier: Option<String>,
}

/// A certificate's public half.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyCredential {
    key_id: String,
    display_name: Option<String>,
    usage: Option<String>,
    start_date_time: Option<Timestamp>,
    end_date_time: Option<Timestamp>,
    custom_key_identifier: Option<String>,
}

/// Notes every credential with which somebody can act as `identity`.
pub(crate) async fn observe(
    session: &Session,
    identity: &NodeId,
    passwords: Vec<PasswordCredential>,
    keys: Vec<KeyCredential>,
    out: &mut Recorder,
) {
    // What signs SAML tokens for single sign-on is kept in three entries of one identifier: the certificate to sign
    // with, the one to verify with, and a secret that protects the private key. None of them signs anybody in.
    let signing: BTreeSet<String> = keys
        .iter()
        .filter(|key| key.usage.as_deref() == Some("Sign"))
        .filter_map(|key| key.custom_key_identifier.clone())
        .collect();
    let signs = |identifier: &Option<String>| identifier.as_ref().is_some_and(|one| signing.contains(one));
    for secret in passwords.into_iter().filter(|secret| !signs(&secret.custom_key_identifier)) {
        let mut detail = CredentialDetail::new(CredentialKind::ClientSecret);
        detail.expires = secret.end_date_time;
        detail.hint = secret.hint;
        let made = secret.start_date_time;
        note(session, SECRET, &secret.key_id, secret.display_name, detail, made, identity, out).await;
    }
    let proves = |key: &KeyCredential| key.usage.as_deref() != Some("Sign") && !signs(&key.custom_key_identifier);
    for key in keys.into_iter().filter(proves) {
        let mut detail = CredentialDetail::new(CredentialKind::Certificate);
        detail.expires = key.end_date_time;
        detail.thumbprint = key.custom_key_identifier.as_deref().and_then(thumbprint);
        let made = key.start_date_time;
        note(session, CERTIFICATE, &key.key_id, key.display_name, detail, made, identity, out).await;
    }
}

#[expect(clippy::too_many_arguments, reason = "the two kinds of credentials share these facts and nothing else")]
async fn note(
    session: &Session,
    kind: &str,
    key_id: &str,
    name: Option<String>,
    detail: CredentialDetail,
    made: Option<Timestamp>,
    identity: &NodeId,
    out: &mut Recorder,
) {
    let id = session.tenant.thing(kind, key_id);
    let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| key_id.to_owned());
    let mut node = Node::new(id.clone(), What::Credential(detail.clone()), kind, &name);
    node.native_id = Some(key_id.to_owned());
    node.scope = Some(session.tenant.scope());
    node.state = State::Enabled;
    node.created = made;
    node.last_used = Some(LastUsed {
        usage: Usage::NotCollected,
        horizon: None,
        source: "the listing of credentials does not tell their last use".into(),
        what: None,
    });
    session.known().credentials.insert(key_id.to_lowercase(), KnownCredential { id: id.clone(), detail, name });
    out.node(node).await;
    out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, identity.clone())).await;
}

/// The SHA-1 thumbprint in lower-case hexadecimal digits, with which a leaked key's own certificate is compared. It
/// comes in three forms: as its bytes in base 64, as its digits, and as its digits in base 64. Other texts that keepers
/// chose themselves are none.
fn thumbprint(identifier: &str) -> Option<String> {
    let digits = |text: &[u8]| data_encoding::HEXLOWER_PERMISSIVE.decode(text).ok().filter(|bytes| bytes.len() == 20);
    let decoded = || data_encoding::BASE64.decode(identifier.as_bytes()).ok();
    let bytes = digits(identifier.as_bytes()).or_else(|| {
        let bytes = decoded()?;
        if bytes.len() == 20 { Some(bytes) } else { digits(&bytes) }
    })?;
    Some(data_encoding::HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::{BASE64, HEXUPPER};

    #[test]
    fn thumbprints_are_the_same_in_every_form() {
        let bytes = [0xab_u8; 20];
        let digits = HEXUPPER.encode(&bytes);
        for text in [BASE64.encode(&bytes), digits.clone(), digits.to_lowercase(), BASE64.encode(digits.as_bytes())] {
            assert_eq!(thumbprint(&text), Some("ab".repeat(20)), "{text}");
        }
    }

    #[test]
    fn only_twenty_bytes_are_a_thumbprint() {
        for other in ["", "cHJvZA==", "not base 64", "abcd", &"ab".repeat(32), &BASE64.encode(&[7; 32])] {
            assert_eq!(thumbprint(other), None, "{other}");
        }
    }
}
