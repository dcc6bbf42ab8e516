//! Samples from templates: `AKIA{base32:16}` becomes a value of that form, always the same for one seed. So
//! detectors show what they find, and tests plant tokens, without any token in the source.

use crate::checksum::{self, base62_crc32};
use crate::error::DetectError;
use crate::macaroon;
use data_encoding::{BASE64, BASE64URL_NOPAD};

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGIT: &str = "0123456789";

/// Expands a template. Outside braces text stands for itself; `{{` and `}}` are braces. `{class:n}` is n random
/// characters of `hex`, `HEX`, `digit`, `lower`, `upper`, `base32`, `BASE36`, `base36`, `base62`, `base64`, `base64url`;
/// `{uuid:v}` is a UUID of version v; `{crc62:n}` is n random base62 characters and their six-character checksum; `{b64:text}` and `{b64url:text}`
/// encode a text that may hold templates itself.
///
/// # Errors
/// When a class is unknown, a number is missing, or a brace is not closed.
pub fn expand(template: &str, seed: u64) -> Result<String, DetectError> {
    let mut parser = Parser { template, rest: template, random: SplitMix(seed) };
    parser.text(false)
}

struct Parser<'t> {
    template: &'t str,
    rest: &'t str,
    random: SplitMix,
}

impl Parser<'_> {
    /// Text up to the end, or within braces up to the closing one.
    fn text(&mut self, within: bool) -> Result<String, DetectError> {
        let mut out = String::new();
        while let Some(next) = self.rest.chars().next() {
            if self.rest.starts_with("{{") || self.rest.starts_with("}}") {
                out.push(next);
                self.rest = &self.rest[2..];
            } else if next == '{' {
                self.rest = &self.rest[1..];
                out.push_str(&self.piece()?);
            } else if next == '}' && within {
                self.rest = &self.rest[1..];
                return Ok(out);
            } else {
                out.push(next);
                self.rest = &self.rest[next.len_utf8()..];
            }
        }
        if within { Err(self.error("a brace is not closed")) } else { Ok(out) }
    }

    fn piece(&mut self) -> Result<String, DetectError> {
        let Some((class, rest)) = self.rest.split_once(':') else {
            return Err(self.error("a brace is not followed by `class:`"));
        };
        self.rest = rest;
        match class {
            "b64" => return Ok(BASE64.encode(self.text(true)?.as_bytes())),
            "b64url" => return Ok(BASE64URL_NOPAD.encode(self.text(true)?.as_bytes())),
            _ => {}
        }
        if CHECKSUMS.contains(&class) {
            let text = self.text(true)?;
            let sum = checksum_of(class, text.as_bytes())
                .ok_or_else(|| self.error("its checksum needs eighty characters of base64"))?;
            return Ok(text + &sum);
        }
        if let Some(token) = whole_token(class) {
            let text = self.text(true)?;
            return Ok(token(&text, &mut self.random));
        }
        let Some((number, rest)) = self.rest.split_once('}') else {
            return Err(self.error("a brace is not closed"));
        };
        self.rest = rest;
        let Ok(length) = number.parse::<usize>() else {
            return Err(self.error(&format!("`{number}` is not a number of characters")));
        };
        if class == "crc62" {
            let body = self.random.characters(&[UPPER, LOWER, DIGIT], length);
            let sum = base62_crc32(body.as_bytes());
            return Ok(body + &sum);
        }
        if class == "uuid" {
            let hex = |random: &mut SplitMix, length| random.characters(&[DIGIT, "abcdef"], length);
            let random = &mut self.random;
            let (first, second, third) = (hex(random, 8), hex(random, 4), hex(random, 3));
            return Ok(format!("{first}-{second}-{length}{third}-a{}-{}", hex(random, 3), hex(random, 12)));
        }
        let sets: &[&str] = match class {
            "HEX" => &[DIGIT, "ABCDEF"],
            "base32lower" => &[LOWER, "234567"],
            "bech32" => &["acdefghjklmnpqrstuvwxyz", "023456789"],
            "BECH32" => &["ACDEFGHJKLMNPQRSTUVWXYZ", "023456789"],
            "BASE36" => &[UPPER, DIGIT],
            "hex" => &[DIGIT, "abcdef"],
            "digit" => &["123456789"],
            "lower" => &[LOWER],
            "upper" => &[UPPER],
            "base32" => &[UPPER, "234567"],
            "base36" => &[LOWER, DIGIT],
            "base62" => &[UPPER, LOWER, DIGIT],
            "base64" => &[UPPER, LOWER, DIGIT, "+/"],
            "base64url" => &[UPPER, LOWER, DIGIT, "-_"],
            _ => return Err(self.error(&format!("`{class}` is an unknown class"))),
        };
        Ok(self.random.characters(sets, length))
    }

    fn error(&self, why: &str) -> DetectError {
        DetectError::Template { template: self.template.to_owned(), why: why.to_owned() }
    }
}

