//! The invented account, read without any fault.

use super::{estate, id, key, scan};
use whose_connect::{ApiCall, USER_AGENT};
use whose_model::{Class, ConditionClass, CoverageState, EdgeKind, GrantOrigin, NodeId, Principal, State, Usage, What};

#[tokio::test]
async fn every_listing_is_complete_and_makes_no_call_that_it_did_not_declare() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    scan.outcome.unwrap();
    for coverage in &scan.coverage {
        assert_eq!(coverage.state, CoverageState::Complete, "{coverage:?}");
    }
    let expected = [
        "GetCallerIdentity",
        "GetAccountAuthorizationDetails",
        "GetAccountAuthorizationDetails@page2",
        "ListRoles",
        "GenerateCredentialReport",
        "GenerateCredentialReport",
        "GetCredentialReport",
        "ListAccessKeys@Alice",
        "ListAccessKeys@ci-deploy",
        "ListSigningCertificates@legacy-signer",
        "ListServiceSpecificCredentials",
        "ListVirtualMFADevices",
        "ListOpenIDConnectProviders",
        "GetOpenIDConnectProvider@token.actions.githubusercontent.com",
        "ListSAMLProviders",
        "ListAccountAliases",
        "GetAccountSummary",
    ];
    let mut calls = server.calls();
    // The keys of several users are asked for at once.
    calls[7..9].sort();
    assert_eq!(calls, expected);
    assert_eq!(scan.coverage.iter().map(|coverage| coverage.calls).sum::<u64>(), expected.len() as u64);
    assert!(server.requests().iter().all(|asked| asked.user_agent.starts_with(USER_AGENT)), "the product is named");
}

#[tokio::test]
async fn users_roles_and_groups_are_seen_with_what_each_listing_knows() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    let alice = scan.node(&id("iam-user", "alice"));
    assert_eq!((alice.name.as_str(), alice.identity().unwrap().mfa), ("Alice", Some(true)));
    assert_eq!(alice.address.as_deref(), Some("arn:aws:iam::111122223333:user/people/Alice"));
    assert_eq!(alice.tags["Owner"], "alice@example.com");
    assert!(alice.native_id.as_deref().is_some_and(|native| native.starts_with("AIDA")));
    assert_eq!(alice.last_used.unwrap().at(), Some("2026-11-23T08:00:00Z".parse().unwrap()));
    let password = scan.node(&id("console-password", "alice"));
    assert_eq!(password.credential().unwrap().rotated, Some("2026-09-01T00:00:00Z".parse().unwrap()));
    scan.edge(&password.id, EdgeKind::AuthenticatesAs, &alice.id);

    let deploy = scan.node(&id("iam-role", "githubdeploy"));
    assert_eq!(deploy.description.as_deref(), Some("Deploys the shop from GitHub Actions"));
    let used = deploy.last_used.unwrap();
    assert_eq!(
        (used.at(), used.what.as_deref()),
        (Some("2026-11-20T10:00:00Z".parse().unwrap()), Some("in eu-central-1"))
    );
    assert_eq!(used.horizon, Some("2025-10-20T22:00:00Z".parse().unwrap()));
    let partner = scan.node(&id("iam-role", "partner"));
    assert_eq!(partner.last_used.as_ref().unwrap().usage, Usage::Never);

    let service = scan.node(&id("iam-role", "awsserviceroleforsupport"));
    assert!(service.identity().unwrap().provider_managed);
    let people = scan.node(&id("iam-role", "awsreservedsso_admin_0123456789abcdef"));
    assert_eq!(people.identity().unwrap().class.as_ref().unwrap().class, Class::Human);
    assert!(!people.identity().unwrap().provider_managed);

    let account = scan.node(&NodeId::new("aws", "aws", "account", "111122223333"));
    assert_eq!(account.name, "example-shop");
    let group = id("iam-group", "deployers");
    assert_eq!(scan.node(&group).name, "Deployers");
    scan.edge(&alice.id, EdgeKind::MemberOf, &group);
}

