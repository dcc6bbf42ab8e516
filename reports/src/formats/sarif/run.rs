//! One run: what was found in one repository, and what could not be read of it.

use super::location::{Location, ROOT, repository_uri, segment};
use super::rule::{Rule, level};
use super::text::{Message, plain};
use serde::Serialize;
use serde::ser::{Serialize as Write, Serializer};
use std::collections::BTreeMap;
use whose_model::{CoverageState, Finding, NodeId, NodeKind, Place, Report, ScanState, Severity, Timestamp};

/// One run of the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    tool: Tool<'a>,
    automation_details: Automation,
    invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    version_control_provenance: Vec<Provenance>,
    column_kind: &'static str,
    results: Results<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Driver<'a> {
    name: &'static str,
    version: &'a str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
struct Automation {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    start_time_utc: Timestamp,
    end_time_utc: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    descriptor: Descriptor,
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Descriptor {
    id: &'static str,
}

#[derive(Serialize)]
struct Base {
    description: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provenance {
    repository_uri: String,
    mapped_to: MappedTo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MappedTo {
    uri_base_id: &'static str,
}

/// The findings of a run with their places there, made into results one by one while they are written.
struct Results<'a> {
    found: Vec<Found<'a>>,
    rules: Vec<&'a str>,
}

/// A finding with its places in one repository, those that still hold it first.
struct Found<'a> {
    finding: &'a Finding,
    places: Vec<&'a Place>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties<'a> {
    severity: Severity,
    confidence: f64,
    subject: &'a NodeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'a NodeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<&'a str>,
    history_only: bool,
}

impl Write for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.found.iter().map(|found| {
            let index = self.rules.binary_search(&found.finding.rule.as_str());
            found.result(index.expect("the rules are those of the findings, in order"))
        }))
    }
}

impl<'a> Found<'a> {
    fn result(&self, rule_index: usize) -> SarifResult<'a> {
        let finding = self.finding;
        let mut locations: Vec<_> = self.places.iter().map(|place| Location::new(place)).collect();
        let related_locations = locations.split_off(1);
        SarifResult {
            rule_id: &finding.rule,
            rule_index,
            level: level(finding.severity),
            message: Message { text: message(finding) },
            locations,
            related_locations,
            partial_fingerprints: BTreeMap::from([("whoseFinding/v1", finding.id.as_str())]),
            properties: ResultProperties {
                severity: finding.severity,
                confidence: finding.confidence,
                subject: &finding.subject,
                identity: finding.identity.as_ref(),
                owner: finding.owner.as_deref(),
                reach: finding.reach.as_deref(),
                history_only: !self.places.iter().any(|place| place.at_head),
            },
        }
    }
}

/// A run for each repository that was read or holds a finding, and one for files outside of any. There is always
/// one, so that a reader can tell that nothing was found from that nothing was sent.
pub(super) fn runs(report: &Report) -> Vec<Run<'_>> {
    let mut by_repository: BTreeMap<Option<&str>, Vec<Found<'_>>> = BTreeMap::new();
    for repository in report.others.iter().filter(|view| view.kind == NodeKind::Repo && view.seen) {
        by_repository.entry(Some(&repository.name)).or_default();
    }
    for finding in &report.findings {
        let mut places: BTreeMap<Option<&str>, Vec<&Place>> = BTreeMap::new();
        for place in &finding.places {
            places.entry(place.repository.as_deref()).or_default().push(place);
        }
        for (repository, mut places) in places {
            places.sort_by_key(|place| !place.at_head);
            by_repository.entry(repository).or_default().push(Found { finding, places });
        }
    }
    if by_repository.is_empty() {
        by_repository.insert(None, Vec::new());
    }
    by_repository.into_iter().map(|(repository, found)| run(report, repository, found)).collect()
}

fn run<'a>(report: &'a Report, repository: Option<&'a str>, found: Vec<Found<'a>>) -> Run<'a> {
    let view = report.others.iter().find(|view| view.kind == NodeKind::Repo && Some(view.name.as_str()) == repository);
    let address = view.map(|view| view.id.local());
    let uri = address.as_deref().or(repository).and_then(repository_uri);
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for found in &found {
        rules.entry(&found.finding.rule).or_default().push(found.finding);
    }
    let base = repository.map(|name| (ROOT, Base { description: Message::new(&format!("the root of {name}")) }));
    Run {
        tool: Tool {
            driver: Driver {
                name: "Whose",
                version: &report.scan.tool_version,
                rules: rules.iter().map(|(id, findings)| Rule::new(id, findings)).collect(),
            },
        },
        automation_details: Automation { id: format!("whose/{}/", segment(repository.unwrap_or("files"))) },
        invocations: [invocation(report, view.map(|view| &view.id))],
        original_uri_base_ids: base.into_iter().collect(),
        version_control_provenance: uri
            .map(|repository_uri| Provenance { repository_uri, mapped_to: MappedTo { uri_base_id: ROOT } })
            .into_iter()
            .collect(),
        column_kind: "unicodeCodePoints",
        results: Results { found, rules: rules.into_keys().collect() },
    }
}

fn invocation(report: &Report, repository: Option<&NodeId>) -> Invocation {
    let mut notifications = Vec::new();
    let elsewhere = report.findings.iter().filter(|finding| finding.places.is_empty()).count();
    if elsewhere > 0 {
        notifications.push(Notification {
            descriptor: Descriptor { id: "findings-without-a-file" },
            level: "note",
            message: Message::new(&format!(
                "Findings that stand in no file, and so not in this log: {elsewhere}. The other report formats show them."
            )),
        });
    }
    let unread = report.coverage.iter().filter(|row| {
        Some(&row.scope) == repository && !matches!(row.state, CoverageState::Complete | CoverageState::NotEnabled)
    });
    notifications.extend(unread.flat_map(|row| &row.gaps).map(|gap| Notification {
        descriptor: Descriptor { id: "not-read" },
        level: "warning",
        message: Message::new(&format!("Not read: {}. {}", gap.reason, gap.remedy)),
    }));
    Invocation {
        execution_successful: report.scan.state != ScanState::Cancelled,
        start_time_utc: report.scan.started,
        end_time_utc: report.scan.finished,
        tool_execution_notifications: notifications,
    }
}

/// What a reader sees first: the fault, whose it is, how far it gets, and what to do.
fn message(finding: &Finding) -> String {
    let mut text = plain(&finding.title);
    let said = [("Owner", finding.owner.as_deref()), ("Reach", finding.reach.as_deref())];
    for (word, what) in said {
        if let Some(what) = what {
            text.push_str(&format!("\n{word}: {}", plain(what)));
        }
    }
    for fix in &finding.fix {
        text.push_str(&format!("\nFix: {}", plain(&fix.what)));
    }
    text
}
