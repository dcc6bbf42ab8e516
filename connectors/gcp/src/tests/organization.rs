//! The whole organisation, read without a fault.

use super::{account, organization, scan, scan_until, scope, world};
use crate::GCP;
use std::collections::BTreeSet;
use std::path::Path;
use whose_connect::{CancellationToken, ConnectError, Connector, NetworkSettings, ScanContext, Sink};
use whose_model::{
    Class, ConditionClass, CoverageState, CredentialLimits, EdgeKind, NodeId, Principal, State, Tier, Usage,
};

#[tokio::test]
async fn everything_is_read_completely_and_nothing_is_written() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    assert!(scan.outcome.is_ok(), "{:?}", scan.outcome);
    for row in scan.coverage.iter().filter(|row| row.source.collector != "domain-wide-delegation") {
        assert_eq!(row.state, CoverageState::Complete, "{row:?}");
        assert!(row.gaps.is_empty());
    }
    // Six listings for the organisation, seven for each project.
    assert_eq!(scan.coverage.len(), 6 + 7 * google.estate().projects.len());
    for (_, account) in google.estate().accounts() {
        assert!(scan.sees(&NodeId::new("gcp", "", "service-account", &account.email)), "{}", account.email);
        for key in &account.keys {
            assert!(scan.sees(&NodeId::new("gcp", "", "service-account-key", &key.id)));
        }
    }
    assert!(server.violations().is_empty(), "{:?}", server.violations());
    let calls: u64 = scan.coverage.iter().map(|row| row.calls).sum();
    // The way to the directory's token, which the server does not record: a federated one, a signature, an exchange.
    assert_eq!(calls, server.requests().len() as u64 + 3, "every call is charged to a listing");
}

#[tokio::test]
async fn the_calls_that_are_made_are_those_that_are_declared() {
    let (google, server, target) = organization().await;
    scan(&server, &target).await;
    scan(&server, &format!("project={}", google.estate().projects[0].id)).await;
    // What the inventory holds is asked for where it lies only when the inventory may not be read.
    server.disable("ListAssets");
    scan(&server, &target).await;
    let made: BTreeSet<String> = server.requests().into_iter().map(|request| request.method).collect();
    let declared: BTreeSet<String> = GCP.calls().iter().map(|call| call.operation().to_owned()).collect();
    assert_eq!(made, declared);
}

#[tokio::test]
async fn small_pages_tell_the_same_as_large_ones() {
    let (_, server, target) = organization().await;
    let large = scan(&server, &target).await;
    server.page_at_most(1);
    let small = scan(&server, &target).await;
    let ids = |nodes: &[whose_model::Node]| nodes.iter().map(|node| node.id.clone()).collect::<BTreeSet<_>>();
    assert_eq!(ids(&large.nodes), ids(&small.nodes));
    assert_eq!(large.edges.len(), small.edges.len());
    let states = |scan: &super::Scan| scan.coverage.iter().map(|row| row.state).collect::<Vec<_>>();
    assert_eq!(states(&small), states(&large));
}

#[tokio::test]
async fn a_key_leads_through_two_accounts_to_the_organisation() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let (legacy, pipeline, automation) =
        (account(&google, "legacy-export"), account(&google, "pipeline"), account(&google, "org-automation"));
    let (_, old) = google.estate().accounts().find(|(_, account)| account.email.starts_with("legacy-export")).unwrap();
    let key = NodeId::new("gcp", "", "service-account-key", &old.keys[0].id);
    scan.edge(&key, EdgeKind::AuthenticatesAs, &legacy);
    scan.edge(&legacy, EdgeKind::CanAssume, &pipeline);
    let group = NodeId::new("gcp", "", "impersonators", "projects/tallowmere-platform");
    scan.edge(&pipeline, EdgeKind::MemberOf, &group);
    scan.edge(&group, EdgeKind::CanAssume, &automation);
    let grant = format!("organizations/{}/roles/resourcemanager.organizationAdmin", google.estate().organization);
    let grant = NodeId::new("gcp", "", "iam-binding", &grant);
    scan.edge(&automation, EdgeKind::HasGrant, &grant);
    let power = scan.node(&grant).grant().unwrap().power.clone().unwrap();
    assert_eq!(power.tier, Tier::T0);
    assert!(power.why.contains("roles/resourcemanager.organizationAdmin on organization"), "{}", power.why);
    let node = scan.node(&key);
    assert_eq!((node.state, node.credential().unwrap().expires), (State::Enabled, None));
    let used = node.last_used.unwrap();
    assert!(used.at().is_some() && used.horizon.is_some());
}

#[tokio::test]
async fn accounts_say_what_their_keepers_wrote() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let node = scan.node(&account(&google, "pipeline"));
    assert_eq!(node.tags.get("Owner").map(String::as_str), Some("priya.raman@tallowmere.example"));
    assert!(node.tags.contains_key("Expires") && node.native_id.is_some() && node.state == State::Enabled);
    assert_eq!(node.scope, Some(scope("project", "tallowmere-data")));
    assert_eq!(scan.node(&account(&google, "old-batch")).state, State::Disabled);
    let project = scan.node(&scope("project", "tallowmere-data"));
    assert_eq!(project.tags.get("environment").map(String::as_str), Some("production"));
    let folder = project.scope.unwrap();
    assert_eq!(folder.type_name(), "folder");
    assert_eq!(scan.node(&folder).scope, Some(scope("organization", &google.estate().organization)));
}

