//! The invented organisation, read without any fault.

use super::app::scan_as_app;
use super::{id, scan, scan_as, world};
use crate::{GITHUB, Token};
use std::collections::BTreeSet;
use whose_connect::{CancellationToken, ConnectError, USER_AGENT};
use whose_model::{Class, CoverageState, EdgeKind, NodeId, State, Tier, Usage};
use whose_world::GithubRequest;

#[tokio::test]
async fn every_listing_is_complete_and_makes_exactly_the_declared_calls() {
    let server = world().serve_github().await.unwrap();
    let scan = scan_as_app(&server, 3600).await;
    scan.outcome.as_ref().unwrap();
    for coverage in &scan.coverage {
        assert_eq!(coverage.state, CoverageState::Complete, "{coverage:?}");
    }
    let collectors: Vec<&str> = GITHUB.collectors.iter().map(|collector| collector.id).collect();
    let read: Vec<&str> = scan.coverage.iter().map(|coverage| coverage.source.collector.as_str()).collect();
    assert_eq!(read, collectors);
    let requests = server.requests();
    let calls: BTreeSet<&str> = requests.iter().map(|request| request.call.as_str()).collect();
    let mut declared: BTreeSet<&str> = GITHUB.calls().iter().map(|call| call.operation()).collect();
    assert!(declared.remove("GetRepositoryCode"), "the clones are made by whoever reads repositories");
    assert_eq!(calls, declared);
    let reads = |request: &GithubRequest| request.method == "GET" || request.call == "CreateInstallationAccessToken";
    assert!(requests.iter().all(|request| reads(request) && request.user_agent.starts_with(USER_AGENT)));
    assert_eq!(scan.coverage.iter().map(|coverage| coverage.calls).sum::<u64>(), requests.len() as u64);
    assert!(server.violations().is_empty());
}

#[tokio::test]
async fn pages_add_up_to_the_whole() {
    let server = world().serve_github().await.unwrap();
    let whole = scan(&server).await;
    server.page_at_most(1);
    let paged = scan(&server).await;
    assert_eq!(paged.incomplete(), BTreeSet::new());
    assert_eq!(paged.others(&[]), whole.others(&[]));
    assert_eq!(paged.edges.len(), whole.edges.len());
    assert!(server.requests().iter().any(|request| request.query.get("page").is_some_and(|page| page == "7")));
}

#[tokio::test]
async fn the_organisation_is_named_as_github_writes_it() {
    let server = world().serve_github().await.unwrap();
    let scan = scan(&server).await;
    let organization = scan.node(&id("organization", "tallowmere"));
    assert_eq!(organization.name, "Tallowmere Freight");
    assert_eq!(organization.tags["two_factor_requirement_enabled"], "true");
    assert_eq!(organization.tags["default_workflow_permissions"], "write");
    let open = scan.node(&NodeId::new("git", "", "repository", "github.com/tallowmere/web"));
    assert_eq!(open.tags["fork_pr_approval"], "first_time_contributors_new_to_github");
    assert_eq!(
        (open.tags["default_workflow_permissions"].as_str(), open.tags["visibility"].as_str()),
        ("read", "public")
    );
    let archived = scan.node(&NodeId::new("git", "", "repository", "github.com/tallowmere/legacy-batch"));
    assert!(!archived.tags.contains_key("default_workflow_permissions"), "what is archived runs nothing");
    assert_eq!((archived.state, archived.scope), (State::Disabled, Some(organization.id)));
}

