//! The client against real sockets: repetition, limits, proxy, certificates.

use super::*;
use crate::replay::{Asked, Fixture, Reply, private_https};
use std::io::Write;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Instant;

const LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(4).unwrap(),
    requests_per_second: NonZeroU32::new(1000).unwrap(),
};

fn by_path(asked: &Asked) -> String {
    asked.target.trim_start_matches('/').to_owned()
}

fn fixture(name: &str, replies: Vec<Reply>) -> Fixture {
    Fixture::empty(by_path).with(name, replies)
}

fn get(endpoint: &str, path: &str) -> Request<Bytes> {
    Request::get(format!("{endpoint}/{path}")).header("user-agent", "sdk/1").body(Bytes::new()).unwrap()
}

fn fast() -> RetryPolicy {
    RetryPolicy { attempts: 3, first_pause: Duration::from_millis(1), longest_pause: Duration::from_millis(2) }
}

fn client() -> Client {
    Client::new(&NetworkSettings::default(), LIMITS).unwrap().with_retry(fast())
}

#[tokio::test]
async fn a_throttled_request_is_sent_again_and_every_request_is_counted() {
    let server = fixture("a", vec![Reply::xml(429, ""), Reply::xml(503, ""), Reply::xml(200, "fine")]).serve().await;
    let client = client();
    let answer = client.send(get(server.endpoint(), "a")).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (200, b"fine".as_slice()));
    assert_eq!(client.sent(), 3);
    assert_eq!(server.requests()[0].user_agent, format!("{USER_AGENT} sdk/1"));
}

#[tokio::test]
async fn repetition_ends_and_the_last_answer_is_returned() {
    let server = fixture("a", vec![Reply::xml(500, "")]).serve().await;
    let client = client();
    assert_eq!(client.send(get(server.endpoint(), "a")).await.unwrap().status().as_u16(), 500);
    assert_eq!(client.sent(), 3);
}

#[tokio::test]
async fn a_refusal_is_not_sent_again() {
    let server = fixture("a", vec![Reply::xml(403, "no")]).serve().await;
    let client = client();
    assert_eq!(client.send(get(server.endpoint(), "a")).await.unwrap().status().as_u16(), 403);
    assert_eq!(client.sent(), 1);
}

#[tokio::test]
async fn retry_after_holds_back_every_request_of_the_target() {
    let mut patience = Reply::xml(429, "");
    patience.headers.push(("retry-after", "1".into()));
    let server = fixture("a", vec![patience]).with("b", [Reply::xml(200, "")]).serve().await;
    let client = client();
    let began = Instant::now();
    client.send_once(get(server.endpoint(), "a")).await.unwrap();
    client.send_once(get(server.endpoint(), "b")).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(950), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_rate_is_limited() {
    let server = fixture("a", vec![Reply::xml(200, "")]).serve().await;
    let settings = NetworkSettings { requests_per_second: NonZeroU32::new(10), ..NetworkSettings::default() };
    let client = Client::new(&settings, LIMITS).unwrap();
    let began = Instant::now();
    for _ in 0..15 {
        client.send_once(get(server.endpoint(), "a")).await.unwrap();
    }
    // Ten may go at once; the other five have a tenth of a second each.
    assert!(began.elapsed() >= Duration::from_millis(450), "{:?}", began.elapsed());
}

#[tokio::test]
async fn redirects_are_answers_and_are_not_followed() {
    let mut elsewhere = Reply::xml(302, "");
    elsewhere.headers.push(("location", "/b".into()));
    let server = fixture("a", vec![elsewhere]).with("b", [Reply::xml(200, "")]).serve().await;
    assert_eq!(client().send(get(server.endpoint(), "a")).await.unwrap().status().as_u16(), 302);
    assert_eq!(server.calls(), ["a"]);
}

#[tokio::test]
async fn a_proxy_gets_the_requests_and_no_proxy_spares_hosts() {
    let proxy = Fixture::empty(|asked| asked.target.clone())
        .with("http://iam.invalid/a", [Reply::xml(200, "through the proxy")])
        .serve()
        .await;
    let direct = fixture("a", vec![Reply::xml(200, "direct")]).serve().await;
    let settings = NetworkSettings {
        proxy: Some(proxy.endpoint().into()),
        no_proxy: Some("127.0.0.1".into()),
        ..NetworkSettings::default()
    };
    let client = Client::new(&settings, LIMITS).unwrap();
    let answer = client.send_once(get("http://iam.invalid", "a")).await.unwrap();
    assert_eq!(answer.body().as_ref(), b"through the proxy");
    let answer = client.send_once(get(direct.endpoint(), "a")).await.unwrap();
    assert_eq!(answer.body().as_ref(), b"direct");
}

#[tokio::test]
async fn no_server_is_a_connection_error_that_names_the_host_alone() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client().send(get(&format!("http://{address}"), "a?token=hidden")).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
}

#[tokio::test]
async fn a_private_authority_is_trusted_only_when_it_is_named() {
    let (port, pem) = private_https("safe").await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    let request = || get(&format!("https://localhost:{port}"), "a");
    let refused = client().send_once(request()).await.unwrap_err();
    assert!(matches!(refused, TransportError::Connect { .. }), "{refused:?}");
    let settings = NetworkSettings { ca_bundle: Some(file.path().into()), ..NetworkSettings::default() };
    let answer = Client::new(&settings, LIMITS).unwrap().send_once(request()).await.unwrap();
    assert_eq!(answer.body().as_ref(), b"safe");
}

#[test]
fn unusable_settings_are_named() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "no certificate").unwrap();
    let cases = [
        (NetworkSettings { ca_bundle: Some(file.path().into()), ..NetworkSettings::default() }, "ca_bundle"),
        (NetworkSettings { ca_bundle: Some("/no/such/file".into()), ..NetworkSettings::default() }, "/no/such/file"),
        (NetworkSettings { proxy: Some("http://[".into()), ..NetworkSettings::default() }, "proxy"),
    ];
    for (settings, named) in cases {
        let error = Client::new(&settings, LIMITS).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}
