//! The repositories that are handed over, and those that are not.

use super::{Scan, scan, scan_target, world};
use crate::Token;
use std::collections::BTreeSet;
use whose_connect::{CancellationToken, ConnectError};
use whose_model::{Coverage, CoverageState, Facet, NodeId};
use whose_world::GithubServer;

fn repository(name: &str) -> NodeId {
    NodeId::new("git", "", "repository", &format!("github.com/tallowmere/{name}"))
}

async fn scan_as_written(server: &GithubServer, target: &str) -> Scan {
    scan_target(server, target, Token::new("not-checked"), CancellationToken::new()).await
}

/// The coverage of the listing itself, or of one repository.
fn code<'s>(scan: &'s Scan, scope: &NodeId) -> &'s Coverage {
    let of_it = |coverage: &&Coverage| coverage.source.collector == "code" && coverage.scope == *scope;
    scan.coverage.iter().find(of_it).unwrap_or_else(|| panic!("nothing is said of {scope}"))
}

fn organization() -> NodeId {
    super::id("organization", "tallowmere")
}

#[tokio::test]
async fn every_repository_is_handed_over_under_its_own_name_and_with_the_sign_in() {
    let server = world().serve_github().await.unwrap();
    let scan = scan(&server).await;
    let listed: BTreeSet<&NodeId> =
        scan.nodes.iter().filter(|node| node.r#type == "repository").map(|node| &node.id).collect();
    assert!(listed.len() > 3);
    assert_eq!(scan.handed.iter().map(|handover| handover.repository()).collect::<BTreeSet<_>>(), listed);
    assert_eq!(code(&scan, &organization()).seen, listed.len() as u64);
    let payments = scan.handed.iter().find(|handover| *handover.repository() == repository("payments")).unwrap();
    assert_eq!(payments.url().as_str(), format!("{}/tallowmere/payments.git", server.endpoint()));
    let header = payments.authorization().await.unwrap().unwrap();
    assert!(header.is_sensitive());
    let expected = data_encoding::BASE64.encode(b"x-access-token:not-checked");
    assert_eq!(header.to_str().unwrap(), format!("Basic {expected}"));
    assert!(!format!("{payments:?} {header:?}").contains(&expected));
}

#[tokio::test]
async fn what_the_target_leaves_out_is_said_of_each_repository() {
    let server = world().serve_github().await.unwrap();
    server.change(|organization| {
        organization.repositories[0].fork = true;
        organization.repositories[0].name = "forked".into();
        organization.repositories[1].size = 300 * 1024;
        organization.repositories[1].name = "large".into();
    });
    let left_out = |scan: &Scan, names: &[&str]| {
        assert_eq!(code(scan, &organization()).state, CoverageState::Complete);
        for name in names {
            let coverage = code(scan, &repository(name));
            assert_eq!(coverage.state, CoverageState::NotEnabled);
            assert_eq!(coverage.facets, [Facet::Secrets]);
            assert!(coverage.gaps[0].reason.contains("was not read"), "{coverage:?}");
            assert!(!scan.handed.iter().any(|handover| *handover.repository() == repository(name)), "{name}");
        }
        assert_eq!(scan.coverage.iter().filter(|row| row.source.collector == "code").count(), names.len() + 1);
    };
    left_out(&scan_as_written(&server, "tallowmere").await, &["forked"]);
    left_out(&scan_as_written(&server, "tallowmere,largest=200MB").await, &["forked", "large"]);
    left_out(&scan_as_written(&server, "tallowmere,repositories=active").await, &["forked", "legacy-batch"]);
    left_out(&scan_as_written(&server, "tallowmere,repositories=all").await, &[]);

    let off = scan_as_written(&server, "tallowmere,repositories=off").await;
    let coverage = code(&off, &organization());
    assert_eq!((coverage.state, off.handed.len()), (CoverageState::NotEnabled, 0));
    assert!(coverage.gaps[0].reason.contains("repositories=off"), "{coverage:?}");
}

#[tokio::test]
async fn a_clone_address_that_leads_elsewhere_is_refused_and_said() {
    let server = world().serve_github().await.unwrap();
    let whole = scan(&server).await;
    for hostile in ["file:///etc", "https://evil.test/tallowmere/payments.git", "ssh://git@evil.test/x", "-x"] {
        server.change(|organization| {
            let mut all = organization.repositories.iter_mut();
            all.find(|one| one.name == "payments").unwrap().clone_url = Some(hostile.into());
        });
        let scan = scan(&server).await;
        assert_eq!(scan.handed.len(), whole.handed.len() - 1, "{hostile}");
        assert!(scan.handed.iter().all(|handover| handover.url().as_str().starts_with(&server.endpoint())));
        let coverage = code(&scan, &organization());
        let [gap] = &coverage.gaps[..] else { panic!("one gap: {coverage:?}") };
        assert_eq!((coverage.state, gap.subject.as_ref()), (CoverageState::Partial, Some(&repository("payments"))));
        assert!(gap.reason.contains("is refused"), "{gap:?}");
    }
}

#[tokio::test]
async fn without_a_listing_no_code_is_read_and_the_coverage_says_so() {
    let server = world().serve_github().await.unwrap();
    server.deny("ListOrganizationRepositories");
    let scan = scan(&server).await;
    let coverage = code(&scan, &organization());
    assert_eq!((coverage.state, scan.handed.len()), (CoverageState::Failed, 0), "{coverage:?}");
}

#[tokio::test]
async fn a_wrong_selection_is_a_wrong_target() {
    let server = world().serve_github().await.unwrap();
    let scan = scan_as_written(&server, "tallowmere,repositories=most").await;
    assert!(matches!(scan.outcome, Err(ConnectError::Target { .. })), "{:?}", scan.outcome);
    assert!(server.requests().is_empty());
}
