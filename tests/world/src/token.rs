//! Invented credentials in their vendors' real formats. They are made at run time, so that none stands in
//! the source, and they open nothing: their vendors never issued them.

use crate::draw::{BASE32, BASE62, DIGITS, Draw};
use data_encoding::BASE32 as RFC4648;

/// The part of the first six decoded bytes of an AWS id that holds the account.
const ACCOUNT_MASK: u64 = 0x7fff_ffff_ff80;

/// An AWS id of 20 characters (`AKIA…`, `ASIA…`): a prefix and 16 characters of base 32, whose first 48 bits
/// hold the account: a set bit, 40 bits of account, seven random bits.
pub fn aws_id(prefix: &str, account: &str, random: [u8; 5]) -> String {
    let number: u64 = account.parse().expect("an account is twelve digits");
    let head = (1 << 47) | (number << 7) | u64::from(random[0] & 0x7f);
    let mut bytes = [0_u8; 10];
    bytes[..6].copy_from_slice(&head.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&random[1..]);
    format!("{prefix}{}", RFC4648.encode(&bytes))
}

/// The account that an AWS id was made in, as its first 48 bits say.
pub fn account_of(id: &str) -> Option<String> {
    let bytes = RFC4648.decode(id.get(4..20)?.as_bytes()).ok()?;
    let mut head = [0_u8; 8];
    head[2..].copy_from_slice(&bytes[..6]);
    Some(format!("{:012}", (u64::from_be_bytes(head) & ACCOUNT_MASK) >> 7))
}

/// Draws credentials for one account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mint<'a> {
    pub(crate) draw: Draw,
    pub(crate) account: &'a str,
}

impl Mint<'_> {
    /// An access key's id.
    pub(crate) fn key_id(&self, label: &str) -> String {
        aws_id("AKIA", self.account, self.draw.bytes(&format!("key-id/{label}")))
    }

    /// An immutable id of 21 characters: `AIDA` user, `AROA` role, `AGPA` group, `ANPA` policy.
    pub(crate) fn unique_id(&self, prefix: &str, label: &str) -> String {
        let id = aws_id(prefix, self.account, self.draw.bytes(&format!("id/{prefix}/{label}")));
        id + &self.draw.text(&format!("id-end/{prefix}/{label}"), BASE32, 1)
    }

    /// The secret half of an access key: 40 characters of base 64.
    pub(crate) fn secret_half(&self, label: &str) -> String {
        self.draw.base64(&format!("secret-half/{label}"), 30)
    }
}

/// A classic GitHub token: 30 random characters, and six of base 62 that are their CRC-32.
pub(crate) fn github_token(draw: Draw, label: &str) -> String {
    let random = draw.text(&format!("github/{label}"), BASE62, 30);
    let checksum = base62_of_six(crc32fast::hash(random.as_bytes()));
    ["ghp_", &random, &checksum].concat()
}

/// A text in the form of a GitHub token whose checksum does not hold: a placeholder, not a token.
pub(crate) fn github_lookalike(draw: Draw, label: &str) -> String {
    let mut token = github_token(draw, label);
    let last = token.pop().unwrap_or('0');
    token.push(if last == 'a' { 'b' } else { 'a' });
    token
}

/// A Slack bot token: team, bot and 24 random characters.
pub(crate) fn slack_bot_token(draw: Draw, label: &str) -> String {
    let digits = |part: &str| format!("{}{}", 2, draw.text(&format!("slack/{part}/{label}"), DIGITS, 11));
    ["xoxb-", &digits("team"), "-", &digits("bot"), "-", &draw.text(&format!("slack/{label}"), BASE62, 24)].concat()
}

/// The key that AWS's own documentation uses, in two parts so that no scanner of this source sees a key.
pub(crate) fn aws_documentation_key() -> (String, String) {
    (["AKIA", "IOSFODNN7", "EXAMPLE"].concat(), ["wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat())
}

fn base62_of_six(mut number: u32) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(number % 62) as usize];
        number /= 62;
    }
    digits.map(char::from).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_account_is_read_from_a_published_example() {
        let id = ["AKIA", "RZPUZDIK", "AAAAAAAA"].concat();
        assert_eq!(account_of(&id).as_deref(), Some("123456789012"));
        assert_eq!(aws_id("AKIA", "123456789012", [0; 5]), id);
    }

    #[test]
    fn the_checksum_is_that_of_githubs_published_example() {
        assert_eq!(
            base62_of_six(crc32fast::hash(["zQWBuTSOoRi4A9sp", "HcVY5ncnsDkxkJ"].concat().as_bytes())),
            "0mLq17"
        );
        let (token, other) = (github_token(Draw::new(3), "t"), github_lookalike(Draw::new(3), "t"));
        assert_eq!((token.len(), other.len()), (40, 40));
        assert_ne!(token, other);
    }

    proptest! {
        #[test]
        fn every_key_id_decodes_to_its_account(account in 0_u64..1_000_000_000_000, random in any::<[u8; 5]>()) {
            let account = format!("{account:012}");
            prop_assert_eq!(account_of(&aws_id("AKIA", &account, random)), Some(account));
        }
    }
}
