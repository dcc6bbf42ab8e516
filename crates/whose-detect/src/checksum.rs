//! Checksums that vendors build into their tokens, so that a mistyped or an invented one shows without any call.

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// The version byte of a seed, which makes its text begin with S.
const STELLAR_SEED: u8 = 18 << 3;
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// A number in some base, padded with zeros.
fn digits<const LENGTH: usize>(mut number: u32, alphabet: &[u8]) -> String {
    let base = u32::try_from(alphabet.len()).expect("an alphabet has at most 62 characters");
    let mut out = [b'0'; LENGTH];
    for slot in out.iter_mut().rev() {
        *slot = alphabet[(number % base) as usize];
        number /= base;
    }
    out.iter().map(|&byte| char::from(byte)).collect()
}

/// The CRC-32 in base62 that ends the tokens of GitHub and npm.
/// <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>
pub(crate) fn base62_crc32(data: &[u8]) -> String {
    digits::<6>(crc32fast::hash(data), BASE62)
}

/// The CRC-32 in base36 that ends GitLab's routable tokens.
/// <https://docs.gitlab.com/security/tokens/>
pub(crate) fn base36_crc32(data: &[u8]) -> String {
    digits::<7>(crc32fast::hash(data), BASE36)
}

/// The CRC-32 in hex digits that ends Atlassian's tokens.
/// <https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/>
pub(crate) fn hex_crc32(data: &[u8]) -> String {
    format!("{:08X}", crc32fast::hash(data))
}

/// The CRC-32 in hex digits, lowest byte first, that ends Grafana's service-account tokens.
/// <https://github.com/grafana/grafana/tree/main/pkg/components/satokengen>
pub(crate) fn reversed_hex_crc32(data: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(data).swap_bytes())
}

/// The Marvin checksum of a common annotated security key, as the characters that follow its first eighty. Keys
/// that are derived from others carry it in another form.
/// <https://github.com/microsoft/security-utilities>
pub(crate) fn cask(first_eighty: &[u8]) -> Option<String> {
    let bytes = Zeroizing::new(BASE64_NOPAD.decode(first_eighty).ok()?);
    // The seed is a name that the format fixes.
    let sum = marvin(&bytes, u64::from_be_bytes(*b"Default0"));
    let sum = (sum as u32 ^ (sum >> 32) as u32).to_le_bytes();
    Some(BASE64_NOPAD.encode(&sum))
}

/// Marvin, a keyed hash of a few shifts: the upper half of the result stands for the second word of its state.
/// <https://github.com/microsoft/security-utilities>
fn marvin(data: &[u8], seed: u64) -> u64 {
    let (mut low, mut high) = (seed as u32, (seed >> 32) as u32);
    let mut take = |word: u32| {
        low = low.wrapping_add(word);
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
    };
    let (words, rest) = data.as_chunks::<4>();
    words.iter().for_each(|word| take(u32::from_le_bytes(*word)));
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    take(u32::from_le_bytes(last));
    take(0);
    u64::from(high) << 32 | u64::from(low)
}

/// What a base58 text with a checksum holds, as Bitcoin's keys do.
/// <https://en.bitcoin.it/wiki/Base58Check_encoding>
pub(crate) fn base58check(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(bs58::decode(text).into_vec().ok()?);
    let (payload, sum) = bytes.split_last_chunk::<4>()?;
    let holds = Sha256::digest(Sha256::digest(payload))[..4] == *sum;
    let length = payload.len();
    bytes.truncate(length);
    holds.then_some(bytes)
}

/// A payload in base58 with its checksum.
pub(crate) fn with_base58check(payload: &[u8]) -> String {
    let sum = Sha256::digest(Sha256::digest(payload));
    bs58::encode([payload, &sum[..4]].concat()).into_string()
}

/// Whether the checksum of a Bech32 text holds.
/// <https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki>
pub(crate) fn is_bech32(text: &[u8]) -> bool {
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    let Some(at) = lower.iter().rposition(|&byte| byte == b'1') else { return false };
    let value = |byte: &u8| BECH32.iter().position(|known| known == byte);
    let data: Option<Vec<usize>> = lower[at + 1..].iter().map(value).collect();
    data.is_some_and(|data| polymod(&lower[..at], &data) == 1)
}

