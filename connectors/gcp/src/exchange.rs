//! Exchanges of one credential for a token: a refresh token, a token of another issuer, and impersonation.
//! <https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token>

use crate::credentials::{Credentials, Token, TokenError};
use crate::delegation::Delegated;
use crate::sign_in::SCOPE;
use bytes::Bytes;
use http::{Request, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;
use whose_connect::Client;
use zeroize::Zeroizing;

const HOUR: Duration = Duration::from_secs(3600);
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A text that is wiped when it is no longer needed; null is none.
pub(crate) fn hidden<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| Zeroizing::new(text.unwrap_or_default()))
}

/// One way to a token.
pub(crate) enum Exchange {
    User(User),
    External(External),
    Impersonated(Impersonated, Credentials),
    Delegated(Delegated),
}

/// A person who signed in with gcloud.
#[derive(Deserialize)]
pub(crate) struct User {
    client_id: String,
    #[serde(deserialize_with = "hidden")]
    client_secret: Zeroizing<String>,
    #[serde(deserialize_with = "hidden")]
    refresh_token: Zeroizing<String>,
    token_uri: Option<String>,
}

/// A token of another issuer.
#[derive(Deserialize)]
pub(crate) struct External {
    audience: String,
    subject_token_type: String,
    token_url: String,
    service_account_impersonation_url: Option<String>,
    client_id: Option<String>,
    #[serde(default, deserialize_with = "hidden")]
    client_secret: Zeroizing<String>,
    workforce_pool_user_project: Option<String>,
    credential_source: Source,
}

/// Where that token is: in a file or at an address. Anything else makes the file one for Google's library.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    file: Option<PathBuf>,
    url: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    /// The field of a JSON text; without it the text is the token.
    subject_token_field_name: Option<String>,
}

/// A service account that another identity acts as.
#[derive(Deserialize)]
pub(crate) struct Impersonated {
    service_account_impersonation_url: String,
    #[serde(default)]
    delegates: Vec<String>,
}

#[derive(Deserialize)]
struct Granted {
    #[serde(deserialize_with = "hidden")]
    access_token: Zeroizing<String>,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    #[serde(deserialize_with = "hidden")]
    access_token: Zeroizing<String>,
}

impl Exchange {
    /// The addresses that get a secret.
    pub(crate) fn addresses(&self) -> Vec<&str> {
        match self {
            Self::User(user) => vec![user.address()],
            Self::External(external) => {
                let more = [&external.service_account_impersonation_url, &external.credential_source.url];
                let more = more.into_iter().flatten().map(String::as_str);
                // The subject's token may come from this machine without encryption; it is not ours to send there.
                let own = |url: &&str| external.credential_source.url.as_deref() != Some(*url);
                std::iter::once(external.token_url.as_str()).chain(more.filter(own)).collect()
            }
            Self::Impersonated(impersonated, _) => vec![&impersonated.service_account_impersonation_url],
            // It looked at its addresses when it was made.
            Self::Delegated(_) => Vec::new(),
        }
    }

    /// Fetches a token.
    pub(crate) async fn token(&self, client: &Client) -> Result<Token, TokenError> {
        match self {
            Self::User(user) => user.token(client).await,
            Self::External(external) => external.token(client).await,
            Self::Delegated(delegated) => delegated.token(client).await,
            Self::Impersonated(impersonated, source) => {
                let own = source.token().await?;
                let url = &impersonated.service_account_impersonation_url;
                impersonate(client, url, &own, &impersonated.delegates).await
            }
        }
    }
}

impl User {
    fn address(&self) -> &str {
        self.token_uri.as_deref().unwrap_or("https://oauth2.googleapis.com/token")
    }

    async fn token(&self, client: &Client) -> Result<Token, TokenError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("refresh_token", &self.refresh_token),
        ];
        granted(client, self.address(), &form, None).await
    }
}

impl External {
    async fn token(&self, client: &Client) -> Result<Token, TokenError> {
        let subject = self.credential_source.read(client).await?;
        let mut form = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("audience", &self.audience),
            ("scope", SCOPE),
            ("requested_token_type", ACCESS_TOKEN),
            ("subject_token_type", &self.subject_token_type),
            ("subject_token", &subject),
        ];
        let basic = self.client_id.as_ref().map(|id| {
            let pair = Zeroizing::new(format!("{id}:{}", self.client_secret.as_str()));
            format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()))
        });
        let project = self.workforce_pool_user_project.as_ref().filter(|_| basic.is_none());
        let options = project.map(|project| json!({"userProject": project}).to_string());
        form.extend(options.as_deref().map(|options| ("options", options)));
        let own = granted(client, &self.token_url, &form, basic.as_deref()).await?;
        match &self.service_account_impersonation_url {
            Some(url) => impersonate(client, url, &own.text, &[]).await,
            None => Ok(own),
        }
    }
}

