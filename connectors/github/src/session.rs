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

/// Of how many repositories a setting is asked that takes a call for each.
const MOST_ASKED: usize = 2_000;

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

impl KnownRepositories {
    /// Those whose workflows run and that are of a kind, the last pushed to first, and how many more there are than can
    /// be asked one by one.
    pub(crate) fn running(&self, of: impl Fn(&Code) -> bool) -> (Vec<String>, usize) {
        let mut running: Vec<&Code> = self.code.iter().filter(|code| !code.archived && of(code)).collect();
        running.sort_by_key(|code| std::cmp::Reverse(code.pushed));
        let names = running.iter().take(MOST_ASKED).map(|code| code.name.clone()).collect();
        (names, running.len().saturating_sub(MOST_ASKED))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pushed_to_are_asked_first_and_the_archived_not_at_all() {
        let code = |name: String, day: i64, archived| Code {
            name,
            clone_url: None,
            fork: false,
            archived,
            size: 1,
            public: day % 2 == 0,
            pushed: whose_model::Timestamp::from_second(day * 86_400).ok(),
        };
        let mut known = KnownRepositories { complete: true, ..KnownRepositories::default() };
        known.code = (0..2_003).map(|day| code(format!("r{day}"), day, day == 2_002)).collect();
        let (names, left_out) = known.running(|_| true);
        assert_eq!((names.len(), names[0].as_str(), names[1_999].as_str(), left_out), (2_000, "r2001", "r2", 2));
        let (public, left_out) = known.running(|code| code.public);
        assert_eq!((public.len(), public[0].as_str(), left_out), (1_001, "r2000", 0));
    }
}