#[tokio::test]
async fn a_key_that_google_found_in_public_says_so() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let keys = google.estate().accounts().flat_map(|(_, account)| &account.keys);
    let exposed = keys.into_iter().find(|key| key.exposed).unwrap();
    let node = scan.node(&NodeId::new("gcp", "", "service-account-key", &exposed.id));
    assert_eq!(node.state, State::Disabled);
    assert!(node.tags["disableReason"].ends_with("EXPOSED") && node.tags["extendedStatus"].ends_with("EXPOSED"));
}

#[tokio::test]
async fn strangers_come_in_through_providers_with_their_conditions() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let open = NodeId::new("gcp", "tallowmere-web", "workload-identity-provider", "preview/github");
    let publisher = account(&google, "site-publisher");
    let edge = scan.edge(&open, EdgeKind::FederatesTo, &publisher);
    assert_eq!(edge.condition, ConditionClass::External);
    let trust = scan.node(&open).trust().unwrap().clone();
    assert_eq!((trust.issuer.as_deref(), trust.condition), (Some("token.actions.githubusercontent.com"), None));
    let policy = scan.node(&publisher).identity().unwrap().trust_policy.clone();
    assert_eq!(policy[0].principals, [Principal::Federated(open)]);
    assert!(policy[0].conditions.is_empty());
    let policy = scan.node(&account(&google, "org-automation")).identity().unwrap().trust_policy.clone();
    let keys: Vec<&str> =
        policy[0].conditions.iter().map(|condition| condition.key.rsplit(':').next().unwrap()).collect();
    assert_eq!(keys, ["repository", "repository_owner"]);
}

#[tokio::test]
async fn people_agents_and_the_deleted_are_told_apart() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let class = |node: &whose_model::Node| node.identity().unwrap().class.as_ref().unwrap().class;
    let hanna = scan.node(&NodeId::new("gcp", "", "user", "hanna.weiss@tallowmere.example"));
    assert_eq!((class(&hanna), hanna.state), (Class::Human, State::Enabled));
    let owen = scan.nodes.iter().find(|node| node.name == "owen.gallagher@tallowmere.example").unwrap();
    assert_eq!((class(owen), owen.state), (Class::Human, State::Deleted));
    let agent = scan.nodes.iter().find(|node| node.r#type == "agent").unwrap();
    assert_eq!((class(agent), &agent.scope), (Class::NonHuman, &Some(scope("project", "tallowmere-data"))));
    let reader = format!("organizations/{0}/organizations/{0}/roles/whoseReader", google.estate().organization);
    let custom = scan.node(&NodeId::new("gcp", "", "iam-binding", &reader));
    assert_eq!(custom.grant().unwrap().power.as_ref().unwrap().tier, Tier::T2);
}

#[tokio::test]
async fn a_key_that_was_never_used_is_not_one_of_which_nothing_is_known() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let (_, reader) =
        google.estate().accounts().find(|(_, account)| account.email.starts_with("report-reader")).unwrap();
    let node = scan.node(&NodeId::new("gcp", "", "service-account-key", &reader.keys[0].id));
    let used = node.last_used.clone().unwrap();
    assert_eq!(used.usage, Usage::Never);
    assert!(used.covers_since(node.created.unwrap()));
    let api_key = scan.nodes.iter().find(|node| node.name == "geocoder").unwrap();
    assert_eq!(api_key.last_used, None);
    assert_eq!(api_key.credential().unwrap().limits, Some(CredentialLimits::default()));
}

#[tokio::test]
async fn a_single_project_is_read_with_what_holds_from_above() {
    let (google, server, _) = organization().await;
    let project = &google.estate().projects[0];
    let scan = scan(&server, &format!("project={}", project.id)).await;
    assert!(scan.coverage.iter().all(|row| row.state == CoverageState::Complete), "{:?}", scan.coverage);
    let organization = NodeId::new("gcp", "", "organization", &google.estate().organization);
    assert!(scan.sees(&organization) && scan.sees(&account(&google, "pipeline")));
    assert!(!scan.sees(&account(&google, "org-automation")));
}

#[tokio::test]
async fn a_stopped_scan_does_nothing() {
    let (_, server, target) = organization().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let scan = scan_until(&server, &target, cancel).await;
    assert!(matches!(scan.outcome, Err(ConnectError::Stopped { .. })), "{:?}", scan.outcome);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_file_that_is_no_credential_is_named_without_its_text() {
    let server = world().google().serve().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.json");
    for (text, named) in [("private words", "not JSON"), (r#"{"type":"other","private":"words"}"#, "`type`")] {
        std::fs::write(&file, text).unwrap();
        let error = open(&server.endpoint(), &file).await;
        let ConnectError::File { source, .. } = &error else { panic!("{error:?}") };
        assert!(source.to_string().contains(named), "{source}");
        assert!(!format!("{error:?}").contains("words"), "{error:?}");
    }
}

#[tokio::test]
async fn a_refused_sign_in_is_told_at_once() {
    let server = world().google().serve().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = server.write_credentials(folder.path()).unwrap();
    let text = std::fs::read_to_string(&file).unwrap().replace("/v1/token", "/v1/elsewhere");
    std::fs::write(&file, text).unwrap();
    let error = open(&server.endpoint(), &file).await;
    assert!(matches!(error, ConnectError::SignIn { .. }), "{error:?}");
    assert!(error.to_string().contains("Check that"), "{error}");
}

async fn open(endpoint: &str, file: &Path) -> ConnectError {
    let (sink, _events) = Sink::channel(8);
    let network = NetworkSettings { endpoint: Some(endpoint.into()), ..NetworkSettings::default() };
    let as_of = "2026-11-24T22:00:00Z".parse().unwrap();
    let context = ScanContext { as_of, sink, cancel: CancellationToken::new(), network };
    crate::Gcp::default().scan(&format!("project=p,credentials={}", file.display()), &context).await.unwrap_err()
}
