//! What a value's format gives away without any call: account, key id, tenant, subject, expiry.

use crate::check::jwt_payload;
use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD, BASE64URL_NOPAD};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use whose_model::{Reveal, Timestamp};
use zeroize::Zeroizing;

/// The decoders, by the names that detectors use.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Decoder {
    /// The public id of the credential, in full: it is what inventories and audit logs show.
    KeyId,
    /// The account in an AWS key id.
    AwsAccountFromKeyId,
    /// User and account in an Amazon Bedrock API key.
    AwsBedrockUser,
    /// Expiry, permissions and signer of a shared access signature.
    AzureSas,
    /// The month of creation in an Azure key of the common format.
    AzureCaskCreated,
    /// Service account and project that stand beside a `private_key_id`.
    GcpServiceAccount,
    /// The routing ids in a GitLab token.
    GitlabRouting,
    /// Organisation, name and region of a Grafana Cloud token.
    GrafanaCloud,
    /// Organisation and date of a Sentry organisation token.
    SentryOrganisation,
    /// Issuer, subject, tenant, application and expiry of a JSON Web Token.
    JwtClaims,
    /// The pattern's other named groups, under their names.
    Groups,
}

/// A match as decoders see it.
pub(crate) struct Found<'d> {
    /// The id, or the secret when there is no id.
    pub(crate) value: &'d [u8],
    /// The pattern's other named groups.
    pub(crate) groups: Vec<(&'d str, &'d [u8])>,
    /// The text round the value: the JSON object, as far as one is near.
    pub(crate) around: &'d [u8],
}

impl Found<'_> {
    /// The value as text. Only ids are shown.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.value)
    }

    /// A string member of the JSON text around the value, escaped JSON included.
    pub(crate) fn json_string(&self, member: &str) -> Option<String> {
        let at = find(self.around, format!("\"{member}").as_bytes())?;
        let rest = &self.around[at + member.len() + 1..];
        let rest = rest.strip_prefix(b"\\").unwrap_or(rest).strip_prefix(b"\"")?.trim_ascii_start();
        let rest = rest.strip_prefix(b":")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\\").unwrap_or(rest).strip_prefix(b"\"")?;
        let value = &rest[..rest.iter().take(255).position(|&byte| matches!(byte, b'"' | b'\\'))?];
        let plain = !value.is_empty() && value.iter().all(|&byte| byte.is_ascii_graphic());
        plain.then(|| String::from_utf8_lossy(value).into_owned())
    }
}

impl Decoder {
    /// The facts. A value that does not decode gives none: the match stands on its form alone.
    pub(crate) fn reveal(self, found: &Found<'_>) -> Vec<Reveal> {
        let facts: Vec<(&str, Option<String>)> = match self {
            Self::KeyId => vec![("key-id", Some(found.text().into_owned()))],
            Self::AwsAccountFromKeyId => vec![("account", aws_account(found.value))],
            Self::AwsBedrockUser => bedrock_user(found.value)
                .map_or_else(Vec::new, |(user, account)| vec![("account", Some(account)), ("user", Some(user))]),
            Self::AzureSas => azure_sas(found.value),
            Self::AzureCaskCreated => vec![("created", cask_created(found.value))],
            Self::GcpServiceAccount => {
                vec![("subject", found.json_string("client_email")), ("project", found.json_string("project_id"))]
            }
            Self::GitlabRouting => gitlab_routing(found.value),
            Self::GrafanaCloud => json_behind(found.value, b"glc_").map_or_else(Vec::new, |token| {
                vec![
                    ("organisation", plain(&token["o"])),
                    ("name", plain(&token["n"])),
                    ("region", plain(&token["m"]["r"])),
                ]
            }),
            Self::SentryOrganisation => json_behind(found.value, b"sntrys_").map_or_else(Vec::new, |token| {
                vec![
                    ("organisation", plain(&token["org"])),
                    ("url", plain(&token["url"])),
                    ("created", moment(&token["iat"])),
                ]
            }),
            Self::JwtClaims => jwt_payload(found.value).as_ref().map_or_else(Vec::new, jwt_claims),
            Self::Groups => {
                return found
                    .groups
                    .iter()
                    .map(|(name, value)| Reveal {
                        what: name.replace('_', "-"),
                        value: String::from_utf8_lossy(value).into_owned(),
                    })
                    .collect();
            }
        };
        facts.into_iter().filter_map(|(what, value)| Some(Reveal { what: what.to_owned(), value: value? })).collect()
    }
}

/// The account that an AWS key id carries. Ids with I or J in fifth place are older than the scheme and carry none.
pub(crate) fn aws_account(id: &[u8]) -> Option<String> {
    if matches!(id.get(4)?, b'I' | b'J') {
        return None;
    }
    let decoded = BASE32_NOPAD.decode(id.get(4..20)?).ok()?;
    let head = decoded.iter().take(6).fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    Some(format!("{:012}", (head & 0x7fff_ffff_ff80) >> 7))
}

/// The service user name in an Amazon Bedrock API key, and the account in it.
pub(crate) fn bedrock_user(value: &[u8]) -> Option<(String, String)> {
    let encoded = value.strip_prefix(b"ABSK")?;
    let decoded = Zeroizing::new(BASE64.decode(encoded).or_else(|_| BASE64_NOPAD.decode(encoded)).ok()?);
    let user = decoded.split(|&byte| byte == b':').next()?;
    let user = std::str::from_utf8(user).ok()?;
    let (_, account) = user.rsplit_once("-at-")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| (user.to_owned(), account.to_owned()))
}

