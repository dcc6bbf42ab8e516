//! The tenant on a port of loopback: tokens, Microsoft Graph and Azure Resource Manager at one address.

use super::certificate::{EntraCertificate, Registered};
use super::faults::{Faults, error};
use super::odata::Query;
use super::routes::route;
use super::tenant::EntraTenant;
use crate::company::World;
use crate::error::WorldError;
use crate::loopback::{Port, Running};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntraRequest {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: String,
    /// The action, `Token` for a sign-in, empty for a path that nothing answers.
    pub action: String,
    /// The status of the reply.
    pub status: u16,
    /// The reply, before it was spoilt.
    pub reply: String,
}

/// The tenant on a port of loopback. It stops when it is dropped.
pub struct EntraServer {
    running: Running,
    shared: Arc<Shared>,
}

struct Shared {
    address: SocketAddr,
    state: Mutex<Served>,
}

struct Served {
    tenant: EntraTenant,
    faults: Faults,
    page_at_most: usize,
    requests: Vec<EntraRequest>,
    registered: Registered,
}

impl World {
    /// Serves the company's tenant and subscriptions.
    ///
    /// # Errors
    /// When no port of loopback can be had.
    pub async fn serve_entra(&self) -> Result<EntraServer, WorldError> {
        let port = Port::open().await?;
        let served = Served {
            tenant: self.entra(),
            faults: Faults::default(),
            page_at_most: 999,
            requests: Vec::new(),
            registered: Registered::default(),
        };
        let shared = Arc::new(Shared { address: port.address(), state: Mutex::new(served) });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(EntraServer { running: port.serve(router), shared })
    }
}

impl EntraServer {
    /// The address that takes the place of all of Microsoft's.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// The environment in which the scanner signs in as its own application.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let state = self.shared.lock();
        vec![
            ("AZURE_TENANT_ID", state.tenant.id.clone()),
            ("AZURE_CLIENT_ID", state.tenant.scanner.app_id.clone()),
            ("AZURE_CLIENT_SECRET", state.tenant.scanner.secret.clone()),
        ]
    }

    /// Lets the scanner's application sign in with a certificate as well.
    pub fn register(&self, certificate: EntraCertificate) {
        self.shared.lock().registered.add(certificate);
    }

    /// Every call so far.
    pub fn requests(&self) -> Vec<EntraRequest> {
        self.shared.lock().requests.clone()
    }

    /// Changes the tenant, as its administrators would between two scans.
    pub fn change<T>(&self, change: impl FnOnce(&mut EntraTenant) -> T) -> T {
        change(&mut self.shared.lock().tenant)
    }

    /// Sends pages of at most so many things, whatever the caller asks for.
    pub fn page_at_most(&self, things: usize) {
        self.shared.lock().page_at_most = things.max(1);
    }

    /// Refuses an action for want of permission.
    pub fn deny(&self, action: &str) {
        self.shared.lock().faults.denied.insert(action.into());
    }

    /// Refuses an action for want of a licence.
    pub fn unlicense(&self, action: &str) {
        self.shared.lock().faults.unlicensed.insert(action.into());
    }

    /// Answers the next calls of an action with 429 and `Retry-After`.
    pub fn throttle(&self, action: &str, times: u32) {
        self.shared.lock().faults.throttled.insert(action.into(), times);
    }

    /// Answers an action with JSON that ends in the middle.
    pub fn malform(&self, action: &str) {
        self.shared.lock().faults.malformed.insert(action.into());
    }

    /// Cuts the connection in the middle of an action's reply.
    pub fn truncate(&self, action: &str) {
        self.shared.lock().faults.truncated.insert(action.into());
    }

    /// Answers an action with one page for ever, each with the same link to the next.
    pub fn repeat_page(&self, action: &str) {
        self.shared.lock().faults.repeated.insert(action.into());
    }

    /// Answers an action with a link to the next page that leads to another host.
    pub fn lead_astray(&self, action: &str) {
        self.shared.lock().faults.astray.insert(action.into());
    }

    /// Switches all faults off.
    pub fn heal(&self) {
        self.shared.lock().faults = Faults::default();
    }

    /// Stops the server and waits until it is down.
    pub async fn stop(self) {
        self.running.stop().await;
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
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (action, status, value) = match method {
        Method::POST => {
            let (status, value) = token(&mut shared.lock(), uri.path(), &String::from_utf8_lossy(&body));
            ("Token", status, value)
        }
        Method::GET => list(&shared, &uri, bearer),
        _ => ("", 405, error("MethodNotAllowed", "This world may only be read.")),
    };
    let mut state = shared.lock();
    let text = value.to_string();
    state.requests.push(EntraRequest {
        method: method.to_string(),
        path: uri.path().into(),
        query: uri.query().unwrap_or_default().into(),
        action: action.into(),
        status,
        reply: text.clone(),
    });
    // Half of it, as long as it is text that is not cut within a character.
    let half = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= text.len() / 2).last().unwrap_or_default();
    let reply = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    let reply = if status == 429 { reply.header(header::RETRY_AFTER, "0") } else { reply };
    let spoilt = status == 200;
    let reply = if spoilt && state.faults.truncated.contains(action) {
        reply.header(header::CONTENT_LENGTH, text.len()).body(cut(text[..half].to_owned()))
    } else if spoilt && state.faults.malformed.contains(action) {
        reply.body(Body::from(text[..half].to_owned()))
    } else {
        reply.body(Body::from(text))
    };
    reply.expect("status and headers are valid by construction")
}

