//! A private authority of certificates, such as a proxy that opens every connection has: it is trusted for the sign-in
//! and for all calls when it is named, and for nothing otherwise.

use crate::Gcp;
use serde_json::json;
use std::path::PathBuf;
use whose_connect::replay::private_https;
use whose_connect::{CancellationToken, ConnectError, Connector, Event, NetworkSettings, ScanContext, Sink};
use whose_model::CoverageState;

/// What the token service answers, and every listing too: for these it is a page with nothing on it.
const ANSWER: &str = r#"{"access_token": "t", "expires_in": 3599}"#;

/// Scans a project behind the server, and counts the listings that were read and those that were not.
async fn scan(port: u16, ca_bundle: Option<PathBuf>) -> (Result<(), ConnectError>, usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials.json");
    let credentials = json!({
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "hush",
        "refresh_token": "hush",
        "token_uri": format!("https://localhost:{port}/token"),
    });
    std::fs::write(&file, credentials.to_string()).unwrap();
    let (sink, mut events) = Sink::channel(64);
    let endpoint = Some(format!("https://localhost:{port}"));
    let network = NetworkSettings { endpoint, ca_bundle, ..NetworkSettings::default() };
    let as_of = "2026-11-24T22:00:00Z".parse().unwrap();
    let context = ScanContext { as_of, sink, cancel: CancellationToken::new(), network };
    let target = format!("project=p-1234,credentials={}", file.display());
    let scanning = async move { Gcp::default().scan(&target, &context).await };
    let counting = async {
        let (mut read, mut unread) = (0, 0);
        while let Some(event) = events.recv().await {
            if let Event::Coverage(row) = event {
                *if row.state == CoverageState::Complete { &mut read } else { &mut unread } += 1;
            }
        }
        (read, unread)
    };
    let (outcome, (read, unread)) = tokio::join!(scanning, counting);
    (outcome, read, unread)
}

#[tokio::test]
async fn a_private_authority_is_trusted_for_sign_in_and_calls_only_when_it_is_named() {
    let (port, pem) = private_https(ANSWER).await;
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("authority.pem");
    std::fs::write(&bundle, pem).unwrap();
    let (outcome, read, unread) = scan(port, Some(bundle)).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(read > 5 && unread == 0, "{read} listings were read and {unread} were not");
    let (refused, ..) = scan(port, None).await;
    assert!(matches!(refused, Err(ConnectError::SignIn { .. })), "{refused:?}");
}
