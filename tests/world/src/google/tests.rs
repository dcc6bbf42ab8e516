//! The plan and the server: one seed is one organisation, its members lead to what exists, and nothing but reading
//! is served.

use super::route::route;
use crate::company::World;
use crate::truth::{RULES, Subject};
use std::collections::BTreeSet;

fn world() -> World {
    World::new(11, "2026-03-01T09:30:00Z".parse().unwrap())
}

#[test]
fn one_seed_is_one_organisation() {
    assert_eq!(world().google(), world().google());
    let other = World::new(12, "2026-03-01T09:30:00Z".parse().unwrap()).google();
    assert_ne!(world().google().estate().organization, other.estate().organization);
}

#[test]
fn no_fault_is_planted_twice_and_none_is_also_a_look_alike() {
    let google = world().google();
    let name = |planted: &crate::truth::Planted| match &planted.subject {
        Subject::Node(id) => (planted.rule, id.to_string()),
        Subject::Secret { path, .. } => (planted.rule, (*path).to_owned()),
    };
    let faults: BTreeSet<_> = google.truth().iter().map(name).collect();
    assert_eq!(faults.len(), google.truth().len());
    assert!(google.look_alikes().iter().all(|planted| !faults.contains(&name(planted))));
    assert!(google.truth().iter().chain(google.look_alikes()).all(|planted| RULES.contains(&planted.rule)));
}

#[test]
fn members_that_are_service_accounts_exist() {
    let google = world().google();
    let estate = google.estate();
    let emails: BTreeSet<&str> = estate.accounts().map(|(_, account)| account.email.as_str()).collect();
    let own = estate.projects.iter().flat_map(|project| &project.policy);
    let of_accounts = estate.accounts().flat_map(|(_, account)| &account.policy);
    let above = estate.policy.iter().chain(estate.folders.iter().flat_map(|folder| &folder.policy));
    let members = own.chain(of_accounts).chain(above).flat_map(|binding| &binding.members);
    let accounts: Vec<&str> = members.filter_map(|member| member.strip_prefix("serviceAccount:")).collect();
    assert!(!accounts.is_empty());
    for email in accounts {
        assert!(emails.contains(email), "{email}");
    }
}

#[test]
fn only_reading_methods_are_routed() {
    for (verb, path, method) in [
        ("GET", "/v3/folders", Some("ListFolders")),
        ("POST", "/v3/projects/p:getIamPolicy", Some("GetProjectIamPolicy")),
        ("GET", "/v1/projects/p/serviceAccounts/a@p.example/keys", Some("ListServiceAccountKeys")),
        ("GET", "/v1/organizations/1/roles/x", Some("GetRole")),
        ("GET", "/v1/organizations/1/assets", Some("ListAssets")),
        ("POST", "/v1/organizations/1:exportAssets", None),
        ("POST", "/v1/projects/p/serviceAccounts/a@p.example/keys", None),
        ("POST", "/v3/projects/p:setIamPolicy", None),
        ("DELETE", "/v3/projects/p", None),
        ("GET", "/v2/projects/p/locations/global/keys/k/keyString", None),
    ] {
        assert_eq!(route(verb, path, "contentType=RESOURCE").map(|route| route.method), method, "{verb} {path}");
    }
}
