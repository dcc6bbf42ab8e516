//! Domain-wide delegation: a service account acts in the name of an administrator of Google Workspace, who alone may
//! read its directory. <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>

use crate::credentials::{Credentials, Token, TokenError};
use crate::exchange::{granted, hidden, read, secret, send};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{Request, header};
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::SigningKey;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use whose_connect::Client;
use whose_model::Timestamp;
use zeroize::Zeroizing;

/// The scopes that are asked for, and that the client id of the service account must be authorised for.
pub(crate) const USERS: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly";
/// See [`USERS`]. No narrower scope shows which applications people let act in their names.
pub(crate) const TOKENS: &str = "https://www.googleapis.com/auth/admin.directory.user.security";

const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Google takes no statement that is valid for more than an hour, and its clock may be behind ours.
const VALID_FOR: i64 = 3000;
const BEHIND: i64 = 60;

/// A service account in an administrator's name.
pub(crate) struct Delegated {
    account: String,
    subject: String,
    token_url: String,
    signer: Signer,
}

/// Who signs that the account is meant.
enum Signer {
    /// The account's own key.
    Key(Arc<dyn SigningKey>),
    /// Google, asked by whoever may make tokens of the account. No key of it is needed.
    Google { url: String, delegates: Vec<String>, asked_by: Credentials },
}

#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    #[serde(deserialize_with = "hidden")]
    private_key: Zeroizing<String>,
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct ImpersonationFile {
    service_account_impersonation_url: String,
    #[serde(default)]
    delegates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    #[serde(deserialize_with = "hidden")]
    signed_jwt: Zeroizing<String>,
}

impl Delegated {
    /// Makes the account of a credential file act in the name of `subject`. `endpoint` stands in for Google's own.
    pub(crate) fn from_json(
        json: &Value,
        subject: &str,
        client: &Client,
        endpoint: Option<&str>,
    ) -> Result<Self, TokenError> {
        let plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
        let token_url = endpoint.map(|endpoint| format!("{}/token", endpoint.trim_end_matches('/')));
        if json["type"] == "service_account" {
            let file = KeyFile::deserialize(json).map_err(|_| unusable("it holds no private key"))?;
            let signer = Signer::Key(key(&file.private_key)?);
            let token_url = token_url.or(file.token_uri).unwrap_or_else(|| TOKEN_URL.into());
            return Self { account: file.client_email, subject: subject.into(), token_url, signer }.guarded(plain);
        }
        let file = ImpersonationFile::deserialize(json).map_err(|_| {
            unusable("it leads to no service account, which alone can act in the name of an administrator")
        })?;
        let url = file.service_account_impersonation_url;
        let named = url.strip_suffix(":generateAccessToken").and_then(|stem| Some((stem, stem.rsplit_once('/')?.1)));
        let (stem, account) =
            named.ok_or_else(|| unusable("the service account that it acts as is not named in it"))?;
        let asked_by = match json["type"].as_str() {
            Some("impersonated_service_account") => json["source_credentials"].clone(),
            // The same file without its last step is whoever takes that step.
            _ => {
                let mut own = json.clone();
                own.as_object_mut().map(|fields| fields.remove("service_account_impersonation_url"));
                own
            }
        };
        let asked_by = Credentials::from_json(&asked_by, client, plain)?;
        let signer = Signer::Google { url: format!("{stem}:signJwt"), delegates: file.delegates, asked_by };
        let token_url = token_url.unwrap_or_else(|| TOKEN_URL.into());
        Self { account: account.into(), subject: subject.into(), token_url, signer }.guarded(plain)
    }

    fn guarded(self, plain: bool) -> Result<Self, TokenError> {
        let url = match &self.signer {
            Signer::Google { url, .. } => url,
            Signer::Key(_) => &self.token_url,
        };
        let safe = |url: &str| url.starts_with("https://") || (plain && url.starts_with("http://"));
        if safe(url) && safe(&self.token_url) {
            return Ok(self);
        }
        Err(unusable("an address in it does not begin with https://"))
    }

    /// Fetches a token.
    pub(crate) async fn token(&self, client: &Client) -> Result<Token, TokenError> {
        let claims = self.claims(now().as_second());
        let assertion = match &self.signer {
            Signer::Key(key) => sign(&**key, &claims)?,
            Signer::Google { url, delegates, asked_by } => {
                let body = json!({"payload": claims, "delegates": delegates}).to_string();
                let own = asked_by.token().await?;
                let request = Request::post(url)
                    .header(header::CONTENT_TYPE, "application/json")
                    .header(header::AUTHORIZATION, secret(&format!("Bearer {}", own.as_str()))?);
                read::<Signed>(url, &send(client, request, Bytes::from(body)).await?)?.signed_jwt
            }
        };
        granted(client, &self.token_url, &[("grant_type", GRANT_TYPE), ("assertion", &assertion)], None).await
    }

    /// What is stated of whom, for Google alone.
    fn claims(&self, now: i64) -> String {
        json!({
            "iss": self.account,
            "sub": self.subject,
            "scope": format!("{USERS} {TOKENS}"),
            "aud": self.token_url,
            "iat": now - BEHIND,
            "exp": now + VALID_FOR,
        })
        .to_string()
    }
}

/// The errors do not quote the text: it is a key.
fn key(pem: &str) -> Result<Arc<dyn SigningKey>, TokenError> {
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable("its private key is not PEM"))?;
    rustls::crypto::ring::sign::any_supported_type(&key).map_err(|_| unusable("its private key cannot be used"))
}

fn sign(key: &dyn SigningKey, claims: &str) -> Result<Zeroizing<String>, TokenError> {
    let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let said = format!("{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(claims));
    let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]);
    let signature = signer.and_then(|signer| signer.sign(said.as_bytes()).ok());
    let signature = signature.ok_or_else(|| unusable("its private key does not sign as Google asks for"))?;
    Ok(Zeroizing::new(format!("{said}.{}", BASE64URL_NOPAD.encode(&signature))))
}

fn unusable(reason: &str) -> TokenError {
    TokenError::Unusable { reason: reason.into() }
}

/// The moment, which the statement holds: no reader of a scan sees it.
#[expect(clippy::disallowed_methods, reason = "signing in needs the clock itself, whatever moment the scan speaks for")]
fn now() -> Timestamp {
    Timestamp::now()
}
