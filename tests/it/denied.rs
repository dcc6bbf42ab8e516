//! Every call denied, each in turn: a gap, exit code 3, no false finding, and nothing else changes.

use crate::product::{Product, found};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use whose_model::{CoverageState, Facet, NodeId, Report, Timestamp, Verdict};
use whose_world::World;

/// The facets that depend on a call: those of the collectors that make it.
fn facets_of(call: &str) -> BTreeSet<Facet> {
    connector_aws::AWS
        .collectors
        .iter()
        .filter(|collector| collector.calls.iter().any(|declared| declared.name == call))
        .flat_map(|collector| collector.provides.iter().copied())
        .collect()
}

/// Whether a rule reads any of the facets.
fn depends(rule: &str, facets: &BTreeSet<Facet>) -> bool {
    whose_rules::rule(rule).is_some_and(|rule| {
        let info = rule.info();
        info.reads.iter().chain(info.needs).any(|facet| facets.contains(facet))
    })
}

fn independent(report: &Report, facets: &BTreeSet<Facet>) -> BTreeSet<(String, NodeId)> {
    found(report).into_iter().filter(|(rule, _)| !depends(rule, facets)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_call_is_a_gap_and_never_a_false_finding() -> Result<()> {
    let world = World::new(3, Timestamp::now());
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    let folder = product.path("repositories");
    let repositories = world.write_repositories(&folder)?;
    let mut targets = vec!["aws".to_string()];
    targets.extend(repositories.iter().map(|path| path.display().to_string()));
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let whole = product.scan(&targets, &[0])?;
    let expected = found(&whole);
    // Whether a repository that a trust names is there, only its organisation on GitHub could tell.
    let unsure = |report: &Report| -> BTreeSet<String> {
        let unsure = report.assessments.iter().filter(|assessment| assessment.verdict != Verdict::Assessed);
        unsure.map(|assessment| assessment.rule.clone()).collect()
    };
    let elsewhere = BTreeSet::from(["trust-in-missing-repository".to_string()]);
    assert_eq!(unsure(&whole), elsewhere);

    let calls = connector_aws::AWS.calls();
    assert!(calls.len() >= 10, "{}", calls.len());
    let mut denied = 0;
    for call in calls {
        let action = call.name.split_once(':').context("a call is service:Action")?.1;
        let before = server.requests().len();
        server.deny(action);
        let run = product.run([&["scan"], &targets[..], &["--format", "json"]].concat())?;
        server.heal();
        if !server.requests()[before..].iter().any(|request| request.action == action) {
            // A call that only a switched-on collector makes.
            continue;
        }
        denied += 1;
        assert_eq!(run.code, 3, "{}: {}", call.name, run.stderr);
        let report: Report = serde_json::from_str(&run.stdout).with_context(|| call.name.to_string())?;
        let gap = report.coverage.iter().any(|row| {
            row.state != CoverageState::Complete
                && row.gaps.iter().any(|gap| gap.call.as_deref() == Some(call.name) || gap.reason.contains(action))
        });
        assert!(gap, "{}: no gap names it: {:?}", call.name, report.coverage);

        let facets = facets_of(call.name);
        // Without the caller's identity nothing of the account is read, and its leaked keys are rightly said to
        // belong to an account that was not scanned.
        let nothing_read = call.name == "sts:GetCallerIdentity";
        let now = found(&report);
        let invented: Vec<_> = now
            .difference(&expected)
            .filter(|(rule, _)| !(nothing_read && rule == "leaked-foreign-credential"))
            .collect();
        assert!(invented.is_empty(), "{}: {invented:?}", call.name);
        if !nothing_read {
            assert_eq!(independent(&report, &facets), independent(&whole, &facets), "{}", call.name);
        }
        let more = unsure(&report).difference(&elsewhere).next().is_some();
        assert_eq!(more, nothing_read || !facets.is_empty(), "{}: {:?}", call.name, report.assessments);
    }
    assert!(denied >= 9, "only {denied} calls were made and denied");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_to_the_directory_makes_no_finding_that_was_not_there() -> Result<()> {
    let world = World::new(3, Timestamp::now());
    let server = world.serve_entra().await?;
    let product = Product::new().with(server.environment()).with([("AZURE_ENDPOINT_URL", server.endpoint())]);
    let expected = found(&product.scan(&["azure"], &[0])?);
    let calls = connector_azure::AZURE.calls();
    assert!(calls.len() >= 14, "{}", calls.len());
    for call in calls {
        let before = server.requests().len();
        server.deny(call.operation());
        let report = product.scan(&["azure"], &[0, 3])?;
        server.heal();
        let invented: Vec<_> = found(&report).difference(&expected).cloned().collect();
        assert!(invented.is_empty(), "{}: {invented:?}", call.name);
        if server.requests()[before..].iter().any(|request| request.action == call.operation()) {
            let gaps = report.coverage.iter().flat_map(|row| &row.gaps);
            assert!(
                gaps.into_iter().any(|gap| gap.call.as_deref() == Some(call.name)),
                "{}: no gap names it",
                call.name
            );
        }
    }
    Ok(())
}
