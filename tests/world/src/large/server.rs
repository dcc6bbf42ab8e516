//! The server of a large estate: every request gets an answer that is made for it and forgotten.

use super::{entra, github, google};
use crate::company::World;
use crate::draw::Draw;
use crate::error::WorldError;
use crate::github::GithubOrganization;
use crate::google::GoogleEstate;
use crate::loopback::{Port, Running};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use whose_model::Timestamp;

/// Whose estate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargeProvider {
    /// A tenant of Entra; its objects are service principals.
    Entra,
    /// An organisation of Google Cloud; its objects are service accounts.
    Google,
    /// An organisation on GitHub; its objects are repositories.
    Github,
}

/// An estate of any size.
#[derive(Clone, Debug)]
pub struct LargeEstate {
    pub(super) provider: LargeProvider,
    pub(super) objects: usize,
    pub(super) as_of: Timestamp,
    pub(super) draw: Draw,
    /// What an excerpt of Google Cloud has beside the things that were asked for.
    pub(super) google: GoogleEstate,
    /// What an excerpt of GitHub has beside the things that were asked for.
    pub(super) github: GithubOrganization,
}

/// A large estate on a port of loopback. It stops when it is dropped.
pub struct LargeServer {
    running: Running,
    shared: Arc<Shared>,
}

struct Shared {
    estate: LargeEstate,
    endpoint: String,
    answered: AtomicU64,
    refused: AtomicU64,
}

/// A request, as far as it matters here.
pub(super) struct Ask<'a> {
    pub(super) verb: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) endpoint: &'a str,
}

/// The reply: a body, and where the next page is when that stands in a header.
pub(super) struct Reply {
    pub(super) body: Value,
    pub(super) link: Option<String>,
}

impl LargeEstate {
    /// An estate of so many objects at a moment, all drawn from a seed.
    pub fn new(provider: LargeProvider, objects: usize, seed: u64, as_of: Timestamp) -> Self {
        let company = World::new(seed, as_of);
        let (google, github) = (google::shell(&company), github::shell(&company));
        Self { provider, objects, as_of, draw: Draw::new(seed), google, github }
    }

    /// Serves it.
    ///
    /// # Errors
    /// When no port of loopback can be had.
    pub async fn serve(self) -> Result<LargeServer, WorldError> {
        let port = Port::open().await?;
        let counters = (AtomicU64::new(0), AtomicU64::new(0));
        let endpoint = format!("http://{}", port.address());
        let shared = Arc::new(Shared { estate: self, endpoint, answered: counters.0, refused: counters.1 });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        Ok(LargeServer { running: port.serve(router), shared })
    }

    /// The days since something, between `least` and `most`, drawn for a label.
    pub(super) fn ago(&self, label: &str, least: u64, most: u64) -> Timestamp {
        let days = least + self.draw.below(label, most - least + 1);
        self.as_of - jiff::SignedDuration::from_hours(24 * i64::try_from(days).unwrap_or(0))
    }

    fn reply(&self, ask: &Ask<'_>) -> Option<Reply> {
        match self.provider {
            LargeProvider::Entra => entra::reply(self, ask),
            LargeProvider::Google => google::reply(self, ask),
            LargeProvider::Github => github::reply(self, ask),
        }
    }
}

impl LargeServer {
    /// The address in place of the provider's own.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// What is scanned, in the scanner's words. `folder` takes a credential file, where one is needed.
    ///
    /// # Errors
    /// When that file cannot be written.
    pub fn target(&self, folder: &Path) -> Result<String, WorldError> {
        Ok(match self.shared.estate.provider {
            LargeProvider::Entra => "azure".into(),
            LargeProvider::Google => google::target(&self.endpoint(), folder)?,
            // There is no code behind these repositories.
            LargeProvider::Github => format!("github:{},repositories=off", github::LOGIN),
        })
    }

    /// The environment in which the scanner finds this server. What looks like credentials in it was never issued.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let endpoint = self.endpoint();
        match self.shared.estate.provider {
            LargeProvider::Entra => vec![
                ("AZURE_ENDPOINT_URL", endpoint),
                ("AZURE_TENANT_ID", entra::tenant(&self.shared.estate)),
                ("AZURE_CLIENT_ID", entra::tenant(&self.shared.estate)),
                ("AZURE_CLIENT_SECRET", "not-checked".repeat(4)),
            ],
            LargeProvider::Google => vec![("GOOGLE_ENDPOINT_URL", endpoint)],
            LargeProvider::Github => {
                vec![("GITHUB_API_URL", endpoint), ("GITHUB_TOKEN", "not-checked".repeat(4))]
            }
        }
    }

    /// How many requests were answered, those for tokens included.
    pub fn answered(&self) -> u64 {
        self.shared.answered.load(Ordering::Relaxed)
    }

    /// How many requests were for something that is not there.
    pub fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }

    /// Stops the server and waits until it is down.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

async fn serve(State(shared): State<Arc<Shared>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let ask = Ask {
        verb: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        endpoint: &shared.endpoint,
    };
    let token = ask.verb == "POST" && (ask.path.ends_with("/oauth2/v2.0/token") || ask.path == google::TOKEN_PATH);
    let signed = token || headers.contains_key(header::AUTHORIZATION);
    let found = if token {
        Some(Reply { body: sign_in(&shared.estate), link: None })
    } else if signed {
        shared.estate.reply(&ask)
    } else {
        None
    };
    let counter = if found.is_some() { &shared.answered } else { &shared.refused };
    counter.fetch_add(1, Ordering::Relaxed);
    let missing = || Reply { body: json!({"error": {"code": 404, "message": "There is no such thing."}}), link: None };
    let status = if found.is_some() { 200 } else { 404 };
    let reply = found.unwrap_or_else(missing);
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    if let Some(link) = reply.link {
        response = response.header(header::LINK, link);
    }
    response.body(Body::from(reply.body.to_string())).expect("status and headers are valid by construction")
}

/// A token that opens this estate and nothing else. Entra's names its tenant.
fn sign_in(estate: &LargeEstate) -> Value {
    let part = |value: Value| data_encoding::BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let token = format!("{}.{}.", part(json!({"alg": "none"})), part(json!({"tid": entra::tenant(estate)})));
    json!({
        "access_token": token, "token_type": "Bearer", "expires_in": 86_399, "ext_expires_in": 86_399,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    })
}
