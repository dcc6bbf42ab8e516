//! Cloning: all references of a remote into a bare repository in a temporary folder, which is gone afterwards.

use crate::target::Remote;
use gix::remote::Direction;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use whose_connect::{NetworkSettings, USER_AGENT, with_causes};

/// Every reference: branches, tags, notes, stashes and those of pull requests.
const ALL_REFERENCES: &str = "+refs/*:refs/*";

/// Clones into `folder`, which must be empty. The error is a text without credentials.
pub(crate) fn clone(
    remote: &Remote,
    folder: &Path,
    network: &NetworkSettings,
    interrupt: &AtomicBool,
) -> Result<(), String> {
    fetch(remote.with_credentials(), folder, network, interrupt).map_err(|error| remote.censor(&with_causes(&*error)))
}

fn fetch(
    url: &str,
    folder: &Path,
    network: &NetworkSettings,
    interrupt: &AtomicBool,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // The user's own configuration is read, as git reads it (credential helpers, insteadOf), but nothing may ask
    // on a terminal: a scan runs unattended.
    let options = gix::open::Options::default().config_overrides([
        "gitoxide.credentials.terminalPrompt=false",
        "core.askPass=",
        "protocol.ext.allow=never",
    ]);
    let create = gix::create::Options::default();
    let mut prepared = gix::clone::PrepareFetch::new(url, folder, gix::create::Kind::Bare, create, options)?
        .configure_remote(|remote| remote.with_refspecs([ALL_REFERENCES], Direction::Fetch))
        // Otherwise the server would be asked for branches and tags alone.
        .with_fetch_options(gix::remote::ref_map::Options {
            prefix_from_spec_as_filter_on_remote: false,
            ..gix::remote::ref_map::Options::default()
        });
    if url.starts_with("http") {
        let client = HttpClient::new(network)?;
        prepared = prepared.configure_connection(move |connection| {
            connection.set_transport_options(Box::new(client.options()));
            Ok(())
        });
    }
    prepared.fetch_only(gix::progress::Discard, interrupt)?;
    Ok(())
}

/// The proxy and the certificates of a scan, for gix's HTTP transport.
struct HttpClient {
    proxy: Option<reqwest::Proxy>,
    certificates: Vec<reqwest::Certificate>,
}

impl HttpClient {
    fn new(network: &NetworkSettings) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        // Whoever installed a provider before us chose it: reqwest needs one, whichever it is.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let no_proxy = reqwest::NoProxy::from_string(network.no_proxy.as_deref().unwrap_or_default());
        let proxy = network.proxy.as_ref().map(reqwest::Proxy::all).transpose()?;
        let certificates = match &network.ca_bundle {
            Some(file) => reqwest::Certificate::from_pem_bundle(&std::fs::read(file)?)?,
            None => Vec::new(),
        };
        Ok(Self { proxy: proxy.map(|proxy| proxy.no_proxy(no_proxy)), certificates })
    }

    fn options(&self) -> gix::protocol::transport::client::blocking_io::http::Options {
        use gix::protocol::transport::client::blocking_io::http;
        let (proxy, certificates) = (self.proxy.clone(), self.certificates.clone());
        let configure = move |builder: reqwest::blocking::ClientBuilder| {
            // The environment is the command line's business: its proxy comes in by the settings.
            let builder = builder.no_proxy().tls_certs_merge(certificates.clone());
            Ok(match &proxy {
                Some(proxy) => builder.proxy(proxy.clone()),
                None => builder,
            })
        };
        let backend = http::reqwest::Options { configure_client: Some(Box::new(configure)), configure_request: None };
        http::Options {
            user_agent: Some(USER_AGENT.to_owned()),
            backend: Some(Arc::new(Mutex::new(backend))),
            ..http::Options::default()
        }
    }
}
