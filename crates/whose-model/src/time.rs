//! Moments as everybody states them, and the two ways in which texts count and show days.

/// A moment in UTC, as every connector and report states it (RFC 3339 in files).
pub type Timestamp = jiff::Timestamp;

/// The day of a moment, `2026-11-24`.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// Whole days between two moments; negative when `earlier` is the later one.
pub fn days_between(earlier: Timestamp, later: Timestamp) -> i64 {
    later.duration_since(earlier).as_hours().div_euclid(24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_whole_and_backwards_too() {
        let noon: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        for (later, expected) in [
            ("2026-11-24T23:00:00Z", 0),
            ("2026-11-25T11:00:00Z", 0),
            ("2026-11-25T12:00:00Z", 1),
            ("2026-11-24T11:00:00Z", -1),
            ("2026-11-23T12:00:00Z", -1),
        ] {
            assert_eq!(days_between(noon, later.parse().unwrap()), expected, "{later}");
        }
        assert_eq!(day(noon), "2026-11-24");
    }
}
