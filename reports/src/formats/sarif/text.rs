//! Texts of a SARIF message. Its readers make links of `[text](target)` and arguments of `{0}`, even in plain text.

use crate::inert::visible;
use serde::Serialize;

/// A plain-text message.
#[derive(Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

impl Message {
    pub(super) fn new(text: &str) -> Self {
        Self { text: plain(text) }
    }
}

/// Text in which nothing is unseen, a link or a placeholder.
pub(super) fn plain(text: &str) -> String {
    let shown = visible(text);
    let mut inert = String::with_capacity(shown.len());
    let mut before = ' ';
    for character in shown.chars() {
        let link = before == ']' && matches!(character, '(' | '[');
        let placeholder = before == '{' && character.is_ascii_digit();
        if link || placeholder {
            inert.push(' ');
        }
        inert.push(character);
        before = character;
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_placeholders_stay_text() {
        for (given, expected) in [
            ("key of ci-deployer", "key of ci-deployer"),
            ("[y](javascript:alert(1))", "[y] (javascript:alert(1))"),
            ("[y][1]", "[y] [1]"),
            ("{0} and {x}", "{ 0} and {x}"),
            ("a\u{202e}b", "a⟨U+202E⟩b"),
        ] {
            assert_eq!(plain(given), expected);
        }
    }
}
