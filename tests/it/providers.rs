//! The invented company on all its providers, in one scan by the real binary: what is planted on each is found, and
//! nothing is invented on any.

use crate::product::Product;
use anyhow::Result;
use std::collections::BTreeMap;
use whose_model::{Finding, Timestamp};
use whose_world::{Comparison, Planted, World};

/// What one provider plants, and what the report says of it.
fn compare(provider: &str, truth: &[Planted], look_alikes: &[Planted], findings: &[Finding]) {
    let of_it: Vec<Finding> =
        findings.iter().filter(|finding| finding.subject.provider() == provider).cloned().collect();
    let compared = Comparison::new(truth, &of_it);
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
    assert!(missed.is_empty() && invented.is_empty(), "{provider}\nmissed {missed:#?}\ninvented {invented:#?}");
    assert!(!truth.is_empty() && !of_it.is_empty(), "{provider} plants something");
    for planted in look_alikes {
        assert!(!of_it.iter().any(|finding| planted.is_found_by(finding)), "{provider}: {planted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_reads_all_providers_and_finds_what_is_planted_on_each() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let (github, tenant, google) = (world.github(), world.entra(), world.google());
    let (aws, on_github, on_entra, on_google) =
        (world.serve_aws().await?, world.serve_github().await?, world.serve_entra().await?, google.serve().await?);
    let product = Product::new()
        .at(&aws.endpoint())
        .with(on_github.environment())
        .with(on_entra.environment())
        .with([("AZURE_ENDPOINT_URL", on_entra.endpoint()), ("GOOGLE_ENDPOINT_URL", on_google.endpoint())]);
    let credentials = on_google.write_credentials(product.root())?;
    let organization =
        format!("gcp:organization={},credentials={}", google.estate().organization, credentials.display());
    let report = product.scan(&["aws", "azure", &organization, &format!("github:{}", github.login)], &[0, 3])?;

    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for identity in &report.identities {
        *seen.entry(identity.id.provider()).or_default() += 1;
    }
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), ["aws", "azure", "gcp", "github"], "{seen:?}");
    compare("github", &github.truth, &github.look_alikes, &report.findings);
    compare("azure", tenant.truth(), tenant.look_alikes(), &report.findings);
    compare("gcp", google.truth(), google.look_alikes(), &report.findings);
    assert!(on_github.violations().is_empty() && on_google.violations().is_empty() && aws.violations().is_empty());
    Ok(())
}
