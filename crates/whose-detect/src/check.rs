//! Checks of a value's own form: checksums and structures that only real values have.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use zeroize::Zeroizing;

/// The checks, by the names that detectors use.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Check {
    /// The last six characters are the base62 CRC-32 of what follows the first underscore.
    /// <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>
    GithubCrc32,
    /// Upper and lower case and digits, as in random base64, and unlike hex digests and words.
    MixedCase,
    /// Header and payload decode to JSON objects, and it is not the textbook token.
    Jwt,
}

impl Check {
    /// Whether the value can be real.
    pub(crate) fn passes(self, value: &[u8]) -> bool {
        match self {
            Self::GithubCrc32 => has_github_crc32(value),
            Self::MixedCase => {
                let any = |is: fn(&u8) -> bool| value.iter().any(is);
                any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit)
            }
            Self::Jwt => jwt_payload(value).is_some_and(|payload| payload["sub"] != "1234567890"),
        }
    }
}

fn has_github_crc32(value: &[u8]) -> bool {
    let body = value.iter().position(|&byte| byte == b'_').map_or(value, |at| &value[at + 1..]);
    let Some((random, sum)) = body.split_last_chunk::<6>() else { return false };
    base62_crc32(random).as_bytes() == sum
}

/// The CRC-32 in base62, padded with zeros to six characters.
pub(crate) fn base62_crc32(data: &[u8]) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(data);
    let mut out = [b'0'; 6];
    for slot in out.iter_mut().rev() {
        *slot = DIGITS[rest as usize % 62];
        rest /= 62;
    }
    out.iter().map(|&byte| char::from(byte)).collect()
}

/// The payload of a JSON Web Token whose header and payload are JSON objects.
pub(crate) fn jwt_payload(value: &[u8]) -> Option<serde_json::Value> {
    let mut parts = value.split(|&byte| byte == b'.');
    let mut object = || {
        let decoded = Zeroizing::new(BASE64URL_NOPAD.decode(parts.next()?).ok()?);
        serde_json::from_slice::<serde_json::Value>(&decoded).ok().filter(serde_json::Value::is_object)
    };
    let header = object()?;
    header.get("alg")?;
    object()
}

/// Values of documentation and templates: they say "example", or are one or two characters over and over.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    value.iter().for_each(|&byte| seen[usize::from(byte)] = true);
    let distinct = seen.iter().filter(|&&seen| seen).count();
    // A value's prefix (AKIA, ghp_) alone brings three or four different characters.
    distinct < 6 || value.windows(7).any(|window| window.eq_ignore_ascii_case(b"example"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_checksum_is_that_of_githubs_own_article() {
        // The article's sample token, in pieces.
        assert_eq!(base62_crc32(["zQWBuTSOoRi4A9sp", "HcVY5ncnsDkxkJ"].concat().as_bytes()), "0mLq17");
    }

    #[test]
    fn documentation_values_are_placeholders() {
        for value in ["AKIAIOSFODNN7EXAMPLE", "AKIAXXXXXXXXXXXXXXXX", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        assert!(!is_placeholder(["AKIARZPUZDIK", "AAAAAAAA"].concat().as_bytes()));
    }
}
