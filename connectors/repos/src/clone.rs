//! Cloning: all references of a remote into a bare repository in a temporary folder, which is gone afterwards.

use crate::target::Remote;
use gix::remote::Direction;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use whose_connect::{NetworkSettings, USER_AGENT, with_causes};

/// Every reference: branches, tags, notes, stashes and those of pull requests.
const ALL_REFERENCES: &str = "+refs/*:refs/*";

/// On whose behalf a repository is cloned.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// Of the user who named it: with the configuration of the user's own git (credential helpers, insteadOf).
    User,
    /// Of a connector that saw it: with this header and nothing of the user's, so that neither the address nor the
    /// sign-in is another than what the connector says.
    Connector(Option<HeaderValue>),
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Clones into `folder`, which must be empty. The error is a text without credentials.
pub(crate) fn clone(
    remote: &Remote,
    access: &Access,
    folder: &Path,
    network: &NetworkSettings,
    interrupt: &AtomicBool,
) -> Result<(), String> {
    fetch(remote.with_credentials(), access, folder, network, interrupt)
        .map_err(|error| remote.censor(&with_causes(&*error)))
}

fn fetch(
    url: &str,
    access: &Access,
    folder: &Path,
    network: &NetworkSettings,
    interrupt: &AtomicBool,
) -> Result<(), Fault> {
    let options = match access {
        Access::User => gix::open::Options::default(),
        Access::Connector(_) => gix::open::Options::isolated(),
    };
    // Nothing may ask on a terminal: a scan runs unattended.
    let options = options.config_overrides([
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
        let client = HttpClient::new(url, access, network)?;
        let alone = matches!(access, Access::Connector(_));
        prepared = prepared.configure_connection(move |connection| {
            connection.set_transport_options(Box::new(client.options()));
            if alone {
                // A refusal is final: no helper of the user's is asked.
                connection.set_credentials(|_| Ok(None));
            }
            Ok(())
        });
    }
    prepared.fetch_only(gix::progress::Discard, interrupt)?;
    Ok(())
}

/// The proxy, the certificates and the sign-in of a clone, for gix's HTTP transport.
struct HttpClient {
    proxy: Option<reqwest::Proxy>,
    certificates: Vec<reqwest::Certificate>,
    sign_in: Option<SignIn>,
}

/// A header for one place. Gix refuses to follow a redirect once a request was changed so.
#[derive(Clone)]
struct SignIn {
    place: Url,
    header: HeaderValue,
}

impl SignIn {
    fn sign(&self, request: &mut reqwest::blocking::Request) {
        if request.url().origin() == self.place.origin() {
            request.headers_mut().insert(AUTHORIZATION, self.header.clone());
        }
    }
}

impl HttpClient {
    fn new(url: &str, access: &Access, network: &NetworkSettings) -> Result<Self, Fault> {
        // Whoever installed a provider before us chose it: reqwest needs one, whichever it is.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let no_proxy = reqwest::NoProxy::from_string(network.no_proxy.as_deref().unwrap_or_default());
        let proxy = network.proxy.as_ref().map(reqwest::Proxy::all).transpose()?;
        let certificates = match &network.ca_bundle {
            Some(file) => reqwest::Certificate::from_pem_bundle(&std::fs::read(file)?)?,
            None => Vec::new(),
        };
        let sign_in = match access {
            Access::Connector(Some(header)) => Some(SignIn { place: Url::parse(url)?, header: header.clone() }),
            Access::Connector(None) | Access::User => None,
        };
        Ok(Self { proxy: proxy.map(|proxy| proxy.no_proxy(no_proxy)), certificates, sign_in })
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
        let sign = self.sign_in.clone().map(|sign_in| -> Box<http::reqwest::ConfigureRequestFn> {
            Box::new(move |request| {
                sign_in.sign(request);
                Ok(())
            })
        });
        let backend = http::reqwest::Options { configure_client: Some(Box::new(configure)), configure_request: sign };
        http::Options {
            user_agent: Some(USER_AGENT.to_owned()),
            backend: Some(Arc::new(Mutex::new(backend))),
            ..http::Options::default()
        }
    }
}
