//! Every method of every listing denied, switched off, throttled, malformed, cut off and repeated: coverage tells,
//! nothing is invented, the other listings are unchanged, and nothing hangs.

use super::{Scan, scan, scope};
use std::collections::BTreeSet;
use whose_model::{CoverageState, Facet};
use whose_world::{Google, GoogleServer};

/// A method, the listing that makes it, and the listings that depend on its answer.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    ("ListAssets", "asset-inventory", &[]),
    ("ListAssetIamPolicies", "asset-inventory", &[]),
    ("GetOrganization", "resources", &[]),
    ("ListFolders", "resources", &["container-policies"]),
    ("ListProjects", "resources", &["container-policies"]),
    ("GetOrganizationIamPolicy", "container-policies", &["project-policies"]),
    ("GetFolderIamPolicy", "container-policies", &["project-policies"]),
    ("ListUsers", "users", &["tokens"]),
    ("ListDeletedUsers", "users", &[]),
    ("ListTokens", "tokens", &[]),
    ("GetRole", "container-policies", &["project-policies"]),
    ("GetProjectIamPolicy", "project-policies", &[]),
    (
        "ListServiceAccounts",
        "service-accounts",
        &["service-account-keys", "service-account-policies", "project-policies"],
    ),
    ("ListServiceAccountKeys", "service-account-keys", &[]),
    ("GetServiceAccountIamPolicy", "service-account-policies", &[]),
    ("ListWorkloadIdentityPools", "workload-identity-pools", &[]),
    ("ListWorkloadIdentityPoolProviders", "workload-identity-pools", &[]),
    ("ListKeys", "api-keys", &[]),
    ("ListServiceAccountLastAuthentications", "last-authentications", &[]),
    ("ListServiceAccountKeyLastAuthentications", "last-authentications", &[]),
];

/// The methods that answer in pages.
const PAGED: &[&str] = &[
    "ListUsers",
    "ListDeletedUsers",
    "ListAssets",
    "ListAssetIamPolicies",
    "ListFolders",
    "ListProjects",
    "ListServiceAccounts",
    "ListWorkloadIdentityPools",
    "ListWorkloadIdentityPoolProviders",
    "ListKeys",
    "ListServiceAccountLastAuthentications",
    "ListServiceAccountKeyLastAuthentications",
];

/// An organisation whose inventory may not be read, so that everything is asked for where it lies.
async fn organization() -> (Google, GoogleServer, String) {
    let (google, server, target) = super::organization().await;
    server.disable("ListAssets");
    (google, server, target)
}

async fn check(fault: impl Fn(&GoogleServer, &str), cases: impl Iterator<Item = &Case>, word: &str) {
    let (_, server, target) = organization().await;
    let piecemeal = scan(&server, &target).await;
    server.heal();
    let at_once = scan(&server, &target).await;
    for (method, collector, dependents) in cases {
        server.heal();
        let of_inventory = *collector == "asset-inventory";
        let sound = if of_inventory { &at_once } else { &piecemeal };
        if !of_inventory {
            server.disable("ListAssets");
        }
        fault(&server, method);
        let spoilt = scan(&server, &target).await;
        assert!(spoilt.outcome.is_ok(), "{method}: {:?}", spoilt.outcome);
        let rows = spoilt.rows(collector);
        assert!(
            rows.iter().any(|row| row.state != CoverageState::Complete),
            "{method}: {collector} passes for complete"
        );
        let gaps: Vec<&whose_model::Gap> = rows.iter().flat_map(|row| &row.gaps).collect();
        let told = gaps
            .iter()
            .any(|gap| gap.reason.contains(word) && gap.call.as_deref().unwrap_or_default().ends_with(method));
        assert!(told, "{method}: no gap says `{word}`: {gaps:?}");
        assert_rest_is_unchanged(method, collector, dependents, sound, &spoilt);
    }
}

fn assert_rest_is_unchanged(method: &str, collector: &str, dependents: &[&str], sound: &Scan, spoilt: &Scan) {
    let known: BTreeSet<_> = sound.nodes.iter().map(|node| &node.id).collect();
    for node in &spoilt.nodes {
        assert!(known.contains(&node.id), "{method}: {} was invented", node.id);
    }
    for row in &spoilt.coverage {
        let name = row.source.collector.as_str();
        if name != collector && !dependents.contains(&name) {
            let before = sound.row(name, &row.scope);
            assert_eq!((row.state, row.seen), (before.state, before.seen), "{method}: {name} of {}", row.scope);
        }
    }
}

