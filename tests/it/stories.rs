//! The stories that the invented company is there to tell, each from one scan, with its evidence, and each beside a
//! healthy look-alike of which nothing is said.

use crate::product::Product;
use anyhow::{Context, Result};
use whose_model::{Finding, Report, Severity, Timestamp};
use whose_world::World;

/// The finding of a rule whose subject or identity has a name with this in it.
fn told<'r>(report: &'r Report, rule: &str, name: &str) -> Result<&'r Finding> {
    let speaks = |finding: &&Finding| finding.rule == rule && finding.title.contains(name);
    report.findings.iter().find(speaks).with_context(|| format!("{rule} says nothing of {name}"))
}

fn is_silent(report: &Report, rule: &str, name: &str) {
    let told = report.findings.iter().find(|finding| finding.rule == rule && finding.title.contains(name));
    assert!(told.is_none(), "{rule} speaks of {name}: {told:?}");
}

fn evidence(finding: &Finding) -> String {
    finding.evidence.iter().map(|one| format!("{} ({})\n", one.what, one.source)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_tells_its_stories_with_evidence() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let (product, served) = Product::beside(&world).await?;
    let report = product.scan_company(&served)?;

    // A secret in a repository is a live Entra credential of an application whose only owner left.
    let leak = told(&report, "leaked-live-credential", "settlement/appsettings.Production.json")?;
    assert!(leak.title.contains("settlement-sync") && leak.title.contains("Owen Gallagher"), "{}", leak.title);
    assert!(evidence(leak).contains("stands beside its application or tenant"), "{}", evidence(leak));
    assert!(leak.severity >= Severity::High, "{leak:#?}");
    let orphan = told(&report, "orphaned-owner", "settlement-sync")?;
    assert!(evidence(orphan).contains("owen.gallagher"), "{}", evidence(orphan));
    is_silent(&report, "leaked-live-credential", "fleet-portal");
    is_silent(&report, "orphaned-owner", "fleet-portal");

    // A workflow that any fork can run becomes an administrator of AWS.
    let pipeline = told(&report, "unpinned-admin-trust", "github-web-previews")?;
    assert!(pipeline.severity >= Severity::High, "{pipeline:#?}");
    assert!(evidence(pipeline).contains("repo:tallowmere/web:pull_request"), "{}", evidence(pipeline));
    assert!(evidence(pipeline).contains("public"), "{}", evidence(pipeline));
    is_silent(&report, "unpinned-admin-trust", "github-web-checks");
    is_silent(&report, "unpinned-admin-trust", "github-infra-apply");

    // A ten-year key of an unused service account leads, by impersonation, to the organisation's administrator.
    let key = told(&report, "leaked-live-credential", "legacy-export@")?;
    assert_eq!(key.severity, Severity::Critical);
    assert!(key.reach.as_deref().is_some_and(|reach| reach.contains("org-automation@")), "{:?}", key.reach);
    let old = told(&report, "long-lived-credential", "legacy-export@")?;
    assert!(old.title.contains("3650 days"), "{}", old.title);
    told(&report, "stale-credential", "legacy-export@")?;
    is_silent(&report, "long-lived-credential", "invoice-mailer@");

    // A foreign application reads everybody's mail.
    let mail = told(&report, "sensitive-third-party-consent", "Mailwise Assistant")?;
    assert!(evidence(mail).contains("Mail.Send"), "{}", evidence(mail));
    is_silent(&report, "sensitive-third-party-consent", "Planboard");
    Ok(())
}
