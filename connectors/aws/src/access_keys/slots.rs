//! Which of the report's two places is which key. The report knows uses but no ids, the listing ids but no
//! uses; what both know is when a key was made.

use crate::credential_report::{GET_CREDENTIAL_REPORT, Row, Slot, slot_use};
use whose_model::{LastUsed, Timestamp, Usage};

/// The last use of each key of one user, in the order of `made`, the moments at which the keys were made.
///
/// `row` is the user's row of the report, which was made at `generated`.
pub(super) fn last_uses(made: &[Option<Timestamp>], row: Option<&Row>, generated: Option<Timestamp>) -> Vec<LastUsed> {
    let Some(row) = row else { return made.iter().map(|_| not_collected()).collect() };
    let slots: Vec<&Slot> = row.keys.iter().flatten().collect();
    let young = |made: &Option<Timestamp>| made.zip(generated).is_some_and(|(made, generated)| made > generated);
    let mut found: Vec<Option<LastUsed>> = made.iter().map(|made| young(made).then(not_collected)).collect();
    let mut taken = vec![false; slots.len()];
    // First the keys whose moment of making one place alone has.
    for (key, moment) in made.iter().enumerate() {
        let unique = made.iter().filter(|other| *other == moment).count() == 1;
        let mut places =
            (0..slots.len()).filter(|&place| moment.is_some() && same_second(slots[place].rotated, *moment));
        if let (None, true, Some(place), None) = (&found[key], unique, places.next(), places.next()) {
            found[key] = Some(slot_use(slots[place]));
            taken[place] = true;
        }
    }
    // Then what is left over. The date in the report moves when a key is changed, so it need not fit.
    let left: Vec<&Slot> = slots.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(slot, _)| *slot).collect();
    let missing = found.iter().filter(|found| found.is_none()).count();
    let rest = match (left.as_slice(), missing) {
        ([], _) => not_collected(),
        ([slot], 1) => slot_use(slot),
        (slots, _) => either(slots),
    };
    found.into_iter().map(|found| found.unwrap_or_else(|| rest.clone())).collect()
}

/// Several places for several keys, and nothing that tells them apart: the later use stands for each, since a key
/// must not be called unused when it may be the one in use.
fn either(slots: &[&Slot]) -> LastUsed {
    let uses: Vec<LastUsed> = slots.iter().map(|slot| slot_use(slot)).collect();
    let alike = uses.windows(2).all(|pair| pair[0] == pair[1]);
    let latest = uses.into_iter().reduce(LastUsed::later_of).unwrap_or_else(not_collected);
    if alike {
        return latest;
    }
    LastUsed {
        source: format!(
            "{} (the later use of the user's keys, which the report does not tell apart)",
            GET_CREDENTIAL_REPORT.name
        ),
        ..latest
    }
}

fn not_collected() -> LastUsed {
    LastUsed { usage: Usage::NotCollected, horizon: None, source: GET_CREDENTIAL_REPORT.name.into(), what: None }
}

/// The report gives whole seconds.
fn same_second(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.as_second() == other.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        (!text.is_empty()).then(|| format!("2026-{text}T00:00:00Z").parse().unwrap())
    }

    fn slot(rotated: &str, used: &str) -> Option<Slot> {
        Some(Slot { active: true, rotated: at(rotated), used: at(used), what: None })
    }

    /// Moments of making, places of the report, and what is then known of each key: a day, `never`, `unknown`, with a
    /// star when the keys cannot be told apart.
    fn check(made: &[&str], places: [Option<Slot>; 2], expected: &[&str]) {
        let made: Vec<_> = made.iter().map(|made| at(made)).collect();
        let row = Row { keys: places, ..Row::default() };
        let known: Vec<String> = last_uses(&made, Some(&row), at("11-01"))
            .into_iter()
            .map(|used| {
                let star = if used.source.contains("apart") { "*" } else { "" };
                match used.usage {
                    Usage::At(at) => format!("{}{star}", &at.to_string()[5..10]),
                    Usage::Never => format!("never{star}"),
                    Usage::NotCollected => format!("unknown{star}"),
                }
            })
            .collect();
        assert_eq!(known, expected);
    }

    #[test]
    fn keys_find_their_places_by_the_moment_of_making() {
        check(&["01-01", "02-01"], [slot("02-01", "10-02"), slot("01-01", "")], &["never", "10-02"]);
        check(&["02-01"], [None, slot("02-01", "10-02")], &["10-02"]);
    }

    #[test]
    fn one_key_and_one_place_belong_together_though_the_date_moved() {
        check(&["01-01"], [slot("05-05", "10-02"), None], &["10-02"]);
        check(&["01-01", "02-01"], [slot("01-01", "10-01"), slot("05-05", "10-02")], &["10-01", "10-02"]);
        check(&["01-01"], [slot("", "10-02"), None], &["10-02"]);
    }

    #[test]
    fn keys_that_cannot_be_told_apart_share_the_later_use() {
        check(&["01-01", "01-01"], [slot("01-01", "10-02"), slot("01-01", "")], &["10-02*", "10-02*"]);
        check(&["01-01", "02-01"], [slot("05-05", "10-02"), slot("06-06", "")], &["10-02*", "10-02*"]);
        check(&["01-01", "01-01"], [slot("01-01", ""), slot("01-01", "")], &["never", "never"]);
        // One key is gone since the report: either place may have been the other's.
        check(&["01-01"], [slot("05-05", "10-02"), slot("06-06", "")], &["10-02*"]);
    }

    #[test]
    fn a_key_that_is_younger_than_the_report_is_unknown() {
        check(&["01-01", "11-02"], [slot("01-01", "10-02"), None], &["10-02", "unknown"]);
        check(&["11-02"], [None, None], &["unknown"]);
        check(&["11-02"], [slot("01-01", "10-02"), None], &["unknown"]);
    }

    #[test]
    fn without_a_row_nothing_is_known() {
        assert_eq!(last_uses(&[at("01-01")], None, None)[0].usage, Usage::NotCollected);
    }
}
