//! When to ask again, and how long to wait before it.

use http::{HeaderMap, StatusCode, header};
use std::time::Duration;

/// How often a request is repeated, and with which pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent in all; one means that it is never repeated.
    pub attempts: u32,
    /// The longest pause before the first repetition; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause at all.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 6, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// The pause after attempt number `attempt` (from one). `chance`, from 0 to 1, spreads the clients of one provider
    /// over the whole interval ("full jitter"), so that they do not come back all at once.
    pub fn pause(&self, attempt: u32, chance: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(16);
        let longest = self.first_pause.saturating_mul(1 << doublings).min(self.longest_pause);
        longest.mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// Whether an answer with this status may be different the next time.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// The longest pause that a provider can impose with `Retry-After`: longer ones are cut, so that a hostile or broken
/// server cannot stop a scan for days.
const LONGEST_IMPOSED: Duration = Duration::from_secs(120);

/// The pause that an answer asks for with `Retry-After`, in seconds or as a date. A date is measured against the
/// answer's own `Date`, so that neither our clock nor its error matters.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let asked = text(header::RETRY_AFTER)?;
    let pause = match asked.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let wait = date(asked)?.duration_since(text(header::DATE).and_then(date)?);
            Duration::try_from(wait).unwrap_or(Duration::ZERO)
        }
    };
    Some(pause.min(LONGEST_IMPOSED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().unwrap());
        headers.insert(header::DATE, "Tue, 24 Nov 2026 22:00:00 GMT".parse().unwrap());
        retry_after(&headers)
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_and_is_bounded() {
        assert_eq!(asked("3"), Some(Duration::from_secs(3)));
        assert_eq!(asked("Tue, 24 Nov 2026 22:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("Tue, 24 Nov 2026 21:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("99999999"), Some(LONGEST_IMPOSED));
        for nonsense in ["soon", "-1", "1.5e400", ""] {
            assert_eq!(asked(nonsense), None, "{nonsense}");
        }
        let mut undated = HeaderMap::new();
        undated.insert(header::RETRY_AFTER, "Tue, 24 Nov 2026 22:00:30 GMT".parse().unwrap());
        assert_eq!(retry_after(&undated), None);
    }

    #[test]
    fn only_answers_that_can_change_are_asked_for_again() {
        for (status, expected) in [(429, true), (500, true), (503, true), (400, false), (403, false), (404, false)] {
            assert_eq!(is_transient(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
    }

    proptest! {
        #[test]
        fn pauses_are_bounded(attempt in any::<u32>(), chance in any::<f64>()) {
            prop_assume!(!chance.is_nan());
            let policy = RetryPolicy::default();
            prop_assert!(policy.pause(attempt, chance) <= policy.longest_pause);
        }
    }
}
