//! Each call refused in turn: its own gap and no other, and what does not depend on it stays the same.

use super::{Scan, estate, id, key, refusal, scan};
use std::collections::BTreeSet;
use whose_model::{CoverageState, NodeId, Usage};

/// Every reply of the case whose name is that of an operation, alone or with a user, provider or page.
fn names_of(operation: &str) -> Vec<String> {
    estate().names().into_iter().filter(|name| name.split('@').next() == Some(operation)).collect()
}

async fn denied(operation: &str, target: &str) -> Scan {
    let mut fixture = estate();
    for name in names_of(operation) {
        fixture = fixture.with(&name, [refusal(403, "AccessDenied")]);
    }
    // Without the report, or without the keys' holders, more users are asked.
    for user in ["Alice", "ci-deploy", "legacy-signer"] {
        let name = format!("ListAccessKeys@{user}");
        if operation == "GetCredentialReport" && !fixture.names().contains(&name) {
            fixture = fixture.with(&name, [refusal(404, "NoSuchEntity")]);
        }
    }
    let server = fixture.serve().await;
    scan(&server, target).await
}

#[tokio::test]
async fn each_refused_call_leaves_a_gap_that_names_it_and_the_permission() {
    for collector in &crate::AWS.collectors[1..] {
        for call in collector.calls {
            let scan = denied(call.operation(), "ssh-keys=on").await;
            scan.outcome.as_ref().unwrap();
            let coverage = scan.coverage(collector.id);
            assert_ne!(coverage.state, CoverageState::Complete, "{}", call.name);
            let gap = coverage.gaps.iter().find(|gap| gap.call.as_deref() == Some(call.name)).unwrap();
            assert!(gap.reason.contains("AccessDenied"), "{gap:?}");
            assert!(gap.remedy.contains(call.permission), "{gap:?}");
            let gaps: BTreeSet<&str> = scan
                .coverage
                .iter()
                .flat_map(|coverage| &coverage.gaps)
                .filter(|gap| gap.reason.contains("AccessDenied"))
                .filter_map(|gap| gap.call.as_deref())
                .collect();
            assert_eq!(gaps, BTreeSet::from([call.name]), "no other call is blamed");
            dependants_say_so(call.operation(), &scan);
        }
    }
}

/// The only listings that may be incomplete besides the refused one are those that learn from it.
fn dependants_say_so(operation: &str, scan: &Scan) {
    let incomplete: BTreeSet<&str> = scan
        .coverage
        .iter()
        .filter(|coverage| coverage.state != CoverageState::Complete)
        .map(|coverage| coverage.source.collector.as_str())
        .collect();
    let expected: &[&str] = match operation {
        "GetAccountAuthorizationDetails" => &["authorization-details", "ssh-public-keys"],
        "GetCredentialReport" => &["credential-report", "signing-certificates"],
        _ => {
            assert_eq!(incomplete.len(), 1, "{operation}: {incomplete:?}");
            return;
        }
    };
    assert_eq!(incomplete, expected.iter().copied().collect(), "{operation}");
}

#[tokio::test]
async fn what_does_not_depend_on_a_refused_call_stays_the_same() {
    let server = estate().serve().await;
    let whole = scan(&server, "").await;
    let refused = denied("ListAccessKeys", "").await;
    let others = |scan: &Scan| {
        let mut nodes: Vec<String> = scan
            .nodes
            .iter()
            .filter(|node| node.r#type != "access-key")
            .map(|node| serde_json::to_string(node).unwrap())
            .collect();
        nodes.sort();
        nodes
    };
    assert_eq!(others(&refused), others(&whole));
    assert_eq!(refused.coverage("access-keys").gaps.len(), 1, "refused for everybody is one gap");
    assert_eq!(refused.coverage("access-keys").state, CoverageState::Denied);
    assert_eq!(refused.coverage("access-keys").gaps[0].subject, None);
}

#[tokio::test]
async fn without_authorization_details_the_report_still_names_the_users() {
    let scan = denied("GetAccountAuthorizationDetails", "").await;
    assert_eq!(scan.coverage("authorization-details").state, CoverageState::Denied);
    let alice = scan.node(&id("iam-user", "alice"));
    assert_eq!(alice.address.as_deref(), Some("arn:aws:iam::111122223333:user/people/Alice"));
    assert!(alice.created.is_some());
    assert!(scan.sees(&key("EXAMPLEALICE001")), "keys are listed for the users of the report");
}

#[tokio::test]
async fn without_the_report_keys_are_listed_and_their_use_is_unknown() {
    let scan = denied("GetCredentialReport", "").await;
    assert_eq!(scan.coverage("access-keys").state, CoverageState::Complete);
    let key = scan.node(&key("EXAMPLEALICE001"));
    assert_eq!(key.last_used.unwrap().usage, Usage::NotCollected);
    assert!(key.created.is_some());
    // The summary still tells that the root user holds a key, though not whether it is in use.
    let root = scan.node(&id("root-access-key", "1"));
    assert_eq!(root.last_used.unwrap().usage, Usage::NotCollected);
    assert_eq!(scan.coverage("signing-certificates").state, CoverageState::Failed);
}

#[tokio::test]
async fn without_report_and_users_the_keys_are_a_gap_and_not_an_empty_list() {
    let mut fixture = estate();
    for operation in ["GetCredentialReport", "GetAccountAuthorizationDetails"] {
        fixture = fixture.with(operation, [refusal(403, "AccessDenied")]);
    }
    let server = fixture.serve().await;
    let scan = scan(&server, "").await;
    let keys = scan.coverage("access-keys");
    assert_eq!((keys.state, keys.calls), (CoverageState::Failed, 0));
    assert!(keys.gaps[0].reason.contains("not asked"), "{keys:?}");
}

#[tokio::test]
async fn a_refusal_for_one_user_is_a_gap_for_that_user() {
    let server = estate().with("ListAccessKeys@Alice", [refusal(403, "AccessDenied")]).serve().await;
    let scan = scan(&server, "").await;
    let keys = scan.coverage("access-keys");
    assert_eq!((keys.state, keys.gaps.len()), (CoverageState::Partial, 1));
    assert_eq!(keys.gaps[0].subject, Some(id("iam-user", "alice")));
    assert!(scan.sees(&key("EXAMPLECIDEPL01")));
}

#[tokio::test]
async fn a_refused_sign_in_ends_the_target_with_a_remedy() {
    let server = estate().with("GetCallerIdentity", [refusal(403, "InvalidClientTokenId")]).serve().await;
    let scan = scan(&server, "").await;
    let error = scan.outcome.unwrap_err().to_string();
    assert!(error.contains("cannot sign in") && error.contains("InvalidClientTokenId"), "{error}");
    assert!(error.contains("aws:profile=NAME"), "{error}");
    assert!(scan.coverage.is_empty() && scan.nodes.is_empty());
}

#[tokio::test]
async fn a_provider_whose_details_are_refused_is_still_seen() {
    let scan = denied("GetOpenIDConnectProvider", "").await;
    let provider = id("oidc-provider", "token.actions.githubusercontent.com");
    assert!(scan.sees(&provider));
    assert_eq!(scan.coverage("oidc-providers").gaps[0].subject, Some(provider));
}

#[tokio::test]
async fn the_account_is_named_by_its_number_when_its_alias_is_refused() {
    let scan = denied("ListAccountAliases", "").await;
    assert_eq!(scan.node(&NodeId::new("aws", "aws", "account", "111122223333")).name, "111122223333");
}
