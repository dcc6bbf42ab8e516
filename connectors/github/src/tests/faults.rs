//! Servers on a bad day, and hostile ones.

use super::{Scan, scan, world};
use crate::GITHUB;
use std::collections::BTreeSet;
use std::time::Duration;
use whose_connect::CollectorInfo;
use whose_model::CoverageState;
use whose_world::GithubServer;

/// The collectors that read a listing in pages.
fn listings() -> impl Iterator<Item = &'static CollectorInfo> {
    GITHUB.collectors.iter().filter(|collector| collector.calls[0].operation().starts_with("List"))
}

/// What cannot be asked of repositories that were not listed.
const BY_REPOSITORY: [&str; 4] = ["code", "deploy-keys", "repository-workflow-permissions", "fork-approvals"];

/// Scans with a fault in one listing, which must end soon, and leave a gap there and nowhere else.
async fn faulty(collector: &CollectorInfo, fault: impl Fn(&GithubServer, &str)) -> Scan {
    let server = world().serve_github().await.unwrap();
    fault(&server, collector.calls[0].operation());
    let scan = tokio::time::timeout(Duration::from_secs(30), scan(&server)).await.expect("nothing hangs");
    scan.outcome.as_ref().unwrap();
    let mut expected = BTreeSet::from([collector.id]);
    if collector.id == "repositories" {
        expected.extend(BY_REPOSITORY);
    }
    assert_eq!(scan.incomplete(), expected);
    scan
}

#[tokio::test]
async fn patience_and_faults_that_pass_leave_no_gap() {
    let server = world().serve_github().await.unwrap();
    let quiet = scan(&server).await;
    for call in GITHUB.calls() {
        server.throttle(call.operation(), 2);
        server.throttle_by_refusal(call.operation(), 2);
        server.fail(call.operation(), 1);
    }
    let busy = scan(&server).await;
    assert_eq!(busy.incomplete(), BTreeSet::new());
    assert_eq!(busy.others(&[]), quiet.others(&[]));
}

#[tokio::test]
async fn a_budget_that_is_renewed_in_years_is_not_waited_for() {
    for collector in listings() {
        let scan = faulty(collector, |server, call| server.exhaust(call)).await;
        let coverage = scan.coverage(collector.id);
        assert_eq!(coverage.state, CoverageState::Failed);
        assert!(coverage.gaps[0].reason.contains("patience"), "{coverage:?}");
    }
}

#[tokio::test]
async fn answers_that_break_off_are_gaps() {
    for collector in listings() {
        let broken = faulty(collector, |server, call| server.malform(call)).await;
        assert!(broken.coverage(collector.id).gaps[0].reason.contains("cannot be read"), "{}", collector.id);
        faulty(collector, |server, call| server.truncate(call)).await;
    }
}

#[tokio::test]
async fn a_repository_that_answers_nonsense_is_a_gap_of_its_own() {
    for call in ["GetRepositoryWorkflowPermissions", "GetForkApprovalPolicy"] {
        let server = world().serve_github().await.unwrap();
        server.malform(call);
        let scan = scan(&server).await;
        let collector = GITHUB.collectors.iter().find(|one| one.calls[0].operation() == call).unwrap();
        assert_eq!(scan.incomplete(), BTreeSet::from([collector.id]));
        let gaps = &scan.coverage(collector.id).gaps;
        assert!(
            gaps.iter().all(|gap| gap.subject.as_ref().is_some_and(|id| id.type_name() == "repository")),
            "{gaps:?}"
        );
    }
}

#[tokio::test]
async fn pages_without_end_are_noticed_and_what_they_held_is_kept() {
    for collector in listings() {
        let same = faulty(collector, |server, call| server.repeat_page(call)).await;
        let coverage = same.coverage(collector.id);
        assert!(coverage.gaps[0].reason.contains("same page"), "{coverage:?}");
        let circle = faulty(collector, |server, call| server.never_end(call)).await;
        let coverage = circle.coverage(collector.id);
        assert!(coverage.gaps[0].reason.contains("given before"), "{coverage:?}");
        if collector.id != "deploy-keys" {
            assert_eq!(coverage.state, CoverageState::Partial);
        }
    }
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    for collector in listings() {
        let scan = faulty(collector, |server, call| server.lead_astray(call)).await;
        let coverage = scan.coverage(collector.id);
        assert!(coverage.gaps[0].reason.contains("another host, 127.0.0.2"), "{coverage:?}");
    }
}

#[tokio::test]
async fn names_that_would_climb_out_of_their_path_are_not_asked_for() {
    let server = world().serve_github().await.unwrap();
    server.change(|organization| {
        organization.repositories[0].name = "..".into();
        organization.repositories[1].name = "../../../user?x=1#".into();
    });
    let scan = scan(&server).await;
    for collector in ["repositories", "deploy-keys", "repository-workflow-permissions"] {
        assert_eq!(scan.coverage(collector).state, CoverageState::Partial);
    }
    assert_eq!(scan.coverage("repositories").gaps.len(), 2, "one gap a name");
    let strays = server.requests().into_iter().filter(|request| {
        let declared = request.path.to_lowercase().starts_with("/orgs/tallowmere")
            || (request.path.starts_with("/repos/tallowmere/")
                && ["/keys", "/workflow", "/fork-pr-contributor-approval"]
                    .iter()
                    .any(|end| request.path.ends_with(end)));
        !declared || request.path.contains("/..")
    });
    assert_eq!(strays.collect::<Vec<_>>(), []);
}
