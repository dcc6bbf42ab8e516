//! The invented company on all its providers, in one scan by the real binary: what is planted on each is found, and
//! nothing is invented on any.

use crate::product::Product;
use anyhow::Result;
use std::collections::BTreeMap;
use whose_model::Timestamp;
use whose_world::{Comparison, World};

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_reads_all_providers_and_finds_what_is_planted_on_each() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let product = Product::new();
    let served = world.serve(product.root()).await?;
    let product = product.with(served.environment());
    let targets: Vec<&str> = served.targets().iter().map(String::as_str).collect();
    let report = product.scan(&targets, &[0])?;

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
    assert!(served.github.violations().is_empty(), "{:?}", served.github.violations());
    assert!(served.google.violations().is_empty() && served.aws.violations().is_empty());
    Ok(())
}