fn azure_sas(value: &[u8]) -> Vec<(&'static str, Option<String>)> {
    let text = String::from_utf8_lossy(value).replace("&amp;", "&").replace("%3A", ":").replace("%3a", ":");
    let parameter = |name: &str| {
        text.split(['&', '?']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
    };
    vec![
        ("expiry", parameter("se")),
        ("permissions", parameter("sp")),
        ("subject", parameter("skoid")),
        ("tenant", parameter("sktid")),
    ]
}

/// Year (A is 2024) and month (A is January) stand at offset 58.
fn cask_created(value: &[u8]) -> Option<String> {
    let (year, month) = (value.get(58)?.checked_sub(b'A')?, value.get(59)?.checked_sub(b'A')?);
    (year < 26 && month < 12).then(|| format!("{}-{:02}", 2024 + u32::from(year), month + 1))
}

/// The payload's lines are `<letter>:<number in base 36>`; sixteen random bytes stand before it, its length behind.
fn gitlab_routing(value: &[u8]) -> Vec<(&'static str, Option<String>)> {
    let routed = || {
        let start = value.iter().position(|&byte| byte == b'-')? + 1;
        let body = value[start..].split(|&byte| byte == b'.').next()?;
        let decoded = Zeroizing::new(BASE64URL_NOPAD.decode(body).ok()?);
        let (&length, head) = decoded.split_last()?;
        let payload = head.get(head.len().checked_sub(usize::from(length))?..)?;
        Some(std::str::from_utf8(payload).ok()?.to_owned())
    };
    let Some(payload) = routed() else { return Vec::new() };
    let number = |letter: &str| {
        let digits = payload.lines().find_map(|line| line.strip_prefix(letter)?.strip_prefix(':'))?;
        u64::from_str_radix(digits, 36).ok().map(|number| number.to_string())
    };
    vec![("organisation", number("o")), ("group", number("g")), ("project", number("p")), ("user", number("u"))]
}

fn json_behind(value: &[u8], prefix: &[u8]) -> Option<Value> {
    let body = value.strip_prefix(prefix)?.split(|&byte| byte == b'_').next()?;
    let body: Vec<u8> = body.iter().copied().filter(|&byte| byte != b'=').collect();
    let decoded = Zeroizing::new(BASE64_NOPAD.decode(&body).ok()?);
    serde_json::from_slice(&decoded).ok()
}

fn jwt_claims(payload: &Value) -> Vec<(&'static str, Option<String>)> {
    let audience = plain(&payload["aud"]).or_else(|| plain(&payload["aud"][0]));
    vec![
        ("issuer", plain(&payload["iss"])),
        ("subject", plain(&payload["sub"])),
        ("audience", audience),
        ("tenant", plain(&payload["tid"])),
        ("application", plain(&payload["appid"]).or_else(|| plain(&payload["azp"]))),
        ("object", plain(&payload["oid"])),
        ("created", moment(&payload["iat"])),
        ("expiry", moment(&payload["exp"])),
    ]
}

/// A short text or number of a token's own claims.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.chars().take(200).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn moment(value: &Value) -> Option<String> {
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))?;
    Timestamp::from_second(seconds).ok().map(|moment| moment.to_string())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;

    #[test]
    fn account_is_decoded_from_a_key_id() {
        assert_eq!(aws_account(["AKIARZPUZDIK", "AAAAAAAA"].concat().as_bytes()), Some("123456789012".to_owned()));
    }

    #[test]
    fn legacy_and_broken_key_ids_give_no_account() {
        for id in ["AKIAIOSFODNN7EXAMPLE", "AKIAJOSFODNN7EXAMPLE", "AKIA", "", "AKIA0000000000000000"] {
            assert_eq!(aws_account(id.as_bytes()), None, "{id}");
        }
    }

    #[test]
    fn bedrock_key_names_user_and_account() {
        let key = expand("ABSK{b64:BedrockAPIKey-ab12-at-123456789012:{base64:44}}", 1).unwrap();
        let expected = ("BedrockAPIKey-ab12-at-123456789012".to_owned(), "123456789012".to_owned());
        assert_eq!(bedrock_user(key.as_bytes()), Some(expected));
    }

    #[test]
    fn shared_access_signature_names_expiry_and_signer() {
        let found = azure_sas(b"sv=2024-01-01&skoid=a-b&sktid=c-d&se=2027-01-01T00%3A00%3A00Z&sp=rl&sig=x");
        let values: Vec<_> = found.into_iter().filter_map(|(_, value)| value).collect();
        assert_eq!(values, ["2027-01-01T00:00:00Z", "rl", "a-b", "c-d"]);
    }

    #[test]
    fn gitlab_routing_payload_is_read_in_base_36() {
        // Sixteen random bytes, the payload, and its length (8) as the last byte.
        let token = format!("glpat-{}.01.0e1234567", BASE64URL_NOPAD.encode(b"0123456789abcdefo:1\nu:zz\x08"));
        let found = gitlab_routing(token.as_bytes());
        assert_eq!(found[0].1.as_deref(), Some("1"));
        assert_eq!(found[3].1.as_deref(), Some("1295"));
    }

    #[test]
    fn json_members_are_found_escaped_or_not() {
        let check = |around: &str| {
            let found = Found { value: b"", groups: Vec::new(), around: around.as_bytes() };
            assert_eq!(found.json_string("client_email").as_deref(), Some("a@b.c"), "{around}");
        };
        check(r#"{"client_email": "a@b.c"}"#);
        check(r#"{\"client_email\":\"a@b.c\"}"#);
    }
}