#[tokio::test]
async fn a_denied_method_is_a_gap_with_its_permission() {
    check(|server, method| server.deny(method), CASES.iter(), "PERMISSION_DENIED").await;
    let (_, server, target) = organization().await;
    server.deny("ListServiceAccountKeys");
    let scan = scan(&server, &target).await;
    let row = scan.row("service-account-keys", &scope("project", "tallowmere-data"));
    assert_eq!(row.state, CoverageState::Denied);
    assert_eq!(row.gaps.len(), 1, "a refusal of all is one gap: {row:?}");
    assert!(row.gaps[0].remedy.contains("iam.serviceAccountKeys.list"), "{row:?}");
}

#[tokio::test]
async fn an_api_that_is_switched_off_is_not_enabled() {
    let (_, server, target) = organization().await;
    server.disable("ListKeys");
    let scan = scan(&server, &target).await;
    for row in scan.rows("api-keys") {
        assert_eq!(row.state, CoverageState::NotEnabled, "{row:?}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out_and_told_when_it_does_not_end() {
    check(|server, method| server.throttle(method, u32::MAX), CASES.iter(), "RESOURCE_EXHAUSTED").await;
    let (_, server, target) = organization().await;
    server.throttle("ListServiceAccounts", 2);
    let scan = scan(&server, &target).await;
    let asked = |row: &&whose_model::Coverage| {
        !["asset-inventory", "domain-wide-delegation"].contains(&row.source.collector.as_str())
    };
    assert!(scan.coverage.iter().filter(asked).all(|row| row.state == CoverageState::Complete));
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_a_gap() {
    check(|server, method| server.malform(method), CASES.iter(), "cannot be read").await;
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_a_gap() {
    check(|server, method| server.truncate(method), CASES.iter(), "broke off").await;
}

#[tokio::test]
async fn a_page_token_that_comes_back_ends_the_listing_with_a_gap() {
    let paged = CASES.iter().filter(|(method, ..)| PAGED.contains(method));
    check(|server, method| server.repeat_page(method), paged, "given before").await;
}

#[tokio::test]
async fn what_is_missing_above_is_missing_in_the_grants_of_every_project_below() {
    let (google, server, target) = organization().await;
    server.deny("GetOrganizationIamPolicy");
    let scan = scan(&server, &target).await;
    let rows = scan.rows("project-policies");
    assert_eq!(rows.len(), google.estate().projects.len());
    for row in rows {
        assert_eq!((row.state, &row.facets[..]), (CoverageState::Partial, &[Facet::Grants][..]), "{row:?}");
        assert!(row.gaps.iter().any(|gap| gap.subject.is_none() && gap.reason.contains("organizations/")), "{row:?}");
    }
}

#[tokio::test]
async fn a_project_that_cannot_be_read_is_still_searched_for_accounts() {
    let (google, server, _) = organization().await;
    server.deny("GetProject");
    let project = &google.estate().projects[0];
    let scan = scan(&server, &format!("project={}", project.id)).await;
    let own = scope("project", &project.id);
    assert_eq!(scan.row("resources", &own).state, CoverageState::Denied);
    assert_eq!(scan.row("service-accounts", &own).state, CoverageState::Complete);
    let grants = scan.row("project-policies", &own);
    assert!(grants.gaps.iter().any(|gap| gap.reason.contains("lies above")), "{grants:?}");
}

#[tokio::test]
async fn a_policy_with_a_condition_keeps_its_edges_and_says_so() {
    let (google, server, target) = organization().await;
    server
        .change(|estate| estate.policy[0].condition = Some("request.time < timestamp('2030-01-01T00:00:00Z')".into()));
    let scan = scan(&server, &target).await;
    let from = super::account(&google, "org-automation");
    let edge =
        scan.edges.iter().find(|edge| edge.from == from && edge.condition == whose_model::ConditionClass::Unknown);
    let grant = scan.node(&edge.unwrap().to);
    assert!(grant.grant().unwrap().power.as_ref().unwrap().why.contains("under a condition"));
}

#[tokio::test]
async fn accounts_are_not_asked_one_by_one_for_what_is_refused_for_all() {
    let (_, server, target) = organization().await;
    server.change(|estate| {
        let one = estate.projects[0].accounts[0].clone();
        let more =
            (0..100).map(|number| whose_world::ServiceAccount { email: format!("a{number}@x.example"), ..one.clone() });
        estate.projects[0].accounts.extend(more);
    });
    server.deny("ListServiceAccountKeys");
    server.malform("GetServiceAccountIamPolicy");
    let scan = scan(&server, &target).await;
    let own = scope("project", "tallowmere-data");
    for collector in ["service-account-keys", "service-account-policies"] {
        let row = scan.row(collector, &own);
        assert!(row.calls < 60, "{row:?}");
        assert_eq!(row.gaps.len(), 1, "{row:?}");
        assert_eq!(row.gaps[0].subject, None, "{row:?}");
    }
}
