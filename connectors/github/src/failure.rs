//! From GitHub's answers to failures of declared calls: who refused, who asks for patience, and for how long.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use std::error::Error;
use std::time::Duration;
use whose_connect::{ApiCall, CallError, FailureKind, TransportError};

/// An error as GitHub words it.
#[derive(Deserialize)]
struct Refusal {
    message: String,
}

/// Whether an answer asks for patience. GitHub also says so with 403, and then its headers tell it from a refusal.
pub(crate) fn is_throttled(status: StatusCode, headers: &HeaderMap) -> bool {
    let spent = headers.get("x-ratelimit-remaining").is_some_and(|left| left.as_bytes() == b"0");
    status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::FORBIDDEN && (spent || headers.contains_key(http::header::RETRY_AFTER)))
}

/// How long to wait before the same question: `Retry-After`, or until the budget is renewed by the server's own clock.
pub(crate) fn pause(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    // GitHub gives seconds; the other form of the header, a date, it does not use.
    if let Some(seconds) = text("retry-after") {
        return seconds.parse().ok().map(Duration::from_secs);
    }
    let reset = text("x-ratelimit-reset")?.parse::<i64>().ok()?;
    let now = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text("date")?).ok()?;
    // One second more, since both are rounded down.
    let wait = reset.saturating_sub(now.as_second()).saturating_add(1).max(0);
    u64::try_from(wait).ok().map(Duration::from_secs)
}

/// The failure that an answer without success is.
pub(crate) fn refused(call: ApiCall, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let said = serde_json::from_slice::<Refusal>(body).map(|refusal| refusal.message);
    let said = said.unwrap_or_else(|_| "no message".into());
    let status_word = status.as_u16();
    if is_throttled(status, headers) {
        let message = format!("GitHub answered HTTP {status_word} and asks for patience: {said}");
        return CallError::new(call, FailureKind::Throttled, &message);
    }
    let message = match status_word {
        401 => format!("GitHub does not take the token (HTTP 401): {said}"),
        403 => format!("GitHub refused (HTTP 403): {said}; needed is {}", call.permission),
        // GitHub hides what a token may not see, so that it cannot be told from what is not there.
        404 => format!("GitHub shows nothing there (HTTP 404): {said}; needed is {}", call.permission),
        300..=399 => format!("GitHub answered HTTP {status_word}: it was renamed or moved"),
        _ => format!("GitHub answered HTTP {status_word}: {said}"),
    };
    let kind = match status_word {
        401 | 403 | 404 => FailureKind::Denied,
        _ => FailureKind::Other,
    };
    CallError::new(call, kind, &message)
}

/// The failure that no answer is.
pub(crate) fn unanswered(call: ApiCall, error: TransportError) -> CallError {
    let kind = match error {
        TransportError::TooLarge { .. } => FailureKind::Malformed,
        TransportError::Request { .. } => FailureKind::Other,
        _ => FailureKind::Unreachable,
    };
    let message = match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    CallError::new(call, kind, &message).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: ApiCall = ApiCall::read("github:ListThings", "things:read", "", "");

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn refusals_are_told_from_requests_for_patience() {
        let none = headers(&[]);
        let spent = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")]);
        let later = headers(&[("retry-after", "60")]);
        let left = headers(&[("x-ratelimit-remaining", "12")]);
        for (status, headers, kind) in [
            (401, &none, FailureKind::Denied),
            (403, &none, FailureKind::Denied),
            (403, &left, FailureKind::Denied),
            (404, &spent, FailureKind::Denied),
            (403, &spent, FailureKind::Throttled),
            (403, &later, FailureKind::Throttled),
            (429, &none, FailureKind::Throttled),
            (301, &none, FailureKind::Other),
            (500, &none, FailureKind::Other),
        ] {
            let error = refused(CALL, StatusCode::from_u16(status).unwrap(), headers, b"{\"message\":\"so it is\"}");
            assert_eq!(error.kind, kind, "{status}: {error}");
            assert_eq!(
                error.message.contains("things:read"),
                matches!(status, 403 | 404) && kind == FailureKind::Denied
            );
        }
    }

    #[test]
    fn the_pause_is_measured_by_the_servers_clock() {
        let date = ("date", "Tue, 24 Nov 2026 22:00:00 GMT");
        let reset = |seconds: i64| (1_795_557_600 + seconds).to_string();
        let until = |text: &str| pause(&headers(&[date, ("x-ratelimit-reset", text)]));
        assert_eq!(until(&reset(30)), Some(Duration::from_secs(31)));
        assert_eq!(until(&reset(-500)), Some(Duration::ZERO));
        assert_eq!(until("soon"), None);
        assert!(until(&i64::MAX.to_string()).is_some());
        assert_eq!(
            pause(&headers(&[date, ("retry-after", "7"), ("x-ratelimit-reset", &reset(900))])),
            Some(Duration::from_secs(7))
        );
        assert_eq!(pause(&headers(&[("x-ratelimit-reset", &reset(30))])), None);
    }
}
