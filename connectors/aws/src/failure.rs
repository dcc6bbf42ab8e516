//! From the SDK's errors to failures of declared calls: who refused, what to do, and never a secret.

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;
use whose_connect::{ApiCall, CallError, FailureKind};

/// Turns an error of the SDK into a failure of `call`.
pub(crate) fn call_error<E>(call: ApiCall, error: SdkError<E, HttpResponse>) -> CallError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let (kind, message) = classify(&error);
    CallError::new(call, kind, &message).caused_by(error)
}

fn classify<E>(error: &SdkError<E, HttpResponse>) -> (FailureKind, String)
where
    E: Error + ProvideErrorMetadata + 'static,
{
    if let Some(reason) = credentials_fault(error) {
        return (FailureKind::Other, reason);
    }
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let body = answer.raw().body().bytes().unwrap_or_default();
            // Servers other than AWS wrap their errors in ways that the SDK does not know.
            let body = String::from_utf8_lossy(body);
            let Some(code) = answer.err().code().or_else(|| element(&body, "Code")) else {
                return without_code(status, error);
            };
            let message = answer.err().message().or_else(|| element(&body, "Message")).unwrap_or("no message");
            (kind_of_code(code, status), format!("{code}: {message}"))
        }
        SdkError::ResponseError(answer) => {
            let status = answer.raw().status().as_u16();
            (FailureKind::Malformed, format!("the answer (HTTP {status}) cannot be read: {}", deepest(error)))
        }
        SdkError::DispatchFailure(failure) if failure.is_other() => (FailureKind::Malformed, deepest(error)),
        SdkError::DispatchFailure(_) => (FailureKind::Unreachable, format!("no answer: {}", deepest(error))),
        SdkError::TimeoutError(_) => (FailureKind::Unreachable, "no answer in time".into()),
        _ => (FailureKind::Other, format!("the request was not sent: {}", deepest(error))),
    }
}

/// The text of the first element of a name.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once("</")?;
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// An answer that the SDK could not take for a result nor for an error in IAM's form.
fn without_code(status: u16, error: &dyn Error) -> (FailureKind, String) {
    if (200..300).contains(&status) {
        (FailureKind::Malformed, format!("the answer (HTTP {status}) cannot be read: {}", deepest(error)))
    } else {
        (kind_of_status(status), format!("AWS answered HTTP {status} without an error code"))
    }
}

/// What kept us from having credentials, if that is what failed.
fn credentials_fault(error: &(dyn Error + 'static)) -> Option<String> {
    let mut below = Some(error);
    while let Some(one) = below {
        if let Some(fault) = one.downcast_ref::<CredentialsError>() {
            let found = !matches!(fault, CredentialsError::CredentialsNotLoaded(_));
            let what = if found { "the credentials cannot be used" } else { "no credentials were found" };
            return Some(format!("{what}: {}", deepest(fault)));
        }
        below = one.source();
    }
    None
}

/// The sentence of the innermost error, which is the one that says what happened.
pub(crate) fn deepest(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn kind_of_code(code: &str, status: u16) -> FailureKind {
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "AuthorizationError" => {
            FailureKind::Denied
        }
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "SlowDown" => FailureKind::Throttled,
        "InvalidAction" | "NotImplemented" | "UnsupportedOperation" | "OptInRequired" => FailureKind::NotEnabled,
        _ if status == 429 => FailureKind::Throttled,
        _ => FailureKind::Other,
    }
}

fn kind_of_status(status: u16) -> FailureKind {
    match status {
        403 => FailureKind::Denied,
        429 => FailureKind::Throttled,
        501 => FailureKind::NotEnabled,
        _ => FailureKind::Other,
    }
}

/// Whether the thing that was asked for is not there (any more).
pub(crate) fn is_gone<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::ServiceError(answer) if answer.err().code() == Some("NoSuchEntity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_an_unknown_wrapping_is_still_read() {
        let xml =
            "<Response><Errors><Error><Code>AccessDenied</Code><Message> no </Message></Error></Errors></Response>";
        assert_eq!((element(xml, "Code"), element(xml, "Message")), (Some("AccessDenied"), Some("no")));
        for nothing in ["", "<Code>", "<Code></Code>", "<html>"] {
            assert_eq!(element(nothing, "Code"), None, "{nothing}");
        }
    }

    #[test]
    fn codes_tell_refusals_from_faults() {
        for (code, status, kind) in [
            ("AccessDenied", 403, FailureKind::Denied),
            ("Throttling", 400, FailureKind::Throttled),
            ("InvalidAction", 400, FailureKind::NotEnabled),
            ("InvalidClientTokenId", 403, FailureKind::Other),
            ("ExpiredToken", 403, FailureKind::Other),
            ("ServiceFailure", 500, FailureKind::Other),
            ("Whatever", 429, FailureKind::Throttled),
        ] {
            assert_eq!(kind_of_code(code, status), kind, "{code}");
        }
    }
}
