//! Checks of a value's own form: checksums and structures that only real values have.

use crate::checksum;
use crate::doubt::{Assignment, Claim};
use crate::macaroon::Macaroon;
use crate::placeholder::is_placeholder;
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};
use serde::Deserialize;
use zeroize::Zeroizing;

/// The checks, by the names that detectors use.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Check {
    /// The last six characters are the base62 CRC-32 of what follows the first underscore.
    GithubCrc32,
    /// The last seven characters are the base36 CRC-32 of all before them, and the two before these the length.
    /// <https://docs.gitlab.com/security/tokens/>
    GitlabRoutable,
    /// The last eight characters are the CRC-32 of all before them.
    AtlassianCrc32,
    /// The part behind the last underscore is the CRC-32 of what is before it.
    GrafanaCrc32,
    /// The last characters are the key's Marvin checksum.
    AzureCask,
    /// A macaroon of PyPI, whole.
    PypiMacaroon,
    /// The first part is a user id in base64.
    Discord,
    /// Base58 with a checksum.
    Base58check,
    /// Bech32, whose checksum holds.
    Bech32,
    /// A Stellar seed, whose checksum holds.
    Stellar,
    /// Upper and lower case and digits, as in random base64, and unlike hex digests and words.
    MixedCase,
    /// Base64 of a user, a colon and a password.
    BasicAuth,
    /// Header and payload decode to JSON objects, and it is not the textbook token.
    Jwt,
}

impl Check {
    /// Whether the value can be real.
    pub(crate) fn passes(self, value: &[u8]) -> bool {
        match self {
            Self::GithubCrc32 => has_github_crc32(value),
            Self::GitlabRoutable => is_gitlab_routable(value),
            Self::AtlassianCrc32 => ends_in::<8>(value, checksum::hex_crc32),
            Self::GrafanaCrc32 => {
                let at = value.len().saturating_sub(9);
                value[at..].strip_prefix(b"_") == Some(checksum::reversed_hex_crc32(&value[..at]).as_bytes())
            }
            Self::AzureCask => is_azure_cask(value),
            Self::PypiMacaroon => Macaroon::read(value).is_some(),
            Self::Discord => discord_user(value).is_some(),
            Self::Base58check => checksum::base58check(value).is_some(),
            Self::Bech32 => checksum::is_bech32(value),
            Self::Stellar => checksum::is_stellar_seed(value),
            Self::MixedCase => {
                let any = |is: fn(&u8) -> bool| value.iter().any(is);
                any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit)
            }
            Self::BasicAuth => is_basic_auth(value),
            Self::Jwt => jwt_payload(value).is_some_and(|payload| payload["sub"] != "1234567890"),
        }
    }
}

fn has_github_crc32(value: &[u8]) -> bool {
    let body = value.iter().position(|&byte| byte == b'_').map_or(value, |at| &value[at + 1..]);
    ends_in::<6>(body, checksum::base62_crc32)
}

/// Whether the last characters are the checksum of all before them.
fn ends_in<const LENGTH: usize>(value: &[u8], checksum: fn(&[u8]) -> String) -> bool {
    value.split_last_chunk::<LENGTH>().is_some_and(|(text, sum)| checksum(text).as_bytes() == sum)
}

/// The length of the payload stands before the checksum, in base 36.
fn is_gitlab_routable(value: &[u8]) -> bool {
    let length = || {
        let payload = &value[value.iter().position(|&byte| byte == b'-')? + 1..];
        let payload = payload.split(|&byte| byte == b'.').next()?;
        let stated = std::str::from_utf8(value.get(value.len().checked_sub(9)?..value.len() - 7)?).ok()?;
        Some(usize::from_str_radix(stated, 36).ok()? == payload.len())
    };
    length() == Some(true) && ends_in::<7>(value, checksum::base36_crc32)
}

/// Keys that are derived from others have their checksum in a form of its own, which is not looked at.
fn is_azure_cask(value: &[u8]) -> bool {
    let Some((head, sum)) = value.split_at_checked(80) else { return false };
    let sum = sum.trim_ascii_end();
    let sum = sum.strip_suffix(b"==").unwrap_or(sum);
    value.get(52..58) == Some(b"JQQJ9D") || checksum::cask(head).is_some_and(|whole| whole.as_bytes().starts_with(sum))
}

fn is_basic_auth(value: &[u8]) -> bool {
    let Ok(decoded) = BASE64.decode(value).or_else(|_| BASE64_NOPAD.decode(value)).map(Zeroizing::new) else {
        return false;
    };
    let Some(at) = decoded.iter().position(|&byte| byte == b':') else { return false };
    let (user, password) = (&decoded[..at], &decoded[at + 1..]);
    let printable = decoded.iter().all(|byte| byte.is_ascii_graphic());
    let password = Assignment { key: b"", value: password, user, host: b"", line: b"" };
    printable && !is_placeholder(password.value) && password.is_credible(Claim::Password)
}

/// The first part is the id of the bot's user in base64.
pub(crate) fn discord_user(value: &[u8]) -> Option<String> {
    let id = BASE64URL_NOPAD.decode(value.split(|&byte| byte == b'.').next()?).ok()?;
    let is_id = (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
    is_id.then(|| String::from_utf8_lossy(&id).into_owned())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;

    #[test]
    fn each_checksum_holds_for_its_samples_and_for_no_other() {
        let check = |check: Check, template: &str| {
            for seed in 0..20 {
                let whole = expand(template, seed).unwrap();
                assert!(check.passes(whole.as_bytes()), "{template} {seed}");
                // One character in the middle is another.
                let mut other = whole.into_bytes();
                let middle = other.len() / 3;
                other[middle] = if other[middle] == b'2' { b'3' } else { b'2' };
                assert!(!check.passes(&other), "{template} {seed}");
            }
            assert!(!check.passes(b"") && !check.passes(b"x") && !check.passes(&[b'A'; 84]), "{template}");
        };
        check(Check::GithubCrc32, "ghp_{crc62:30}");
        check(Check::GitlabRoutable, "{gitlab:glpat-{base64url:27}.01.0r}");
        check(Check::GitlabRoutable, "{gitlab:glrt-{base64url:40}.14}");
        check(Check::AtlassianCrc32, "{atlassian:ATATT3x{base64url:180}=}");
        check(Check::GrafanaCrc32, "{grafana:glsa_{base62:32}}");
        check(Check::AzureCask, "{cask:{base62:52}JQQJ99CA{base62:20}}");
        check(Check::Base58check, "{base58key:xprv}");
        check(Check::Bech32, "{bech32key:AGE-SECRET-KEY-}");
        check(Check::Stellar, "{stellar:}");
    }
}
