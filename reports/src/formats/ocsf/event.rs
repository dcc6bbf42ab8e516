//! What every event of ours says, and the two classes that everybody takes.

use super::objects::{
    Access, Activity, Analytic, Cloud, Compliance, Evidences, File, FindingInfo, Metadata, Permissions, Product,
    Remediation, Resource, User, present,
};
use super::subject::{Subjects, milliseconds};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use whose_model::{Evidence, Finding, Place, Report, Severity};

/// The version of the framework that the events follow.
const VERSION: &str = "1.6.0";

/// A class of events.
#[derive(Clone, Copy)]
pub(super) struct Class {
    uid: u32,
    name: &'static str,
    created: &'static str,
}

const COMPLIANCE: Class = Class { uid: 2003, name: "Compliance Finding", created: "Compliance Finding: Create" };
const DETECTION: Class = Class { uid: 2004, name: "Detection Finding", created: "Detection Finding: Create" };
pub(super) const IAM_ANALYSIS: Class =
    Class { uid: 2008, name: "IAM Analysis Finding", created: "IAM Analysis Finding: Create" };

/// One event. What only some classes have is left out of the others.
#[derive(Serialize)]
pub(super) struct Event<'a> {
    class_uid: u32,
    class_name: &'static str,
    category_uid: u32,
    category_name: &'static str,
    activity_id: u32,
    activity_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: i64,
    severity_id: i32,
    severity: &'static str,
    status_id: u32,
    status: &'static str,
    confidence_score: u32,
    message: &'a str,
    metadata: Metadata<'a>,
    finding_info: FindingInfo<'a>,
    resources: Vec<Resource<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud: Option<Cloud<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compliance: Option<Compliance<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidences: Vec<Evidences<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<User<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity_activity_metrics: Option<Activity<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) permission_analysis_results: Vec<Permissions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access_analysis_result: Option<Access<'a>>,
    unmapped: Value,
}

/// The event of a finding: a leak was detected, any other fault breaks a control.
pub(super) fn finding<'a>(report: &'a Report, subjects: &Subjects<'a>, finding: &'a Finding) -> Event<'a> {
    let is_leak = !finding.places.is_empty() || finding.subject.type_name() == "secret";
    let class = if is_leak { DETECTION } else { COMPLIANCE };
    let mut event = event(report, subjects, finding, class);
    event.compliance = (!is_leak).then(|| compliance(finding));
    event.evidences = finding.places.iter().map(place).chain(finding.evidence.iter().map(shown)).collect();
    event
}

/// What the classes have in common. The activity is always a creation: a report does not know the one before it,
/// and the finding's uid is the same in every scan.
pub(super) fn event<'a>(report: &'a Report, subjects: &Subjects<'a>, finding: &'a Finding, class: Class) -> Event<'a> {
    let cloud = subjects.cloud(finding);
    Event {
        class_uid: class.uid,
        class_name: class.name,
        category_uid: 2,
        category_name: "Findings",
        activity_id: 1,
        activity_name: "Create",
        type_uid: class.uid * 100 + 1,
        type_name: class.created,
        time: milliseconds(report.scan.as_of),
        severity_id: finding.severity.level(),
        severity: severity(finding.severity),
        status_id: 1,
        status: "New",
        confidence_score: percent(finding.confidence),
        message: &finding.title,
        metadata: Metadata {
            version: VERSION,
            product: Product { name: "Whose", vendor_name: "Whose", version: &report.scan.tool_version },
            uid: format!("{}-{}-{}", report.scan.id, class.uid, finding.id),
            correlation_uid: &report.scan.id,
            processed_time: milliseconds(report.scan.finished),
            profiles: cloud.iter().map(|_| "cloud").collect(),
        },
        finding_info: info(finding),
        resources: subjects.resources(finding),
        remediation: remediation(finding),
        cloud,
        compliance: None,
        evidences: Vec::new(),
        user: None,
        identity_activity_metrics: None,
        permission_analysis_results: Vec::new(),
        access_analysis_result: None,
        unmapped: unmapped(finding),
    }
}

fn info(finding: &Finding) -> FindingInfo<'_> {
    let sources: BTreeSet<_> = finding.evidence.iter().map(|evidence| evidence.source.as_str()).collect();
    let shown: Vec<_> = finding.evidence.iter().map(|evidence| evidence.what.as_str()).collect();
    FindingInfo {
        uid: finding.id.as_str(),
        title: &finding.title,
        desc: if shown.is_empty() { finding.title.clone() } else { shown.join("; ") },
        analytic: Analytic { uid: &finding.rule, name: &finding.rule, type_id: 1, r#type: "Rule" },
        types: [&finding.rule],
        data_sources: sources.into_iter().collect(),
    }
}

fn compliance(finding: &Finding) -> Compliance<'_> {
    let standards: BTreeSet<_> = finding.maps_to.iter().map(|control| control.framework.as_str()).collect();
    Compliance {
        control: &finding.rule,
        standards: standards.into_iter().collect(),
        requirements: finding.maps_to.iter().map(|it| format!("{} {}", it.framework, it.control)).collect(),
        status_id: 3,
        status: "Fail",
    }
}

fn remediation(finding: &Finding) -> Option<Remediation<'_>> {
    let steps: Vec<_> = finding
        .fix
        .iter()
        .map(|fix| match &fix.command {
            Some(command) => format!("{}: {command}", fix.what),
            None => fix.what.clone(),
        })
        .collect();
    // Consoles make links of these.
    let references = finding.references.iter().map(|reference| reference.url.as_str());
    let references = references.filter(|url| url.starts_with("https://")).collect();
    (!steps.is_empty()).then(|| Remediation { desc: steps.join("\n"), references })
}

fn place(place: &Place) -> Evidences<'_> {
    let name = place.path.rsplit('/').next().unwrap_or(&place.path);
    Evidences {
        data: present(json!({
            "repository": place.repository,
            "line": place.line,
            "commit": place.commit,
            "author": place.author,
            "committed_time": place.date.map(milliseconds),
            "removed_in": place.removed_in,
            "at_head": place.at_head,
        })),
        file: Some(File { name, path: &place.path, type_id: 1, r#type: "Regular File" }),
    }
}

fn shown(evidence: &Evidence) -> Evidences<'_> {
    let data = json!({ "what": evidence.what, "source": evidence.source, "time": evidence.at.map(milliseconds) });
    Evidences { data: present(data), file: None }
}

/// What no attribute of the framework takes.
fn unmapped(finding: &Finding) -> Value {
    let mut rest = Map::new();
    if let Some(owner) = &finding.owner {
        rest.insert("owner".into(), owner.as_str().into());
    }
    if let Some(reach) = &finding.reach {
        rest.insert("reach".into(), reach.as_str().into());
    }
    let reasons = finding.severity_reasons.iter();
    let reasons = reasons.map(|it| json!({ "factor": it.factor, "delta": it.delta, "why": it.why })).collect();
    rest.insert("severity_reasons".into(), Value::Array(reasons));
    Value::Object(rest)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number is clamped into 0 to 100")]
fn percent(confidence: f64) -> u32 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() as u32
}
