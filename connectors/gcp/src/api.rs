//! The thin client of Google's REST APIs: declared calls out, JSON in, and every failure told apart.

use crate::credentials::{Credentials, TokenError};
use crate::sign_in::chain;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use whose_connect::{ApiCall, CallError, Client, FailureKind, Pages};

/// The longest listing that is followed. The largest page that is asked for has 100 items and more, so this is more
/// than any quota of Google's lets exist.
const MOST_PAGES: usize = 20_000;

/// What may stand in a part of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// One of Google's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    ApiKeys,
    AssetInventory,
    Directory,
    Iam,
    PolicyAnalyzer,
    ResourceManager,
}

impl Service {
    fn origin(self) -> &'static str {
        match self {
            Self::ApiKeys => "https://apikeys.googleapis.com",
            Self::AssetInventory => "https://cloudasset.googleapis.com",
            Self::Directory => "https://admin.googleapis.com",
            Self::Iam => "https://iam.googleapis.com",
            Self::PolicyAnalyzer => "https://policyanalyzer.googleapis.com",
            Self::ResourceManager => "https://cloudresourcemanager.googleapis.com",
        }
    }
}

/// One operation: what it is declared as, and whom to ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) call: ApiCall,
    pub(crate) service: Service,
}

/// The signed-in client.
pub(crate) struct Api {
    client: Client,
    credentials: Credentials,
    /// In place of all services' own addresses.
    endpoint: Option<String>,
    /// How many calls a collector may have under way.
    pub(crate) concurrency: usize,
}

impl Api {
    pub(crate) fn new(client: Client, credentials: Credentials, endpoint: Option<&str>, concurrency: usize) -> Self {
        Self { client, credentials, endpoint: endpoint.map(|url| url.trim_end_matches('/').to_owned()), concurrency }
    }

    /// Reads one thing.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        operation: Operation,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, CallError> {
        self.send(operation, Method::GET, path, query, None).await
    }

    /// Reads one thing by one of the operations that read although they are sent with POST.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        operation: Operation,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&'static str>,
    ) -> Result<T, CallError> {
        self.send(operation, Method::POST, path, query, Some(body.unwrap_or_default())).await
    }

    /// Reads a listing page by page.
    pub(crate) fn list<'a, P: Page>(
        &'a self,
        operation: Operation,
        path: String,
        query: &[(&'static str, &str)],
    ) -> Listing<'a, P> {
        let query = query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Listing { api: self, operation, path, query, pages: Pages::new(MOST_PAGES), next: Next::First, of: PhantomData }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        operation: Operation,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&'static str>,
    ) -> Result<T, CallError> {
        let call = operation.call;
        let token = self.credentials.token().await.map_err(|error| {
            let reason = format!("no token could be had: {}", chain(&error));
            let refused = matches!(error, TokenError::Refused { .. });
            let kind = if refused { FailureKind::Denied } else { FailureKind::Other };
            CallError::new(call, kind, &reason).caused_by(error)
        })?;
        let origin = self.endpoint.as_deref().unwrap_or_else(|| operation.service.origin());
        let request = Request::builder()
            .method(method)
            .uri(address(origin, path, query))
            .header(header::AUTHORIZATION, format!("Bearer {}", token.as_str()))
            .header(header::ACCEPT, "application/json");
        let request = match body {
            Some(text) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Bytes::from_static(text.as_bytes()))
            }
            None => request.body(Bytes::new()),
        };
        let request = request.map_err(|error| {
            CallError::new(call, FailureKind::Other, "the request could not be built").caused_by(error)
        })?;
        let answer = self.client.send(request).await.map_err(|error| {
            // An answer that broke off came from a server that is there.
            let broken = matches!(error, whose_connect::TransportError::Broken { .. });
            let kind = if broken { FailureKind::Malformed } else { FailureKind::Unreachable };
            CallError::new(call, kind, &chain(&error)).caused_by(error)
        })?;
        if answer.status() != StatusCode::OK {
            return Err(failure(call, answer.status(), answer.body()));
        }
        serde_json::from_slice(answer.body()).map_err(|error| {
            CallError::new(call, FailureKind::Malformed, &format!("the answer cannot be read: {error}"))
                .caused_by(error)
        })
    }
}

/// A part of a path that came from somewhere else, made harmless.
pub(crate) fn segment(text: &str) -> String {
    // A dot that stands alone would be taken for a step in the path.
    match text {
        "." | ".." => text.replace('.', "%2E"),
        _ => utf8_percent_encode(text, SEGMENT).to_string(),
    }
}

