//! The credential report: one CSV with passwords, keys, certificates and second factors of every user and
//! of the root user. It knows when each was last used, but not the ids of the keys.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

mod observe;
mod parse;

pub(crate) use observe::{root_key, slot_use};
pub(crate) use parse::{Report, Row, Slot};

use crate::failure::call_error;
use crate::session::Session;
use crate::wire::timestamp;
use async_trait::async_trait;
use aws_sdk_iam::types::ReportStateType;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::time::Duration;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::Facet;

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html>
const GENERATE_CREDENTIAL_REPORT: ApiCall = ApiCall::read(
    "iam:GenerateCredentialReport",
    "iam:GenerateCredentialReport",
    "Makes AWS collect the credential report. It changes nothing in the account.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html",
);

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html>
pub(crate) const GET_CREDENTIAL_REPORT: ApiCall = ApiCall::read(
    "iam:GetCredentialReport",
    "iam:GetCredentialReport",
    "Reads passwords, second factors, and the state, age and last use of every user's keys, in one call.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "credential-report",
    title: "passwords, second factors and last uses",
    provides: &[Facet::Credentials, Facet::CredentialUse, Facet::IdentityUse],
    types: &[],
    calls: &[GENERATE_CREDENTIAL_REPORT, GET_CREDENTIAL_REPORT],
    switched_on_by: None,
};

/// How long the report is waited for: it takes seconds, in very large accounts a few minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The listing.
pub(crate) struct CredentialReport;

#[async_trait]
impl Collector<Session> for CredentialReport {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        if let Err(error) = generate(session).await {
            // Somebody else may have made one in the last four hours, which is as long as AWS gives it out.
            out.failed(&error);
        }
        let report = fetch(session).await?;
        for fault in &report.faults {
            out.failed(&CallError::new(GET_CREDENTIAL_REPORT, FailureKind::Malformed, fault));
        }
        observe::observe(&report, &session.account, out).await;
        session.report.get_or_init(|| report);
        Ok(())
    }
}

/// Asks for a report until it is there.
async fn generate(session: &Session) -> Result<(), CallError> {
    let mut pause = FIRST_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        let answer = session.iam.generate_credential_report().send().await;
        let answer = answer.map_err(|error| call_error(GENERATE_CREDENTIAL_REPORT, error))?;
        if answer.state() == Some(&ReportStateType::Complete) {
            return Ok(());
        }
        if waited >= LONGEST_WAIT {
            let reason = format!("the report was not ready after {} seconds", waited.as_secs());
            return Err(CallError::new(GENERATE_CREDENTIAL_REPORT, FailureKind::Other, &reason));
        }
        tokio::time::sleep(pause).await;
        waited += pause;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn fetch(session: &Session) -> Result<Report, CallError> {
    let answer = session.iam.get_credential_report().send().await.map_err(|error| {
        let absent =
            error.as_service_error().and_then(|error| error.code()).is_some_and(|code| code.starts_with("Report"));
        let mut failure = call_error(GET_CREDENTIAL_REPORT, error);
        if absent {
            failure.message = format!("there is no report to read ({})", failure.message);
        }
        failure
    })?;
    let malformed = |reason: &str| CallError::new(GET_CREDENTIAL_REPORT, FailureKind::Malformed, reason);
    let content = answer.content().ok_or_else(|| malformed("the answer holds no report"))?;
    let generated = answer.generated_time().and_then(timestamp);
    parse::parse(content.as_ref(), generated).map_err(|error| malformed(&error.to_string()))
}
