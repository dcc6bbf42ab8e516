//! The one HTTP client of a target: proxy, certificates, timeouts, user agent, limits and the counting of
//! requests are here, whoever sends (a thin client of ours, or a vendor's SDK through its transport).

use crate::limits::{DefaultLimits, Limits};
use crate::retry::{RetryPolicy, is_transient, retry_after};
use crate::{ConnectError, Meter, NetworkSettings};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, header};
use std::sync::Arc;
use std::time::Duration;

/// How we name ourselves to providers.
pub const USER_AGENT: &str =
    concat!("whose/", env!("CARGO_PKG_VERSION"), " (+read-only scanner of non-human identities)");

/// The largest answer that is read. The largest known, a page of policies, is some megabytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(180);

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection came about.
    #[error("no connection to {host}")]
    Connect {
        /// Where to.
        host: String,
        /// The error below.
        #[source]
        source: reqwest::Error,
    },
    /// The answer did not come in time.
    #[error("no answer from {host} in time")]
    Timeout {
        /// Where from.
        host: String,
        /// The error below.
        #[source]
        source: reqwest::Error,
    },
    /// The answer broke off, or was no HTTP.
    #[error("the answer of {host} broke off or is not HTTP")]
    Broken {
        /// Where from.
        host: String,
        /// The error below.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is larger than any that is known.
    #[error("the answer of {host} is larger than {LARGEST_ANSWER} bytes")]
    TooLarge {
        /// Where from.
        host: String,
    },
    /// The request could not be built.
    #[error("the request to {host} could not be built")]
    Request {
        /// Where to.
        host: String,
        /// The error below.
        #[source]
        source: reqwest::Error,
    },
}

/// The one HTTP client of a target. Clones share connections, limits and counter.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    limits: Arc<Limits>,
    retry: RetryPolicy,
    sent: Meter,
}

impl Client {
    /// Builds the client.
    ///
    /// # Errors
    /// When the proxy's address or the file of certificates cannot be used.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes the client")]
    pub fn new(settings: &NetworkSettings, default: DefaultLimits) -> Result<Self, ConnectError> {
        // The binary installs the provider first of all. A library user may not have done it, and a second
        // installation is refused without harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            // A redirect would carry credentials to a host that nobody named.
            .redirect(reqwest::redirect::Policy::none())
            // The environment is the command line's business: its proxy comes in by the settings.
            .no_proxy();
        if let Some(proxy) = proxy(settings)? {
            builder = builder.proxy(proxy);
        }
        let certificates = certificates(settings)?;
        if !certificates.is_empty() {
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build().map_err(|error| ConnectError::Network {
            setting: "tls",
            reason: "the HTTP client cannot be built".into(),
            source: Some(Box::new(error)),
        })?;
        Ok(Self {
            http,
            limits: Arc::new(Limits::new(settings, default)),
            retry: RetryPolicy::default(),
            sent: Meter::default(),
        })
    }

    /// The same client with another retry policy.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The same client with limits of its own, for another place that is reached by the same way.
    #[must_use]
    pub fn with_limits(mut self, settings: &NetworkSettings, default: DefaultLimits) -> Self {
        self.limits = Arc::new(Limits::new(settings, default));
        self
    }

    /// How many requests were sent, repetitions included.
    pub fn sent(&self) -> u64 {
        self.sent.count()
    }

    /// Sends a request once, when the limits let it. `Retry-After` in the answer holds back all later requests of this
    /// client.
    ///
    /// # Errors
    /// When there is no answer. An answer of any status is none.
    pub async fn send_once(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let host = request.uri().host().unwrap_or("an unknown host").to_owned();
        let request =
            named(request).try_into().map_err(|source| TransportError::Request { host: host.clone(), source })?;
        let _permit = self.limits.admit().await;
        self.sent.add();
        Meter::add_to_current();
        let answer = self.http.execute(request).await.map_err(|error| transport_error(&host, error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if is_transient(status)
            && let Some(pause) = retry_after(&headers)
        {
            tracing::debug!(%host, %status, ?pause, "the provider asks for a pause");
            self.limits.hold(pause);
        }
        let mut response = Response::new(body(&host, answer).await?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// Sends a request, and again while the answer is one that may change: 429, 5xx or no answer at all.
    ///
    /// # Errors
    /// When there is no answer even to the last repetition.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut attempt = 1;
        loop {
            let outcome = self.send_once(request.clone()).await;
            let again = match &outcome {
                Ok(answer) => is_transient(answer.status()),
                Err(error) => error.is_transient(),
            };
            if !again || attempt >= self.retry.attempts {
                return outcome;
            }
            tokio::time::sleep(self.retry.pause(attempt, fastrand::f64())).await;
            attempt += 1;
        }
    }
}

impl TransportError {
    /// Whether the same request may get an answer the next time.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::Broken { .. } => true,
            Self::TooLarge { .. } | Self::Request { .. } => false,
        }
    }
}

/// Puts our name before that of a vendor's SDK.
fn named(mut request: Request<Bytes>) -> Request<Bytes> {
    if let Some(sdk) = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()) {
        let name = HeaderValue::from_str(&format!("{USER_AGENT} {sdk}"));
        if let Ok(name) = name {
            request.headers_mut().insert(header::USER_AGENT, name);
        }
    }
    request
}

async fn body(host: &str, mut answer: reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| transport_error(host, error))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(TransportError::TooLarge { host: host.into() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn transport_error(host: &str, error: reqwest::Error) -> TransportError {
    let host = host.to_owned();
    // The address can hold query parameters that nobody should read in a log.
    let source = error.without_url();
    if source.is_timeout() {
        TransportError::Timeout { host, source }
    } else if source.is_connect() {
        TransportError::Connect { host, source }
    } else if source.is_builder() {
        TransportError::Request { host, source }
    } else {
        TransportError::Broken { host, source }
    }
}

fn proxy(settings: &NetworkSettings) -> Result<Option<reqwest::Proxy>, ConnectError> {
    let Some(address) = &settings.proxy else { return Ok(None) };
    let proxy = reqwest::Proxy::all(address).map_err(|error| ConnectError::Network {
        setting: "proxy",
        // The address may hold a password, so it is not repeated.
        reason: "it is not an address like http://proxy.example:3128".into(),
        source: Some(Box::new(error.without_url())),
    })?;
    // The metadata services of the clouds answer only on the machine itself.
    let direct = format!("169.254.0.0/16,{}", settings.no_proxy.as_deref().unwrap_or_default());
    Ok(Some(proxy.no_proxy(reqwest::NoProxy::from_string(&direct))))
}

fn certificates(settings: &NetworkSettings) -> Result<Vec<reqwest::Certificate>, ConnectError> {
    let Some(path) = &settings.ca_bundle else { return Ok(Vec::new()) };
    let pem = std::fs::read(path).map_err(|source| ConnectError::File { path: path.clone(), source })?;
    let unusable = |source| ConnectError::Network {
        setting: "ca_bundle",
        reason: format!("{} holds no PEM certificate", path.display()),
        source,
    };
    match reqwest::Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if certificates.is_empty() => Err(unusable(None)),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unusable(Some(Box::new(error)))),
    }
}

#[cfg(test)]
mod tests;
