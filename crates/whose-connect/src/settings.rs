//! How to reach the network. The command line fills this in; nothing else reads the environment for it.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

/// How to reach the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkSettings {
    /// The address of the provider's API in place of its own: a private endpoint, or a server on this machine.
    pub endpoint: Option<String>,
    /// The proxy for all requests, `http://`, `https://` or `socks5://`.
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, separated by commas, in the form of `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// A file of PEM certificates that are trusted in addition to the system's own.
    pub ca_bundle: Option<PathBuf>,
    /// How many requests may be under way at once to one target; `None`: what suits the provider.
    pub max_concurrency: Option<NonZeroUsize>,
    /// How many requests may start in a second to one target; `None`: what suits the provider.
    pub requests_per_second: Option<NonZeroU32>,
}
