//! The invented tenant, read without any fault.

use super::estate;
use whose_model::{Class, CoverageState, EdgeKind, NodeId, NodeKind, PartyKind, State, Tier, Usage};

#[tokio::test(flavor = "multi_thread")]
async fn every_listing_is_complete_and_makes_no_call_that_it_did_not_declare() {
    let estate = estate().await;
    let scan = estate.scan().await;
    scan.outcome.as_ref().unwrap();
    for info in crate::AZURE.collectors {
        let coverage = scan.coverage(info.id);
        assert_eq!(coverage.state, CoverageState::Complete, "{coverage:?}");
        assert!(coverage.seen > 0, "{} saw nothing", info.id);
    }
    let declared: Vec<&str> = crate::AZURE.calls().iter().map(whose_connect::ApiCall::operation).collect();
    for request in estate.server.requests().iter().filter(|request| request.action != "Token") {
        assert!(declared.contains(&request.action.as_str()), "{request:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listing_names_a_thing_alike() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let mut names = std::collections::BTreeMap::new();
    for node in &scan.nodes {
        let first = names.entry(&node.id).or_insert(&node.name);
        assert_eq!(*first, &node.name, "{}", node.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_seen_with_its_secret_its_owner_and_its_service_principal() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let id = estate.application("settlement-sync");
    let application = scan.node(&id);
    assert_eq!((application.name.as_str(), application.state), ("settlement-sync", State::Enabled));
    assert_eq!(application.description.as_deref(), Some("Sends settlements to carriers"));
    assert!(application.tags.contains_key("Expires") && application.tags.len() == 1);
    let leak = estate.tenant.leak();
    let secret = scan.node(&NodeId::new("azure", &estate.tenant.id, "client-secret", &leak.key_id));
    let detail = secret.credential().unwrap();
    assert_eq!(detail.hint.as_deref(), Some(&leak.secret[..3]));
    assert!(detail.expires > secret.created);
    assert!(matches!(secret.last_used.as_ref().unwrap().usage, Usage::At(_)));
    assert_eq!(scan.targets(&secret.id, EdgeKind::AuthenticatesAs), std::slice::from_ref(&id));
    let principal = estate.principal("settlement-sync");
    assert_eq!(scan.targets(&id, EdgeKind::CanAssume), std::slice::from_ref(&principal));
    let owner = NodeId::new("whose", "", "owner", "owen.gallagher@tallowmere.example");
    for owned in [&id, &principal] {
        assert_eq!(scan.targets(owned, EdgeKind::OwnedBy), std::slice::from_ref(&owner));
    }
    assert_eq!(scan.node(&owner).owner().unwrap().party, PartyKind::Person);
    let person = estate.user("owen.gallagher");
    assert_eq!(scan.node(&person).state, State::Disabled);
    assert_eq!(scan.targets(&person, EdgeKind::Controls).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_guests_and_the_deleted_are_told_apart() {
    let estate = estate().await;
    let scan = estate.scan().await;
    for (name, state, guest) in
        [("ines", State::Enabled, false), ("auditor", State::Enabled, true), ("mira", State::Deleted, false)]
    {
        let node = scan.node(&estate.user(name));
        assert_eq!((node.state, node.identity().unwrap().third_party), (state, Some(guest)), "{name}");
        assert_eq!(node.identity().unwrap().class.as_ref().unwrap().class, Class::Human);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn software_is_told_apart_by_who_makes_it() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let detail = |name: &str| scan.node(&estate.principal(name)).identity().cloned().unwrap();
    let mail = detail("Mailwise Assistant");
    assert_eq!((mail.third_party, mail.publisher_verified), (Some(true), Some(false)));
    assert_eq!(detail("Planboard").publisher_verified, Some(true));
    assert!(detail("Microsoft Graph").provider_managed);
    assert_eq!(detail("billing-export").third_party, Some(false));
    assert_eq!(detail("billing-export").instance_of, Some(estate.application("billing-export")));
    assert_eq!(detail("invoice-render").instance_of, None, "Azure keeps no application behind a managed identity");
    let agent = detail("quote-agent");
    assert_eq!((agent.agent, agent.instance_of), (true, Some(estate.application("agent-blueprint"))));
    assert!(!detail("agent-blueprint").agent);
    let retired = scan.node(&estate.application("retired-shop"));
    assert_eq!(retired.state, State::Disabled, "its service principal is off, and it can sign in nowhere else");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_on_a_service_principal_are_seen_and_signing_certificates_are_none() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let held =
        |id: &NodeId| scan.edges.iter().filter(|edge| edge.kind == EdgeKind::AuthenticatesAs && edge.to == *id).count();
    assert_eq!(held(&estate.principal("warehouse-sync")), 1);
    assert_eq!(held(&estate.application("warehouse-sync")), 0);
    assert_eq!(held(&estate.principal("fleet-portal")), 0, "they sign SAML tokens");
    assert_eq!(held(&estate.principal("invoice-render")), 0, "Azure keeps it");
    assert_eq!(held(&estate.application("fleet-portal")), 2);
    let saml = estate.tenant.service_principals.iter().find(|one| one["displayName"] == "fleet-portal").unwrap();
    let key = saml["passwordCredentials"][0]["keyId"].as_str().unwrap();
    assert!(!scan.sees(&NodeId::new("azure", &estate.tenant.id, "client-secret", key)));
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_say_what_they_give() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let power = |holder: &NodeId| {
        let grants = scan.targets(holder, EdgeKind::HasGrant);
        let mut tiers: Vec<Tier> =
            grants.iter().filter_map(|id| Some(scan.node(id).grant()?.power.as_ref()?.tier)).collect();
        tiers.sort();
        tiers
    };
    for (name, expected) in [
        ("tenant-automation", vec![Tier::T0]),
        ("terraform-platform", vec![Tier::T0]),
        ("settlement-sync", vec![Tier::T1, Tier::T2]),
        ("invoice-render", vec![Tier::T1]),
        ("fleet-portal", vec![Tier::T2]),
        ("whose-scanner", vec![Tier::T2, Tier::T2, Tier::T2]),
    ] {
        assert_eq!(power(&estate.principal(name)), expected, "{name}");
    }
    assert_eq!(power(&estate.user("hanna")), [Tier::T0]);
    let mail = scan.targets(&estate.principal("Mailwise Assistant"), EdgeKind::HasGrant);
    let mut consents: Vec<_> = mail.iter().map(|id| scan.node(id).grant().unwrap().consent.clone().unwrap()).collect();
    consents.sort_by_key(|consent| consent.scopes.len());
    assert!(consents.iter().all(|consent| consent.tenant_wide && consent.on_behalf_of.is_none()));
    assert_eq!(consents[0].sensitive, ["Mail.ReadWrite"]);
    assert_eq!(consents[1].sensitive, ["Mail.Read", "Mail.Send"]);
    let board = scan.targets(&estate.principal("Planboard"), EdgeKind::HasGrant);
    let consent = scan.node(&board[0]).grant().unwrap().consent.clone().unwrap();
    assert_eq!((consent.tenant_wide, consent.sensitive.as_slice()), (false, &["Calendars.Read".to_string()][..]));
    assert_eq!(consent.on_behalf_of, Some(estate.user("ines")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_held_through_a_group_leads_to_its_members() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let group = scan.targets(&estate.principal("deploy-bot"), EdgeKind::MemberOf);
    assert_eq!(group, scan.targets(&estate.user("tomas"), EdgeKind::MemberOf));
    assert_eq!(scan.node(&group[0]).name, "platform-readers");
    assert_eq!(scan.targets(&group[0], EdgeKind::HasGrant).len(), 2, "a directory role and an Azure role");
}

#[tokio::test(flavor = "multi_thread")]
async fn trusts_carry_subject_or_condition_and_become_a_policy() {
    let estate = estate().await;
    let scan = estate.scan().await;
    for (name, subject, operator) in [
        ("deploy-bot", Some("repo:tallowmere/infra:environment:production"), "StringEquals"),
        ("preview-deployer", None, "StringLike"),
    ] {
        let application = scan.node(&estate.application(name));
        let statement = &application.identity().unwrap().trust_policy[0];
        assert_eq!(statement.conditions[0].operator, operator);
        assert_eq!(statement.conditions[0].key, "token.actions.githubusercontent.com:sub");
        let trusts = scan.edges.iter().filter(|edge| edge.kind == EdgeKind::FederatesTo && edge.to == application.id);
        let trust = scan.node(&trusts.map(|edge| edge.from.clone()).next().unwrap());
        let detail = trust.trust().unwrap();
        assert_eq!((detail.subject.as_deref(), detail.condition.is_some()), (subject, subject.is_none()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_lead_to_their_blueprint_and_their_sponsor() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let agent = estate.principal("tracking-agent");
    assert!(scan.targets(&estate.application("agent-blueprint"), EdgeKind::CanAssume).contains(&agent));
    let owners = scan.targets(&agent, EdgeKind::OwnedBy);
    assert_eq!(owners, [NodeId::new("whose", "", "owner", "owen.gallagher@tallowmere.example")]);
    assert!(!scan.targets(&estate.user("owen"), EdgeKind::Controls).contains(&agent), "a sponsor holds no control");
    assert!(scan.node(&agent).created.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_report_does_not_name_was_unused_only_as_far_as_logs_reach() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let intake = estate.tenant.applications.iter().find(|one| one["displayName"] == "intake-forms").unwrap();
    let key = intake["passwordCredentials"][0]["keyId"].as_str().unwrap();
    let used = scan.node(&NodeId::new("azure", &estate.tenant.id, "client-secret", key)).last_used.unwrap();
    assert_eq!(used.usage, Usage::Never);
    assert!(used.covers_since("2026-10-26T00:00:00Z".parse().unwrap()));
    assert!(!used.covers_since("2026-10-24T00:00:00Z".parse().unwrap()));
    let identity = scan.node(&estate.principal("billing-export")).last_used.unwrap();
    assert_eq!(identity.at(), Some("2026-11-23T22:00:00Z".parse().unwrap()), "use as a resource does not count");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_managed_identity_takes_the_tags_of_its_resource() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let identity = scan.node(&estate.principal("invoice-render"));
    assert_eq!(identity.tags["Owner"], "ines.okafor@tallowmere.example");
    assert!(identity.address.unwrap().contains("/sites/invoice-render"));
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_accounts_have_two_keys_with_an_age_and_no_value() {
    let estate = estate().await;
    let scan = estate.scan().await;
    let key = |name: &str| scan.node(&NodeId::new("azure", "", "storage-account-key", name));
    let rotated = |name: &str| key(name).credential().unwrap().rotated;
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!((key("tlwinvoices/key1").created, rotated("tlwinvoices/key1")), (day("2025-07-12T22:00:00Z"), None));
    assert_eq!(rotated("tlwtracking/key2"), day("2026-11-04T22:00:00Z"));
    assert_eq!(key("tlwtracking/key1").state, State::Enabled);
    assert_eq!(key("tlwarchive/key1").state, State::Disabled, "the account takes no keys");
    let account = scan.node(&NodeId::new("azure", "", "storage-account", "tlwarchive"));
    assert_eq!((account.kind(), account.tags["allowSharedKeyAccess"].as_str()), (NodeKind::Resource, "false"));
    let account = scan.node(&NodeId::new("azure", "", "storage-account", "tlwtracking"));
    assert_eq!(account.tags["keyExpirationPeriodInDays"], "90");
    assert_eq!(account.tags["publicNetworkAccess"], "Enabled");
    assert_eq!(scan.targets(&key("tlwtracking/key1").id, EdgeKind::HasPermission), [account.id]);
    let listed = estate.server.requests().into_iter().filter(|one| one.action == "ListStorageAccounts");
    assert_eq!(listed.count(), 2, "one call for each subscription, and none for an account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_azure_keeps_no_time_of_is_as_old_as_its_account() {
    let estate = estate().await;
    estate.server.change(|tenant| {
        for account in &mut tenant.subscriptions[0].storage_accounts {
            account["properties"]["keyCreationTime"] = serde_json::Value::Null;
            account["properties"]["allowSharedKeyAccess"] = serde_json::Value::Null;
        }
    });
    let scan = estate.scan().await;
    let key = scan.node(&NodeId::new("azure", "", "storage-account-key", "tlwarchive/key2"));
    assert_eq!((key.state, key.credential().unwrap().rotated), (State::Enabled, None), "not set means yes");
    assert_eq!(key.created, Some("2024-06-07T22:00:00Z".parse().unwrap()));
}