impl Source {
    async fn read(&self, client: &Client) -> Result<Zeroizing<String>, TokenError> {
        let unusable = |reason: &str| TokenError::Unusable { reason: reason.into() };
        let text = match (&self.file, &self.url) {
            (Some(file), None) => {
                Zeroizing::new(std::fs::read_to_string(file).map_err(|source| TokenError::Subject { source })?)
            }
            (None, Some(url)) => {
                let mut request = Request::get(url);
                for (name, value) in &self.headers {
                    request = request.header(name, value);
                }
                let body = send(client, request, Bytes::new()).await?;
                Zeroizing::new(String::from_utf8_lossy(&body).into_owned())
            }
            _ => return Err(unusable("its `credential_source` names neither a file nor an address")),
        };
        let Some(field) = &self.format.subject_token_field_name else { return Ok(text.trim().to_owned().into()) };
        let found: Option<Value> = serde_json::from_str(&text).ok();
        let token = found.as_ref().and_then(|json| json.get(field)?.as_str());
        token.map(|token| Zeroizing::new(token.to_owned())).ok_or_else(|| unusable("its source holds no such token"))
    }
}

/// A token of a service account, for whoever may make one.
async fn impersonate(client: &Client, url: &str, own: &str, delegates: &[String]) -> Result<Token, TokenError> {
    let lifetime = format!("{}s", HOUR.as_secs());
    let body = json!({"scope": [SCOPE], "lifetime": lifetime, "delegates": delegates}).to_string();
    let request = Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, secret(&format!("Bearer {own}"))?);
    let begun = Instant::now();
    let body = send(client, request, Bytes::from(body)).await?;
    let generated: Generated = read(url, &body)?;
    Ok(Token { text: generated.access_token, until: begun + HOUR })
}

/// A token for a form of OAuth's.
pub(crate) async fn granted(
    client: &Client,
    url: &str,
    form: &[(&str, &str)],
    authorization: Option<&str>,
) -> Result<Token, TokenError> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let mut request = Request::post(url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(text) = authorization {
        request = request.header(header::AUTHORIZATION, secret(text)?);
    }
    let begun = Instant::now();
    let body = send(client, request, Bytes::from(pairs.join("&"))).await?;
    let granted: Granted = read(url, &body)?;
    let lasts = granted.expires_in.map_or(HOUR, Duration::from_secs).min(HOUR * 24);
    Ok(Token { text: granted.access_token, until: begun + lasts })
}

/// A header that is not shown in debugging output.
pub(crate) fn secret(text: &str) -> Result<http::HeaderValue, TokenError> {
    let reason = "something in it does not fit into a header";
    let mut value = http::HeaderValue::from_str(text).map_err(|_| TokenError::Unusable { reason: reason.into() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Sends what is exchanged.
pub(crate) async fn send(client: &Client, request: http::request::Builder, body: Bytes) -> Result<Bytes, TokenError> {
    let reason = "an address or a header in it cannot be used";
    let request = request.body(body).map_err(|_| TokenError::Unusable { reason: reason.into() })?;
    let host = request.uri().host().unwrap_or("an unknown host").to_owned();
    let answer = client.send(request).await.map_err(|source| TokenError::Transport { source })?;
    if answer.status().is_success() {
        return Ok(answer.into_body());
    }
    let status = answer.status().as_u16();
    Err(TokenError::Refused { host, status, reason: reason_of(answer.body()) })
}

/// Reads what came back.
pub(crate) fn read<T: DeserializeOwned>(url: &str, body: &[u8]) -> Result<T, TokenError> {
    // What serde says would quote the answer, which holds a token.
    serde_json::from_slice(body).map_err(|_| TokenError::Malformed {
        host: url.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(String::from)).unwrap_or_default(),
    })
}

/// OAuth's `error` and `error_description`, or the message of Google's own form of an error.
fn reason_of(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let texts = [&json["error"], &json["error_description"], &json["error"]["status"], &json["error"]["message"]];
    let texts: Vec<&str> = texts.into_iter().filter_map(Value::as_str).collect();
    let text = if texts.is_empty() { "no reason given".into() } else { texts.join(": ") };
    text.chars().filter(|letter| !letter.is_control()).take(300).collect()
}
