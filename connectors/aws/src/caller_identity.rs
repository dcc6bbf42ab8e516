//! `sts:GetCallerIdentity`: which account the credentials belong to. It needs no permission, so when it
//! fails, nothing else can work.

use crate::failure::call_error;
use crate::ids::{Account, is_account_id};
use crate::target::Target;
use whose_connect::{ApiCall, CallError, CollectorInfo, ConnectError, FailureKind};

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
const GET_CALLER_IDENTITY: ApiCall = ApiCall::read(
    "sts:GetCallerIdentity",
    "sts:GetCallerIdentity",
    "Tells which account and partition the credentials belong to.",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "caller-identity",
    title: "the account behind the credentials",
    provides: &[],
    types: &[],
    calls: &[GET_CALLER_IDENTITY],
    switched_on_by: None,
};

/// Asks which account it is.
pub(crate) async fn fetch(sts: &aws_sdk_sts::Client) -> Result<Account, CallError> {
    let answer = sts.get_caller_identity().send().await.map_err(|error| call_error(GET_CALLER_IDENTITY, error))?;
    let odd = |what: &str| CallError::new(GET_CALLER_IDENTITY, FailureKind::Malformed, what);
    let id = answer.account().filter(|id| is_account_id(id)).ok_or_else(|| odd("the answer names no account"))?;
    // An ARN is `arn:PARTITION:...`.
    let partition = answer.arn().and_then(|arn| arn.split(':').nth(1)).filter(|partition| !partition.is_empty());
    let partition = partition.ok_or_else(|| odd("the answer names no partition"))?;
    Ok(Account { partition: partition.into(), id: id.into() })
}

/// Says why nothing of the target can be read, and what to do.
pub(crate) fn sign_in_error(target: &Target, error: CallError) -> ConnectError {
    let remedy = match error.kind {
        FailureKind::Unreachable => "Check the network, the proxy and the endpoint.".to_owned(),
        _ => match &target.profile {
            Some(profile) => format!("Check the profile, or run `aws sso login --profile {profile}` if it uses SSO."),
            None => "Name a profile with aws:profile=NAME, or set AWS_PROFILE or the AWS_ACCESS_KEY_ID variables; \
                     `aws sts get-caller-identity` must work."
                .to_owned(),
        },
    };
    ConnectError::SignIn {
        target: target.describe(),
        reason: error.message.trim_end_matches('.').to_owned(),
        remedy,
        source: Some(Box::new(error)),
    }
}
