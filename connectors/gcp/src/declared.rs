//! What keepers declare in free text where a provider offers no labels: `Owner: ines@tallowmere.example; Expires:
//! 2027-01-31`.

use std::collections::BTreeMap;

/// A key is at most so many words long; more is a sentence that happens to hold a colon.
const MOST_WORDS: usize = 3;

/// The declarations of a text, each `key: value` or `key=value`, parted by semicolons, bars or ends of lines.
pub(crate) fn declarations(text: &str) -> BTreeMap<String, String> {
    let pieces = text.split([';', '|', '\n', '\r']);
    pieces.filter_map(declaration).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn declaration(piece: &str) -> Option<(&str, &str)> {
    // What precedes the last sentence's end is prose: `Loads orders. Owner: data`.
    let mark = piece.find([':', '='])?;
    let (before, value) = (&piece[..mark], piece[mark + 1..].trim());
    let key = before.rsplit(". ").next().unwrap_or(before).trim();
    let wordy = key.split_whitespace().count() > MOST_WORDS;
    let plain = key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    // `https://…` is an address and no declaration.
    let address = value.starts_with("//");
    (!key.is_empty() && !value.is_empty() && !wordy && plain && !address).then_some((key, value.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn declarations_are_found_among_prose() {
        for (text, expected) in [
            (
                "Owner: ines@tallowmere.example; Expires: 2027-01-31",
                vec![("Expires", "2027-01-31"), ("Owner", "ines@tallowmere.example")],
            ),
            (
                "Loads orders at night. Owner=team-data | Purpose=night load",
                vec![("Owner", "team-data"), ("Purpose", "night load")],
            ),
            ("owner: data\nreview by: 2027-02-01.", vec![("owner", "data"), ("review by", "2027-02-01")]),
            ("See https://wiki.tallowmere.example/x", vec![]),
            ("This account is used by whoever needs it: nobody knows", vec![]),
            ("Default compute service account", vec![]),
            ("Owner:", vec![]),
            ("", vec![]),
        ] {
            let found = declarations(text);
            let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,80}") {
            for (key, value) in declarations(&text) {
                prop_assert!(!key.is_empty() && !value.is_empty());
            }
        }
    }
}
