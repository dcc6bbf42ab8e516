//! A server on this machine that answers a connector's calls with recorded replies, one file a call and
//! page. A call that was not recorded fails the test that made it.

mod private_https;

pub use private_https::private_https;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, Uri, header};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// A request, as far as a connector needs it to tell calls and pages apart.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub target: String,
    /// The body as text.
    pub body: String,
    /// The `User-Agent`.
    pub user_agent: String,
}

/// Names the reply that a request should get; a file of a fixture is called by this name.
pub type Naming = fn(&Asked) -> String;

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The media type of the body.
    pub media_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// A reply with a status and a body in XML.
    pub fn xml(status: u16, body: impl Into<String>) -> Self {
        Self { status, media_type: "text/xml", headers: Vec::new(), body: body.into() }
    }
}

/// The replies of one case, before the server starts.
#[derive(Clone, Debug)]
pub struct Fixture {
    naming: Naming,
    replies: BTreeMap<String, Vec<Reply>>,
}

impl Fixture {
    /// A case without any reply.
    pub fn empty(naming: Naming) -> Self {
        Self { naming, replies: BTreeMap::new() }
    }

    /// Reads a folder. A file is called `<name>.<status>.<extension>`; when one call gets several replies in turn,
    /// `<name>~1.<status>.<extension>`, `<name>~2...`, of which the last repeats. Every `@NAME@` in a body is replaced
    /// by the text given for `NAME`, so that no fixture needs to hold what looks like a secret.
    ///
    /// # Panics
    /// When the folder cannot be read or a file is not called so: it runs in tests only.
    pub fn read(folder: &Path, naming: Naming, texts: &[(&str, String)]) -> Self {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("the fixture {} cannot be read: {error}", folder.display()))
            .map(|entry| entry.expect("a folder that was opened can be listed").path())
            .filter(|path| path.extension().is_some_and(|extension| extension != "md"))
            .collect();
        files.sort();
        let mut replies = BTreeMap::<String, Vec<Reply>>::new();
        for path in files {
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let mut parts = file.rsplitn(3, '.');
            let (extension, status, name) = (parts.next(), parts.next(), parts.next());
            let (Some(extension), Some(Ok(status)), Some(name)) = (extension, status.map(str::parse), name) else {
                panic!("{file} is not called <name>.<status>.<extension>");
            };
            let mut body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
            for (text, value) in texts {
                body = body.replace(&format!("@{text}@"), value);
            }
            let media_type = if extension == "json" { "application/json" } else { "text/xml" };
            let name = name.split('~').next().unwrap_or(name).to_owned();
            replies.entry(name).or_default().push(Reply { status, media_type, headers: Vec::new(), body });
        }
        Self { naming, replies }
    }

    /// The same case with other replies to one call, in turn.
    #[must_use]
    pub fn with(mut self, name: &str, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.replies.insert(name.to_owned(), replies.into_iter().collect());
        self
    }

    /// The same case without a reply to one call.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.replies.remove(name);
        self
    }

    /// The names of all replies.
    pub fn names(&self) -> Vec<String> {
        self.replies.keys().cloned().collect()
    }

    /// Serves the case on a free port of the loopback interface.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn serve(self) -> Replay {
        let listener =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared { fixture: self, log: Mutex::default() });
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // The server ends with the test that started it.
            let _ = axum::serve(listener, app).await;
        });
        Replay { endpoint: format!("http://{address}"), shared, server }
    }
}

/// A running server. When it is dropped after an unrecorded call, it panics.
#[derive(Debug)]
pub struct Replay {
    endpoint: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    fixture: Fixture,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    asked: Vec<(String, Asked)>,
    counts: BTreeMap<String, usize>,
    unrecorded: Vec<String>,
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replay {
    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The names of the calls that were made, in their order, repetitions included.
    pub fn calls(&self) -> Vec<String> {
        self.shared.log().asked.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The requests themselves, in their order.
    pub fn requests(&self) -> Vec<Asked> {
        self.shared.log().asked.iter().map(|(_, asked)| asked.clone()).collect()
    }

    /// The calls that were not recorded, and takes the blame off the test for them.
    pub fn take_unrecorded(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.log().unrecorded)
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.server.abort();
        let unrecorded = self.take_unrecorded();
        assert!(
            unrecorded.is_empty() || std::thread::panicking(),
            "calls were made for which the fixture holds no reply: {unrecorded:?}"
        );
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: http::HeaderMap,
    body: Bytes,
) -> Response {
    let user_agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let asked =
        Asked { method, target: uri.to_string(), body: String::from_utf8_lossy(&body).into_owned(), user_agent };
    let name = (shared.fixture.naming)(&asked);
    let mut log = shared.log();
    log.asked.push((name.clone(), asked));
    let count = log.counts.entry(name.clone()).or_default();
    let turn = *count;
    *count += 1;
    let reply = shared.fixture.replies.get(&name).and_then(|replies| replies.get(turn).or(replies.last()));
    let Some(reply) = reply else {
        log.unrecorded.push(name.clone());
        return (StatusCode::NOT_IMPLEMENTED, format!("no reply was recorded for {name}")).into_response();
    };
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, reply.media_type)], reply.body.clone()).into_response();
    for (header, value) in &reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(*header, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(replay: &Replay, path: &str) -> (u16, String) {
        let answer = reqwest_get(&format!("{}{path}", replay.endpoint())).await;
        (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned())
    }

    async fn reqwest_get(url: &str) -> http::Response<Bytes> {
        let limits = crate::DefaultLimits {
            max_concurrency: std::num::NonZeroUsize::MIN,
            requests_per_second: std::num::NonZeroU32::new(100).unwrap(),
        };
        let client = crate::Client::new(&crate::NetworkSettings::default(), limits).unwrap();
        client.send_once(http::Request::get(url).body(Bytes::new()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn files_are_replies_in_turn_with_their_texts_filled_in() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("SOURCE.md"), "not a reply").unwrap();
        std::fs::write(folder.path().join("list~1.400.xml"), "slow down").unwrap();
        std::fs::write(folder.path().join("list~2.200.xml"), "<id>@ID@</id>").unwrap();
        let fixture = Fixture::read(folder.path(), |_| "list".into(), &[("ID", "x7".into())]);
        let replay = fixture.serve().await;
        assert_eq!(ask(&replay, "/").await, (400, "slow down".into()));
        assert_eq!(ask(&replay, "/").await, (200, "<id>x7</id>".into()));
        assert_eq!(ask(&replay, "/").await, (200, "<id>x7</id>".into()));
        assert_eq!(replay.calls().len(), 3);
    }

    #[tokio::test]
    async fn an_unrecorded_call_fails_the_test_that_made_it() {
        let replay = Fixture::empty(|_| "nothing".into()).serve().await;
        assert_eq!(ask(&replay, "/").await.0, 501);
        let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(replay)));
        assert!(dropped.is_err());
    }
}
