//! From answers and transport errors to failures of declared calls: who refused, and what to do.

use http::{Response, StatusCode};
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, FailureKind, TransportError};

/// What Graph and Resource Manager answer when they refuse.
#[derive(Deserialize)]
struct Refusal {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    code: Option<String>,
    message: Option<String>,
}

/// Codes that say that the tenant lacks a licence or has never switched a service on.
const NOT_ENABLED: &[&str] = &[
    "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    "SubscriptionNotRegistered",
    "MissingSubscriptionRegistration",
];

/// The failure that an answer without success is.
pub(crate) fn refused(call: ApiCall, answer: &Response<bytes::Bytes>) -> CallError {
    let status = answer.status();
    let fault = serde_json::from_slice::<Refusal>(answer.body()).ok().map(|refusal| refusal.error);
    let code = fault.as_ref().and_then(|fault| fault.code.clone()).unwrap_or_default();
    let message = fault.and_then(|fault| fault.message).unwrap_or_default();
    let kind = match status {
        _ if NOT_ENABLED.contains(&code.as_str()) => FailureKind::NotEnabled,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FailureKind::Denied,
        StatusCode::TOO_MANY_REQUESTS => FailureKind::Throttled,
        StatusCode::NOT_IMPLEMENTED => FailureKind::NotEnabled,
        _ => FailureKind::Other,
    };
    let text = match (code.is_empty(), message.is_empty()) {
        (true, _) => format!("HTTP {} without an error code", status.as_u16()),
        (false, true) => format!("HTTP {}: {code}", status.as_u16()),
        (false, false) => format!("HTTP {}: {code}: {message}", status.as_u16()),
    };
    CallError::new(call, kind, &text)
}

/// The failure that no answer at all is.
pub(crate) fn unanswered(call: ApiCall, error: TransportError) -> CallError {
    let kind = match &error {
        TransportError::TooLarge { .. } => FailureKind::Malformed,
        TransportError::Request { .. } => FailureKind::Other,
        _ => FailureKind::Unreachable,
    };
    CallError::new(call, kind, &error.to_string()).caused_by(error)
}

/// The failure that an answer is which cannot be understood.
pub(crate) fn malformed(call: ApiCall, why: &str) -> CallError {
    CallError::new(call, FailureKind::Malformed, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_without_success_are_told_apart() {
        let call = ApiCall::read("graph:ListUsers", "User.Read.All", "", "");
        let licence = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
        for (status, body, kind, text) in [
            (
                403,
                "{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"no\"}}",
                FailureKind::Denied,
                "no",
            ),
            (401, "", FailureKind::Denied, "401"),
            (429, "{\"error\":{\"code\":\"TooManyRequests\"}}", FailureKind::Throttled, "TooManyRequests"),
            (403, &format!("{{\"error\":{{\"code\":\"{licence}\"}}}}"), FailureKind::NotEnabled, licence),
            (500, "<html>", FailureKind::Other, "500"),
        ] {
            let answer = Response::builder().status(status).body(bytes::Bytes::from(body.to_owned())).unwrap();
            let error = refused(call, &answer);
            assert_eq!(error.kind, kind, "{status} {body}");
            assert!(error.message.contains(text), "{}", error.message);
        }
    }
}
