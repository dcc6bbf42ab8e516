//! What a value's format gives away without any call: account, key id, tenant, subject, expiry.

use crate::check::{discord_user, jwt_payload};
use crate::claims::{self, moment, plain};
use crate::entra::Beside;
use crate::found::Found;
use crate::macaroon::Macaroon;
use crate::private_key::Facts;
use crate::shared_access::Signature;
use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD, BASE64URL_NOPAD};
use serde::Deserialize;
use serde_json::Value;
use whose_model::Reveal;
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
    /// Application and tenant that stand beside an Entra client secret.
    EntraBeside,
    /// The public half of a private key, and under what it is encrypted.
    PrivateKey,
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
    /// Account and e-mail address in a 1Password service-account token.
    OnePassword,
    /// Id, user and projects in a PyPI token.
    PypiMacaroon,
    /// The bot's user id in a Discord token.
    DiscordUser,
    /// The account in a Stripe key of the longer form.
    StripeAccount,
    /// Issuer, subject, tenant, application and expiry of a JSON Web Token.
    JwtClaims,
    /// The pattern's other named groups, under their names.
    Groups,
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
            Self::EntraBeside => entra_beside(found),
            Self::PrivateKey => private_key(found),
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
            Self::OnePassword => json_behind(found.value, b"ops_").map_or_else(Vec::new, |token| {
                vec![("account", plain(&token["signInAddress"])), ("subject", plain(&token["email"]))]
            }),
            Self::PypiMacaroon => Macaroon::read(found.value).map_or_else(Vec::new, |token| {
                vec![
                    ("user", token.caveat(3)),
                    ("project", token.caveat(1)),
                    ("token-id", Some(token.identifier).filter(|id| id.len() <= 40)),
                ]
            }),
            Self::DiscordUser => vec![("user", discord_user(found.value))],
            Self::StripeAccount => vec![("account", stripe_account(found.value))],
            Self::JwtClaims => jwt_payload(found.value).as_ref().map_or_else(Vec::new, claims::facts),
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
    let signature = Signature::read(value);
    vec![
        ("expiry", signature.expiry.map(|moment| moment.to_string())),
        ("permissions", signature.permissions),
        ("subject", signature.signer),
        ("tenant", signature.tenant),
    ]
}

fn entra_beside(found: &Found<'_>) -> Vec<(&'static str, Option<String>)> {
    let Beside { applications, tenants } = Beside::of(found.data, &found.range);
    let applications = applications.into_iter().map(|id| ("application", Some(id)));
    applications.chain(tenants.into_iter().map(|id| ("tenant", Some(id)))).collect()
}

fn private_key(found: &Found<'_>) -> Vec<(&'static str, Option<String>)> {
    let facts = Facts::read(found.data, &found.range);
    let single = [
        ("encryption", facts.encryption),
        ("ssh-fingerprint", facts.ssh_fingerprint),
        ("public-key-sha256", facts.public_key),
    ];
    single.into_iter().chain(facts.certificates.into_iter().map(|one| ("certificate-sha1", Some(one)))).collect()
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

/// Behind a first digit stand the sixteen characters of the account.
fn stripe_account(value: &[u8]) -> Option<String> {
    let key = value.rsplit(|&byte| byte == b'_').next()?;
    let account = key.get(1..17).filter(|_| key.len() >= 90 && key.starts_with(b"51"))?;
    Some(format!("acct_{}", String::from_utf8_lossy(account)))
}

fn json_behind(value: &[u8], prefix: &[u8]) -> Option<Value> {
    let body = value.strip_prefix(prefix)?.split(|&byte| byte == b'_').next()?;
    let body: Vec<u8> = body.iter().copied().filter(|&byte| byte != b'=').collect();
    let decoded = Zeroizing::new(BASE64_NOPAD.decode(&body).or_else(|_| BASE64URL_NOPAD.decode(&body)).ok()?);
    serde_json::from_slice(&decoded).ok()
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
    fn gitlab_routing_payload_is_read_in_base_36() {
        // Sixteen random bytes, the payload, and its length (8) as the last byte.
        let token = format!("glpat-{}.01.0e1234567", BASE64URL_NOPAD.encode(b"0123456789abcdefo:1\nu:zz\x08"));
        let found = gitlab_routing(token.as_bytes());
        assert_eq!(found[0].1.as_deref(), Some("1"));
        assert_eq!(found[3].1.as_deref(), Some("1295"));
    }
}
