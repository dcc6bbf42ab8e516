//! Signing in to one server, and what the collectors of one organisation share.

use crate::api::Api;
use crate::ids::Organization;
use crate::people::People;
use crate::target::{Target, base, is_loopback};
use crate::token::Token;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::OnceLock;
use whose_connect::{Client, ConnectError, DefaultLimits, NetworkSettings, RetryPolicy};

/// GitHub gives 5,000 calls an hour to most tokens, lets 100 be under way at once, and asks for far fewer.
const LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(8).expect("eight is not zero"),
    requests_per_second: NonZeroU32::new(12).expect("twelve is not zero"),
};

/// A server on this machine has no quota that others share.
const LOOPBACK_LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(16).expect("sixteen is not zero"),
    requests_per_second: NonZeroU32::new(2000).expect("two thousand is not zero"),
};

/// What the collectors of one organisation share.
pub(crate) struct Session {
    /// The API, which only reads.
    pub(crate) api: Api,
    /// The organisation.
    pub(crate) organization: Organization,
    /// Who is in it.
    pub(crate) people: People,
    /// Its repositories, when they were read to any extent.
    pub(crate) repositories: OnceLock<KnownRepositories>,
    /// How many calls a collector may have under way.
    pub(crate) concurrency: usize,
}

/// The repositories that their listing named.
#[derive(Debug, Default)]
pub(crate) struct KnownRepositories {
    /// Their names.
    pub(crate) names: Vec<String>,
    /// Whether these are all.
    pub(crate) complete: bool,
}

impl Session {
    /// Prepares the client. Nothing is sent yet.
    pub(crate) fn prepare(
        target: &Target,
        token: Option<&Token>,
        network: &NetworkSettings,
        retry: RetryPolicy,
    ) -> Result<Self, ConnectError> {
        let authorization = authorization(target, token)?;
        let address = match &network.endpoint {
            Some(endpoint) => base(endpoint).map_err(|reason| ConnectError::Network {
                setting: "endpoint",
                reason: reason.replace("`api`", "it"),
                source: None,
            })?,
            None => target.api.clone(),
        };
        let limits = if is_loopback(&address) { LOOPBACK_LIMITS } else { LIMITS };
        let client = Client::new(network, limits)?.with_retry(retry);
        Ok(Self {
            api: Api::new(client, address, authorization),
            organization: Organization { login: target.org.clone(), host: target.host.clone() },
            people: People::default(),
            repositories: OnceLock::new(),
            concurrency: network.max_concurrency.unwrap_or(limits.max_concurrency).get(),
        })
    }
}

fn authorization(target: &Target, token: Option<&Token>) -> Result<http::HeaderValue, ConnectError> {
    let failed = |reason: &str| ConnectError::SignIn {
        target: format!("the organisation {} on {}", target.org, target.host),
        reason: reason.into(),
        remedy: "Set GITHUB_TOKEN to a token of an app's installation, or to a personal one, that may read the \
                 organisation; `whose permissions github` prints what it needs"
            .into(),
        source: None,
    };
    let token = token.ok_or_else(|| failed("there is no token"))?;
    token.header().ok_or_else(|| failed("the token holds characters that no token has"))
}