/// The classes that put a checksum behind a text.
const CHECKSUMS: &[&str] = &["gitlab", "atlassian", "grafana", "cask"];

fn checksum_of(class: &str, text: &[u8]) -> Option<String> {
    match class {
        "gitlab" => Some(checksum::base36_crc32(text)),
        "atlassian" => Some(checksum::hex_crc32(text)),
        "grafana" => Some(format!("_{}", checksum::reversed_hex_crc32(text))),
        _ => checksum::cask(text).map(|sum| sum[..4].to_owned()),
    }
}

/// The tokens that a class makes whole, of what its text names.
fn whole_token(class: &str) -> Option<fn(&str, &mut SplitMix) -> String> {
    Some(match class {
        "bech32key" => |part, random| checksum::with_bech32(part, (0..52).map(|_| random.below(32)).collect()),
        "base58key" => |version, random| {
            let (version, length): (&[u8], usize) = match version {
                "xprv" => (&[0x04, 0x88, 0xad, 0xe4], 74),
                "edsk" => (&[13, 15, 58, 7], 32),
                _ => (&[0x80], 32),
            };
            checksum::with_base58check(&[version, &random.bytes(length)].concat())
        },
        "stellar" => |_, random| checksum::stellar_seed(&random.bytes(32)),
        "macaroon" => |index, random| {
            let caveat = format!("[3, \"{}\"]", random.characters(&[DIGIT, "abcdef"], 32));
            let signature = random.bytes(32).try_into().expect("thirty-two bytes were asked for");
            macaroon::token(index, &random.characters(&[DIGIT, "abcdef"], 36), &caveat, &signature)
        },
        _ => return None,
    })
}

/// SplitMix64: small, fast, and the same on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("the remainder is below a usize")
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[7]).collect()
    }

    /// Characters of all sets; letters and digits stand at both ends, so that the value has clear edges, and
    /// from eight characters on each of the first three sets occurs, as it does in nearly every real token.
    fn characters(&mut self, sets: &[&str], length: usize) -> String {
        let alphabet: Vec<u8> = sets.concat().into_bytes();
        let plain: Vec<u8> = alphabet.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        let mut out: Vec<u8> = (0..length)
            .map(|at| {
                let from = if at == 0 || at + 1 == length { &plain } else { &alphabet };
                from[self.below(from.len())]
            })
            .collect();
        if length >= 8 {
            for (at, set) in sets.iter().take(3).enumerate() {
                out[1 + at * 2] = set.as_bytes()[self.below(set.len())];
            }
        }
        String::from_utf8(out).expect("every set is ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sample_and_another_seed_another() {
        let template = "AKIA{base32:16}";
        assert_eq!(expand(template, 7).unwrap(), expand(template, 7).unwrap());
        assert_ne!(expand(template, 7).unwrap(), expand(template, 8).unwrap());
        assert_eq!(expand(template, 7).unwrap().len(), 20);
    }

    #[test]
    fn braces_and_nested_templates_expand() {
        assert_eq!(expand("a{{b}}", 0).unwrap(), "a{b}");
        assert_eq!(expand(r#"{b64url:{{"a":"b"}}}"#, 0).unwrap(), BASE64URL_NOPAD.encode(br#"{"a":"b"}"#));
        assert_eq!(expand("{b64:x{digit:2}}", 0).unwrap().len(), 4);
    }

    #[test]
    fn bad_templates_are_refused() {
        for template in ["{hex}", "{hex:}", "{hex:9", "{nope:3}", "{b64:x", "{"] {
            assert!(expand(template, 0).is_err(), "{template}");
        }
    }
}
