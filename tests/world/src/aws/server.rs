//! The server: listens on loopback, records every call, refuses writes, and spoils replies when told to.

use super::faults::{Faults, Spoil};
use super::paging::Paging;
use super::replies::{ApiError, Call, ReportState, document, is_write, namespace};
use super::request::{Request, signed_service};
use crate::account::Account;
use crate::company::World;
use crate::error::WorldError;
use crate::loopback::{Port, Running};
use crate::token::aws_id;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use whose_model::Timestamp;

/// IAM and STS of the invented account, on a port of loopback. It stops when it is dropped.
pub struct AwsServer {
    running: Running,
    shared: Arc<Shared>,
}

struct Shared {
    as_of: Timestamp,
    state: Mutex<Served>,
}

/// What changes while the server runs.
struct Served {
    account: Account,
    faults: Faults,
    report: ReportState,
    page_at_most: usize,
    requests: Vec<Request>,
    violations: Vec<Request>,
}

impl World {
    /// Serves the account's IAM and STS.
    ///
    /// # Errors
    /// When no port of loopback can be had.
    pub async fn serve_aws(&self) -> Result<AwsServer, WorldError> {
        let port = Port::open().await?;
        let served = Served {
            account: self.account().clone(),
            faults: Faults::default(),
            report: ReportState::Absent,
            page_at_most: 1000,
            requests: Vec::new(),
            violations: Vec::new(),
        };
        let shared = Arc::new(Shared { as_of: self.as_of(), state: Mutex::new(served) });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Ok(AwsServer { running: port.serve(router), shared })
    }
}

impl AwsServer {
    /// The address, for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// The environment in which any AWS client talks to this server. The key in it was never issued: the
    /// server checks that calls are signed, not with what.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let number = self.state().account.number.clone();
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_ACCESS_KEY_ID", aws_id("ASIA", &number, [7; 5])),
            ("AWS_SECRET_ACCESS_KEY", "not-checked".repeat(4)),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_DEFAULT_REGION", "us-east-1".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }

    /// Every call so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// The calls that would have changed something. They were refused.
    pub fn violations(&self) -> Vec<Request> {
        self.state().violations.clone()
    }

    /// Changes the account, as its administrators would between two scans.
    pub fn change<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        change(&mut self.state().account)
    }

    /// Sends pages of at most so many items, whatever the caller asks for.
    pub fn page_at_most(&self, items: usize) {
        self.state().page_at_most = items.max(1);
    }

    /// Refuses an action for want of permission.
    pub fn deny(&self, action: &str) {
        self.state().faults.denied.insert(action.into());
    }

    /// Answers the next calls of an action with `Throttling`.
    pub fn throttle(&self, action: &str, times: u32) {
        self.state().faults.throttled.insert(action.into(), times);
    }

    /// Answers the next calls of an action with HTTP 500.
    pub fn fail(&self, action: &str, times: u32) {
        self.state().faults.failing.insert(action.into(), times);
    }

    /// Answers an action with XML that ends in the middle.
    pub fn malform(&self, action: &str) {
        self.state().faults.malformed.insert(action.into());
    }

    /// Cuts the connection in the middle of an action's reply.
    pub fn truncate(&self, action: &str) {
        self.state().faults.truncated.insert(action.into());
    }

    /// Answers an action with pages that never end: always more to come, always the same marker.
    pub fn repeat_page(&self, action: &str) {
        self.state().faults.endless.insert(action.into());
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
    body: String,
    request_id: String,
    spoil: Spoil,
}

async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let request = Request::parse(&String::from_utf8_lossy(&body), authorization);
    let delay = shared.lock().faults.delay;
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    let prepared = prepare(&shared, request, authorization);
    let status = StatusCode::from_u16(prepared.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reply = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/xml")
        .header("x-amzn-RequestId", prepared.request_id.as_str());
    let reply = match prepared.spoil {
        Spoil::No => reply.body(Body::from(prepared.body)),
        Spoil::Malform => reply.body(Body::from(half(&prepared.body).to_string())),
        Spoil::Truncate => {
            reply.header(header::CONTENT_LENGTH, prepared.body.len()).body(cut(half(&prepared.body).to_string()))
        }
    };
    reply.expect("status and headers are valid by construction")
}

/// Judges a call and records it.
fn prepare(shared: &Shared, mut request: Request, authorization: Option<&str>) -> Prepared {
    let mut state = shared.lock();
    let served = &mut *state;
    let request_id = request_id(served.requests.len());
    let outcome = served.judge(shared.as_of, &request, authorization);
    let (status, body) = match outcome {
        Ok(result) => (200, document(&request.action, result, &request_id)),
        Err(error) => (error.status, error.document(&served.account, namespace(&request.action), &request_id)),
    };
    let spoil = if status == 200 { served.faults.spoil(&request.action) } else { Spoil::No };
    request.status = status;
    if is_write(&request.action) {
        served.violations.push(request.clone());
    }
    served.requests.push(request);
    Prepared { status, body, request_id, spoil }
}

impl Served {
    fn judge(&mut self, as_of: Timestamp, request: &Request, authorization: Option<&str>) -> super::replies::Reply {
        let header = authorization.ok_or_else(ApiError::unsigned)?;
        signed_service(header).ok_or_else(ApiError::badly_signed)?;
        if is_write(&request.action) {
            return Err(ApiError::denied(&request.action));
        }
        if let Some(error) = self.faults.strike(&request.action) {
            return Err(error);
        }
        let endless = self.faults.endless.contains(&request.action);
        let paging = Paging { at_most: self.page_at_most, endless };
        Call { account: &self.account, as_of, request, paging, report: &mut self.report }.answer()
    }
}

/// A request id in AWS's form, numbered.
fn request_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// The first half of a text.
fn half(text: &str) -> &str {
    let middle = (0..=text.len() / 2).rev().find(|index| text.is_char_boundary(*index));
    &text[..middle.unwrap_or_default()]
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
