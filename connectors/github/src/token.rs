//! The token with which the scan signs in. It can be sent and not read: nothing prints, compares or copies it out.

use data_encoding::BASE64;
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

    /// The header that carries it to the API, marked so that no log shows it. `None`: it holds what no header can
    /// carry.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        sensitive(&Zeroizing::new(format!("Bearer {}", self.0.as_str())))
    }

    /// The header that carries it to git over HTTPS, in the form that GitHub documents for every kind of token.
    pub(crate) fn basic(&self) -> Option<HeaderValue> {
        let pair = Zeroizing::new(format!("x-access-token:{}", self.0.as_str()));
        sensitive(&Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes()))))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_sent_and_never_shown() {
        let token = Token::new(" abc123\n").unwrap();
        let header = token.bearer().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer abc123");
        for shown in [format!("{token:?}"), format!("{header:?}")] {
            assert!(!shown.contains("abc123"), "{shown}");
        }
    }

    #[test]
    fn nothing_is_no_token_and_a_line_break_cannot_smuggle_a_header() {
        assert!(Token::new(" \n").is_none());
        assert!(Token::new("a\r\nX-Other: b").unwrap().bearer().is_none());
    }
}
