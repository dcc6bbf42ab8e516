//! The credential report: a table of all users in AWS's own columns, the root user first.

use super::replies::{ApiError, Call, Reply, ReportState};
use super::xml::{Xml, element};
use crate::account::{AccessKey, Root, Uploaded, User};
use data_encoding::BASE64;
use whose_model::Timestamp;

/// The columns of the report as AWS sends it.
pub const CREDENTIAL_REPORT_COLUMNS: &[&str] = &[
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
];

/// What stands where there is nothing.
const NONE: &str = "N/A";

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html>
pub(crate) fn generate(call: &mut Call<'_>) -> Vec<Xml> {
    if *call.report == ReportState::Absent {
        *call.report = ReportState::Started;
        let description = "No report exists. Starting a new report generation task";
        return vec![element("State", "STARTED"), element("Description", description)];
    }
    *call.report = ReportState::Complete;
    vec![element("State", "COMPLETE")]
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html>
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    match *call.report {
        ReportState::Absent => Err(ApiError::no_report()),
        ReportState::Started => {
            // It takes until the next call.
            *call.report = ReportState::Complete;
            Err(ApiError::report_in_progress())
        }
        ReportState::Complete => Ok(vec![
            element("Content", BASE64.encode(table(call).as_bytes())),
            element("ReportFormat", "text/csv"),
            element("GeneratedTime", call.as_of),
        ]),
    }
}

/// The table. No field of IAM's holds a comma or a quote, so that nothing needs quoting; names with a comma
/// are quoted all the same.
fn table(call: &Call<'_>) -> String {
    let mut rows =
        vec![CREDENTIAL_REPORT_COLUMNS.iter().map(ToString::to_string).collect(), root_row(call, &call.account.root)];
    rows.extend(call.account.users.iter().map(|user| user_row(call, user)));
    let line = |row: &Vec<String>| row.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(",");
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn root_row(call: &Call<'_>, root: &Root) -> Vec<String> {
    let mut row: Vec<String> = vec![
        "<root_account>".into(),
        call.account.arn("root"),
        moment(call.account.created),
        "not_supported".into(),
        root.password_last_used.map_or("no_information".into(), moment),
        "not_supported".into(),
        "not_supported".into(),
        root.mfa.to_string(),
    ];
    row.extend(key_fields(root.key.as_ref()));
    row.extend(key_fields(None));
    row.extend(certificate_fields(None));
    row.extend(certificate_fields(None));
    row
}

fn user_row(call: &Call<'_>, user: &User) -> Vec<String> {
    let mut row = vec![user.name.clone(), user.arn(&call.account.number), moment(user.created)];
    match user.password {
        Some(password) => row.extend([
            "true".into(),
            password.last_used.map_or("no_information".into(), moment),
            moment(password.changed),
            NONE.into(),
        ]),
        None => row.extend(["false", NONE, NONE, NONE].map(String::from)),
    }
    row.push(user.mfa.is_some().to_string());
    for index in 0..2 {
        row.extend(key_fields(user.keys.get(index)));
    }
    for index in 0..2 {
        row.extend(certificate_fields(user.certificates.get(index)));
    }
    row
}

/// Active, last rotated, last used: date, region and service. An inactive key keeps its dates.
fn key_fields(key: Option<&AccessKey>) -> [String; 5] {
    let used = key.and_then(|key| key.last_used.as_ref());
    [
        key.is_some_and(|key| key.active).to_string(),
        key.map_or(NONE.into(), |key| moment(key.created)),
        used.map_or(NONE.into(), |used| moment(used.at)),
        used.map_or(NONE.into(), |used| used.region.clone()),
        used.map_or(NONE.into(), |used| used.service.clone()),
    ]
}

fn certificate_fields(certificate: Option<&Uploaded>) -> [String; 2] {
    [
        certificate.is_some_and(|certificate| certificate.active).to_string(),
        certificate.map_or(NONE.into(), |certificate| moment(certificate.at)),
    ]
}

/// The report writes UTC as an offset.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.into() }
}
