//! Two scans: the same world gives an empty diff; what was changed in it is named, and nothing else.

use crate::product::Product;
use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use whose_model::{NodeId, Timestamp};
use whose_store::conformance::PostgresServer;
use whose_world::{Grants, Served, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_world_gives_an_empty_diff_and_a_changed_one_names_the_change() -> Result<()> {
    let as_of = Timestamp::now();
    let moment = as_of.to_string();
    let world = World::new(13, as_of);
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    for _ in 0..2 {
        assert_eq!(product.run(["scan", "aws", "--as-of", &moment])?.code, 0);
    }
    let same = product.run(["diff"])?;
    assert!(same.stdout.contains("nothing changed"), "{}", same.stdout);

    let gone = server.change(|account| {
        let user = account.users.iter_mut().find(|user| !user.keys.is_empty()).expect("a service user");
        user.keys.remove(0).id
    });
    assert_eq!(product.run(["scan", "aws", "--as-of", &moment])?.code, 0);
    let run = product.run(["diff", "--json"])?;
    let changes: Value = serde_json::from_str(&run.stdout)?;
    let vanished = changes["vanished"].to_string();
    assert!(vanished.contains(&gone), "{}", run.stdout);
    assert_eq!(changes["appeared"].as_array().map(Vec::len), Some(0), "{}", run.stdout);
    assert_eq!(changes["findings_new"].as_array().map(Vec::len), Some(0), "{}", run.stdout);
    assert!(product.run(["diff"])?.stdout.contains("vanished"));
    Ok(())
}

/// Changes fifteen things all over the company, and returns the ids of the nodes that a diff names for them.
fn fifteen_changes(served: &Served, as_of: Timestamp) -> Vec<String> {
    let mut touched = Vec::new();
    let day = SignedDuration::from_hours(24);
    touched.extend(served.aws.change(|account| {
        let number = account.number.clone();
        let id = |kind: &str, name: &str| NodeId::new("aws", &number, kind, &name.to_lowercase()).to_string();
        let key = |id: &str| NodeId::new("aws", "", "access-key", id).to_string();
        let mut touched = Vec::new();
        let mut users = account.users.iter_mut().filter(|user| user.keys.iter().any(|key| key.active));
        // 1: a key is deleted.
        let user = users.next().expect("a user with a key");
        touched.push(key(&user.keys.remove(0).id));
        // 2: a key is switched off.
        let user = users.next().expect("a user with a key");
        user.keys[0].active = false;
        touched.push(key(&user.keys[0].id));
        // 3: a tag is written.
        let user = users.next().expect("a user with a key");
        user.tags.insert("ChangeTicket".into(), "4711".into());
        touched.push(id("iam-user", &user.name));
        // 4: a user is made.
        let mut made = user.clone();
        (made.name, made.id) = ("svc-made-today".into(), format!("{}XYZ", &made.id[..made.id.len() - 3]));
        (made.keys, made.password, made.grants) = (Vec::new(), None, Grants::default());
        (made.certificates, made.ssh_keys, made.service_credentials) = (Vec::new(), Vec::new(), Vec::new());
        made.groups = Vec::new();
        touched.push(id("iam-user", &made.name));
        account.users.push(made);
        // 5: a role is described.
        let role = account.roles.last_mut().expect("a role");
        role.description = Some("described today".into());
        touched.push(id("iam-role", &role.name));
        touched
    }));
    touched.extend(served.entra.change(|tenant| {
        let id = |kind: &str, key: &Value| {
            NodeId::new("azure", &tenant.id, kind, key.as_str().unwrap_or_default()).to_string()
        };
        let mut touched = Vec::new();
        let mut secrets = tenant
            .applications
            .iter_mut()
            .filter_map(|one| one["passwordCredentials"].as_array_mut().filter(|secrets| !secrets.is_empty()));
        // 6: a secret is removed.
        let one = secrets.next().expect("a secret").remove(0);
        touched.push(id("client-secret", &one["keyId"]));
        // 7: a secret is added.
        let list = secrets.next().expect("a secret");
        let mut added = list[0].clone();
        added["keyId"] = json!("0f0f0f0f-1111-4222-8333-444444444444");
        // Of another value: two secrets of one hint would make what leaked of the first ambiguous.
        added["hint"] = json!("-0-");
        touched.push(id("client-secret", &added["keyId"]));
        list.push(added);
        // 8: a service principal is switched off.
        let agent = tenant.service_principals.iter_mut().find(|one| one["displayName"] == "quote-agent");
        let agent = agent.expect("the agent");
        agent["accountEnabled"] = json!(false);
        touched.push(id("service-principal", &agent["id"]));
        touched
    }));
    touched.extend(served.google.change(|estate| {
        let mut touched = Vec::new();
        let mut accounts = estate.projects.iter_mut().flat_map(|project| &mut project.accounts);
        // 9: a key is made.
        let account = accounts.find(|account| !account.keys.is_empty()).expect("an account with a key");
        let mut made = account.keys[0].clone();
        (made.id, made.created) = ("0123456789abcdef0123456789abcdef01234567".into(), as_of - day);
        touched.push(NodeId::new("gcp", "", "service-account-key", &made.id).to_string());
        account.keys.push(made);
        // 10: an account is switched off.
        let account = accounts.find(|account| account.keys.is_empty() && !account.disabled).expect("an account");
        account.disabled = true;
        touched.push(NodeId::new("gcp", "", "service-account", &account.email).to_string());
        // 11: a description is changed.
        let account = accounts.find(|account| account.keys.is_empty() && !account.disabled).expect("an account");
        account.description.push_str(" Reviewed.");
        touched.push(NodeId::new("gcp", "", "service-account", &account.email).to_string());
        // 12: an API key is deleted.
        let keys = estate.projects.iter_mut().find(|project| !project.api_keys.is_empty()).expect("an API key");
        touched.push(NodeId::new("gcp", &keys.id, "api-key", &keys.api_keys.remove(0).uid).to_string());
        touched
    }));
    touched.extend(served.github.change(|organization| {
        let id = |kind: &str, id: u64| NodeId::new("github", "github.com", kind, &id.to_string()).to_string();
        let mut touched = Vec::new();
        // 13: a deploy key is removed, and with it whoever held it and what it could do.
        let repository = organization.repositories.iter_mut().find(|one| !one.deploy_keys.is_empty());
        let key = repository.expect("a deploy key").deploy_keys.remove(0);
        touched.extend(["deploy-key", "deploy-key-access", "deploy-key-permission"].map(|kind| id(kind, key.id)));
        // 14: a token is renewed.
        let token = organization.tokens.first_mut().expect("a token");
        token.expires = token.expires.map(|at| at + day);
        touched.push(id("personal-access-token", token.token_id));
        // 15: an app is suspended.
        let app = organization.installations.iter_mut().find(|one| one.suspended.is_none()).expect("an app");
        app.suspended = Some(as_of - day);
        touched.push(id("app-installation", app.id));
        touched
    }));
    touched
}

/// The ids of the nodes that a diff names. Of an identity of which only the list of credentials is another, and of an
/// owner who answers for more or less, it is the credential or the identity that changed.
fn named(changes: &Value) -> BTreeSet<String> {
    let list = |name: &str| changes[name].as_array().cloned().unwrap_or_default();
    let own = |change: &Value| change["fields"] != json!(["credentials"]);
    let changed = list("changed").into_iter().filter(own).map(|change| change["subject"].clone());
    let subjects = list("appeared").into_iter().chain(list("vanished")).chain(changed);
    let nodes = subjects.map(|subject| subject["node"].clone()).filter(|node| node["kind"] != "owner");
    nodes.filter_map(|node| node["id"].as_str().map(String::from)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifteen_changes_are_named_exactly_and_alike_by_both_stores() -> Result<()> {
    let as_of = Timestamp::now();
    let moment = as_of.to_string();
    let world = World::new(13, as_of);
    let (product, served) = Product::beside(&world).await?;
    let postgres = PostgresServer::shared();
    let stores = [format!("sqlite:{}", product.path("fifteen.db").display()), postgres.database()];
    let scan = || -> Result<()> {
        for store in &stores {
            let mut args = vec!["scan", "--as-of", &moment, "--store", store];
            args.extend(served.targets().iter().map(String::as_str));
            let run = product.run(args)?;
            ensure!(run.code == 0, "exit {}: {}", run.code, run.stderr);
        }
        Ok(())
    };
    let diff = || -> Result<Vec<Value>> {
        let of = |store: &String| {
            let run = product.run(["diff", "--json", "--store", store])?;
            let mut changes: Value = serde_json::from_str(&run.stdout).context(run.stderr)?;
            // The two stores hold scans of their own.
            changes["from"].take();
            changes["to"].take();
            Ok(changes)
        };
        stores.iter().map(of).collect()
    };
    scan()?;
    scan()?;
    let same = diff()?;
    assert_eq!(same[0], same[1]);
    assert!(named(&same[0]).is_empty() && same[0]["findings_new"] == json!([]), "{:#}", same[0]);

    let touched: BTreeSet<String> = fifteen_changes(&served, as_of).into_iter().collect();
    scan()?;
    let changed = diff()?;
    assert_eq!(changed[0], changed[1]);
    assert_eq!(named(&changed[0]), touched);
    Ok(())
}
