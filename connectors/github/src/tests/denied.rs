//! Each call refused in turn: its own gap and no other, and what does not depend on it stays the same.

use super::{id, scan, world};
use crate::GITHUB;
use std::collections::BTreeSet;
use whose_model::{CoverageState, EdgeKind, State};

#[tokio::test]
async fn each_refused_call_leaves_a_gap_that_names_it_and_the_permission() {
    // The clones are refused to whoever makes them, and not here.
    for collector in GITHUB.collectors[1..].iter().filter(|collector| collector.id != "code") {
        let [call] = collector.calls else { panic!("{} makes one call", collector.id) };
        let server = world().serve_github().await.unwrap();
        server.deny(call.operation());
        let scan = scan(&server).await;
        scan.outcome.as_ref().unwrap();
        let coverage = scan.coverage(collector.id);
        assert_eq!((coverage.state, coverage.gaps.len()), (CoverageState::Denied, 1), "{coverage:?}");
        let gap = &coverage.gaps[0];
        assert_eq!(gap.call.as_deref(), Some(call.name));
        assert!(gap.reason.contains(call.permission) && gap.remedy.contains(call.permission), "{gap:?}");
        let mut expected = BTreeSet::from([collector.id]);
        if collector.id == "repositories" {
            expected.extend(["code", "deploy-keys", "repository-workflow-permissions", "fork-approvals"]);
        }
        assert_eq!(scan.incomplete(), expected, "{}", call.name);
    }
}

#[tokio::test]
async fn what_does_not_depend_on_a_refused_call_stays_the_same() {
    let server = world().serve_github().await.unwrap();
    let whole = scan(&server).await;
    server.deny("ListAppInstallations");
    let refused = scan(&server).await;
    let apps = ["app-installation", "installation-permissions"];
    assert_eq!(refused.others(&[]), whole.others(&apps));
    assert_ne!(refused.others(&[]), whole.others(&[]));
}

#[tokio::test]
async fn nobody_is_taken_for_gone_while_the_members_are_unread() {
    for call in ["ListOrganizationMembers", "ListOutsideCollaborators"] {
        let server = world().serve_github().await.unwrap();
        server.deny(call);
        let scan = scan(&server).await;
        let key = scan.named("deploy-key-access", "tallowmere/legacy-batch (warehouse-mirror)");
        assert_eq!(scan.to(&key.id, EdgeKind::CreatedBy), [&id("user", "owen-gallagher")]);
        assert_eq!(scan.node(&id("user", "owen-gallagher")).state, State::Unknown);
        assert!(scan.nodes.iter().all(|node| node.r#type != "former-member"));
    }
}

#[tokio::test]
async fn deploy_keys_are_not_asked_of_repositories_that_nobody_named() {
    let server = world().serve_github().await.unwrap();
    server.deny("ListOrganizationRepositories");
    let scan = scan(&server).await;
    let coverage = scan.coverage("deploy-keys");
    assert_eq!((coverage.state, coverage.calls), (CoverageState::Failed, 0));
    assert!(coverage.gaps[0].reason.contains("not asked"), "{coverage:?}");
}

#[tokio::test]
async fn a_refused_organisation_ends_the_target_with_a_remedy() {
    let server = world().serve_github().await.unwrap();
    server.deny("GetOrganization");
    let scan = scan(&server).await;
    let error = scan.outcome.unwrap_err().to_string();
    assert!(error.contains("cannot sign in") && error.contains("HTTP 403"), "{error}");
    assert!(error.contains("single sign-on must authorise"), "{error}");
    assert!(scan.coverage.is_empty() && scan.nodes.is_empty());
}