#[tokio::test]
async fn a_deploy_key_outlives_the_member_who_added_it() {
    let server = world().serve_github().await.unwrap();
    let scan = scan(&server).await;
    let key = scan.named("deploy-key", "warehouse-mirror");
    assert_eq!(key.state, State::Enabled);
    assert!(key.credential().unwrap().thumbprint.as_ref().is_some_and(|print| print.starts_with("SHA256:")));
    let [holder] = scan.to(&key.id, EdgeKind::AuthenticatesAs)[..] else { panic!("a key proves one identity") };
    let [maker] = scan.to(holder, EdgeKind::CreatedBy)[..] else { panic!("one person added it") };
    let maker = scan.node(maker);
    assert_eq!((maker.r#type.as_str(), maker.name.as_str()), ("former-member", "owen-gallagher"));
    assert_eq!(maker.state, State::Deleted);

    let unused = scan.named("deploy-key", "status-page");
    assert_eq!(unused.last_used.unwrap().usage, Usage::Never);
    let writer = scan.named("deploy-key-access", "tallowmere/payments (release-tagger)");
    let [grant] = scan.to(&writer.id, EdgeKind::HasGrant)[..] else { panic!("one grant") };
    assert_eq!(scan.node(grant).grant().unwrap().power.as_ref().unwrap().tier, Tier::T1);
    let repository = NodeId::new("git", "", "repository", "github.com/tallowmere/payments");
    assert_eq!(scan.to(grant, EdgeKind::HasPermission), [&repository]);
    let off = scan.named("deploy-key", "customs-export");
    assert_eq!(off.state, State::Disabled);
}

#[tokio::test]
async fn apps_hold_the_power_of_their_permissions() {
    let server = world().serve_github().await.unwrap();
    let scan = scan(&server).await;
    for (slug, tier, state) in [
        ("tallowmere-org-steward", Tier::T0, State::Enabled),
        ("repo-settings-sync", Tier::T1, State::Enabled),
        ("dependency-updates", Tier::T1, State::Enabled),
        ("chat-notices", Tier::T2, State::Enabled),
        ("old-code-review", Tier::T2, State::Disabled),
    ] {
        let app = scan.named("app-installation", slug);
        let [grant] = scan.to(&app.id, EdgeKind::HasGrant)[..] else { panic!("{slug} holds one grant") };
        let power = scan.node(grant).grant().unwrap().power.clone().unwrap();
        assert_eq!((power.tier, app.state), (tier, state), "{slug}: {}", power.why);
    }
}

#[tokio::test]
async fn tokens_belong_to_people_and_say_when_they_end() {
    let server = world().serve_github().await.unwrap();
    let scan = scan(&server).await;
    let endless = scan.named("personal-access-token", "infra bootstrap");
    assert_eq!(endless.credential().unwrap().expires, None);
    assert_eq!(scan.to(&endless.id, EdgeKind::AuthenticatesAs), [&id("user", "tomas-lindqvist")]);
    let ended = scan.named("personal-access-token", "shop migration");
    assert_eq!(ended.state, State::Disabled);
    let classic = scan.named("credential-authorization", "audit scripts");
    let hint = classic.credential().unwrap().hint.clone().unwrap();
    assert_eq!(hint.chars().count(), 9, "an ellipsis and eight characters");
    let hanna = scan.node(&id("user", "hanna-weiss"));
    assert_eq!(hanna.identity().unwrap().class.as_ref().unwrap().class, Class::Human);
    let machine = scan.node(&id("user", "tallowmere-ci"));
    assert_eq!(machine.identity().unwrap().class, None, "its name says that it is none of the people");
}

#[tokio::test]
async fn an_organisation_without_single_sign_on_says_so() {
    let server = world().serve_github().await.unwrap();
    server.change(|organization| organization.authorizations = None);
    let scan = scan(&server).await;
    let coverage = scan.coverage("credential-authorizations");
    assert_eq!(coverage.state, CoverageState::NotEnabled);
    assert!(coverage.gaps[0].reason.contains("no single sign-on"), "{coverage:?}");
    assert_eq!(scan.incomplete(), BTreeSet::from(["credential-authorizations"]));
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let server = world().serve_github().await.unwrap();
    let scan = scan_as(&server, None, CancellationToken::new()).await;
    let error = scan.outcome.unwrap_err().to_string();
    assert!(error.contains("there is no token") && error.contains("GITHUB_TOKEN"), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_scan_that_is_stopped_at_once_does_nothing() {
    let server = world().serve_github().await.unwrap();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let scan = scan_as(&server, Token::new("not-checked"), cancel).await;
    assert!(matches!(scan.outcome, Err(ConnectError::Stopped { .. })), "{:?}", scan.outcome);
    assert!(server.requests().is_empty());
}
