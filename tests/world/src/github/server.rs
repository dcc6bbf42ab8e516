//! The server: listens on loopback, records every call, refuses writes, and spoils replies when told to.

use super::app::SigningApp;
use super::faults::{Faults, NextPage, Spoil, Strike};
use super::git;
use super::organization::GithubOrganization;
use super::replies::{Answer, answer};
use crate::company::World;
use crate::error::WorldError;
use crate::loopback::{Port, Running};
use crate::repository::Repository;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What requests to git are recorded as.
const CLONE: &str = "GetRepositoryCode";

/// The installation of the app that signs in.
const INSTALLATION: u64 = 31;

/// A recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubRequest {
    /// The call, for example `ListDeployKeys`; `Unknown` when it is none that this server knows.
    pub call: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// The `User-Agent`.
    pub user_agent: String,
    /// The HTTP status of the reply.
    pub status: u16,
    /// The reply, before it was spoilt.
    pub reply: String,
}

/// GitHub's REST API for the invented organisation, on a port of loopback. It stops when it is dropped.
pub struct GithubServer {
    running: Running,
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: String,
    state: Mutex<Served>,
}

/// What changes while the server runs.
struct Served {
    organization: GithubOrganization,
    faults: Faults,
    page_at_most: usize,
    requests: Vec<GithubRequest>,
    violations: Vec<GithubRequest>,
    /// The code of the repositories.
    code: Vec<Repository>,
    /// The repositories that were packed, and the tokens with which they were cloned.
    packed: BTreeMap<String, Arc<git::Served>>,
    clone_tokens: Vec<String>,
    /// The app that signs in, when one does: then no other token is taken.
    app: Option<SigningApp>,
}

impl World {
    /// Serves the organisation's part of GitHub.
    ///
    /// # Errors
    /// When no port of loopback can be had.
    pub async fn serve_github(&self) -> Result<GithubServer, WorldError> {
        let port = Port::open().await?;
        let endpoint = format!("http://{}", port.address());
        let state = Mutex::new(Served {
            organization: GithubOrganization { git: endpoint.clone(), ..self.github() },
            faults: Faults::default(),
            page_at_most: 100,
            requests: Vec::new(),
            violations: Vec::new(),
            code: self.repositories().to_vec(),
            packed: BTreeMap::new(),
            clone_tokens: Vec::new(),
            app: None,
        });
        let shared = Arc::new(Shared { endpoint, state });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        Ok(GithubServer { running: port.serve(router), shared })
    }
}

