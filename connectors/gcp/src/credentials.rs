//! The credentials of one target: what kind of file they come from, and the token of the hour. What needs another
//! machine is exchanged through our own client, so that its proxy and its certificates hold for it too.

use crate::delegation::Delegated;
use crate::exchange::{Exchange, External, Impersonated, User};
use crate::sign_in::SCOPE;
use google_cloud_auth::credentials::{AccessTokenCredentials, external_account, service_account};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use whose_connect::{Client, TransportError};
use zeroize::Zeroizing;

/// A token is renewed so long before it ends, as Google's own libraries do.
const MARGIN: Duration = Duration::from_secs(240);
/// So many credentials may stand within each other.
const DEEPEST: usize = 4;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The credential file cannot be used.
    #[error("the credential file cannot be used: {reason}")]
    Unusable { reason: String },
    /// The subject's token lies in a file that cannot be read.
    #[error("the token that the credential file points to could not be read")]
    Subject {
        #[source]
        source: std::io::Error,
    },
    /// Nobody answered.
    #[error("the token service gave no answer")]
    Transport {
        #[source]
        source: TransportError,
    },
    /// The token service said no.
    #[error("{host} refused the token: HTTP {status}, {reason}")]
    Refused { host: String, status: u16, reason: String },
    /// The answer is none that is known.
    #[error("the answer of {host} holds no token")]
    Malformed { host: String },
    /// Google's library says no.
    #[error("Google's library has no token")]
    Library {
        #[source]
        source: google_cloud_auth::errors::CredentialsError,
    },
    /// Google's library cannot read the file.
    #[error("Google's library cannot use the credential file")]
    Build {
        #[source]
        source: google_cloud_auth::build_errors::Error,
    },
}

/// The credentials of one target.
pub(crate) enum Credentials {
    /// What signs by itself, or asks this machine alone.
    Library(AccessTokenCredentials),
    /// What is exchanged with another machine.
    Exchanged(Box<Exchanged>),
}

/// An exchange, and the token that it gave last.
pub(crate) struct Exchanged {
    exchange: Exchange,
    client: Client,
    held: Mutex<Option<Token>>,
}

/// A token for an hour.
pub(crate) struct Token {
    pub(crate) text: Zeroizing<String>,
    pub(crate) until: Instant,
}

impl From<AccessTokenCredentials> for Credentials {
    fn from(credentials: AccessTokenCredentials) -> Self {
        Self::Library(credentials)
    }
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Credentials {
    /// Reads a credential file. `plain` lets tokens be fetched without encryption.
    pub(crate) fn from_json(json: &Value, client: &Client, plain: bool) -> Result<Self, TokenError> {
        Self::within(json, client, plain, 0)
    }

    /// Makes the service account of a credential file act in the name of `subject`.
    pub(crate) fn delegated(
        json: &Value,
        subject: &str,
        client: &Client,
        endpoint: Option<&str>,
    ) -> Result<Self, TokenError> {
        let delegated = Delegated::from_json(json, subject, client, endpoint)?;
        Ok(Self::exchanged(Exchange::Delegated(delegated), client))
    }

    fn exchanged(exchange: Exchange, client: &Client) -> Self {
        Self::Exchanged(Box::new(Exchanged { exchange, client: client.clone(), held: Mutex::default() }))
    }

    fn within(json: &Value, client: &Client, plain: bool, depth: usize) -> Result<Self, TokenError> {
        let unusable = |reason: &str| TokenError::Unusable { reason: reason.into() };
        if depth >= DEEPEST {
            return Err(unusable("too many credentials stand within each other"));
        }
        let built = |built: Result<AccessTokenCredentials, _>| {
            built.map(Self::Library).map_err(|source| TokenError::Build { source })
        };
        let exchange = match form::<Kind>(json)?.kind.as_str() {
            "authorized_user" => Exchange::User(form::<User>(json)?),
            "external_account" => match form::<External>(json) {
                Ok(external) => Exchange::External(external),
                // Subjects that a program, a certificate or AWS gives are the library's affair.
                Err(_) => {
                    let builder = external_account::Builder::new(json.clone()).with_scopes([SCOPE]);
                    return built(builder.build_access_token_credentials());
                }
            },
            "impersonated_service_account" => {
                let source = Self::within(&json["source_credentials"], client, plain, depth + 1)?;
                Exchange::Impersonated(form::<Impersonated>(json)?, source)
            }
            // It signs its tokens by itself and asks nobody.
            "service_account" => {
                let access = service_account::AccessSpecifier::from_scopes([SCOPE]);
                let builder = service_account::Builder::new(json.clone()).with_access_specifier(access);
                return built(builder.build_access_token_credentials());
            }
            _ => {
                return Err(unusable(
                    "its `type` is none of service_account, external_account, impersonated_service_account and \
                     authorized_user",
                ));
            }
        };
        for address in exchange.addresses() {
            if !(address.starts_with("https://") || (plain && address.starts_with("http://"))) {
                return Err(unusable("an address in it does not begin with https://"));
            }
        }
        Ok(Self::exchanged(exchange, client))
    }

    /// A token that is good for some minutes at least.
    pub(crate) async fn token(&self) -> Result<Zeroizing<String>, TokenError> {
        match self {
            Self::Library(credentials) => {
                let token = credentials.access_token().await.map_err(|source| TokenError::Library { source })?;
                Ok(Zeroizing::new(token.token))
            }
            Self::Exchanged(exchanged) => exchanged.token().await,
        }
    }
}

impl Exchanged {
    async fn token(&self) -> Result<Zeroizing<String>, TokenError> {
        // Held over the exchange: whoever comes meanwhile waits for the same token.
        let mut held = self.held.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.until > Instant::now() + MARGIN) {
            return Ok(token.text.clone());
        }
        // Boxed, since credentials can stand within credentials.
        let token = Box::pin(self.exchange.token(&self.client)).await?;
        Ok(held.insert(token).text.clone())
    }
}

/// The file in one of its forms. What serde says would quote the file, which holds secrets.
fn form<T: serde::de::DeserializeOwned>(json: &Value) -> Result<T, TokenError> {
    let reason = "something that its `type` asks for is missing or of another form";
    T::deserialize(json).map_err(|_| TokenError::Unusable { reason: reason.into() })
}
