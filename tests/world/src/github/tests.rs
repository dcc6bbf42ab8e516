//! What holds of every world's organisation: it is drawn from the seed alone, and its truth is about what is there.

use crate::{RULES, Subject, World};
use std::collections::BTreeSet;

fn world(seed: u64) -> World {
    World::new(seed, "2026-03-01T09:30:00Z".parse().unwrap())
}

#[test]
fn one_seed_is_one_organisation() {
    assert_eq!(world(42).github(), world(42).github());
    assert_ne!(world(42).github(), world(43).github());
}

#[test]
fn what_is_planted_is_there_once_and_under_a_known_rule() {
    let organization = world(42).github();
    let mut there: BTreeSet<String> = organization.deploy_keys().map(|key| key.id.to_string()).collect();
    there.extend(organization.installations.iter().map(|app| app.id.to_string()));
    there.extend(organization.tokens.iter().map(|token| token.token_id.to_string()));
    there.extend(organization.authorizations.iter().flatten().map(|one| one.id.to_string()));
    there.extend(organization.webhooks.iter().map(|hook| hook.id.to_string()));
    there.extend(organization.secrets.iter().map(|(name, ..)| format!("{}/{name}", organization.login)));
    there.insert(organization.login.clone());
    there.extend(organization.repositories.iter().map(|one| format!("github.com/{}/{}", organization.login, one.name)));
    let all: Vec<_> = organization.truth.iter().chain(&organization.look_alikes).collect();
    for planted in &all {
        assert!(RULES.contains(&planted.rule), "{}", planted.rule);
        let Subject::Node(id) = &planted.subject else { panic!("{planted:?}") };
        assert!(there.contains(&id.local()), "{id}");
    }
    let distinct: BTreeSet<_> = all.iter().map(|planted| (planted.rule, format!("{:?}", planted.subject))).collect();
    assert_eq!(distinct.len(), all.len());
    for rule in organization.truth.iter().map(|planted| planted.rule).collect::<BTreeSet<_>>() {
        assert!(organization.look_alikes.iter().any(|planted| planted.rule == rule), "look-alike: {rule}");
    }
}

#[test]
fn its_repositories_are_those_of_the_clones() {
    let world = world(7);
    let organization = world.github();
    for (known, cloned) in organization.repositories.iter().zip(world.repositories()) {
        assert_eq!(cloned.remote, format!("https://github.com/{}/{}.git", organization.login, known.name));
    }
    assert_eq!(organization.repositories.len(), world.repositories().len());
}
