//! The token with which the scan signs in. It can be sent and not read: nothing prints, compares or copies it out.

use http::HeaderValue;
use zeroize::Zeroizing;

/// A token of GitHub: fine-grained, classic, or of an app's installation.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes a token as the environment or a file holds it; white space around it is not part of it. `None`: nothing
    /// is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The header that carries it, marked so that no log shows it. `None`: it holds what no header can carry.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let text = Zeroizing::new(format!("Bearer {}", self.0.as_str()));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_sent_and_never_shown() {
        let token = Token::new(" abc123\n").unwrap();
        let header = token.header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer abc123");
        for shown in [format!("{token:?}"), format!("{header:?}")] {
            assert!(!shown.contains("abc123"), "{shown}");
        }
    }

    #[test]
    fn nothing_is_no_token_and_a_line_break_cannot_smuggle_a_header() {
        assert!(Token::new(" \n").is_none());
        assert!(Token::new("a\r\nX-Other: b").unwrap().header().is_none());
    }
}
