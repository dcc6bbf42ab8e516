//! Signing in to one server, and what the collectors of one organisation share.

use crate::api::Api;
use crate::code::Code;
use crate::ids::Organization;
use crate::people::People;
use crate::selection::Selection;
use crate::sign_in::{GithubSignIn, SignIn};
use crate::target::{Target, base, git_host, is_loopback};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, OnceLock};
use url::Url;
use whose_connect::{Client, ConnectError, DefaultLimits, NetworkSettings, RetryPolicy};

/// GitHub gives 5,000 calls an hour to most tokens, lets 100 be under way at once, and asks for far fewer.
pub(crate) const LIMITS: DefaultLimits = DefaultLimits {
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
    /// The sign-in, which the clones of repositories need as well.
    pub(crate) sign_in: Arc<SignIn>,
    /// Where git answers: the host of the API, without what is the API's own.
    pub(crate) git: Url,
    /// Which repositories' code is read.
    pub(crate) selection: Selection,
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
    /// What is known of their code.
    pub(crate) code: Vec<Code>,
    /// Whether these are all.
    pub(crate) complete: bool,
}

impl Session {
    /// Prepares the client. Nothing is sent yet.
    pub(crate) fn prepare(
        target: &Target,
        sign_in: &GithubSignIn,
        network: &NetworkSettings,
        retry: RetryPolicy,
    ) -> Result<Self, ConnectError> {
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
        let sign_in = Arc::new(sign_in.open(target, &client, &address)?);
        Ok(Self {
            git: git_address(&address),
            api: Api::new(client, address, Arc::clone(&sign_in)),
            sign_in,
            selection: target.selection,
            organization: Organization { login: target.org.clone(), host: target.host.clone() },
            people: People::default(),
            repositories: OnceLock::new(),
            concurrency: network.max_concurrency.unwrap_or(limits.max_concurrency).get(),
        })
    }
}

/// The address below which git answers for an API.
fn git_address(api: &Url) -> Url {
    let mut git = api.clone();
    git.set_path("/");
    if let Some(host) = api.host_str().and_then(git_host).map(String::from) {
        // A host that was cut from one is one.
        let _ = git.set_host(Some(&host));
    }
    git
}
