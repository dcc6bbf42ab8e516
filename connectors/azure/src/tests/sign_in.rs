//! Signing in: with what the environment names, and what is said when nobody lets us in.

use super::{estate, scan_as};
use crate::AzureSignIn;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_ends_the_target_with_a_remedy_and_shows_no_secret() {
    let estate = estate().await;
    let wrong = "wrong".repeat(8);
    let variables = estate.server.environment();
    let sign_in = AzureSignIn::from_variables(|name| match name {
        "AZURE_CLIENT_SECRET" => Some(wrong.clone()),
        _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()),
    });
    let scan = scan_as(&estate.server, sign_in, "").await;
    let error = scan.outcome.unwrap_err().to_string();
    assert!(error.contains("cannot sign in") && error.contains("AZURE_CLIENT_SECRET"), "{error}");
    assert!(!error.contains(&wrong), "{error}");
    assert!(scan.coverage.is_empty() && scan.nodes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_credentials_every_way_is_named() {
    let estate = estate().await;
    let scan = scan_as(&estate.server, AzureSignIn::default(), &format!("tenant={}", estate.tenant.id)).await;
    let error = scan.outcome.unwrap_err().to_string();
    for way in ["managed identity", "Azure CLI", "Azure Developer CLI", "az login"] {
        assert!(error.contains(way), "{way}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_tokens_is_posted() {
    let estate = estate().await;
    estate.scan().await.outcome.unwrap();
    for request in estate.server.requests() {
        assert_eq!(request.method == "POST", request.action == "Token", "{request:?}");
        assert_eq!(request.status, 200, "{request:?}");
    }
}
