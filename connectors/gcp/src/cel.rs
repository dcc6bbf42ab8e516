//! The part of the Common Expression Language in which conditions of providers are mostly written: comparisons of
//! claims with texts, joined by `&&`. Anything else is not understood, and says so.

/// A test of one attribute or claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    /// What is tested, for example `assertion.repository_owner`.
    pub(crate) on: String,
    /// Any of these will do.
    pub(crate) values: Vec<String>,
    /// Whether the value need only begin so.
    pub(crate) prefix: bool,
}

/// Reads a conjunction of tests; `None` when any part of it is something else. An empty text demands nothing.
pub(crate) fn conjunction(text: &str) -> Option<Vec<Test>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    split(text, "&&")?.into_iter().map(test).collect()
}

/// The one claim that an expression of a mapping is, `sub` of `assertion.sub`.
pub(crate) fn claim(expression: &str) -> Option<String> {
    let name = path(expression)?;
    name.strip_prefix("assertion.").map(Into::into)
}

fn test(text: &str) -> Option<Test> {
    let text = unwrapped(text);
    if let Some((left, right)) = text.split_once("==") {
        let (on, value) = path(left).zip(literal(right)).or_else(|| path(right).zip(literal(left)))?;
        return Some(Test { on, values: vec![value], prefix: false });
    }
    if let Some((left, right)) = text.split_once(" in ") {
        let list = right.trim().strip_prefix('[')?.strip_suffix(']')?;
        let values: Option<Vec<String>> = split(list, ",")?.into_iter().map(literal).collect();
        return Some(Test { on: path(left)?, values: values.filter(|values| !values.is_empty())?, prefix: false });
    }
    let (left, right) = text.split_once(".startsWith(")?;
    let value = literal(right.strip_suffix(')')?)?;
    Some(Test { on: path(left)?, values: vec![value], prefix: true })
}

fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) if !inner.contains(['(', ')']) => inner.trim(),
        _ => text,
    }
}

/// Parts a text where a mark stands outside of quotes; `None` when a quote is not closed.
fn split<'a>(text: &'a str, mark: &str) -> Option<Vec<&'a str>> {
    let (mut parts, mut quote, mut start) = (Vec::new(), None, 0);
    for (index, letter) in text.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if index >= start && text[index..].starts_with(mark) => {
                parts.push(&text[start..index]);
                start = index + mark.len();
            }
            None => {}
        }
    }
    parts.push(&text[start..]);
    quote.is_none().then_some(parts)
}

/// A text in quotes without escapes.
fn literal(text: &str) -> Option<String> {
    let text = text.trim();
    let quote = text.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(['\\', '\'', '"'])).then(|| inner.to_owned())
}

/// A name with dots, such as `assertion.sub`.
fn path(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (text.contains('.') && text.split('.').all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str) -> Option<Vec<String>> {
        let tests = conjunction(text)?;
        Some(
            tests
                .iter()
                .map(|t| format!("{}{}{}", t.on, if t.prefix { "^" } else { "=" }, t.values.join("|")))
                .collect(),
        )
    }

    #[test]
    fn comparisons_joined_by_and_are_understood() {
        for (text, expected) in [
            ("", vec![]),
            ("assertion.repository_owner == 'acme'", vec!["assertion.repository_owner=acme"]),
            ("'acme' == assertion.repository_owner", vec!["assertion.repository_owner=acme"]),
            ("(assertion.a=='1') && attribute.b == \"x && y\"", vec!["assertion.a=1", "attribute.b=x && y"]),
            (
                "assertion.ref in ['refs/heads/main', 'refs/heads/dev']",
                vec!["assertion.ref=refs/heads/main|refs/heads/dev"],
            ),
            ("google.subject.startsWith('repo:acme/')", vec!["google.subject^repo:acme/"]),
        ] {
            assert_eq!(said(text), Some(expected.iter().map(ToString::to_string).collect()), "{text}");
        }
    }

    #[test]
    fn all_else_is_not_understood() {
        for text in [
            "assertion.a == 'x' || assertion.b == 'y'",
            "assertion.a != 'x'",
            "!(assertion.a == 'x')",
            "assertion.a.matches('^x')",
            "assertion.a == 'it\\'s'",
            "assertion.a == 'x",
            "assertion.a in []",
            "true",
            "has(assertion.a)",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[a-z.='\"&()\\[\\], é]{0,40}") {
            let _ = conjunction(&text);
        }
    }
}
