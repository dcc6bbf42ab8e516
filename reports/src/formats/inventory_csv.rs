//! CSV of the identities, one row each: owner, purpose and expiry of every one, where an assessment begins.

use super::csv::{joined, write_table};
use crate::catalogue::buffered;
use crate::names::Names;
use crate::{FormatError, FormatInfo, ReportFormat, words};
use std::collections::HashMap;
use std::io::Write;
use whose_model::{
    CoverageState, CredentialView, Facet, Finding, FindingId, IdentityView, NodeId, Report, State, Timestamp,
    days_between,
};

/// The inventory of identities as CSV.
pub struct InventoryCsv;

const INFO: FormatInfo = FormatInfo { id: "inventory-csv", title: "the identities, one row each", extension: "csv" };

const HEADER: [&str; 27] = [
    "name",
    "type",
    "provider",
    "scope",
    "class",
    "state",
    "owner",
    "owner_band",
    "owner_confidence",
    "owner_status",
    "purpose",
    "expiry",
    "environment",
    "created",
    "last_used",
    "tier",
    "can_act_as",
    "reaches_admin",
    "credentials",
    "enabled_credentials",
    "oldest_credential_days",
    "leaked_credentials",
    "findings",
    "worst_finding",
    "coverage",
    "address",
    "id",
];

impl ReportFormat for InventoryCsv {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let index = Index::of(report);
        let rows = report.identities.iter().map(|identity| index.row(identity));
        buffered(&INFO, out, |out| write_table(&HEADER, rows, out))
    }
}

struct Index<'a> {
    as_of: Timestamp,
    names: Names<'a>,
    credentials: HashMap<&'a NodeId, &'a CredentialView>,
    findings: HashMap<&'a FindingId, &'a Finding>,
    coverage: HashMap<&'a NodeId, String>,
}

impl<'a> Index<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            as_of: report.scan.as_of,
            names: Names::of(report),
            credentials: report.credentials.iter().map(|view| (&view.id, view)).collect(),
            findings: report.findings.iter().map(|finding| (&finding.id, finding)).collect(),
            coverage: coverage(report),
        }
    }

    fn row(&self, identity: &IdentityView) -> [String; HEADER.len()] {
        let day = |at: Option<Timestamp>| at.map(whose_model::day).unwrap_or_default();
        let owner = identity.ownership.as_ref().and_then(|it| it.candidates.first());
        let credentials: Vec<_> = identity.credentials.iter().filter_map(|id| self.credentials.get(id)).collect();
        let enabled = credentials.iter().filter(|it| it.state == State::Enabled);
        let since = enabled.clone().filter_map(|it| it.rotated.or(it.created)).min();
        let worst = identity.findings.iter().filter_map(|id| self.findings.get(id)).map(|it| it.severity).max();
        let leaked = credentials.iter().filter(|it| !it.leaked.is_empty()).count();
        let scope = identity.scope.as_ref();
        [
            identity.name.clone(),
            identity.r#type.clone(),
            identity.id.provider().to_owned(),
            scope.map(|scope| self.names.name(scope)).unwrap_or_default(),
            words::term(identity.class.class),
            words::term(identity.state),
            owner.map(|it| it.name.clone()).unwrap_or_default(),
            identity.ownership.as_ref().map_or_else(|| "not-read".into(), |it| words::term(it.band)),
            owner.map(|it| format!("{:.2}", it.score)).unwrap_or_default(),
            owner.map(|it| words::term(it.status)).unwrap_or_default(),
            identity.lifecycle.purpose.clone().unwrap_or_default(),
            day(identity.lifecycle.expiry),
            identity.lifecycle.environment.map(words::term).unwrap_or_default(),
            day(identity.created),
            words::last_used(identity.last_used.as_ref()),
            words::term(identity.privilege.tier),
            identity.reach.identities.to_string(),
            if identity.reach.admins.is_empty() { "no".into() } else { "yes".into() },
            identity.credentials.len().to_string(),
            enabled.count().to_string(),
            since.map(|since| days_between(since, self.as_of).to_string()).unwrap_or_default(),
            leaked.to_string(),
            identity.findings.len().to_string(),
            worst.map(|it| it.word().to_owned()).unwrap_or_default(),
            scope.and_then(|scope| self.coverage.get(scope)).cloned().unwrap_or_else(|| "not recorded".into()),
            identity.address.clone().unwrap_or_default(),
            identity.id.to_string(),
        ]
    }
}

/// For each scope, `complete` or what was not read of it.
fn coverage(report: &Report) -> HashMap<&NodeId, String> {
    let mut missing: HashMap<&NodeId, Vec<(Facet, CoverageState)>> = HashMap::new();
    for row in &report.coverage {
        let facets = missing.entry(&row.scope).or_default();
        if row.state != CoverageState::Complete {
            facets.extend(row.facets.iter().map(|facet| (*facet, row.state)));
        }
    }
    let mut texts = HashMap::new();
    for (scope, mut facets) in missing {
        facets.sort();
        facets.dedup();
        let text = if facets.is_empty() {
            "complete".to_owned()
        } else {
            joined(facets.iter().map(|(facet, state)| format!("{} {}", words::term(facet), words::plain(state))))
        };
        texts.insert(scope, text);
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn cell(identity: &str, column: &str) -> String {
        let mut out = Vec::new();
        InventoryCsv.write(&sample::report(), &mut out).unwrap();
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
        let row = reader.records().map(Result::unwrap).find(|row| &row[0] == identity).unwrap();
        row[at].to_owned()
    }

    #[test]
    fn what_was_not_read_is_not_called_unowned() {
        assert_eq!(cell("legacy-sync", "owner_band"), "not-read");
        assert_eq!(cell("billing-export", "owner_band"), "unowned");
        assert!(cell("legacy-sync", "coverage").contains("credentials denied"));
        assert_eq!(cell("billing-export", "coverage"), "complete");
    }

    #[test]
    fn credentials_and_findings_are_summed_up() {
        assert_eq!(cell("ci-deployer", "leaked_credentials"), "1");
        assert_eq!(cell("ci-deployer", "worst_finding"), "critical");
        assert_eq!(cell("ci-deployer", "reaches_admin"), "yes");
    }
}
