//! How moments, counts and the model's own words read in texts for people.

use serde::Serialize;
use whose_model::{LastUsed, Timestamp, Usage, day};

/// A minute, `2026-11-24 21:55 UTC`.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with its noun.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The word by which the published schema calls a value, so that no two outputs call it differently.
pub fn term<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => {
            debug_assert!(false, "only enums without fields have one word: {other:?}");
            String::new()
        }
    }
}

/// The same word in running text.
pub fn plain<T: Serialize>(value: T) -> String {
    term(value).replace('-', " ")
}

/// When something was last used, with what its source can speak for.
pub(crate) fn last_used(used: Option<&LastUsed>) -> String {
    let Some(used) = used else { return "not collected".into() };
    match (used.usage, used.horizon) {
        (Usage::At(at), _) => day(at),
        (Usage::Never, None) => "never".into(),
        (Usage::Never, Some(horizon)) => format!("not since {}", day(horizon)),
        (Usage::NotCollected, _) => "not collected".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whose_model::{CoverageState, OwnerBand, Tier};

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(count(1, "key", "keys"), "1 key");
        assert_eq!(count(0, "key", "keys"), "0 keys");
        assert_eq!(count(1_234_567, "key", "keys"), "1,234,567 keys");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn words_are_those_of_the_schema() {
        assert_eq!(term(CoverageState::NotEnabled), "not-enabled");
        assert_eq!(plain(CoverageState::NotEnabled), "not enabled");
        assert_eq!(term(OwnerBand::Orphaned), "orphaned");
        assert_eq!(term(Tier::T0), "t0");
    }

    #[test]
    fn never_used_and_nobody_looked_read_differently() {
        let used = |usage, horizon| LastUsed { usage, horizon, source: "s".into(), what: None };
        let horizon = "2025-08-01T00:00:00Z".parse().unwrap();
        assert_eq!(last_used(Some(&used(Usage::Never, None))), "never");
        assert_eq!(last_used(Some(&used(Usage::Never, Some(horizon)))), "not since 2025-08-01");
        assert_eq!(last_used(Some(&used(Usage::NotCollected, None))), "not collected");
        assert_eq!(last_used(None), "not collected");
    }
}