/// A token for the application that scans, and for nobody else.
fn token(served: &mut Served, path: &str, form: &str) -> (u16, Value) {
    let form = Query::parse(&form.replace('+', " "));
    let field = |name: &str| form.fields.get(name).map(String::as_str).unwrap_or_default();
    let tenant = &served.tenant;
    let proved = match field("client_assertion_type") {
        "" if field("client_secret") == tenant.scanner.secret => Ok(()),
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" => {
            served.registered.take(field("client_assertion"), &tenant.id, &tenant.scanner.app_id)
        }
        _ => Err("AADSTS7000215: Invalid client secret."),
    };
    if let Err(fault) = proved {
        return (401, json!({"error": "invalid_client", "error_description": fault}));
    }
    let here = path.trim_start_matches('/').split('/').next() == Some(tenant.id.as_str());
    let known = field("client_id") == tenant.scanner.app_id;
    if !known || !here || !path.ends_with("/oauth2/v2.0/token") || field("grant_type") != "client_credentials" {
        return (401, json!({"error": "invalid_client", "error_description": "AADSTS700016: Application not found."}));
    }
    let claims = json!({"tid": tenant.id, "aud": field("scope"), "appid": tenant.scanner.app_id});
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let token = format!("{}.{}.", part(&json!({"alg": "none"})), part(&claims));
    (200, json!({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token}))
}

fn list(shared: &Shared, uri: &Uri, bearer: Option<&str>) -> (&'static str, u16, Value) {
    let mut state = shared.lock();
    let query = Query::parse(uri.query().unwrap_or_default());
    let filter = query.fields.get("$filter").map(String::as_str);
    let Some(mut found) = route(&state.tenant, uri.path(), filter) else {
        return ("", 404, error("ResourceNotFound", "Resource not found for the segment."));
    };
    if query.fields.get("$expand").is_some_and(|relation| relation == "federatedIdentityCredentials") {
        found.action = "ListFederatedIdentityCredentials";
    }
    let service = if found.manager { "https://management." } else { "https://graph." };
    if !audience(bearer).is_some_and(|audience| audience.starts_with(service)) {
        return (found.action, 401, error("InvalidAuthenticationToken", "Access token validation failure."));
    }
    if let Some((status, fault)) = state.faults.strike(found.action) {
        return (found.action, status, fault);
    }
    let repeated = state.faults.repeated.contains(found.action);
    let astray = state.faults.astray.contains(found.action);
    let start = if repeated { 0 } else { query.start().min(found.objects.len()) };
    let end = found.objects.len().min(start + query.size(state.page_at_most));
    let page: Vec<Value> = found.objects[start..end].iter().map(|object| query.shape(object)).collect();
    let mut reply = json!({"value": page});
    if end < found.objects.len() || repeated || astray {
        let name = if found.manager { "nextLink" } else { "@odata.nextLink" };
        let host = if astray { "elsewhere.example".into() } else { shared.address.to_string() };
        let kept = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("$skiptoken"));
        let kept: Vec<&str> = kept.filter(|pair| !pair.is_empty()).collect();
        let token = if repeated { 0 } else { end };
        reply[name] = json!(format!("http://{host}{}?{}&$skiptoken={token}", uri.path(), kept.join("&")));
    }
    (found.action, 200, reply)
}

/// Whom a token is meant for.
fn audience(bearer: Option<&str>) -> Option<String> {
    let payload = bearer?.strip_prefix("Bearer ")?.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?).ok()?;
    claims["aud"].as_str().map(String::from)
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
