//! A match as decoders and joins see it: its value, its parts, and the text round it.

use crate::capture::Capture;
use crate::window;
use std::borrow::Cow;
use std::ops::Range;

/// A match.
pub(crate) struct Found<'d> {
    /// All that is scanned.
    pub(crate) data: &'d [u8],
    /// Where the value stands in it.
    pub(crate) range: Range<usize>,
    /// The id, or the secret when there is no id.
    pub(crate) value: &'d [u8],
    /// The pattern's other named groups.
    pub(crate) groups: Vec<(&'d str, &'d [u8])>,
}

impl<'d> Found<'d> {
    pub(crate) fn new(capture: &'d Capture<'_>, data: &'d [u8]) -> Self {
        Self {
            data,
            range: capture.value.clone(),
            value: &data[capture.value.clone()],
            groups: capture.groups.iter().map(|(name, range)| (*name, &data[range.clone()])).collect(),
        }
    }

    /// The value as text. Only ids are shown.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.value)
    }

    /// A string member of the JSON object round the value, as far as one is near, escaped JSON included.
    pub(crate) fn json_string(&self, member: &str) -> Option<String> {
        let around = &self.data[window::object_around(self.data, &self.range)];
        let needle = format!("\"{member}");
        let at = around.windows(needle.len()).position(|window| window == needle.as_bytes())?;
        let rest = &around[at + needle.len()..];
        let rest = rest.strip_prefix(b"\\").unwrap_or(rest).strip_prefix(b"\"")?.trim_ascii_start();
        let rest = rest.strip_prefix(b":")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\\").unwrap_or(rest).strip_prefix(b"\"")?;
        let value = &rest[..rest.iter().take(255).position(|&byte| matches!(byte, b'"' | b'\\'))?];
        let plain = !value.is_empty() && value.iter().all(|&byte| byte.is_ascii_graphic());
        plain.then(|| String::from_utf8_lossy(value).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_members_are_found_escaped_or_not() {
        let check = |text: &str| {
            let found = Found { data: text.as_bytes(), range: 2..2, value: b"", groups: Vec::new() };
            assert_eq!(found.json_string("client_email").as_deref(), Some("a@b.c"), "{text}");
        };
        check(r#"{"client_email": "a@b.c"}"#);
        check(r#"{\"client_email\":\"a@b.c\"}"#);
    }
}
