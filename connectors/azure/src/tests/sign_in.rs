//! Signing in: with what the environment names, and what is said when nobody lets us in.

use super::{Estate, Scan, estate, scan_as};
use crate::AzureSignIn;
use std::path::Path;
use whose_world::EntraCertificate;

/// A scan that signs in with the file, and with no secret.
async fn scan_with(estate: &Estate, file: &Path) -> Scan {
    let variables = estate.server.environment();
    let sign_in = AzureSignIn::from_variables(|name| match name {
        "AZURE_CLIENT_CERTIFICATE_PATH" => Some(file.to_str().unwrap().to_owned()),
        "AZURE_CLIENT_SECRET" => None,
        _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()),
    });
    scan_as(&estate.server, sign_in, "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_certificate_signs_in_and_a_statement_is_made_anew_for_each_service() {
    let (estate, folder) = (estate().await, tempfile::tempdir().unwrap());
    let certificate = EntraCertificate::generate().unwrap();
    let file = folder.path().join("scanner.pem");
    std::fs::write(&file, certificate.pem()).unwrap();
    let refused = scan_with(&estate, &file).await.outcome.unwrap_err().to_string();
    assert!(refused.contains("client certificate") && refused.contains("AADSTS700027"), "{refused}");
    estate.server.register(certificate);
    let scan = scan_with(&estate, &file).await;
    scan.outcome.unwrap();
    assert!(!scan.nodes.is_empty());
    let tokens = estate.server.requests().into_iter().filter(|one| one.action == "Token" && one.status == 200);
    assert_eq!(tokens.count(), 2, "one for Graph and one for Resource Manager");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_cannot_be_used_ends_the_target_with_what_to_do() {
    let (estate, folder) = (estate().await, tempfile::tempdir().unwrap());
    let (one, other) = (EntraCertificate::generate().unwrap(), EntraCertificate::generate().unwrap());
    let file = folder.path().join("scanner.pem");
    for (content, reason, remedy) in [
        (one.encrypted_pem("of-the-test").unwrap(), "is encrypted", "openssl pkey"),
        ([one.private.as_str(), &other.certificate].concat(), "none of its certificates", "made for this key"),
        ("-----BEGIN PRIVATE KEY-----\nbroken".into(), "no private key", "BEGIN CERTIFICATE"),
    ] {
        std::fs::write(&file, content).unwrap();
        let error = scan_with(&estate, &file).await.outcome.unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(remedy) && error.contains("scanner.pem"), "{error}");
    }
    assert!(estate.server.requests().is_empty(), "nothing was asked with a file that cannot be used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_without_its_application_is_told_as_such() {
    let estate = estate().await;
    let sign_in =
        AzureSignIn::from_variables(|name| (name == "AZURE_CLIENT_CERTIFICATE_PATH").then(|| "scanner.pem".to_owned()));
    let error = scan_as(&estate.server, sign_in, "").await.outcome.unwrap_err().to_string();
    assert!(error.contains("AZURE_CLIENT_CERTIFICATE_PATH") && error.contains("AZURE_CLIENT_ID"), "{error}");
}

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
