//! Repositories that another connector saw: with which sign-in, from where, and under which name they are read.

use super::git::{Git, serve_to};
use super::{FingerprintKey, ReposConnector, ReposOptions, Seen, seen_by, token};
use crate::target::canonical;
use async_trait::async_trait;
use reqwest::header::HeaderValue;
use std::sync::Arc;
use whose_connect::{Authorize, CancellationToken, ConnectError, Handover, RepositoryReader};
use whose_model::{CoverageState, NodeId};

/// A sign-in whose header is fixed.
struct Fixed(String);

#[async_trait]
impl Authorize for Fixed {
    async fn authorization(&self) -> Result<HeaderValue, ConnectError> {
        let mut value = HeaderValue::from_str(&self.0).unwrap();
        value.set_sensitive(true);
        Ok(value)
    }
}

fn shop() -> NodeId {
    NodeId::new("git", "", "repository", "git.test/acme/shop")
}

async fn read(address: &str, authorization: Option<&str>, cancel: CancellationToken) -> Result<Seen, ConnectError> {
    let url = format!("http://{address}/acme/shop.git").parse().unwrap();
    let mut handover = Handover::new(shop(), url).unwrap();
    if let Some(authorization) = authorization {
        handover = handover.signed_in_by(Arc::new(Fixed(authorization.to_owned())));
    }
    let connector = ReposConnector::new(FingerprintKey::new([9; 32]), ReposOptions::default());
    seen_by(cancel, async |context| connector.read(&handover, context).await).await
}

#[tokio::test]
async fn a_private_repository_is_cloned_with_the_header_and_named_as_it_was_handed_over() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    git.remove("a.txt");
    let header = format!("Basic {}", "eDp5".repeat(4));
    let (address, sent) = serve_to(git.path(), Some(header.clone()), None);
    let seen = read(&address, Some(&header), CancellationToken::new()).await.unwrap();
    assert_eq!((&seen.repo.id, seen.coverage.state), (&shop(), CoverageState::Complete));
    assert_eq!(seen.coverage.scope, shop());
    let place = seen.place("a.txt");
    assert_eq!(place.repository.as_deref(), Some("git.test/acme/shop"));
    assert!(!place.at_head && place.removed_in.is_some());
    assert!(!seen.all.contains("eDp5"));
    let sent = sent.lock().unwrap();
    assert!(!sent.is_empty() && sent.iter().all(|value| *value == header));
}

#[tokio::test]
async fn a_refusal_is_told_without_the_header() {
    let git = Git::new();
    git.commit("a.txt", "x");
    let (address, _) = serve_to(git.path(), Some("Basic right".into()), None);
    for header in [None, Some("Basic wrong-and-secret")] {
        let Err(error) = read(&address, header, CancellationToken::new()).await else { panic!("it is refused") };
        let told = format!("{error} {error:?}");
        assert!(told.contains(&address) && told.contains("may read the contents"), "{told}");
        assert!(!told.contains("wrong-and-secret"), "{told}");
    }
}

#[tokio::test]
async fn the_header_follows_no_redirect() {
    let git = Git::new();
    git.commit("a.txt", "x");
    let (elsewhere, received) = serve_to(git.path(), None, None);
    let (address, sent) = serve_to(git.path(), None, Some(format!("http://{elsewhere}")));
    assert!(read(&address, Some("Basic for-one-host"), CancellationToken::new()).await.is_err());
    assert_eq!(*sent.lock().unwrap(), ["Basic for-one-host"]);
    assert!(received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_empty_repository_is_read_and_holds_nothing() {
    let git = Git::new();
    let (address, _) = serve_to(git.path(), None, None);
    let seen = read(&address, None, CancellationToken::new()).await.unwrap();
    assert_eq!((seen.coverage.state, seen.places.len()), (CoverageState::Complete, 0));
}

#[tokio::test]
async fn a_stopped_scan_clones_nothing_more() {
    let git = Git::new();
    git.commit("a.txt", "x");
    let (address, _) = serve_to(git.path(), None, None);
    let cancel = CancellationToken::new();
    cancel.cancel();
    let ended = read(&address, None, cancel).await;
    // A clone that was quicker than the stop is read no further.
    match ended {
        Err(error) => assert!(matches!(error, ConnectError::Stopped { .. }), "{error:?}"),
        Ok(seen) => assert_ne!(seen.coverage.state, CoverageState::Complete),
    }
}

#[tokio::test]
async fn a_target_is_known_as_a_repository_before_it_is_read() {
    let git = Git::new();
    git.commit("a.txt", "x");
    let connector = ReposConnector::new(FingerprintKey::new([9; 32]), ReposOptions::default());
    let path = git.path();
    let local = connector.repository_of(path.to_str().unwrap()).unwrap();
    assert_eq!(local.local(), path.to_str().unwrap());
    let remote = "https://git.test/acme/shop.git";
    git.run(&["remote", "add", "origin", remote]);
    for target in [path.to_str().unwrap(), remote, "git@git.test:acme/shop"] {
        assert_eq!(connector.repository_of(target), Some(shop()), "{target}");
    }
    assert_eq!(canonical(remote), shop().local());
    assert_eq!(connector.repository_of("/no/such/folder"), None);
}
