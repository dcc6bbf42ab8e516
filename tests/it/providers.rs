//! The invented company on all its providers, in one scan by the real binary: what is planted on each is found, and
//! nothing is invented on any.

use crate::product::Product;
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use whose_cli::CONNECTORS;
use whose_connect::ApiCall;
use whose_model::{Severity, Timestamp};
use whose_world::{Comparison, Served, World};

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_reads_all_providers_and_finds_what_is_planted_on_each() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let (product, served) = Product::beside(&world).await?;
    let report = product.scan_company(&served)?;

    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for identity in &report.identities {
        *seen.entry(identity.id.provider()).or_default() += 1;
    }
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), ["aws", "azure", "gcp", "github"], "{seen:?}");
    let truth = world.whole_truth();
    let compared = Comparison::new(&truth, &report.findings);
    let missed: Vec<String> = compared
        .missed
        .iter()
        .map(|planted| format!("{}: {:?}: {}", planted.rule, planted.subject, planted.story))
        .collect();
    let invented: Vec<String> = compared
        .invented
        .iter()
        .map(|finding| format!("{}: {} {}", finding.rule, finding.subject, finding.title))
        .collect();
    assert!(missed.is_empty() && invented.is_empty(), "missed {missed:#?}\ninvented {invented:#?}");
    for planted in world.all_look_alikes() {
        assert!(!report.findings.iter().any(|finding| planted.is_found_by(finding)), "{planted:?}");
    }
    // A workflow that any fork can run, and that becomes an administrator of AWS.
    let public = report
        .findings
        .iter()
        .find(|finding| finding.rule == "unpinned-admin-trust" && finding.subject.provider() == "aws");
    assert_eq!(public.map(|finding| finding.severity), Some(Severity::Critical), "{public:?}");
    assert!(served.github.violations().is_empty(), "{:?}", served.github.violations());
    assert!(served.google.violations().is_empty() && served.aws.violations().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permissions_that_are_printed_are_those_of_the_calls_that_are_made() -> Result<()> {
    let world = World::new(9, Timestamp::now());
    let (product, served) = Product::beside(&world).await?;
    let credentials = served.targets()[2].split_once(",credentials=").context("a credentials file")?.1;
    let project = format!("gcp:project=tallowmere-data,credentials={credentials}");
    // What is read only when a target asks for it is asked for.
    let targets = ["aws:ssh-keys=on", "azure", &served.targets()[2], &project, &served.targets()[3]];
    product.scan(&targets, &[0])?;
    // What the inventory holds is asked for where it lies only when the inventory may not be read.
    served.google.disable("ListAssets");
    product.scan(&[&served.targets()[2]], &[0])?;

    let made = calls_made(&served);
    for info in CONNECTORS.iter().filter(|info| info.least_privilege.is_some()) {
        let printed = product.run(["permissions", info.id])?.stdout;
        let calls = info.calls();
        let unqualified = |call: &ApiCall| call.name.rsplit(':').next().unwrap_or_default();
        let used: BTreeSet<&str> = calls
            .iter()
            .filter(|call| made.contains(&(info.id, unqualified(call).to_owned())))
            .map(|call| call.permission)
            .collect();
        for call in &calls {
            let free = unqualified(call) == "GetCallerIdentity";
            ensure!(free || used.contains(call.permission), "{}: no call used {}", info.id, call.permission);
            // GitHub's manifest has a permission's name and access apart.
            let name = call.permission.split_once(':').filter(|_| info.id == "github");
            let name = name.map_or(call.permission, |(name, _)| name);
            ensure!(free || printed.contains(name), "{}: {} is not printed", info.id, call.permission);
        }
        let declared: BTreeSet<&str> = calls.iter().map(unqualified).collect();
        for (_, call) in made.iter().filter(|(provider, _)| *provider == info.id) {
            ensure!(declared.contains(call.as_str()), "{}: {call} was made and is not declared", info.id);
        }
    }
    Ok(())
}

/// The calls that the servers saw, by provider. Whoever signs in or asks who he is needs no permission for it.
fn calls_made(served: &Served) -> BTreeSet<(&'static str, String)> {
    let free = ["", "Token", "GetCallerIdentity"];
    let aws = served.aws.requests().into_iter().map(|request| ("aws", request.action));
    let azure = served.entra.requests().into_iter().map(|request| ("azure", request.action));
    let gcp = served.google.requests().into_iter().map(|request| ("gcp", request.method));
    let github = served.github.requests().into_iter().map(|request| ("github", request.call));
    let all = aws.chain(azure).chain(gcp).chain(github);
    all.filter(|(_, call)| !free.contains(&call.as_str())).collect()
}
