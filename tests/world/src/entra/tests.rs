//! The tenant hangs together: what names something names a thing that is there, and nothing is drawn twice.

use crate::company::World;
use crate::truth::RULES;
use serde_json::Value;
use std::collections::BTreeSet;

fn world() -> World {
    World::new(7, "2026-11-24T22:00:00Z".parse().unwrap())
}

fn texts<'a>(objects: &'a [Value], field: &str) -> Vec<&'a str> {
    objects.iter().map(|object| object[field].as_str().unwrap()).collect()
}

#[test]
fn one_world_has_one_tenant() {
    assert_eq!(world().entra(), world().entra());
    let other = World::new(8, "2026-11-24T22:00:00Z".parse().unwrap());
    assert_ne!(world().entra().id, other.entra().id);
}

#[test]
fn references_lead_to_things_that_are_there_and_ids_are_unique() {
    let tenant = world().entra();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let lists = [&tenant.users, &tenant.applications, &tenant.service_principals, &tenant.groups];
    for objects in lists {
        for id in texts(objects, "id") {
            assert!(ids.insert(id), "{id} is there twice");
        }
    }
    for (objects, field) in [
        (&tenant.app_role_assignments, "principalId"),
        (&tenant.app_role_assignments, "resourceId"),
        (&tenant.permission_grants, "clientId"),
        (&tenant.role_assignments, "principalId"),
    ] {
        for id in texts(objects, field) {
            assert!(ids.contains(id), "{field} {id} leads nowhere");
        }
    }
    let owners = tenant.applications.iter().flat_map(|app| app["owners"].as_array().unwrap());
    for owner in owners {
        assert!(ids.contains(owner["id"].as_str().unwrap()), "{owner}");
    }
}

#[test]
fn the_truth_speaks_of_known_rules_and_no_look_alike_is_a_fault() {
    let tenant = world().entra();
    for planted in tenant.truth().iter().chain(tenant.look_alikes()) {
        assert!(RULES.contains(&planted.rule), "{}", planted.rule);
    }
    for look_alike in tenant.look_alikes() {
        let same =
            |fault: &&crate::truth::Planted| (fault.rule, &fault.subject) == (look_alike.rule, &look_alike.subject);
        assert!(!tenant.truth().iter().any(|fault| same(&fault)), "{look_alike:?}");
    }
}

#[test]
fn the_leak_is_the_live_secret_of_the_application_that_lost_its_owner() {
    let tenant = world().entra();
    let leak = tenant.leak();
    let app = tenant.applications.iter().find(|app| app["appId"] == leak.app_id.as_str()).unwrap();
    let secret = &app["passwordCredentials"][0];
    assert_eq!((secret["keyId"].as_str(), secret["hint"].as_str()), (Some(&*leak.key_id), Some(&leak.secret[..3])));
    assert_eq!(app["displayName"], "settlement-sync");
    assert!(!serde_json::to_string(&tenant.applications).unwrap().contains(&leak.secret));
}
