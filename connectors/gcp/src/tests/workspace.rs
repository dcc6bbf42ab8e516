//! The people of Google Workspace and their consents: read only in an administrator's name, and otherwise a gap that
//! names what is needed.

use super::{Scan, organization, scan, scope};
use std::collections::BTreeSet;
use whose_model::{Class, CoverageState, EdgeKind, Facet, NodeId, State};
use whose_world::Google;

fn user(login: &str) -> NodeId {
    NodeId::new("gcp", "", "user", &format!("{login}@tallowmere.example"))
}

fn whole(google: &Google) -> NodeId {
    scope("organization", &google.estate().organization)
}

fn clients(scan: &Scan) -> BTreeSet<(String, Option<bool>, Option<bool>)> {
    let nodes = scan.nodes.iter().filter(|node| node.r#type == "oauth-client");
    nodes
        .map(|node| {
            let detail = node.identity().unwrap();
            (node.name.clone(), detail.third_party, detail.publisher_verified)
        })
        .collect()
}

#[tokio::test]
async fn people_say_whether_they_are_there() {
    let (google, server, target) = organization().await;
    let archived = server.change(|estate| {
        let priya = estate.directory.users.iter_mut().find(|user| user.email.starts_with("priya")).unwrap();
        priya.archived = true;
        priya.email.clone()
    });
    let scan = scan(&server, &target).await;
    for (login, state) in [
        ("hanna.weiss", State::Enabled),
        ("owen.gallagher", State::Disabled),
        (archived.split('@').next().unwrap(), State::Disabled),
        ("noor.trainee", State::Deleted),
    ] {
        let node = scan.node(&user(login));
        assert_eq!(node.state, state, "{login}");
        assert_eq!(node.identity().unwrap().class.as_ref().unwrap().class, Class::Human);
        assert_eq!(node.scope, Some(whole(&google)));
    }
    let row = scan.row("users", &whole(&google));
    assert_eq!((row.state, &row.facets[..]), (CoverageState::Complete, &[Facet::Identities, Facet::OwnerStatus][..]));
}

#[tokio::test]
async fn somebody_who_was_made_anew_under_the_same_name_is_there() {
    let (_, server, target) = organization().await;
    server.change(|estate| {
        let mut namesake = estate.directory.users[0].clone();
        (namesake.id, namesake.deleted) = ("99".into(), true);
        estate.directory.users.push(namesake);
    });
    let scan = scan(&server, &target).await;
    assert_eq!(scan.node(&user("hanna.weiss")).state, State::Enabled);
}

#[tokio::test]
async fn consents_are_grants_of_applications_in_the_names_of_people() {
    let (google, server, target) = organization().await;
    let scan = scan(&server, &target).await;
    let expected = [
        ("Depot calendar".to_owned(), Some(false), None),
        ("Old Mail Importer".to_owned(), Some(true), Some(false)),
        ("Slidecraft".to_owned(), Some(true), None),
        ("Visitor Badge".to_owned(), Some(true), Some(false)),
    ];
    assert_eq!(clients(&scan), expected.into());
    let importer = NodeId::new("gcp", "", "oauth-client", "anonymous/Old Mail Importer");
    let grant = NodeId::new("gcp", "", "oauth-token", "priya.raman@tallowmere.example/anonymous/Old Mail Importer");
    scan.edge(&importer, EdgeKind::HasGrant, &grant);
    let consent = scan.node(&grant).grant().unwrap().consent.clone().unwrap();
    assert_eq!(consent.sensitive, ["https://mail.google.com/"]);
    assert_eq!((consent.tenant_wide, consent.on_behalf_of), (false, Some(user("priya.raman"))));
    let own = scan.nodes.iter().find(|node| node.name == "Depot calendar").unwrap();
    assert_eq!(own.scope, Some(scope("project", "tallowmere-web")));
    assert_eq!(scan.row("tokens", &whole(&google)).calls, 6, "one for each person who is there");
}

#[tokio::test]
async fn an_application_is_foreign_only_when_all_own_projects_are_known() {
    let (_, server, target) = organization().await;
    server.deny("ListProjects");
    let found = clients(&scan(&server, &target).await);
    assert!(found.contains(&("Slidecraft".into(), None, None)), "{found:?}");
}

#[tokio::test]
async fn without_an_administrator_the_gap_names_what_is_needed() {
    let (google, server, _) = organization().await;
    let scan = scan(&server, &format!("organization={}", google.estate().organization)).await;
    for collector in ["users", "tokens"] {
        let row = scan.row(collector, &whole(&google));
        assert_eq!((row.state, row.calls), (CoverageState::NotEnabled, 0), "{row:?}");
        for needed in ["subject=ADMIN", "Domain-wide delegation", "admin.directory.user.security"] {
            assert!(row.gaps[0].remedy.contains(needed), "{needed}: {row:?}");
        }
    }
    let row = scan.row("domain-wide-delegation", &whole(&google));
    assert_eq!((row.state, row.calls), (CoverageState::NotEnabled, 0));
    assert!(row.gaps[0].remedy.contains("Admin console"), "{row:?}");
}

#[tokio::test]
async fn a_delegation_that_google_refuses_leaves_the_rest_readable() {
    let (google, server, _) = organization().await;
    let target = format!("organization={},subject=nobody@tallowmere.example", google.estate().organization);
    let scan = scan(&server, &target).await;
    assert!(scan.outcome.is_ok(), "{:?}", scan.outcome);
    let row = scan.row("users", &whole(&google));
    assert_eq!(row.state, CoverageState::Denied, "{row:?}");
    assert!(row.gaps[0].reason.contains("unauthorized_client"), "{row:?}");
    assert!(row.gaps[0].remedy.contains("admin.directory.user.readonly"), "{row:?}");
    assert!(scan.rows("service-accounts").iter().all(|row| row.state == CoverageState::Complete));
}
