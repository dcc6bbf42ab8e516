//! The server: listens on loopback, gives tokens, records every call, refuses what it does not know, and spoils
//! replies when told to.

use super::estate::GoogleEstate;
use super::faults::{Faults, Spoil};
use super::plan::Google;
use super::route::{Route, route};
use super::sign_in::{TOKEN_PATH, Tokens};
use super::wire::Answer;
use crate::error::WorldError;
use crate::loopback::{Port, Running};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use futures_util::{StreamExt, stream};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Google's APIs of the invented organisation, on a port of loopback. They stop when this is dropped.
pub struct GoogleServer {
    running: Running,
    shared: Arc<Shared>,
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleRequest {
    /// The method, for example `ListServiceAccounts`; the path, where no such method is served.
    pub method: String,
    /// The verb of HTTP.
    pub verb: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: String,
    /// The status of the answer.
    pub status: u16,
    /// The answer, before it was spoilt.
    pub reply: String,
}

struct Shared {
    tokens: Tokens,
    state: Mutex<Served>,
}

/// What changes while the server runs.
struct Served {
    estate: GoogleEstate,
    faults: Faults,
    page_at_most: usize,
    requests: Vec<GoogleRequest>,
}

impl Google {
    /// Serves the organisation.
    ///
    /// # Errors
    /// When no port of loopback can be had.
    pub async fn serve(&self) -> Result<GoogleServer, WorldError> {
        let port = Port::open().await?;
        let served = Served {
            estate: self.estate().clone(),
            faults: Faults::default(),
            page_at_most: 1000,
            requests: Vec::new(),
        };
        let shared = Arc::new(Shared { tokens: Tokens { own: self.token().into() }, state: Mutex::new(served) });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(GoogleServer { running: port.serve(router), shared })
    }
}

impl GoogleServer {
    /// The address that stands in for all of Google's.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// Writes a credential file with which Google's own libraries sign in here: an external account, whose token was
    /// never issued by anybody.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn write_credentials(&self, folder: &Path) -> Result<PathBuf, WorldError> {
        let delegate = &self.state().estate.directory.delegate.clone();
        let (subject, file) = (folder.join("subject-token"), folder.join("google-credentials.json"));
        let config = json!({
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/scanner",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": format!("{}{TOKEN_PATH}", self.endpoint()),
            "credential_source": {"file": subject},
            "service_account_impersonation_url":
                format!("{}/v1/projects/-/serviceAccounts/{delegate}:generateAccessToken", self.endpoint()),
        });
        for (path, text) in [(&subject, "not checked".to_owned()), (&file, config.to_string())] {
            std::fs::write(path, text).map_err(|source| WorldError::Write { path: path.clone(), source })?;
        }
        Ok(file)
    }

    /// Every call so far, those for tokens left out.
    pub fn requests(&self) -> Vec<GoogleRequest> {
        self.state().requests.clone()
    }

    /// The calls that no method of those that read answers. They were refused.
    pub fn violations(&self) -> Vec<GoogleRequest> {
        self.state().requests.iter().filter(|request| request.method.starts_with('/')).cloned().collect()
    }

    /// Changes the organisation, as its administrators would between two scans.
    pub fn change<T>(&self, change: impl FnOnce(&mut GoogleEstate) -> T) -> T {
        change(&mut self.state().estate)
    }

    /// Sends pages of at most so many items, whatever the caller asks for.
    pub fn page_at_most(&self, items: usize) {
        self.state().page_at_most = items.max(1);
    }

    /// Refuses a method for want of permission.
    pub fn deny(&self, method: &str) {
        self.state().faults.denied.insert(method.into());
    }

    /// Answers a method as if its API were not switched on.
    pub fn disable(&self, method: &str) {
        self.state().faults.disabled.insert(method.into());
    }

    /// Answers the next calls of a method with HTTP 429.
    pub fn throttle(&self, method: &str, times: u32) {
        self.state().faults.throttled.insert(method.into(), times);
    }

    /// Answers a method with JSON that ends in the middle.
    pub fn malform(&self, method: &str) {
        self.state().faults.malformed.insert(method.into());
    }

    /// Cuts the connection in the middle of a method's reply.
    pub fn truncate(&self, method: &str) {
        self.state().faults.truncated.insert(method.into());
    }

    /// Answers a method with pages that never end: always more to come, always the same token.
    pub fn repeat_page(&self, method: &str) {
        self.state().faults.endless.insert(method.into());
    }

    /// Switches all faults off.
    pub fn heal(&self) {
        self.state().faults = Faults::default();
    }

    /// Stops the server and waits until it is down.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    fn state(&self) -> MutexGuard<'_, Served> {
        self.shared.lock()
    }
}

