//! Signing in as an app: the server verifies what the app signs, and takes no token but those that it gave.

use super::{Scan, scan_signed_in, world};
use crate::GithubSignIn;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use whose_connect::CancellationToken;
use whose_world::{GithubAppKey, GithubServer};

const APP: &str = "424242";

/// One key for all tests: making it takes a while.
fn key() -> &'static GithubAppKey {
    static KEY: OnceLock<GithubAppKey> = OnceLock::new();
    KEY.get_or_init(|| GithubAppKey::generate().expect("the program openssl makes a key"))
}

fn app(id: &str, pem: &str) -> GithubSignIn {
    let pairs = [("GITHUB_APP_ID", id), ("GITHUB_APP_PRIVATE_KEY", pem), ("GITHUB_TOKEN", "not used")];
    GithubSignIn::from_variables(|name| {
        pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// Scans as the app, whose tokens end after so many seconds.
pub(super) async fn scan_as_app(server: &GithubServer, lifetime: i64) -> Scan {
    server.install_app(APP, key().public.clone(), lifetime);
    scan_signed_in(server, "tallowmere", app(APP, &key().private), CancellationToken::new()).await
}

fn calls(server: &GithubServer, call: &str) -> usize {
    server.requests().iter().filter(|request| request.call == call).count()
}

#[tokio::test]
async fn an_app_signs_in_once_while_its_token_lasts() {
    let server = world().serve_github().await.unwrap();
    let scan = scan_as_app(&server, 3600).await;
    scan.outcome.as_ref().unwrap();
    assert_eq!(scan.incomplete(), BTreeSet::new());
    assert_eq!(calls(&server, "CreateInstallationAccessToken"), 1);
    assert!(server.violations().is_empty());
    let header = scan.handed[0].authorization().await.unwrap().unwrap();
    let expected = data_encoding::BASE64.encode(format!("x-access-token:{}", server.app_tokens()[0]).as_bytes());
    assert_eq!(header.to_str().unwrap(), format!("Basic {expected}"));
    assert!(header.is_sensitive());
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let server = world().serve_github().await.unwrap();
    // Shorter than the margin, so each request must renew it.
    let scan = scan_as_app(&server, 60).await;
    scan.outcome.as_ref().unwrap();
    assert_eq!(scan.incomplete(), BTreeSet::new());
    let before = server.app_tokens().len();
    assert!(before > 5, "{before}");
    scan.handed[0].authorization().await.unwrap();
    assert_eq!(server.app_tokens().len(), before + 1);
}

#[tokio::test]
async fn a_key_in_one_line_signs_as_well() {
    let server = world().serve_github().await.unwrap();
    server.install_app(APP, key().public.clone(), 3600);
    let one_line = key().private.replace('\n', "\\n");
    let scan = scan_signed_in(&server, "tallowmere", app(APP, &one_line), CancellationToken::new()).await;
    scan.outcome.unwrap();
}

#[tokio::test]
async fn a_foreign_key_and_a_missing_installation_are_told_apart_and_without_the_key() {
    let other = GithubAppKey::generate().unwrap();
    let server = world().serve_github().await.unwrap();
    server.install_app(APP, key().public.clone(), 3600);
    for (sign_in, org, reason) in [
        (app(APP, &other.private), "tallowmere", "does not take the signature of the app 424242"),
        (app("1", &key().private), "tallowmere", "does not take the signature of the app 1 "),
        (app(APP, &key().private), "elsewhere", "is not installed in the organisation elsewhere"),
    ] {
        let scan = scan_signed_in(&server, org, sign_in, CancellationToken::new()).await;
        let told = format!("{0} {0:?}", scan.outcome.unwrap_err());
        assert!(told.contains(reason), "{told}");
        let lines = key().private.lines().chain(other.private.lines()).filter(|line| !line.starts_with('-'));
        assert!(lines.clone().count() > 10 && lines.clone().all(|line| !told.contains(line)));
    }
    server.deny("CreateInstallationAccessToken");
    let scan = scan_signed_in(&server, "tallowmere", app(APP, &key().private), CancellationToken::new()).await;
    let told = scan.outcome.unwrap_err().to_string();
    assert!(told.contains("may be suspended"), "{told}");
    assert!(server.violations().is_empty());
}
