//! The pages of a large listing, put together, are the listing, and each object is the same wherever it is shown.

use super::server::{Ask, LargeEstate, LargeProvider, Reply};
use super::{entra, github, google};
use serde_json::Value;
use std::collections::BTreeSet;

fn estate(provider: LargeProvider) -> LargeEstate {
    LargeEstate::new(provider, 1_234, 7, "2026-11-24T12:00:00Z".parse().unwrap())
}

fn ask(estate: &LargeEstate, path: &str, query: &str) -> Reply {
    let ask = Ask { verb: "GET", path, query, endpoint: "http://here" };
    let reply = match estate.provider {
        LargeProvider::Entra => entra::reply(estate, &ask),
        LargeProvider::Google => google::reply(estate, &ask),
        LargeProvider::Github => github::reply(estate, &ask),
    };
    reply.unwrap_or_else(|| panic!("{path}?{query}"))
}

#[test]
fn the_pages_of_a_tenant_hold_every_service_principal_once() {
    let estate = estate(LargeProvider::Entra);
    let (mut query, mut ids, mut pages) = ("$top=100&$select=id".to_owned(), BTreeSet::new(), 0);
    loop {
        let body = ask(&estate, "/v1.0/servicePrincipals", &query).body;
        pages += 1;
        for one in body["value"].as_array().unwrap() {
            assert!(ids.insert(one["id"].as_str().unwrap().to_owned()), "{one}");
        }
        match body["@odata.nextLink"].as_str() {
            Some(link) => query = link.split_once('?').unwrap().1.to_owned(),
            None => break,
        }
    }
    assert_eq!((ids.len(), pages), (1_235, 13));
}

#[test]
fn the_accounts_of_all_projects_are_all_accounts_and_answer_one_by_one() {
    let estate = estate(LargeProvider::Google);
    let mut keys = 0;
    let mut accounts = 0;
    for project in 0..13 {
        let path = format!("/v1/projects/large-{project}/serviceAccounts");
        let body = ask(&estate, &path, "pageSize=100").body;
        assert!(body.get("nextPageToken").is_none());
        for account in body["accounts"].as_array().unwrap() {
            accounts += 1;
            let held = ask(&estate, &format!("{path}/{}/keys", account["email"].as_str().unwrap()), "").body;
            keys += held["keys"].as_array().map_or(0, Vec::len);
        }
    }
    assert_eq!((accounts, keys), (1_234, 124 + 13));
}

#[test]
fn the_pages_of_the_inventory_hold_every_account_key_and_policy_once() {
    let estate = estate(LargeProvider::Google);
    for (content, kind, expected) in [
        ("RESOURCE", "iam.googleapis.com/ServiceAccount", 1_234),
        // One that Google turns over for each account, and those of people.
        ("RESOURCE", "iam.googleapis.com/ServiceAccountKey", 1_234 + 124 + 13),
        ("IAM_POLICY", "cloudresourcemanager.googleapis.com/Project", 13),
    ] {
        let (mut names, mut token) = (BTreeSet::new(), String::new());
        loop {
            let query = format!("contentType={content}&assetTypes={kind}&pageSize=50&pageToken={token}");
            let body = ask(&estate, "/v1/organizations/100200300400/assets", &query).body;
            for asset in body["assets"].as_array().into_iter().flatten() {
                assert!(names.insert(asset["name"].as_str().unwrap().to_owned()), "{asset}");
            }
            match body["nextPageToken"].as_str() {
                Some(next) => token = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(names.len(), expected, "{kind}");
    }
}

#[test]
fn repositories_come_in_linked_pages_and_only_known_ones_have_keys() {
    let estate = estate(LargeProvider::Github);
    let first = ask(&estate, "/orgs/large/repos", "type=all&per_page=100");
    assert_eq!(
        first.link.as_deref(),
        Some("<http://here/orgs/large/repos?type=all&per_page=100&page=2>; rel=\"next\"")
    );
    let last = ask(&estate, "/orgs/large/repos", "type=all&per_page=100&page=13");
    assert_eq!((last.body.as_array().map_or(0, Vec::len), last.link), (34, None));
    assert_eq!(ask(&estate, "/repos/large/repo-8/keys", "per_page=100").body.as_array().map(Vec::len), Some(2));
    let beyond = Ask { verb: "GET", path: "/repos/large/repo-1234/keys", query: "", endpoint: "" };
    assert!(github::reply(&estate, &beyond).is_none());
    let of = |path: &str| ask(&estate, path, "per_page=100").body.as_array().map(Vec::len);
    assert_eq!((of("/orgs/large/members"), of("/orgs/large/personal-access-tokens")), (Some(100), Some(61)));
    assert!(matches!(ask(&estate, "/orgs/large", "").body, Value::Object(_)));
}
