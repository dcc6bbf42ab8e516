//! Signing in as a GitHub App: a statement that the app's private key signs is traded for a token of its installation
//! in the organisation. The token lives for an hour and is renewed before it ends; the key never leaves this machine.

use crate::failure::{refused, unanswered};
use crate::token::Token;
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderValue, Method, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::SigningKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Mutex;
use url::Url;
use whose_connect::{ApiCall, CallError, Client, FailureKind};
use zeroize::Zeroizing;

/// <https://docs.github.com/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app>
pub(crate) const GET_INSTALLATION: ApiCall = ApiCall::read(
    "github:GetOrganizationInstallation",
    "metadata:read",
    "Finds the app's own installation in the organisation. Only when the scan signs in as an app.",
    "https://docs.github.com/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app",
);

/// <https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app>
pub(crate) const CREATE_TOKEN: ApiCall = ApiCall::read(
    "github:CreateInstallationAccessToken",
    "metadata:read",
    "Signs the scan in: gets the token of the app's installation, which lives for an hour. Only when the scan signs in \
     as an app.",
    "https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app",
);

/// How long before its end a token is renewed: a large repository takes minutes to clone.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// GitHub takes no statement that is valid for more than ten minutes, and its clock may be behind ours.
const VALID_FOR: SignedDuration = SignedDuration::from_mins(9);
const BEHIND: SignedDuration = SignedDuration::from_mins(1);

/// The key of an app, ready to sign.
#[derive(Clone)]
pub(crate) struct AppKey(Arc<dyn SigningKey>);

impl AppKey {
    /// Reads the key as GitHub gives it out, in PEM. Variables often hold it in one line, with `\n` between its lines.
    ///
    /// The error does not quote the text: it is a key.
    pub(crate) fn read(pem: &str) -> Result<Self, &'static str> {
        let pem = Zeroizing::new(pem.replace("\\n", "\n"));
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| "it is not a private key in PEM")?;
        let key = rustls::crypto::ring::sign::any_supported_type(&key).map_err(|_| "it is not a usable private key")?;
        if key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).is_none() {
            return Err("it is not an RSA key, as those of GitHub Apps are");
        }
        Ok(Self(key))
    }

    /// The statement that its holder is the app, valid for some minutes from `now`.
    fn statement(&self, app: &str, now: Timestamp) -> Option<Zeroizing<String>> {
        let (from, until) = ((now - BEHIND).as_second(), (now + VALID_FOR).as_second());
        let part = |value: serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let said = [part(json!({"alg": "RS256", "typ": "JWT"})), part(json!({"iat": from, "exp": until, "iss": app}))];
        let said = said.join(".");
        let signer = self.0.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?;
        let signature = signer.sign(said.as_bytes()).ok()?;
        Some(Zeroizing::new(format!("{said}.{}", BASE64URL_NOPAD.encode(&signature))))
    }
}

/// An app that signs in to one organisation.
pub(crate) struct App {
    /// Its id, or its client id.
    pub(crate) id: String,
    pub(crate) key: AppKey,
    pub(crate) client: Client,
    /// The address of the API.
    pub(crate) base: Url,
    /// The organisation's login.
    pub(crate) org: String,
    /// The token that is held at the moment.
    pub(crate) held: Mutex<Option<Held>>,
}

/// A token of the installation.
#[derive(Clone)]
pub(crate) struct Held {
    token: Token,
    renew_at: Timestamp,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct Issued {
    token: String,
    expires_at: Timestamp,
}

impl App {
    /// A header that carries a token of the installation.
    pub(crate) async fn header(&self, of: fn(&Token) -> Option<HeaderValue>) -> Result<HeaderValue, CallError> {
        let unusable = || CallError::new(CREATE_TOKEN, FailureKind::Malformed, "GitHub gave no token that can be sent");
        of(&self.token().await?).ok_or_else(unusable)
    }

    /// A token that is valid for some minutes at least. Whoever asks while one is being fetched waits for it.
    async fn token(&self) -> Result<Token, CallError> {
        let mut held = self.held.lock().await;
        let now = now();
        if let Some(held) = held.as_ref().filter(|held| now < held.renew_at) {
            return Ok(held.token.clone());
        }
        let fetched = self.fetch(now).await?;
        let token = fetched.token.clone();
        *held = Some(fetched);
        Ok(token)
    }

    async fn fetch(&self, now: Timestamp) -> Result<Held, CallError> {
        let statement = self.key.statement(&self.id, now);
        let bearer = statement.as_deref().and_then(|text| Token::new(text)).and_then(|token| token.bearer());
        let bearer =
            bearer.ok_or_else(|| CallError::new(CREATE_TOKEN, FailureKind::Other, "the app's key does not sign"))?;
        let path = ["orgs", &self.org, "installation"];
        let Installation { id } = self.ask(GET_INSTALLATION, Method::GET, &path, &bearer).await?;
        let path = ["app", "installations", &id.to_string(), "access_tokens"];
        let issued: Issued = self.ask(CREATE_TOKEN, Method::POST, &path, &bearer).await?;
        let empty = || CallError::new(CREATE_TOKEN, FailureKind::Malformed, "GitHub gave an empty token");
        let token = Token::new(&Zeroizing::new(issued.token)).ok_or_else(empty)?;
        Ok(Held { token, renew_at: issued.expires_at - MARGIN })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        call: ApiCall,
        method: Method,
        path: &[&str],
        bearer: &HeaderValue,
    ) -> Result<T, CallError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", crate::api::VERSION)
            .header(header::AUTHORIZATION, bearer.clone())
            .body(Bytes::new())
            .map_err(|error| {
                CallError::new(call, FailureKind::Other, "the request cannot be built").caused_by(error)
            })?;
        let answer = self.client.send(request).await.map_err(|error| unanswered(call, error))?;
        if !answer.status().is_success() {
            return Err(self.refusal(call, answer.status(), answer.headers(), answer.body()));
        }
        // The answer holds a token, so nothing of it is quoted.
        let unreadable = |_| CallError::new(call, FailureKind::Malformed, "the answer to the sign-in cannot be read");
        serde_json::from_slice(answer.body()).map_err(unreadable)
    }

    fn refusal(&self, call: ApiCall, status: StatusCode, headers: &http::HeaderMap, body: &[u8]) -> CallError {
        let mut error = refused(call, status, headers, body);
        let id = &self.id;
        error.message = match status.as_u16() {
            401 => format!(
                "GitHub does not take the signature of the app {id} (HTTP 401): its id and its key must belong \
                 together, and the clock of this machine must be right"
            ),
            404 => format!("the app {id} is not installed in the organisation {} (HTTP 404)", self.org),
            403 => format!("GitHub gives the app {id} no token (HTTP 403): its installation may be suspended"),
            _ => return error,
        };
        error
    }
}

/// The moment, which the statement holds and by which tokens end: no reader of a scan sees it.
#[expect(clippy::disallowed_methods, reason = "signing in needs the clock itself, whatever moment the scan speaks for")]
fn now() -> Timestamp {
    Timestamp::now()
}
