//! Quoting for a POSIX shell. Names come from other people's estates, so a name that cannot be shown and pasted
//! safely yields no command at all.

use whose_model::is_unseen;

/// The argument `--option value`, quoted; `None` when the value cannot be pasted safely.
pub(crate) fn option(option: &str, value: &str) -> Option<String> {
    // The AWS command line replaces a value that begins with one of these by what the file or page holds.
    let expands = ["file://", "fileb://", "http://", "https://"].iter().any(|prefix| value.starts_with(prefix));
    let value = shell(value).filter(|_| !expands)?;
    // A value that begins with a dash would be read as an option of its own.
    let separator = if value.starts_with('-') || value.starts_with("'-") { "=" } else { " " };
    Some(format!("{option}{separator}{value}"))
}

/// The text as one word of a POSIX shell; `None` when it is empty or holds characters that nobody sees, which
/// could hide what a command does from whoever pastes it.
pub(crate) fn shell(text: &str) -> Option<String> {
    if text.is_empty() || text.chars().any(is_unseen) {
        return None;
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-+=,.@:/%".contains(letter);
    if text.chars().all(plain) { Some(text.into()) } else { Some(format!("'{}'", text.replace('\'', r"'\''"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    #[test]
    fn hostile_names_stay_one_word() {
        for (text, expected) in [
            ("svc-payments", "svc-payments"),
            ("arn:aws:iam::1:user/a", "arn:aws:iam::1:user/a"),
            ("a b", "'a b'"),
            ("$(reboot)", "'$(reboot)'"),
            ("`reboot`", "'`reboot`'"),
            ("a'; reboot #", r"'a'\''; reboot #'"),
            ("~root", "'~root'"),
        ] {
            assert_eq!(shell(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn names_that_hide_or_expand_yield_no_command() {
        for text in ["", "a\nb", "a\u{1b}[2Jb", "a\u{202e}b", "a\u{200b}b", "a\u{ad}b", "a\u{e0041}b"] {
            assert_eq!(shell(text), None, "{text:?}");
        }
        assert_eq!(option("--user-name", "file:///etc/passwd"), None);
        assert_eq!(option("--user-name", "-x").as_deref(), Some("--user-name=-x"));
        assert_eq!(option("--user-name", "- x").as_deref(), Some("--user-name='- x'"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn a_shell_reads_back_what_was_quoted(text in "[ -~]{1,30}|\\PC{1,12}") {
            if let Some(quoted) = shell(&text) {
                let output = Command::new("sh").arg("-c").arg(format!("printf %s {quoted}")).output().unwrap();
                // printf reads a first argument with `%` as a format; here it is always `%s`.
                prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
            }
        }
    }
}