impl Shared {
    /// A caller that panicked while it held the lock has left nothing half-done that a test would mind.
    fn lock(&self) -> MutexGuard<'_, Served> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    verb: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let path = decoded(uri.path());
    if verb == Method::POST
        && let Some((status, given)) = shared.tokens.answer(&path, bearer, &body, &shared.lock().estate.directory)
    {
        return respond(status, given.to_string(), Spoil::No);
    }
    let found = route(verb.as_str(), &path, uri.query().unwrap_or_default());
    // The directory is open to its administrator alone.
    let of_directory = path.starts_with("/admin/");
    let wanted = if of_directory { shared.tokens.delegated() } else { shared.tokens.own.clone() };
    let signed = bearer == Some(wanted.as_str());
    let mut served = shared.lock();
    let (status, body) = match &found {
        _ if !signed => refusal(401, "UNAUTHENTICATED", "the request had no valid credentials", None),
        None => refusal(404, "NOT_FOUND", "no such method", None),
        Some(route) => served.judge(route, uri.query().unwrap_or_default()),
    };
    let method = found.as_ref().map_or(path, |route| route.method.into());
    let spoil = if status == 200 { served.faults.spoil(&method) } else { Spoil::No };
    let reply = body.to_string();
    served.requests.push(GoogleRequest {
        method,
        verb: verb.to_string(),
        path: decoded(uri.path()),
        query: uri.query().unwrap_or_default().into(),
        status,
        reply: reply.clone(),
    });
    drop(served);
    respond(status, reply, spoil)
}

impl Served {
    fn judge(&mut self, route: &Route, query: &str) -> (u16, Value) {
        let denied = |reason: Option<&str>| {
            let message = format!("Permission to call {} denied on resource (or it may not exist).", route.method);
            refusal(403, "PERMISSION_DENIED", &message, reason)
        };
        if self.faults.throttles(route.method) {
            return refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'.", None);
        }
        if self.faults.disabled.contains(route.method) {
            return denied(Some("SERVICE_DISABLED"));
        }
        if self.faults.denied.contains(route.method) {
            return denied(None);
        }
        match self.estate.answer(route, &param(query, "parent").unwrap_or_default()) {
            None => refusal(404, "NOT_FOUND", "Requested entity was not found.", None),
            Some(Answer::One(value)) => (200, value),
            Some(Answer::Many(field, items)) => self.page(route, query, field, items),
        }
    }

    /// One page of a listing. An empty listing has no field at all, as with Google.
    fn page(&self, route: &Route, query: &str, field: &str, items: Vec<Value>) -> (u16, Value) {
        let size = param(query, "pageSize").or_else(|| param(query, "maxResults"));
        let wanted = size.and_then(|text| text.parse().ok()).unwrap_or(100).min(self.page_at_most);
        let start = match param(query, "pageToken") {
            None => 0,
            Some(token) => match offset(&token).filter(|start| *start <= items.len()) {
                Some(start) => start,
                None => return refusal(400, "INVALID_ARGUMENT", "Invalid page token.", None),
            },
        };
        let mut page = json!({});
        let end = items.len().min(start + wanted.max(1));
        if start < end {
            page[field] = items[start..end].iter().cloned().collect();
        }
        if self.faults.endless.contains(route.method) {
            page["nextPageToken"] = json!(token(0));
        } else if end < items.len() {
            page["nextPageToken"] = json!(token(end));
        }
        (200, page)
    }
}

fn refusal(code: u16, status: &str, message: &str, reason: Option<&str>) -> (u16, Value) {
    let mut error = json!({"code": code, "message": message, "status": status});
    if let Some(reason) = reason {
        let details =
            json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"});
        error["details"] = json!([details]);
    }
    (code, json!({"error": error}))
}

/// Tokens are opaque to the caller.
fn token(offset: usize) -> String {
    BASE64URL_NOPAD.encode(format!("from/{offset}").as_bytes())
}

fn offset(token: &str) -> Option<usize> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("from/")?.parse().ok()
}

fn param(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(decoded)
}

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn respond(status: u16, body: String, spoil: Spoil) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reply = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json; charset=UTF-8");
    let half = |text: &str| {
        let middle = (0..=text.len() / 2).rev().find(|index| text.is_char_boundary(*index));
        text[..middle.unwrap_or_default()].to_owned()
    };
    let reply = match spoil {
        Spoil::No => reply.body(Body::from(body)),
        Spoil::Malform => reply.body(Body::from(half(&body))),
        Spoil::Truncate => reply.header(header::CONTENT_LENGTH, body.len()).body(cut(half(&body))),
    };
    reply.expect("status and headers are valid by construction")
}

/// A body that breaks off after its text: the connection ends before the promised length.
fn cut(text: String) -> Body {
    let sent = stream::once(async move { Ok(Bytes::from(text)) });
    let broken = stream::once(async {
        // The first part must be on the wire before the connection ends.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(sent.chain(broken))
}
