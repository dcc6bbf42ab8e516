//! What a schedule tells whoever watches it, over HTTP.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// The state of a schedule, shared with the one who answers.
#[derive(Clone)]
pub(super) struct Health(Arc<Mutex<Status>>);

/// The answer's form.
#[derive(Clone, Debug, Serialize)]
struct Status {
    /// `false` when the last run failed.
    healthy: bool,
    /// When the schedule began.
    started: Timestamp,
    /// When the run that is going began.
    running_since: Option<Timestamp>,
    /// The run that ended last.
    last: Option<LastRun>,
    /// When the next run begins.
    next: Option<Timestamp>,
    /// How many runs were skipped, since the one before was still going.
    skipped: u64,
}

#[derive(Clone, Debug, Serialize)]
struct LastRun {
    began: Timestamp,
    ended: Timestamp,
    /// `null` when a signal ended it.
    exit: Option<i32>,
}

impl Default for Health {
    fn default() -> Self {
        let status = Status {
            healthy: true,
            started: Timestamp::now(),
            running_since: None,
            last: None,
            next: None,
            skipped: 0,
        };
        Self(Arc::new(Mutex::new(status)))
    }
}

impl Health {
    /// Answers at `address` from now on; the address that was bound, where the port was left open.
    pub(super) async fn serve(&self, address: SocketAddr) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        let health = self.clone();
        let answer = move || std::future::ready(health.answer());
        let router = Router::new().route("/healthz", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(bound)
    }

    fn answer(&self) -> Response {
        let status = self.status().clone();
        let code = if status.healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        match serde_json::to_string_pretty(&status) {
            Ok(text) => (code, [(header::CONTENT_TYPE, "application/json")], text + "\n").into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    fn status(&self) -> MutexGuard<'_, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expect(&self, next: Timestamp) {
        self.status().next = Some(next);
    }

    pub(super) fn skip(&self) {
        self.status().skipped += 1;
    }

    pub(super) fn begin(&self, began: Timestamp) {
        self.status().running_since = Some(began);
    }

    /// Findings and gaps are a scan's results; a wrong request, a fault and a kill are failures.
    pub(super) fn end(&self, began: Timestamp, ended: Timestamp, exit: Option<i32>) {
        let mut status = self.status();
        status.running_since = None;
        status.healthy = matches!(exit, Some(0 | 1 | 3));
        status.last = Some(LastRun { began, ended, exit });
    }
}
