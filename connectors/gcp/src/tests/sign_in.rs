//! Signing in through a proxy that alone knows the way: every exchange goes through our own client.

use crate::target::Target;
use crate::{Gcp, GcpSignIn};
use serde_json::{Value, json};
use std::num::{NonZeroU32, NonZeroUsize};
use whose_connect::replay::{Asked, Fixture, Reply};
use whose_connect::{
    CancellationToken, Client, ConnectError, Connector, DefaultLimits, NetworkSettings, RetryPolicy, ScanContext, Sink,
};

const LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(4).unwrap(),
    requests_per_second: NonZeroU32::new(1000).unwrap(),
};

/// The token services, named by the last part of the path that was asked for.
fn services(replies: Vec<(&str, Reply)>) -> Fixture {
    let by_path = |asked: &Asked| asked.target.rsplit('/').next().unwrap_or_default().to_owned();
    replies.into_iter().fold(Fixture::empty(by_path), |fixture, (path, reply)| fixture.with(path, vec![reply]))
}

fn given(token: &str) -> Reply {
    Reply::xml(200, json!({"access_token": token, "token_type": "Bearer", "expires_in": 3599}).to_string())
}

/// The token that a credential file leads to, when nobody but the proxy can be reached.
async fn token(file: Value, replies: Vec<(&str, Reply)>) -> Result<String, ConnectError> {
    token_of("project=p-1234", file, replies).await.map(|(own, _)| own)
}

/// The same for a target, and the token in the name of the administrator whom it names, or why there is none.
async fn token_of(
    target: &str,
    file: Value,
    replies: Vec<(&str, Reply)>,
) -> Result<(String, Option<Result<String, String>>), ConnectError> {
    let server = services(replies).serve().await;
    let folder = tempfile::tempdir().unwrap();
    let subject = folder.path().join("subject");
    std::fs::write(&subject, "{\"id\": \"subject\"}\n").unwrap();
    let path = folder.path().join("credentials.json");
    std::fs::write(&path, file.to_string().replace("SUBJECT", subject.to_str().unwrap())).unwrap();
    let network = NetworkSettings {
        endpoint: Some("http://googleapis.invented.example".into()),
        proxy: Some(server.endpoint().into()),
        ..NetworkSettings::default()
    };
    let client =
        Client::new(&network, LIMITS).unwrap().with_retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() });
    let target = Target::parse(&format!("{target},credentials={}", path.display())).unwrap();
    let credentials = GcpSignIn::default().open(&target, &client, &network).await?;
    let own = credentials.token().await.unwrap().to_string();
    let delegated = match GcpSignIn::default().delegated(&target, &client, network.endpoint.as_deref()) {
        None => None,
        Some(Err(reason)) => Some(Err(reason)),
        Some(Ok(credentials)) => {
            Some(credentials.token().await.map(|token| token.to_string()).map_err(|error| error.to_string()))
        }
    };
    Ok((own, delegated))
}

fn user() -> Value {
    json!({
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "hush",
        "refresh_token": "hush",
        "token_uri": "http://sts.invented.example/token",
    })
}

fn external(impersonation: Option<&str>) -> Value {
    json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "http://sts.invented.example/exchange",
        "service_account_impersonation_url": impersonation,
        "credential_source":
            {"file": "SUBJECT", "format": {"type": "json", "subject_token_field_name": "id"}},
    })
}

const GENERATE: &str = "http://sts.invented.example/generate";

fn generated() -> (&'static str, Reply) {
    let body = json!({"accessToken": "the account's", "expireTime": "2026-11-24T23:00:00Z"});
    ("generate", Reply::xml(200, body.to_string()))
}

#[tokio::test]
async fn every_kind_of_file_that_is_exchanged_goes_through_the_proxy() {
    assert_eq!(token(user(), vec![("token", given("the person's"))]).await.unwrap(), "the person's");
    let federated = || ("exchange", given("the workload's"));
    assert_eq!(token(external(None), vec![federated()]).await.unwrap(), "the workload's");
    assert_eq!(token(external(Some(GENERATE)), vec![federated(), generated()]).await.unwrap(), "the account's");
    let impersonated = json!({
        "type": "impersonated_service_account",
        "service_account_impersonation_url": GENERATE,
        "source_credentials": user(),
    });
    let replies = vec![("token", given("the person's")), generated()];
    assert_eq!(token(impersonated, replies).await.unwrap(), "the account's");
}

/// A key in the form of Google's files, made anew: none lies among the files of the project.
fn private_key() -> String {
    let made = std::process::Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output()
        .expect("the program openssl makes a key");
    String::from_utf8(made.stdout).unwrap()
}

#[tokio::test]
async fn an_account_acts_in_an_administrators_name_with_its_key_or_without_one() {
    let target = "organization=1,subject=hanna@tallowmere.example";
    let file = json!({
        "type": "service_account",
        "client_email": "scanner@p.iam.gserviceaccount.com",
        "project_id": "p",
        "private_key_id": "1",
        "private_key": private_key(),
        "token_uri": "http://sts.invented.example/unused",
    });
    // The key's own token is signed here and asks nobody.
    let (_, delegated) = token_of(target, file, vec![("token", given("the administrator's"))]).await.unwrap();
    assert_eq!(delegated, Some(Ok("the administrator's".into())));

    let url = "http://iam.invented.example/v1/projects/-/serviceAccounts/scanner@p.example:generateAccessToken";
    let account = |verb: &str| format!("scanner@p.example:{verb}");
    let (generate, sign) = (account("generateAccessToken"), account("signJwt"));
    let signed = Reply::xml(200, json!({"keyId": "1", "signedJwt": "e30.e30.c2ln"}).to_string());
    let replies = vec![
        ("exchange", given("the workload's")),
        (generate.as_str(), generated().1),
        (sign.as_str(), signed),
        ("token", given("the administrator's")),
    ];
    let (own, delegated) = token_of(target, external(Some(url)), replies).await.unwrap();
    assert_eq!((own.as_str(), delegated), ("the account's", Some(Ok("the administrator's".into()))));
}

#[tokio::test]
async fn nobody_but_a_service_account_acts_in_an_administrators_name() {
    let target = "organization=1,subject=hanna@tallowmere.example";
    let (_, delegated) = token_of(target, user(), vec![("token", given("the person's"))]).await.unwrap();
    let reason = delegated.unwrap().unwrap_err();
    assert!(reason.contains("no service account"), "{reason}");
}

#[tokio::test]
async fn a_refusal_is_told_in_googles_words_and_without_secrets() {
    let refused = Reply::xml(400, r#"{"error": "invalid_grant", "error_description": "Token has been revoked."}"#);
    let error = token(user(), vec![("token", refused)]).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("invalid_grant: Token has been revoked."), "{text}");
    assert!(!text.contains("hush"), "{text}");
    let error = token(user(), vec![("token", Reply::xml(200, "{\"access\": \"hush\"}"))]).await.unwrap_err();
    assert!(format!("{error:?}").contains("holds no token") && !format!("{error:?}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn no_secret_is_sent_without_encryption_to_google() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.json");
    std::fs::write(&path, user().to_string()).unwrap();
    let (sink, _events) = Sink::channel(8);
    let as_of = "2026-11-24T22:00:00Z".parse().unwrap();
    let network = NetworkSettings::default();
    let context = ScanContext { as_of, sink, cancel: CancellationToken::new(), network };
    let target = format!("project=p-1234,credentials={}", path.display());
    let error = Gcp::default().scan(&target, &context).await.unwrap_err();
    assert!(matches!(error, ConnectError::File { .. }), "{error:?}");
}
