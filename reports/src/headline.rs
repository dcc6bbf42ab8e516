//! What matters first, in at most four sentences.

use crate::kpi::{Kpis, is_ownerless};
use crate::words::{count, grouped};
use whose_model::{Class, Report, ScanState, Tier};

/// The sentences, the worst first. Never empty.
pub(crate) fn headline(report: &Report) -> Vec<String> {
    let summary = &report.summary;
    let kpis = Kpis::of(report);
    let mut sentences = Vec::new();
    if summary.leaked_and_live > 0 {
        let verb = if summary.leaked_and_live == 1 { "works" } else { "work" };
        sentences.push(format!(
            "{} still {verb}.",
            count(summary.leaked_and_live, "leaked credential", "leaked credentials")
        ));
    }
    let ownerless = report.identities.iter().filter(|it| it.class.class != Class::Human && is_ownerless(it)).count();
    if ownerless > 0 {
        let (ownerless, have) = (ownerless as u64, if ownerless == 1 { "has" } else { "have" });
        sentences.push(format!(
            "{} of {} {have} nobody who answers for {}.",
            grouped(ownerless),
            count(kpis.owned.whole, "non-human identity", "non-human identities"),
            if ownerless == 1 { "it" } else { "them" },
        ));
    }
    let admins =
        report.identities.iter().filter(|it| it.class.class != Class::Human && it.privilege.tier == Tier::T0).count()
            as u64;
    if admins > 0 {
        let can = if admins == 1 { "can act as an administrator" } else { "can act as administrators" };
        sentences.push(format!("{} {can}.", count(admins, "machine identity", "machine identities")));
    }
    if sentences.is_empty() {
        sentences.push(quiet(report));
    }
    if let Some(sentence) = unread(report, &kpis) {
        sentences.push(sentence);
    }
    sentences
}

/// What to say when none of the big three was seen.
fn quiet(report: &Report) -> String {
    let findings = report.findings.len() as u64;
    if findings > 0 {
        return format!("{} in what was read.", count(findings, "finding", "findings"));
    }
    if report.identities.is_empty() && report.credentials.is_empty() && report.secrets.is_empty() {
        return "Nothing was found: no identity, no credential and no leaked secret was seen.".into();
    }
    "No fault was found in what was read.".into()
}

/// What the reader must know of the scan's own limits.
fn unread(report: &Report, kpis: &Kpis) -> Option<String> {
    if report.scan.state == ScanState::Cancelled {
        return Some("The scan was stopped before its end: this is what it saw until then.".into());
    }
    let missing = kpis.coverage.without();
    (missing > 0).then(|| {
        format!(
            "{} of {} could not be read in full.",
            grouped(missing),
            count(kpis.coverage.whole, "listing", "listings")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_leak_comes_first_and_the_limits_last() {
        let sentences = headline(&sample::report());
        assert!(sentences[0].starts_with("1 leaked credential still works"), "{sentences:?}");
        assert!(sentences.last().unwrap().contains("could not be read"), "{sentences:?}");
    }

    #[test]
    fn an_empty_report_claims_no_health() {
        assert_eq!(
            headline(&sample::empty()),
            ["Nothing was found: no identity, no credential and no leaked secret was seen."]
        );
    }

    #[test]
    fn a_stopped_scan_says_so() {
        let mut report = sample::empty();
        report.scan.state = ScanState::Cancelled;
        assert!(headline(&report)[1].contains("stopped before its end"));
    }
}
