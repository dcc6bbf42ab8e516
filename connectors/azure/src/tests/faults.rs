//! Each call spoilt in turn, in each way: its own gap, and what does not depend on it stays the same.

use super::{Estate, Scan, estate};
use std::collections::BTreeSet;
use whose_connect::ApiCall;
use whose_model::{Coverage, CoverageState};
use whose_world::EntraServer;

/// Every declared call with the listing that makes it.
fn calls() -> Vec<(&'static str, ApiCall)> {
    let collectors = crate::AZURE.collectors.iter();
    collectors.flat_map(|collector| collector.calls.iter().map(|call| (collector.id, *call))).collect()
}

/// Those that are read to their end. Of the resources only as many are read as it takes to find what is looked for.
fn calls_of_whole_listings() -> Vec<(&'static str, ApiCall)> {
    calls().into_iter().filter(|(_, call)| call.operation() != "ListResources").collect()
}

/// One application and one service principal with so many owners that the expanded list is cut.
fn crowd(estate: &Estate) {
    estate.server.change(|tenant| {
        for objects in [&mut tenant.applications, &mut tenant.service_principals] {
            let object = objects.iter_mut().find(|object| object["displayName"] == "billing-export").unwrap();
            let one = tenant.users[0].clone();
            object["owners"] = serde_json::Value::Array(vec![one; 25]);
        }
    });
}

async fn spoilt(spoil: impl Fn(&EntraServer, &str), call: ApiCall) -> Scan {
    let estate = estate().await;
    crowd(&estate);
    spoil(&estate.server, call.operation());
    let scan = estate.scan().await;
    scan.outcome.as_ref().unwrap();
    scan
}

fn blamed(scan: &Scan) -> BTreeSet<&str> {
    scan.coverage.iter().flat_map(|coverage| &coverage.gaps).filter_map(|gap| gap.call.as_deref()).collect()
}

fn gap_of(coverage: &Coverage, call: ApiCall) -> &whose_model::Gap {
    let found = coverage.gaps.iter().find(|gap| gap.call.as_deref() == Some(call.name));
    found.unwrap_or_else(|| panic!("{} left no gap: {coverage:?}", call.name))
}

/// The listings that learn from a call and must say so when it failed.
fn dependants(call: ApiCall) -> &'static [&'static str] {
    match call.operation() {
        "ListServicePrincipals" => &["graph:ListAppRoleAssignedTo"],
        "ListSubscriptions" => &["azure:ListResources", "azure:ListStorageAccounts"],
        _ => &[],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refused_call_leaves_a_gap_that_names_it_and_the_permission() {
    for (collector, call) in calls() {
        let scan = spoilt(EntraServer::deny, call).await;
        let coverage = scan.coverage(collector);
        assert_ne!(coverage.state, CoverageState::Complete, "{}", call.name);
        let gap = gap_of(coverage, call);
        assert!(gap.reason.contains("Authorization_RequestDenied"), "{gap:?}");
        assert!(gap.remedy.contains(call.permission), "{gap:?}");
        let others: BTreeSet<&str> = blamed(&scan).into_iter().filter(|name| *name != call.name).collect();
        assert!(others.iter().all(|name| dependants(call).contains(name)), "{}: {others:?}", call.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_malformed_or_cut_off_is_a_gap_and_not_an_empty_list() {
    for (collector, call) in calls() {
        for spoil in [EntraServer::malform, EntraServer::truncate] {
            let scan = spoilt(spoil, call).await;
            let coverage = scan.coverage(collector);
            assert_ne!(coverage.state, CoverageState::Complete, "{}", call.name);
            gap_of(coverage, call);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_again_ends_the_listing_with_a_gap() {
    for (collector, call) in calls_of_whole_listings() {
        let scan = spoilt(EntraServer::repeat_page, call).await;
        let gap = gap_of(scan.coverage(collector), call);
        assert!(gap.reason.contains("given before"), "{gap:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_another_host_is_not_followed() {
    for (collector, call) in calls_of_whole_listings() {
        let scan = spoilt(EntraServer::lead_astray, call).await;
        let gap = gap_of(scan.coverage(collector), call);
        assert!(gap.reason.contains("elsewhere.example") && gap.reason.contains("not followed"), "{gap:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_is_waited_out_and_a_lasting_one_is_a_gap() {
    for (collector, call) in calls() {
        let scan = spoilt(|server, action| server.throttle(action, 2), call).await;
        assert_eq!(scan.coverage(collector).state, CoverageState::Complete, "{}", call.name);
        let scan = spoilt(|server, action| server.throttle(action, 1_000), call).await;
        let gap = gap_of(scan.coverage(collector), call);
        assert!(gap.reason.contains("TooManyRequests") && gap.remedy.contains("fewer requests"), "{gap:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_read_no_further_than_needed() {
    let call = calls().into_iter().map(|(_, call)| call).find(|call| call.operation() == "ListResources").unwrap();
    let scan = spoilt(EntraServer::repeat_page, call).await;
    let coverage = scan.coverage("managed-identities");
    assert_eq!((coverage.state, coverage.calls), (CoverageState::Complete, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_the_licence_lacks_is_not_enabled() {
    for (collector, call) in calls().into_iter().filter(|(id, _)| id.contains("activities")) {
        let scan = spoilt(EntraServer::unlicense, call).await;
        assert_eq!(scan.coverage(collector).state, CoverageState::NotEnabled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_visible_subscriptions_is_told_as_such() {
    let estate = estate().await;
    estate.server.change(|tenant| tenant.subscriptions.clear());
    let scan = estate.scan().await;
    assert_eq!(scan.coverage("role-assignments").state, CoverageState::NotEnabled);
    assert_eq!(scan.coverage("storage-accounts").state, CoverageState::Complete, "there is nothing more to miss");
    let tags = scan.coverage("managed-identities");
    assert_eq!(tags.gaps[0].subject, Some(estate.principal("invoice-render")), "only its own tags are unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_one_give_the_same_as_one_page() {
    let estate = estate().await;
    let whole = estate.scan().await;
    estate.server.page_at_most(1);
    let paged = estate.scan().await;
    let sorted = |scan: &Scan| {
        let mut all: Vec<String> = scan.nodes.iter().map(|node| serde_json::to_string(node).unwrap()).collect();
        all.extend(scan.edges.iter().map(|edge| serde_json::to_string(edge).unwrap()));
        all.sort();
        all
    };
    assert_eq!(sorted(&paged), sorted(&whole));
    assert!(paged.coverage.iter().all(|coverage| coverage.state == CoverageState::Complete));
}