#[tokio::test]
async fn keys_are_joined_with_the_report() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    let first = scan.node(&key("EXAMPLEALICE001"));
    scan.edge(&first.id, EdgeKind::AuthenticatesAs, &id("iam-user", "alice"));
    assert_eq!((first.state, first.created), (State::Enabled, Some("2024-03-02T10:00:00Z".parse().unwrap())));
    let used = first.last_used.unwrap();
    assert_eq!(
        (used.at(), used.what.as_deref()),
        (Some("2026-11-01T12:00:00Z".parse().unwrap()), Some("s3 in eu-central-1"))
    );
    let second = scan.node(&key("EXAMPLEALICE002"));
    assert_eq!((second.state, second.last_used.unwrap().usage), (State::Disabled, Usage::Never));
    // Both keys of this user were made in one second: neither may be called unused.
    for rest in ["EXAMPLECIDEPL01", "EXAMPLECIDEPL02"] {
        let used = scan.node(&key(rest)).last_used.unwrap();
        assert!(used.at().is_some() && used.source.contains("does not tell apart"), "{used:?}");
    }
    assert_eq!(scan.node(&key("EXAMPLECIDEPL02")).state, State::Unknown, "a status of the future");
}

#[tokio::test]
async fn the_root_user_is_seen_with_its_key() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    let root = scan.node(&id("iam-user", "<root>"));
    assert!(root.identity().unwrap().root);
    assert_eq!((root.identity().unwrap().mfa, root.name.as_str()), (Some(false), "<root>"));
    assert_eq!(root.last_used.unwrap().at(), Some("2026-02-01T10:00:00Z".parse().unwrap()));
    let key = scan.node(&id("root-access-key", "1"));
    assert_eq!((key.state, key.last_used.unwrap().usage), (State::Enabled, Usage::Never));
    scan.edge(&key.id, EdgeKind::AuthenticatesAs, &root.id);
    assert!(!scan.sees(&id("root-access-key", "2")));
}

#[tokio::test]
async fn grants_say_what_they_allow_and_who_holds_them() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    let admin = scan.node(&NodeId::new("aws", "aws", "iam-policy", "AdministratorAccess"));
    let detail = admin.grant().unwrap();
    assert_eq!((detail.origin, detail.read), (GrantOrigin::Provider, true));
    assert_eq!(detail.statements[0].actions, ["*"], "the version in force, not an older one");
    scan.edge(&id("iam-group", "deployers"), EdgeKind::HasGrant, &admin.id);
    assert!(!scan.sees(&NodeId::new("aws", "aws", "iam-policy", "ReadOnlyAccess")), "nobody holds it");

    let inline = scan.node(&id("iam-inline-policy", "user/ci-deploy/push-images"));
    assert_eq!(inline.grant().unwrap().statements[0].sid.as_deref(), Some("Push"));
    scan.edge(&id("iam-user", "ci-deploy"), EdgeKind::HasGrant, &inline.id);
    let boundary = scan.node(&id("iam-user", "ci-deploy")).identity().unwrap().boundary.clone();
    assert_eq!(boundary, Some(id("iam-policy", "Boundary")));
    assert_eq!(scan.node(&id("iam-policy", "Boundary")).grant().unwrap().statements[0].not_actions, ["iam:*"]);
}

