//! How people write names, tag keys and values: the same word in many spellings, and words that say nothing.

/// A tag's key without case and separators: `Owner-Email` and `owner_email` are one.
pub(super) fn key(text: &str) -> String {
    let text = text.rsplit_once([':', '/']).map_or(text, |(_, last)| last);
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a name, split at separators and where a small letter is followed by a capital, in lower case.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("the list begins with one word").extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value only fills a field that must not be empty.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(
        text.as_str(),
        "" | "none"
            | "n/a"
            | "na"
            | "null"
            | "nil"
            | "tbd"
            | "tba"
            | "todo"
            | "unknown"
            | "unassigned"
            | "nobody"
            | "undefined"
            | "default"
            | "changeme"
            | "x"
            | "xxx"
            | "test"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_key_are_one() {
        for text in ["OwnerEmail", "owner-email", "OWNER_EMAIL", "acme:owner email", "aws:cost/owner.email"] {
            assert_eq!(key(text), "owneremail", "{text}");
        }
    }

    #[test]
    fn names_fall_into_words() {
        for (text, expected) in [
            ("svc-billing_prod", "svc billing prod"),
            ("TerraformDeploy", "terraform deploy"),
            ("alice@example.com", "alice example com"),
            ("--", ""),
            ("AWSBackup", "awsbackup"),
        ] {
            assert_eq!(tokens(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn placeholders_say_nothing() {
        for (text, expected) in [("TBD", true), (" n/a ", true), ("-", true), ("<none>", true), ("nona", false)] {
            assert_eq!(is_placeholder(text), expected, "{text}");
        }
    }
}
