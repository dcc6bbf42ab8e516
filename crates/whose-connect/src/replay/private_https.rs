//! A server behind a private authority of certificates, such as a proxy that opens every connection has.

use rustls::ServerConfig;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Answers every request with `answer`, one a connection, under a certificate for `localhost` of an authority that no
/// system knows. Returns the port, and the authority's certificate in PEM.
///
/// # Panics
/// When the loopback interface has no free port, or keys cannot be made.
pub async fn private_https(answer: &'static str) -> (u16, String) {
    let authority_key = rcgen::KeyPair::generate().expect("keys are made without any input");
    let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("no name is a valid list of names");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).expect("a key that was just made signs").pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().expect("keys are made without any input");
    let leaf = rcgen::CertificateParams::new(vec!["localhost".into()]).expect("localhost is a valid name");
    let leaf = leaf.signed_by(&key, &issuer).expect("a key that was just made signs");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default protocols")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())
        .expect("the certificate is of the key");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us ends the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 8192]).await;
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
                let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, pem)
}
