//! The client of one API: it asks with GET and nothing else, for declared calls alone, waits when GitHub asks for
//! it, and follows pages without leaving the host.

use crate::failure::{is_throttled, pause, refused, unanswered};
use crate::link;
use crate::sign_in::SignIn;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use whose_connect::{ApiCall, CallError, Client, FailureKind, Pages};

/// The version of the API that this connector was written for.
pub(crate) const VERSION: &str = "2022-11-28";
/// The most items that GitHub gives on a page.
const PER_PAGE: &str = "100";
/// A listing of 100,000 members has a thousand pages.
const MOST_PAGES: usize = 10_000;
/// GitHub renews its budget each hour. A longer wait than this is left to the next scan.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// How often one question is asked again after a 403 that asked for patience.
const MOST_PAUSES: u32 = 3;

/// The API of one server, with the sign-in.
pub(crate) struct Api {
    client: Client,
    base: Url,
    sign_in: Arc<SignIn>,
}

impl Api {
    pub(crate) fn new(client: Client, base: Url, sign_in: Arc<SignIn>) -> Self {
        Self { client, base, sign_in }
    }

    /// Asks for one thing.
    pub(crate) async fn get<T: DeserializeOwned>(&self, call: ApiCall, path: &[&str]) -> Result<T, CallError> {
        let url = self.url(call, path, &[])?;
        Ok(self.fetch(call, &url).await?.0)
    }

    /// Asks for a listing, page by page.
    pub(crate) fn list(&self, call: ApiCall, path: &[&str], query: &[(&str, &str)]) -> Result<Listing<'_>, CallError> {
        let mut query = query.to_vec();
        query.push(("per_page", PER_PAGE));
        let next = self.url(call, path, &query)?;
        Ok(Listing { api: self, call, next: Next::Ask(next), pages: Pages::new(MOST_PAGES) })
    }

    fn url(&self, call: ApiCall, path: &[&str], query: &[(&str, &str)]) -> Result<Url, CallError> {
        let mut url = self.base.clone();
        // Names come from answers. These would climb out of the path that the call is declared for.
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(CallError::new(call, FailureKind::Malformed, "a name in the answer cannot stand in a path"));
        }
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn fetch<T: DeserializeOwned>(&self, call: ApiCall, url: &Url) -> Result<(T, HeaderMap), CallError> {
        let mut pauses = 0;
        loop {
            let answer = self.client.send(self.request(call, url).await?).await;
            let answer = answer.map_err(|error| unanswered(call, error))?;
            let (status, headers) = (answer.status(), answer.headers());
            if status.is_success() {
                let read = serde_json::from_slice(answer.body());
                let value = read.map_err(|error| {
                    let message = format!("the answer (HTTP {}) cannot be read: {error}", status.as_u16());
                    CallError::new(call, FailureKind::Malformed, &message).caused_by(error)
                })?;
                return Ok((value, answer.headers().clone()));
            }
            // The shared client has already waited for every 429.
            let again = status == http::StatusCode::FORBIDDEN && is_throttled(status, headers);
            match pause(headers).filter(|pause| again && pauses < MOST_PAUSES && *pause <= LONGEST_PAUSE) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(refused(call, status, headers, answer.body())),
            }
            pauses += 1;
        }
    }

    async fn request(&self, call: ApiCall, url: &Url) -> Result<Request<Bytes>, CallError> {
        // Asked for each request: a token may end while a listing is read.
        let bearer = self.sign_in.bearer().await?;
        Request::builder()
            .method(Method::GET)
            .uri(url.as_str())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", VERSION)
            .header(header::AUTHORIZATION, bearer)
            .body(Bytes::new())
            .map_err(|error| CallError::new(call, FailureKind::Other, "the request cannot be built").caused_by(error))
    }
}

/// A listing that is being read.
pub(crate) struct Listing<'a> {
    api: &'a Api,
    call: ApiCall,
    next: Next,
    pages: Pages,
}

/// How a listing goes on.
enum Next {
    Ask(Url),
    Lost(CallError),
    End,
}

impl Listing<'_> {
    /// The next page; `None` at the end. When the way to a further page is lost, this page is still given, and the
    /// fault comes with the next call.
    pub(crate) async fn page<T: DeserializeOwned>(&mut self) -> Result<Option<T>, CallError> {
        let url = match std::mem::replace(&mut self.next, Next::End) {
            Next::Ask(url) => url,
            Next::Lost(fault) => return Err(fault),
            Next::End => return Ok(None),
        };
        let (page, headers) = self.api.fetch(self.call, &url).await?;
        self.next = self.turn(&headers, &url);
        Ok(Some(page))
    }

    fn turn(&mut self, headers: &HeaderMap, asked: &Url) -> Next {
        let lost = |text: String| Next::Lost(CallError::new(self.call, FailureKind::Malformed, &text));
        match link::next(headers, asked) {
            Ok(None) => Next::End,
            Ok(Some(next)) if next == *asked => lost("the link to the next page leads to the same page".into()),
            Ok(Some(next)) => match self.pages.turn(true, Some(next.as_str())) {
                Ok(_) => Next::Ask(next),
                Err(fault) => lost(fault.to_string()),
            },
            Err(fault) => lost(fault.to_string()),
        }
    }
}