#[tokio::test]
async fn trusts_are_seen_with_the_roles_that_trust_them() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    let issuer = id("oidc-provider", "token.actions.githubusercontent.com");
    let What::Trust(detail) = scan.node(&issuer).what else { panic!("a provider is a trust") };
    assert_eq!(detail.audiences, ["sts.amazonaws.com"]);
    let edge = scan.edge(&issuer, EdgeKind::FederatesTo, &id("iam-role", "githubdeploy"));
    assert_eq!((edge.qualifier.as_str(), edge.condition), ("Github", ConditionClass::External));
    let saml = id("saml-provider", "AWSSSO_0123456789abcdef_DO_NOT_DELETE");
    assert!(scan.node(&saml).trust().unwrap().expires.is_some());
    scan.edge(&saml, EdgeKind::FederatesTo, &id("iam-role", "awsreservedsso_admin_0123456789abcdef"));
    // A deleted principal is kept as it is written, and makes no node and no edge.
    let partner = scan.node(&id("iam-role", "partner"));
    let principals = &partner.identity().unwrap().trust_policy[0].principals;
    assert_eq!(principals[0], Principal::Scope(NodeId::new("aws", "aws", "account", "444455556666")));
    assert!(matches!(&principals[1], Principal::Other(text) if text.starts_with("AIDA")), "{principals:?}");
}

#[tokio::test]
async fn other_credentials_are_seen() {
    let server = estate().serve().await;
    let scan = scan(&server, "ssh-keys=on").await;
    let user = id("iam-user", "ci-deploy");
    let service = id("service-specific-credential", &["ACCA", "EXAMPLE0000000001"].concat());
    assert_eq!(scan.node(&service).credential().unwrap().expires, Some("2027-01-01T00:00:00Z".parse().unwrap()));
    scan.edge(&service, EdgeKind::AuthenticatesAs, &user);
    let ssh = id("ssh-public-key", &["APKA", "EXAMPLE0000000001"].concat());
    scan.edge(&ssh, EdgeKind::AuthenticatesAs, &user);
    let certificate = id("signing-certificate", "EXAMPLECERTIFICATEID00000001");
    scan.edge(&certificate, EdgeKind::AuthenticatesAs, &id("iam-user", "legacy-signer"));
    assert_eq!(scan.coverage("ssh-public-keys").state, CoverageState::Complete);
}

#[tokio::test]
async fn ssh_keys_that_nobody_asked_for_are_not_spoken_of() {
    let server = estate().serve().await;
    let scan = scan(&server, "").await;
    assert!(!scan.coverage.iter().any(|coverage| coverage.source.collector == "ssh-public-keys"));
}

#[tokio::test]
async fn an_undeclared_operation_is_refused_before_it_is_sent() {
    let server = estate().serve().await;
    let network = whose_connect::NetworkSettings {
        endpoint: Some(server.endpoint().into()),
        ..whose_connect::NetworkSettings::default()
    };
    let account = crate::ids::Account { partition: "aws".into(), id: super::ACCOUNT.into() };
    let session =
        crate::session::SignIn::for_test(&network).await.open(account, "2026-11-24T22:00:00Z".parse().unwrap());
    let write = session.iam.delete_user().user_name("alice").send().await.unwrap_err();
    assert!(crate::failure::deepest(&write).contains("iam:DeleteUser is not a declared call"), "{write:?}");
    let read = session.iam.list_users().send().await.unwrap_err();
    assert!(crate::failure::deepest(&read).contains("iam:ListUsers is not a declared call"), "{read:?}");
    assert!(server.calls().is_empty());
}

#[test]
fn every_call_is_declared_once_with_reason_and_page() {
    let all: Vec<ApiCall> = crate::AWS.collectors.iter().flat_map(|collector| collector.calls).copied().collect();
    assert_eq!(all.len(), crate::AWS.calls().len(), "no call is declared twice");
    for call in all {
        assert!(call.docs.starts_with("https://docs.aws.amazon.com/"), "{call:?}");
        assert!(call.docs.ends_with(&format!("API_{}.html", call.operation())), "{call:?}");
        assert!(call.why.ends_with('.') && !call.permission.is_empty(), "{call:?}");
    }
}

#[test]
fn the_list_of_collectors_is_the_list_that_runs() {
    let said: Vec<&str> = crate::AWS.collectors.iter().map(|info| info.id).collect();
    let run: Vec<&str> = std::iter::once("caller-identity")
        .chain(crate::COLLECTORS.iter().map(|collector| collector.info().id))
        .collect();
    assert_eq!(said, run);
}
