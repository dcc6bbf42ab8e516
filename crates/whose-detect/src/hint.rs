//! Masked hints: enough to recognise a value that one already has, never enough to use it.

/// A hint of a secret: its vendor prefix and at most its last four characters, fewer for short values.
pub(crate) fn mask(value: &[u8], keywords: &[String], public: bool) -> String {
    let prefix = keywords
        .iter()
        .map(String::as_bytes)
        .filter(|keyword| value.starts_with(keyword))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    let hidden = &value[prefix..];
    // An eighth of a secret at most; a public id may show a quarter.
    let share = if public { 4 } else { 8 };
    let last = &hidden[hidden.len() - (hidden.len() / share).min(4)..];
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}…{}", text(&value[..prefix]), text(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hint_shows_prefix_and_at_most_four_characters() {
        let keywords = ["AKIA".to_owned(), "sk-".to_owned(), "sk-proj-".to_owned()];
        let check = |value: &str, public, expected| assert_eq!(mask(value.as_bytes(), &keywords, public), expected);
        check("AKIA0123456789ABCDEF", true, "AKIA…CDEF");
        check("sk-proj-0123456789abcdef0123456789abcdef", false, "sk-proj-…cdef");
        check("0123456789abcdef", false, "…ef");
        check("hunter2", false, "…");
        check("", false, "…");
    }
}
