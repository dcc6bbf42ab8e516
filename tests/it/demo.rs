//! The demo: one command, an HTML report with the planted findings, readable in a real browser.

use crate::product::Product;
use anyhow::{Context, Result, ensure};
use std::process::Command;
use whose_model::{Report, Severity};

#[test]
fn the_demo_ends_in_a_report_that_a_browser_shows() -> Result<()> {
    let product = Product::new();
    let run = product.run(["demo", "--html", "demo.html"])?;
    ensure!(run.code == 0, "exit {}: {}", run.code, run.stderr);
    assert!(run.stderr.contains("demo.html"), "{}", run.stderr);

    let data = product.path("data/demo/data").display().to_string();
    let kept = product.run(["report", "--format", "json", "--data-dir", &data])?;
    let report: Report = serde_json::from_str(&kept.stdout).context(kept.stderr)?;
    let worst = report.findings.first().context("the demo finds something")?;
    assert_eq!(worst.severity, Severity::Critical);

    let chromium = std::env::var("WHOSE_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    let profile = tempfile::tempdir()?;
    let shown = Command::new(&chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", product.path("demo.html").display()))
        .output()
        .with_context(|| format!("{chromium} does not start; scripts/test installs it"))?;
    let page = String::from_utf8_lossy(&shown.stdout);
    for finding in report.findings.iter().take(5) {
        let id = finding.id.as_str();
        assert!(page.contains(id), "finding {id} is not on the page");
    }
    assert!(page.contains(&worst.subject_name), "the worst finding's subject is on the page");
    Ok(())
}