impl GithubServer {
    /// The address of the API.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// The environment in which GitHub's own client and the scanner talk to this server. The token in it was never
    /// issued: the server checks that there is one, not which.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("GITHUB_API_URL", self.endpoint()), ("GITHUB_TOKEN", "not-checked".repeat(4))]
    }

    /// Every call so far.
    pub fn requests(&self) -> Vec<GithubRequest> {
        self.state().requests.clone()
    }

    /// The calls that would have changed something. They were refused.
    pub fn violations(&self) -> Vec<GithubRequest> {
        self.state().violations.clone()
    }

    /// The token of every request to git so far. Without one, nothing is cloned.
    pub fn clone_tokens(&self) -> Vec<String> {
        self.state().clone_tokens.clone()
    }

    /// Commits one file to a repository, as its last author would between two scans.
    pub fn commit(&self, repository: &str, path: &'static str, text: &str) {
        let mut state = self.state();
        state.packed.remove(repository);
        let Some(code) = state.code.iter_mut().find(|code| code.name == repository) else { return };
        let Some(mut commit) = code.commits.last().cloned() else { return };
        commit.message = format!("Change {path}");
        commit.changes = BTreeMap::from([(path, Some(text.to_owned()))]);
        code.commits.push(commit);
    }

    /// Installs the app that signs in from now on, with the public half of its key. Its tokens end after so many seconds,
    /// and no other token is taken.
    pub fn install_app(&self, id: &str, public: Vec<u8>, lifetime: i64) {
        self.state().app = Some(SigningApp::new(id, public, lifetime));
    }

    /// The tokens that the app was given so far.
    pub fn app_tokens(&self) -> Vec<String> {
        self.state().app.as_ref().map(SigningApp::tokens).unwrap_or_default()
    }

    /// Changes the organisation, as its administrators would between two scans.
    pub fn change<T>(&self, change: impl FnOnce(&mut GithubOrganization) -> T) -> T {
        change(&mut self.state().organization)
    }

    /// Sends pages of at most so many items, whatever the caller asks for.
    pub fn page_at_most(&self, items: usize) {
        self.state().page_at_most = items.max(1);
    }

    /// Refuses a call for want of permission.
    pub fn deny(&self, call: &str) {
        self.state().faults.denied.insert(call.into());
    }

    /// Answers the next calls with 429 and `Retry-After`.
    pub fn throttle(&self, call: &str, times: u32) {
        self.state().faults.throttled.insert(call.into(), times);
    }

    /// Answers the next calls with 403 and `Retry-After`, as GitHub's secondary limit does.
    pub fn throttle_by_refusal(&self, call: &str, times: u32) {
        self.state().faults.secondary.insert(call.into(), times);
    }

    /// Answers a call with 403 and an empty budget that will not be renewed for years.
    pub fn exhaust(&self, call: &str) {
        self.state().faults.exhausted.insert(call.into());
    }

    /// Answers the next calls with HTTP 500.
    pub fn fail(&self, call: &str, times: u32) {
        self.state().faults.failing.insert(call.into(), times);
    }

    /// Answers a call with JSON that ends in the middle.
    pub fn malform(&self, call: &str) {
        self.state().faults.malformed.insert(call.into());
    }

    /// Cuts the connection in the middle of a reply.
    pub fn truncate(&self, call: &str) {
        self.state().faults.truncated.insert(call.into());
    }

    /// Answers a call with a page whose next page is itself.
    pub fn repeat_page(&self, call: &str) {
        self.state().faults.next.insert(call.into(), NextPage::Repeated);
    }

    /// Answers a call with pages that lead to one another for ever.
    pub fn never_end(&self, call: &str) {
        self.state().faults.next.insert(call.into(), NextPage::Endless);
    }

    /// Links from the first page of a call to another host.
    pub fn lead_astray(&self, call: &str) {
        self.state().faults.next.insert(call.into(), NextPage::Elsewhere);
    }

    /// Waits before each reply.
    pub fn delay(&self, delay: Duration) {
        self.state().faults.delay = Some(delay);
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

/// What goes back over the wire.
struct Prepared {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    spoil: Spoil,
}

impl Prepared {
    fn refusal(status: u16, message: &str, headers: Vec<(&'static str, String)>) -> Self {
        let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest"}).to_string();
        Self { status, headers, body, spoil: Spoil::No }
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let delay = shared.lock().faults.delay;
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    let login = shared.lock().organization.login.clone();
    if let Some(asked) = git::Request::of(&login, uri.path(), uri.query().unwrap_or_default()) {
        return of_git(&shared, asked, &method, &uri, &headers, &body);
    }
    let prepared = prepare(&shared, &method, &uri, &headers);
    let status = StatusCode::from_u16(prepared.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    for (name, value) in &prepared.headers {
        reply = reply.header(*name, value.as_str());
    }
    let half = prepared.body.get(..prepared.body.len() / 2).unwrap_or_default().to_owned();
    let reply = match prepared.spoil {
        Spoil::No => reply.body(Body::from(prepared.body)),
        Spoil::Malform => reply.body(Body::from(half)),
        Spoil::Truncate => reply.header(header::CONTENT_LENGTH, prepared.body.len()).body(cut(half)),
    };
    reply.expect("status and headers are valid by construction")
}

/// Answers a client of git, and records it under the name by which the permission for it is declared.
fn of_git(
    shared: &Shared,
    asked: git::Request<'_>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut state = shared.lock();
    let token = git::token(&text(header::AUTHORIZATION)).filter(|token| state.knows(token));
    let denied = state.faults.denied.contains(CLONE);
    let packed = state.packed(asked.repository());
    let (status, body) = match (&token, packed) {
        (None, _) => (401, Vec::new()),
        (Some(_), _) if denied => (403, Vec::new()),
        (Some(_), None) => (404, Vec::new()),
        (Some(_), Some(packed)) => (200, packed.answer(asked, body)),
    };
    state.clone_tokens.extend(token);
    let request = GithubRequest {
        call: CLONE.into(),
        method: method.to_string(),
        path: uri.path().into(),
        query: query(uri.query().unwrap_or_default()),
        user_agent: text(header::USER_AGENT),
        status,
        reply: String::new(),
    };
    state.requests.push(request);
    let reply = Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(header::CONTENT_TYPE, asked.content_type())
        .header(header::WWW_AUTHENTICATE, "Basic realm=\"GitHub\"")
        .body(Body::from(body));
    reply.expect("status and headers are valid by construction")
}

/// Judges a call and records it.
fn prepare(shared: &Shared, method: &Method, uri: &Uri, headers: &HeaderMap) -> Prepared {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut state = shared.lock();
    let sign_in = state.sign_in(uri.path());
    let (call, found) = match &sign_in {
        Some((call, _)) => (*call, Answer::NotFound),
        None => answer(&state.organization, uri.path()),
    };
    let mut request = GithubRequest {
        call: call.into(),
        method: method.to_string(),
        path: uri.path().into(),
        query: query(uri.query().unwrap_or_default()),
        user_agent: text(header::USER_AGENT),
        status: 0,
        reply: String::new(),
    };
    let bearer = text(header::AUTHORIZATION).strip_prefix("Bearer ").unwrap_or_default().to_owned();
    let signed_in = match sign_in {
        Some(_) => state.app.as_ref().is_some_and(|app| app.takes(&bearer)),
        None => state.knows(&bearer),
    };
    let reads = *method == sign_in.as_ref().map_or(Method::GET, |(_, method)| method.clone());
    let prepared = if request.user_agent.is_empty() {
        Prepared::refusal(403, "Request forbidden by administrative rules. A User-Agent is missing.", Vec::new())
    } else if !signed_in {
        Prepared::refusal(401, "Requires authentication", Vec::new())
    } else if !reads {
        Prepared::refusal(403, "Resource not accessible by integration", Vec::new())
    } else if sign_in.is_some() && !state.faults.denied.contains(call) {
        state.signed_in(call, uri.path())
    } else {
        state.judge(&shared.endpoint, &request, found)
    };
    request.status = prepared.status;
    request.reply.clone_from(&prepared.body);
    if !reads {
        state.violations.push(request.clone());
    }
    state.requests.push(request);
    prepared
}

impl Served {
    /// A repository of the organisation, packed when it is first asked for.
    fn packed(&mut self, name: &str) -> Option<Arc<git::Served>> {
        self.organization.repositories.iter().find(|repository| repository.name == name)?;
        if let Some(packed) = self.packed.get(name) {
            return Some(Arc::clone(packed));
        }
        let repository = self.code.iter().find(|repository| repository.name == name)?;
        let packed = Arc::new(git::Served::new(repository).ok()?);
        self.packed.insert(name.to_owned(), Arc::clone(&packed));
        Some(packed)
    }

    /// Whether a token is taken: any, until an app signs in.
    fn knows(&self, token: &str) -> bool {
        !token.is_empty() && self.app.as_ref().is_none_or(|app| app.has_issued(token))
    }

    /// The call by which an app signs in that a path is, with its method.
    fn sign_in(&self, path: &str) -> Option<(&'static str, Method)> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["orgs", _, "installation"] => Some(("GetOrganizationInstallation", Method::GET)),
            ["app", "installations", _, "access_tokens"] => Some(("CreateInstallationAccessToken", Method::POST)),
            _ => None,
        }
    }

    /// The answer to an app that is signed in.
    fn signed_in(&mut self, call: &str, path: &str) -> Prepared {
        let own = format!("/orgs/{}/installation", self.organization.login);
        if call == "GetOrganizationInstallation" && !path.eq_ignore_ascii_case(&own) {
            return Prepared::refusal(404, "Not Found", Vec::new());
        }
        let body = match &mut self.app {
            Some(app) if call == "CreateInstallationAccessToken" => app.issue(),
            _ => {
                json!({"id": INSTALLATION, "account": {"login": self.organization.login}, "repository_selection": "all"})
            }
        };
        let status = if call == "CreateInstallationAccessToken" { 201 } else { 200 };
        Prepared { status, headers: Vec::new(), body: body.to_string(), spoil: self.faults.spoil(call) }
    }

    fn judge(&mut self, endpoint: &str, request: &GithubRequest, found: Answer) -> Prepared {
        if let Some(strike) = self.faults.strike(&request.call) {
            return struck(strike);
        }
        let next = self.faults.next_page(&request.call);
        let mut headers = vec![("x-ratelimit-limit", "5000".into()), ("x-ratelimit-remaining", "4999".into())];
        let mut page = |items: Vec<Value>| {
            let (items, link) = page(endpoint, request, items, self.page_at_most, next);
            headers.extend(link.map(|link| ("link", link)));
            items
        };
        let body = match found {
            Answer::NotFound => return Prepared::refusal(404, "Not Found", headers),
            Answer::One(value) => value,
            Answer::List(items) => Value::Array(page(items)),
            Answer::Counted(name, items) => {
                let total = items.len();
                json!({"total_count": total, name: page(items)})
            }
        };
        Prepared { status: 200, headers, body: body.to_string(), spoil: self.faults.spoil(&request.call) }
    }
}

fn struck(strike: Strike) -> Prepared {
    let later = vec![("retry-after", "0".to_owned())];
    match strike {
        Strike::Denied => Prepared::refusal(403, "Resource not accessible by integration", Vec::new()),
        Strike::TooMany => Prepared::refusal(429, "API rate limit exceeded", later),
        Strike::Secondary => Prepared::refusal(403, "You have exceeded a secondary rate limit.", later),
        Strike::Exhausted => {
            // A moment in the year 2100.
            let headers = vec![("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset", "4102444800".into())];
            Prepared::refusal(403, "API rate limit exceeded for installation.", headers)
        }
        Strike::Internal => Prepared::refusal(500, "Server Error", Vec::new()),
    }
}

/// The page that a call asks for, and the link to the next one.
fn page(
    endpoint: &str,
    request: &GithubRequest,
    items: Vec<Value>,
    at_most: usize,
    next: NextPage,
) -> (Vec<Value>, Option<String>) {
    let number = |name: &str| request.query.get(name).and_then(|text| text.parse::<usize>().ok());
    let size = number("per_page").unwrap_or(30).clamp(1, 100).min(at_most);
    let asked = number("page").unwrap_or(1).max(1);
    let link = |to: usize| {
        let mut query = request.query.clone();
        query.insert("page".into(), to.to_string());
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("<{endpoint}{}?{}>; rel=\"next\"", request.path, query.join("&"))
    };
    let all = items.len();
    match next {
        NextPage::Next => {
            let held = items.into_iter().skip((asked - 1) * size).take(size).collect();
            (held, (asked * size < all).then(|| link(asked + 1)))
        }
        NextPage::Repeated => (items, Some(link(2))),
        // Two pages that lead to each other.
        NextPage::Endless => (items, Some(link(if asked == 2 { 3 } else { 2 }))),
        NextPage::Elsewhere => (items, Some(format!("<http://127.0.0.2:9{}?page=2>; rel=\"next\"", request.path))),
    }
}

fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
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
