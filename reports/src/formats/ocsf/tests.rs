//! OCSF is judged by the framework's own schema of each class, and by its numbers.

use super::*;
use crate::sample;
use serde_json::Value;

fn written(format: &dyn ReportFormat, report: &Report) -> Vec<Value> {
    let mut out = Vec::new();
    format.write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn validator(class: &str) -> jsonschema::Validator {
    let text = include_str!("../../../schemas/ocsf-1.6.0-findings.schema.json");
    let mut schema: Value = serde_json::from_str(text).unwrap();
    schema.as_object_mut().unwrap().remove("oneOf");
    schema["$ref"] = format!("#/$defs/{class}").into();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn every_event_follows_the_schema_of_its_class() {
    let classes = [(2003, "compliance_finding"), (2004, "detection_finding"), (2008, "iam_analysis_finding")]
        .map(|(uid, class)| (uid, validator(class)));
    let mut seen = Vec::new();
    for report in [sample::report(), sample::hostile(), sample::large(100)] {
        for event in written(&Ocsf, &report).into_iter().chain(written(&OcsfIam, &report)) {
            let (uid, validator) = classes.iter().find(|(uid, _)| event["class_uid"] == *uid).unwrap();
            let errors: Vec<_> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}\n{event:#}");
            seen.push(*uid);
            let mut broken = event.clone();
            broken.as_object_mut().unwrap().remove("finding_info");
            assert!(!validator.is_valid(&broken));
        }
    }
    assert!([2003, 2004, 2008].iter().all(|uid| seen.contains(uid)));
}

#[test]
fn a_leak_is_detected_and_any_other_fault_breaks_a_control() {
    let report = sample::report();
    let events = written(&Ocsf, &report);
    assert_eq!(events.len(), report.findings.len());
    for (event, finding) in events.iter().zip(&report.findings) {
        let leak = !finding.places.is_empty();
        assert_eq!(event["class_uid"], if leak { 2004 } else { 2003 });
        assert_eq!(event["type_uid"].as_u64().unwrap(), event["class_uid"].as_u64().unwrap() * 100 + 1);
        assert_eq!(event.get("compliance").is_some(), !leak);
        assert_eq!(event["severity_id"], finding.severity.level());
        assert_eq!(event["finding_info"]["uid"], finding.id.as_str());
    }
    let leak = &events[0];
    assert_eq!(leak["evidences"][0]["file"]["name"], ".env.production");
    assert_eq!(leak["cloud"]["account"]["type_id"], 10);
    assert_eq!(leak["time"], 1_795_557_332_000_i64);
    assert_eq!(leak["resources"][0]["data"]["state"], "enabled");
    assert!(leak["unmapped"]["owner"].as_str().unwrap().starts_with("Dana Roe"));
}

#[test]
fn an_iam_analysis_names_the_identity_its_keys_and_what_it_may_do() {
    let report = sample::report();
    let events = written(&OcsfIam, &report);
    let leak = &events[0];
    assert_eq!(leak["user"]["type_id"], 4);
    assert_eq!(leak["user"]["type"], "Service");
    assert_eq!(leak["identity_activity_metrics"]["programmatic_credentials"].as_array().unwrap().len(), 2);
    assert_eq!(leak["access_analysis_result"]["access_level"], "t0");
    let concerned = report.findings.iter().filter(|finding| {
        let id = finding.identity.as_ref().unwrap_or(&finding.subject);
        report.identities.iter().any(|view| view.id == *id)
    });
    assert_eq!(events.len(), concerned.count());
}

#[test]
fn an_event_outside_a_cloud_does_not_claim_its_profile() {
    let mut report = sample::report();
    report.findings.truncate(1);
    report.findings[0].subject = whose_model::NodeId::new("whose", "", "secret", "ab");
    let event = &written(&Ocsf, &report)[0];
    assert_eq!((event.get("cloud"), event["metadata"].get("profiles")), (None, None));
}
