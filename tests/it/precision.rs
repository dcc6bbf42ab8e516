//! The invented company: every planted fault is found, and nothing else.

use crate::product::Product;
use anyhow::Result;
use whose_model::Timestamp;
use whose_world::{Comparison, World};

#[tokio::test(flavor = "multi_thread")]
async fn every_planted_fault_is_found_and_nothing_is_invented() -> Result<()> {
    for seed in [42, 7] {
        let world = World::new(seed, Timestamp::now());
        let server = world.serve_aws().await?;
        let product = Product::new().at(&server.endpoint());
        let repositories = world.write_repositories(&product.path("repositories"))?;
        let mut targets = vec!["aws".to_string()];
        targets.extend(repositories.iter().map(|path| path.display().to_string()));
        let report = product.scan(&targets.iter().map(String::as_str).collect::<Vec<_>>(), &[0])?;

        let compared = Comparison::new(world.truth(), &report.findings);
        let missed: Vec<String> =
            compared.missed.iter().map(|planted| format!("{}: {}", planted.rule, planted.story)).collect();
        let invented: Vec<String> = compared
            .invented
            .iter()
            .map(|finding| format!("{}: {} {}", finding.rule, finding.subject, finding.title))
            .collect();
        assert!(missed.is_empty() && invented.is_empty(), "seed {seed}\nmissed {missed:#?}\ninvented {invented:#?}");
        for planted in world.look_alikes() {
            assert!(!report.findings.iter().any(|finding| planted.is_found_by(finding)), "{planted:?}");
        }
        assert!(server.violations().is_empty(), "the scan tried to write: {:?}", server.violations());
    }
    Ok(())
}