fn address(origin: &str, path: &str, query: &[(&str, &str)]) -> String {
    let mut address = format!("{origin}/{path}");
    for (index, (name, value)) in query.iter().enumerate() {
        let mark = if index == 0 { '?' } else { '&' };
        address = format!("{address}{mark}{name}={}", utf8_percent_encode(value, SEGMENT));
    }
    address
}

/// One page of a listing.
pub(crate) trait Page: DeserializeOwned {
    /// The token of the next page, if there is one.
    fn next_page_token(&self) -> Option<&str>;
}

enum Next {
    First,
    Token(String),
    End,
}

/// A listing that is being read.
pub(crate) struct Listing<'a, P> {
    api: &'a Api,
    operation: Operation,
    path: String,
    query: Vec<(&'static str, String)>,
    pages: Pages,
    next: Next,
    of: PhantomData<fn() -> P>,
}

impl<P: Page> Listing<'_, P> {
    /// The next page, or `None` at the end.
    pub(crate) async fn page(&mut self) -> Result<Option<P>, CallError> {
        let token = match std::mem::replace(&mut self.next, Next::End) {
            Next::First => None,
            Next::Token(token) => Some(token),
            Next::End => return Ok(None),
        };
        let mut query: Vec<(&str, &str)> = self.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page: P = self.api.get(self.operation, &self.path, &query).await?;
        let token = page.next_page_token().filter(|token| !token.is_empty());
        match self.pages.turn(token.is_some(), token) {
            Ok(Some(token)) => self.next = Next::Token(token),
            Ok(None) => {}
            // What this page repeats was seen with the page that it repeats.
            Err(fault) => {
                return Err(CallError::new(self.operation.call, FailureKind::Malformed, &fault.to_string()));
            }
        }
        Ok(Some(page))
    }
}

/// Google's form of an error: <https://cloud.google.com/apis/design/errors>
#[derive(Deserialize)]
struct Refusal {
    error: Status,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Status {
    message: String,
    status: String,
    details: Vec<ErrorInfo>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorInfo {
    reason: String,
}

fn failure(call: ApiCall, status: StatusCode, body: &[u8]) -> CallError {
    let refusal = serde_json::from_slice::<Refusal>(body).map(|refusal| refusal.error).unwrap_or_default();
    let switched_off = refusal.details.iter().any(|detail| detail.reason == "SERVICE_DISABLED");
    let kind = match status.as_u16() {
        _ if switched_off => FailureKind::NotEnabled,
        429 => FailureKind::Throttled,
        401 | 403 => FailureKind::Denied,
        _ => FailureKind::Other,
    };
    let name = if refusal.status.is_empty() { "no status" } else { &refusal.status };
    let text = if refusal.message.is_empty() { "no message" } else { &refusal.message };
    CallError::new(call, kind, &format!("HTTP {}, {name}: {text}", status.as_u16()))
}

/// Whether a thing is not there (any more), which is an answer.
pub(crate) fn is_gone(error: &CallError) -> bool {
    error.kind == FailureKind::Other && error.message.starts_with("HTTP 404")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refusals_are_told_apart() {
        let call = ApiCall::read("iam:ListServiceAccounts", "iam.serviceAccounts.list", "", "");
        let disabled = r#"{"error":{"code":403,"message":"off","status":"PERMISSION_DENIED",
            "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}}"#;
        for (status, body, kind) in [
            (403, r#"{"error":{"message":"no","status":"PERMISSION_DENIED"}}"#, FailureKind::Denied),
            (403, disabled, FailureKind::NotEnabled),
            (429, "{}", FailureKind::Throttled),
            (400, r#"{"error":{"message":"bad","status":"INVALID_ARGUMENT"}}"#, FailureKind::Other),
            (502, "<html>", FailureKind::Other),
        ] {
            let error = failure(call, StatusCode::from_u16(status).unwrap(), body.as_bytes());
            assert_eq!(error.kind, kind, "{body}");
            assert!(error.message.starts_with(&format!("HTTP {status}")), "{}", error.message);
        }
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_part_of_a_path(text in ".{0,40}") {
            let part = segment(&text);
            let address = address("https://iam.googleapis.com", &format!("v1/{part}/keys"), &[("pageToken", &text)]);
            let uri: http::Uri = address.parse().unwrap();
            prop_assert_eq!(uri.host(), Some("iam.googleapis.com"));
            prop_assert_eq!(uri.path().split('/').count(), 4);
            prop_assert!(part != "." && part != "..");
        }
    }
}
