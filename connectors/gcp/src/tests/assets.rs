//! The organisation read through Cloud Asset Inventory and without it: the same things are told, at another price.

use super::{Scan, account, organization, scan, scope};
use std::collections::BTreeSet;
use whose_model::{CoverageState, NodeId, State};
use whose_world::{LargeEstate, LargeProvider};

/// All that a scan told, without the order in which it did.
fn told(scan: &Scan) -> BTreeSet<String> {
    let nodes = scan.nodes.iter().map(|node| format!("{node:?}"));
    nodes.chain(scan.edges.iter().map(|edge| format!("{edge:?}"))).collect()
}

#[tokio::test]
async fn both_ways_tell_the_same_and_the_inventory_needs_no_call_for_an_account() {
    let (google, server, target) = organization().await;
    let at_once = scan(&server, &target).await;
    let made: BTreeSet<String> = server.requests().into_iter().map(|request| request.method).collect();
    for method in ["ListServiceAccounts", "ListServiceAccountKeys", "GetServiceAccountIamPolicy"] {
        assert!(!made.contains(method), "{method}");
    }
    assert!(made.contains("ListAssets") && made.contains("ListAssetIamPolicies"), "{made:?}");
    server.deny("ListAssets");
    let piecemeal = scan(&server, &target).await;

    assert_eq!(told(&at_once), told(&piecemeal));
    for row in at_once.coverage.iter().filter(|row| row.source.collector != "asset-inventory") {
        let other = piecemeal.row(&row.source.collector, &row.scope);
        assert_eq!((row.state, row.seen, &row.gaps), (other.state, other.seen, &other.gaps), "{row:?}");
    }
    let whole = scope("organization", &google.estate().organization);
    assert_eq!(at_once.row("asset-inventory", &whole).state, CoverageState::Complete);
    let refused = piecemeal.row("asset-inventory", &whole);
    assert_eq!(refused.state, CoverageState::NotEnabled, "nothing is missing for a refusal: {refused:?}");
    assert!(refused.gaps[0].reason.contains("cloudasset.assets.listResource"), "{refused:?}");
    let calls = |scan: &Scan| scan.coverage.iter().map(|row| row.calls).sum::<u64>();
    let accounts = google.estate().accounts().count() as u64;
    assert!(calls(&at_once) + 2 * accounts <= calls(&piecemeal) + 3, "{} {}", calls(&at_once), calls(&piecemeal));
}

#[tokio::test]
async fn a_single_project_is_read_through_its_own_inventory() {
    let (google, server, _) = organization().await;
    let target = format!("project={}", google.estate().projects[0].id);
    let at_once = scan(&server, &target).await;
    server.deny("ListAssetIamPolicies");
    assert_eq!(told(&at_once), told(&scan(&server, &target).await));
    assert!(at_once.sees(&account(&google, "pipeline")) && !at_once.sees(&account(&google, "org-automation")));
}

#[tokio::test]
async fn keys_that_google_turns_over_by_itself_are_left_out() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let keys: BTreeSet<&NodeId> =
        scan.nodes.iter().map(|node| &node.id).filter(|id| id.type_name() == "service-account-key").collect();
    assert_eq!(keys.len(), google.estate().accounts().flat_map(|(_, account)| &account.keys).count());
}

#[tokio::test]
async fn a_project_whose_policy_the_inventory_does_not_hold_is_asked_itself() {
    let (_, server, target) = organization().await;
    server.change(|estate| estate.projects[0].policy.clear());
    let scan = scan(&server, &target).await;
    let asked: Vec<String> = server
        .requests()
        .into_iter()
        .filter(|request| request.method == "GetProjectIamPolicy")
        .map(|request| request.path)
        .collect();
    assert_eq!(asked, ["/v3/projects/tallowmere-data:getIamPolicy"]);
    assert!(scan.rows("project-policies").iter().all(|row| row.state == CoverageState::Complete));
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_so_in_the_inventory_as_well() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    assert_eq!(scan.node(&account(&google, "old-batch")).state, State::Disabled);
}

#[tokio::test]
async fn an_organisation_of_many_accounts_costs_pages() {
    const ACCOUNTS: usize = 3_000;
    let as_of = "2026-11-24T22:00:00Z".parse().unwrap();
    let server = LargeEstate::new(LargeProvider::Google, ACCOUNTS, 7, as_of).serve().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = server.target(folder.path()).unwrap();
    let endpoint = server.environment().into_iter().find(|(name, _)| *name == "GOOGLE_ENDPOINT_URL").unwrap().1;
    let found = super::scan_at(&endpoint, target.trim_start_matches("gcp:")).await;
    let missed =
        |row: &&whose_model::Coverage| ![CoverageState::Complete, CoverageState::NotEnabled].contains(&row.state);
    assert_eq!(found.coverage.iter().find(missed), None);
    let accounts: BTreeSet<&NodeId> = found.nodes.iter().map(|node| &node.id).collect();
    assert_eq!(accounts.iter().filter(|id| id.type_name() == "service-account").count(), ACCOUNTS);
    // Three listings of the inventory in pages of a thousand, and four calls for each of the thirty projects.
    let calls = server.answered();
    assert!(calls < 150, "{calls} calls for {ACCOUNTS} accounts");
}
