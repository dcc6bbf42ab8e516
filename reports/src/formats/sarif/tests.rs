//! SARIF is judged by its published schema, and by what its readers do with what it says.

use super::*;
use crate::sample;
use serde_json::Value;

fn written(report: &Report) -> Value {
    let mut out = Vec::new();
    Sarif.write(report, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn validator() -> jsonschema::Validator {
    let schema = include_str!("../../../schemas/sarif-2.1.0.schema.json");
    jsonschema::options().should_validate_formats(true).build(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[test]
fn it_follows_the_published_schema() {
    let validator = validator();
    for report in [sample::report(), sample::empty(), sample::hostile(), sample::large(500)] {
        let errors: Vec<_> = validator.iter_errors(&written(&report)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let mut broken = written(&sample::report());
    broken["runs"][0]["results"][0]["level"] = "severe".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn a_finding_stands_in_the_run_of_each_repository_that_holds_it() {
    let mut report = sample::report();
    let finding = report.findings.iter_mut().find(|finding| !finding.places.is_empty()).unwrap();
    let mut gone = finding.places[0].clone();
    (gone.at_head, gone.path) = (false, "old.env".into());
    let mut elsewhere = gone.clone();
    elsewhere.repository = Some("git.acme.example/ops/tools".into());
    finding.places.splice(..0, [gone, elsewhere]);
    let log = written(&report);
    let [payments, tools] = log["runs"].as_array().unwrap().as_slice() else { panic!("{log}") };
    assert_eq!(payments["versionControlProvenance"][0]["repositoryUri"], "https://github.com/acme/payments");
    let result = &payments["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "deploy/.env.production");
    assert_eq!(result["relatedLocations"][0]["properties"]["atHead"], false);
    assert_eq!(result["properties"]["historyOnly"], false);
    assert_eq!(tools["results"][0]["properties"]["historyOnly"], true);
    assert_eq!(tools["results"][0]["partialFingerprints"], result["partialFingerprints"]);
    assert_ne!(tools["automationDetails"], payments["automationDetails"]);
}

#[test]
fn what_stands_in_no_file_is_counted_and_left_out() {
    let report = sample::report();
    let cloud = report.findings.iter().filter(|finding| finding.places.is_empty()).count();
    let log = written(&report);
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), report.findings.len() - cloud);
    let note = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(note["descriptor"]["id"], "findings-without-a-file");
    assert!(note["message"]["text"].as_str().unwrap().contains(&format!(": {cloud}.")));
}

#[test]
fn a_repository_without_findings_has_a_run_that_says_what_was_not_read() {
    let mut report = sample::report();
    report.findings.clear();
    let row = report.coverage.iter_mut().find(|row| row.scope.type_name() == "repository").unwrap();
    row.state = whose_model::CoverageState::Partial;
    row.gaps = vec![whose_model::Gap {
        subject: None,
        call: None,
        reason: "an object is missing".into(),
        remedy: "Clone it whole.".into(),
    }];
    let log = written(&report);
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    let note = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(note["message"]["text"], "Not read: an object is missing. Clone it whole.");
}

#[test]
fn each_rule_is_described_once_and_each_result_points_to_it() {
    let log = written(&sample::large(50));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules[0]["properties"]["security-severity"], "9.5");
    assert_eq!(rules[0]["helpUri"], "https://owasp.org/www-project-non-human-identities-top-10/");
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn no_message_holds_a_link_and_no_help_leads_to_a_script() {
    let log = written(&sample::hostile());
    let mut texts = Vec::new();
    collect(&log, &mut texts);
    assert!(texts.len() > 5);
    assert!(texts.iter().all(|text| !text.contains("](") && !text.contains("javascript:alert(1)>")), "{texts:?}");
    assert_eq!(log.pointer("/runs/0/tool/driver/rules/0/helpUri"), None);
}

/// Every text that a reader shows as a message.
fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            texts.extend(members.get("text").and_then(Value::as_str));
            members.values().for_each(|member| collect(member, texts));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        _ => {}
    }
}
