//! What holds of every world: that it is drawn from its seed alone, and that its truth is about what is there.

use super::World;
use crate::token::account_of;
use crate::truth::{Planted, RULES, Subject};
use proptest::prelude::*;
use std::collections::BTreeSet;
use whose_model::{NodeId, Timestamp};

fn world(seed: u64) -> World {
    World::new(seed, "2026-03-01T09:30:00Z".parse().unwrap())
}

#[test]
fn one_seed_is_one_world_and_another_seed_another() {
    assert_eq!(world(42), world(42));
    let (one, other) = (world(42), world(43));
    assert_ne!(one.account().number, other.account().number);
    assert_ne!(one.secret_values(), other.secret_values());
    let ids = |world: &World| world.account().keys().map(|(_, key)| key.id.clone()).collect::<BTreeSet<_>>();
    assert!(ids(&one).is_disjoint(&ids(&other)));
}

#[test]
fn every_rule_has_a_fault_and_a_look_alike_somewhere() {
    let world = world(42);
    let (tenant, google, github) = (world.entra(), world.google(), world.github());
    let truth: Vec<&Planted> = world
        .truth()
        .iter()
        .chain(world.truth_across())
        .chain(tenant.truth())
        .chain(google.truth())
        .chain(&github.truth)
        .collect();
    let look_alikes = world.look_alikes().iter().chain(tenant.look_alikes()).chain(google.look_alikes());
    let look_alikes: Vec<&Planted> = look_alikes.chain(&github.look_alikes).collect();
    for rule in RULES {
        assert!(truth.iter().any(|planted| planted.rule == *rule), "no fault: {rule}");
        let healthy = look_alikes.iter().any(|planted| planted.rule == *rule);
        // An account has one root user, and this one's is at fault.
        assert_eq!(healthy, *rule != "root-access-key", "look-alike: {rule}");
    }
    assert!(truth.iter().chain(&look_alikes).all(|planted| RULES.contains(&planted.rule)));
}

#[test]
fn nothing_is_planted_twice_or_both_ways() {
    let world = world(42);
    let about = |planted: &Planted| (planted.rule, format!("{:?}", planted.subject));
    let all: Vec<_> = world.truth().iter().chain(world.look_alikes()).map(about).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn every_planted_subject_is_there() {
    let world = world(42);
    let account = world.account();
    let node = |kind: &str, id: &str| NodeId::new("aws", &account.number, kind, id);
    let mut there = BTreeSet::from([node("iam-user", "<root>")]);
    there.extend(account.users.iter().map(|user| node("iam-user", &user.name)));
    there.extend(account.roles.iter().map(|role| node("iam-role", &role.name.to_lowercase())));
    there.extend(account.keys().map(|(_, key)| NodeId::new("aws", "", "access-key", &key.id)));
    let credentials = account.users.iter().flat_map(|user| &user.service_credentials);
    there.extend(credentials.map(|credential| node("service-specific-credential", &credential.id)));
    for planted in world.truth().iter().chain(world.truth_across()).chain(world.look_alikes()) {
        match &planted.subject {
            Subject::Node(id) => assert!(there.contains(id), "{id}"),
            Subject::Secret { repository, path } => {
                let repository = world.repositories().iter().find(|known| known.name == *repository).unwrap();
                assert!(repository.commits.iter().any(|commit| commit.changes.contains_key(path)), "{path}");
            }
        }
    }
}

#[test]
fn nothing_happens_after_the_moment_of_the_world() {
    let world = world(7);
    for repository in world.repositories() {
        let dates: Vec<Timestamp> = repository.commits.iter().map(|commit| commit.at).collect();
        assert!(dates.is_sorted(), "{}: {dates:?}", repository.name);
        assert!(dates.iter().all(|at| *at < world.as_of()));
    }
    for (user, key) in world.account().keys() {
        let used = key.last_used.as_ref().map_or(key.created, |used| used.at);
        assert!(key.created <= used && used <= world.as_of(), "{user}");
    }
}

#[test]
fn every_secret_stands_in_a_repository_and_in_no_account() {
    let world = world(42);
    let texts: Vec<&String> = world
        .repositories()
        .iter()
        .flat_map(|repository| &repository.commits)
        .flat_map(|commit| commit.changes.values().flatten())
        .collect();
    let account = format!("{:?}", world.account());
    for secret in world.secret_values() {
        assert!(texts.iter().any(|text| text.contains(secret)));
        assert!(!account.contains(secret));
    }
}

#[test]
fn the_deleted_file_leaks_only_in_history() {
    let world = world(42);
    let web = world.repositories().iter().find(|repository| repository.name == "web").unwrap();
    assert!(!web.head().contains_key("config/cdn.env"));
    let key = &world.account().user("svc-web-cdn").unwrap().keys[0];
    let mut history = web.commits.iter().flat_map(|commit| commit.changes.values().flatten());
    assert!(key.active && history.any(|text| text.contains(&key.id)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_key_of_every_world_names_its_account(seed: u64) {
        let world = world(seed);
        let account = world.account();
        prop_assert_eq!(account.number.len(), 12);
        for (_, key) in account.keys() {
            let named = account_of(&key.id);
            prop_assert_eq!(named.as_ref(), Some(&account.number));
        }
    }
}
