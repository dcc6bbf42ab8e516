//! A private authority of certificates, such as a proxy that opens every connection has: it is trusted for the sign-in
//! and for all calls when it is named, and for nothing otherwise.

use crate::Gcp;
use rustls::ServerConfig;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use whose_connect::{CancellationToken, ConnectError, Connector, Event, NetworkSettings, ScanContext, Sink};
use whose_model::CoverageState;

/// What the token service answers, and every listing too: for these it is a page with nothing on it.
const ANSWER: &str = r#"{"access_token": "t", "expires_in": 3599}"#;

/// A server whose certificate a private authority signed, and the authority's certificate.
async fn private_https() -> (u16, String) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us ends the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 8192]).await;
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", ANSWER.len());
                let _ = stream.write_all(format!("{head}{ANSWER}").as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, pem)
}

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
    let (port, pem) = private_https().await;
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("authority.pem");
    std::fs::write(&bundle, pem).unwrap();
    let (outcome, read, unread) = scan(port, Some(bundle)).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(read > 5 && unread == 0, "{read} listings were read and {unread} were not");
    let (refused, ..) = scan(port, None).await;
    assert!(matches!(refused, Err(ConnectError::SignIn { .. })), "{refused:?}");
}
