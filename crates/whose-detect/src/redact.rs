//! Texts that are told because they name something else (a path, an author, an address) and may hold a secret too.

use crate::capture::Capture;
use crate::engine::Engine;
use std::borrow::Cow;
use std::ops::Range;

impl Engine {
    /// A text with every secret in it replaced by its masked hint. Ids that are public by themselves stay.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let (captures, wide) = self.search().captures_and_wide(text.as_bytes());
        let captures = self.paired(captures, text.as_bytes());
        let secret = |capture: &Capture<'_>| {
            let range = capture.secret.clone()?;
            let hint = self.hint(capture, &text.as_bytes()[range.clone()]);
            Some((range, hint))
        };
        let mut secrets: Vec<(Range<usize>, String)> = captures.iter().filter_map(secret).collect();
        // An encoded text that holds a secret goes as a whole.
        let inner = self.search().inner(text.as_bytes(), &wide);
        let found = inner.filter(|inner| self.trace(&inner.text).is_found());
        secrets.extend(found.map(|inner| (inner.range, format!("({} text)", inner.layer.name()))));
        if secrets.is_empty() {
            return Cow::Borrowed(text);
        }
        secrets.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut out = String::with_capacity(text.len());
        let mut told = 0;
        for (range, hint) in secrets {
            if range.start >= told {
                out.push_str(&String::from_utf8_lossy(&text.as_bytes()[told..range.start]));
                out.push_str(&hint);
            }
            // What overlaps a secret that is masked already has its rest masked with it.
            told = told.max(range.end);
        }
        out.push_str(&String::from_utf8_lossy(&text.as_bytes()[told..]));
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;

    #[test]
    fn secrets_in_a_text_are_masked_and_the_rest_stays() {
        let engine = Engine::new().unwrap();
        let (one, two) = (expand("ghp_{crc62:30}", 1).unwrap(), expand("ghp_{crc62:30}", 2).unwrap());
        let hint = |token: &str| format!("ghp_…{}", &token[token.len() - 4..]);
        let redacted = engine.redact(&format!("schlüssel/{one}.json, {two}")).into_owned();
        assert_eq!(redacted, format!("schlüssel/{}.json, {}", hint(&one), hint(&two)));
        assert!(matches!(engine.redact("src/main.rs"), Cow::Borrowed("src/main.rs")));
    }

    #[test]
    fn id_stays_and_its_secret_half_goes() {
        let engine = Engine::new().unwrap();
        let id = expand("AKIA{base32:16}", 1).unwrap();
        let secret = expand("{base64:40}", 1).unwrap();
        assert_eq!(engine.redact(&id), id);
        let redacted = engine.redact(&format!("aws_access_key_id={id} aws_secret_access_key={secret}")).into_owned();
        assert!(redacted.contains(&id) && !redacted.contains(&secret[4..36]), "{redacted}");
    }
}