/// Five-bit values in Bech32 with their checksum.
pub(crate) fn with_bech32(part: &str, mut data: Vec<usize>) -> String {
    let sum = polymod(part.to_ascii_lowercase().as_bytes(), &[data.as_slice(), &[0; 6]].concat()) ^ 1;
    data.extend((0..6).map(|at| (sum >> (5 * (5 - at)) & 31) as usize));
    let text: String = data.iter().map(|&value| char::from(BECH32[value])).collect();
    if part.bytes().any(|byte| byte.is_ascii_uppercase()) {
        format!("{part}1{}", text.to_ascii_uppercase())
    } else {
        format!("{part}1{text}")
    }
}

fn polymod(part: &[u8], data: &[usize]) -> u32 {
    let expanded = part
        .iter()
        .map(|byte| u32::from(byte >> 5))
        .chain(std::iter::once(0))
        .chain(part.iter().map(|byte| u32::from(byte & 31)))
        .chain(data.iter().map(|&value| value as u32));
    expanded.fold(1, |sum: u32, value| {
        let top = sum >> 25;
        let generators = [0x3b6a_57b2_u32, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let shifted = (sum & 0x01ff_ffff) << 5 ^ value;
        generators.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(shifted, |sum, (_, one)| sum ^ one)
    })
}

/// Whether the checksum of a Stellar seed holds.
/// <https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md>
pub(crate) fn is_stellar_seed(text: &[u8]) -> bool {
    let Ok(bytes) = BASE32_NOPAD.decode(text).map(Zeroizing::new) else { return false };
    let Some((payload, sum)) = bytes.split_last_chunk::<2>() else { return false };
    payload.first() == Some(&STELLAR_SEED) && crc16(payload) == u16::from_le_bytes(*sum)
}

/// A Stellar seed of 32 bytes.
pub(crate) fn stellar_seed(secret: &[u8]) -> String {
    let payload = [&[STELLAR_SEED], secret].concat();
    BASE32_NOPAD.encode(&[payload.as_slice(), &crc16(&payload).to_le_bytes()].concat())
}

/// CRC-16 of XMODEM.
fn crc16(data: &[u8]) -> u16 {
    data.iter().fold(0, |sum: u16, &byte| {
        (0..8).fold(sum ^ u16::from(byte) << 8, |sum, _| if sum >> 15 == 1 { sum << 1 ^ 0x1021 } else { sum << 1 })
    })
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
    fn checksums_of_numbers_are_padded() {
        // The check value that is published with CRC-32.
        assert_eq!(hex_crc32(b"123456789"), "CBF43926");
        assert_eq!(reversed_hex_crc32(b"123456789"), "2639f4cb");
        assert_eq!(u64::from_str_radix(&base36_crc32(b"123456789"), 36), Ok(0xcbf4_3926));
        assert_eq!(base36_crc32(b""), "0000000");
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    #[test]
    fn marvin_gives_its_published_values() {
        let seed = 0x004f_b61a_001b_dbcc;
        for (data, expected) in [
            (&[][..], 0x30ed_35c1_00cd_3c7d),
            (&[0xaf], 0x48e7_3fc7_7d75_ddc1),
            (&[0xe7, 0x0f], 0xb5f6_e1fc_485d_bff8),
            (&[0x37, 0xf4, 0x95], 0xf0b0_7c78_9b8c_f7e8),
            (&[0x86, 0x42, 0xdc, 0x59], 0x7008_f2e8_7e9c_f556),
        ] {
            assert_eq!(marvin(data, seed), expected, "{data:x?}");
        }
    }

    #[test]
    fn texts_with_checksums_are_read_and_their_faults_seen() {
        // The examples of BIP 173 and of Bitcoin's wiki that hold no key.
        assert!(is_bech32(b"A12UEL5L") && is_bech32(b"a12uel5l") && !is_bech32(b"A1G7SGD8") && !is_bech32(b"x"));
        assert_eq!(base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").unwrap().len(), 21);
        assert!(base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb").is_none() && base58check(b"0").is_none());
        let seed = stellar_seed(&[7; 32]);
        assert!(seed.starts_with('S') && seed.len() == 56 && is_stellar_seed(seed.as_bytes()));
        assert!(!is_stellar_seed(seed.replace('S', "T").as_bytes()));
    }
}
