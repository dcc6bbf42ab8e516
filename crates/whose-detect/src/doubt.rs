//! Reasons to doubt that a value which is assigned to a "password" or a "token" is one. Code is full of such names,
//! and nearly all that is assigned to them is a reference, a word, a path, a placeholder or a test's.

mod words;

use crate::random::{is_pronounceable, looks_random};
use percent_encoding::percent_decode;
use serde::Deserialize;
use std::borrow::Cow;
use words::{BEGINNINGS, COMPARED, DIGESTS, ENCLOSED, FILES, FILLERS, MIDDLES, STRANGERS, TAILS};

/// What a value is said to be.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Claim {
    /// A person made it up, so it may be short.
    Password,
    /// A machine made it up, so it looks random.
    Token,
}

/// A value and what stands round it on its line.
#[derive(Clone, Copy)]
pub(crate) struct Assignment<'d> {
    /// The name that it is assigned to, or nothing when a command or an address tells what it is.
    pub(crate) key: &'d [u8],
    pub(crate) value: &'d [u8],
    /// Whom it belongs to, and where, when that is told.
    pub(crate) user: &'d [u8],
    pub(crate) host: &'d [u8],
    /// Its line, or as much of that as is near.
    pub(crate) line: &'d [u8],
}

impl Assignment<'_> {
    /// Whether nothing speaks against the value being what its name says.
    pub(crate) fn is_credible(&self, claim: Claim) -> bool {
        if self.value.contains(&b'%') {
            // In an address a password is percent-encoded.
            let value: Cow<'_, [u8]> = percent_decode(self.value).into();
            if value != self.value {
                return Assignment { value: &value, ..*self }.is_credible(claim);
            }
        }
        self.is_named_so()
            && self.is_in_use()
            && !is_reference(self.value)
            && !self.repeats()
            && match claim {
                Claim::Password => is_password(self.value),
                Claim::Token => is_token(self.value),
            }
    }

    fn is_named_so(&self) -> bool {
        let words = words_of(self.key);
        let ends_otherwise = words.last().is_some_and(|last| is_among(TAILS, last));
        !ends_otherwise && !words.iter().any(|word| is_among(STRANGERS, word))
    }

    fn is_in_use(&self) -> bool {
        let line = String::from_utf8_lossy(self.line).to_ascii_lowercase();
        let says = |words: &str| words.split(' ').any(|word| line.contains(word));
        let is_sample = self.host.windows(7).any(|part| part.eq_ignore_ascii_case(b"example"));
        !(is_sample || says(COMPARED) || (is_digest(self.value) && says(DIGESTS)))
    }

    /// The value says again what its name or its user says.
    fn repeats(&self) -> bool {
        let plain = |text: &[u8]| -> Vec<u8> {
            text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
        };
        let value = plain(self.value);
        value == plain(self.key) || value == plain(self.user)
    }
}

fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// A value that stands for one which is somewhere else: a variable, a template, an address, a path, a call.
fn is_reference(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let encloses = |(open, close): &(&str, &str)| text.starts_with(open) && text.ends_with(close);
    ENCLOSED.iter().any(encloses)
        || BEGINNINGS.split(' ').any(|beginning| text.starts_with(beginning))
        || MIDDLES.split(' ').any(|middle| text.contains(middle))
        || FILES.split(' ').any(|ending| text.ends_with(ending))
        || is_uuid(value)
        || is_dotted(value)
        || is_property(value)
        || is_call(value)
}

/// Words or names, parted by dots.
fn is_dotted(value: &[u8]) -> bool {
    let name = |part: &[u8]| {
        part.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
            && part.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'[' | b']' | b'?'))
    };
    let parts: Vec<&[u8]> = value.split(|&byte| byte == b'.').collect();
    parts.len() > 1 && parts.iter().all(|part| name(part) && (part.len() < 20 || !looks_random(part)))
}

/// A name and what is assigned to it, as in a list of properties.
fn is_property(value: &[u8]) -> bool {
    let at = value.iter().position(|&byte| byte == b'=').filter(|at| *at > 3 && at + 2 < value.len());
    at.is_some_and(|at| value[..at].contains(&b'.') && is_dotted(&value[..at]))
}

/// A name and an opening bracket.
fn is_call(value: &[u8]) -> bool {
    let at = value.iter().position(|byte| matches!(byte, b'(' | b'['));
    at.is_some_and(|at| {
        at > 1 && value[..at].iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'))
    })
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn is_digest(value: &[u8]) -> bool {
    matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) && value.iter().all(u8::is_ascii_hexdigit)
}

/// What is left of a value without words that stand for others.
fn is_filler(value: &[u8]) -> bool {
    let mut text = String::from_utf8_lossy(value).to_ascii_lowercase();
    for word in FILLERS.split(' ') {
        text = text.replace(word, "");
    }
    text.bytes().filter(u8::is_ascii_alphanumeric).count() < 5
}

fn is_password(value: &[u8]) -> bool {
    let any = |is: fn(&u8) -> bool| value.iter().any(is);
    let is_symbol =
        |byte: &&u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b',');
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let symbols = value.iter().filter(is_symbol).count();
    let trailing = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if value.len() < 6 || letters == 0 || !value.is_ascii() || is_filler(value) {
        return false;
    }
    let is_word =
        digits == trailing && symbols == 0 && words_of(value).iter().all(|word| is_pronounceable(word.as_bytes()));
    let least = if value.iter().any(|byte| b"-_.".contains(byte)) { 4 } else { 3 };
    let mixed = [any(u8::is_ascii_lowercase), any(u8::is_ascii_uppercase), digits > 0, symbols > 0];
    let kinds = mixed.iter().filter(|kind| **kind).count();
    !is_word || (digits >= least && kinds >= 2)
}

fn is_token(value: &[u8]) -> bool {
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.~:".contains(byte);
    // Where cases are mixed, short words come about by chance.
    let least = if value.iter().any(u8::is_ascii_uppercase) { 4 } else { 3 };
    let words = parts_of(value).filter(|part| part.len() >= least && is_word(part));
    let worded: usize = words.map(<[u8]>::len).sum();
    value.len() >= 16
        && value.iter().all(is_of_token)
        && looks_random(value)
        && worded * 2 < value.len()
        && !is_filler(value)
}

/// Letters in one case, or with a capital, that could be spoken.
fn is_word(part: &[u8]) -> bool {
    let uniform = part[1..].iter().all(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_uppercase);
    let lower = part.to_ascii_lowercase();
    uniform && lower.iter().any(|byte| b"aeiou".contains(byte)) && is_pronounceable(&lower)
}

/// The words of a name, in lower case.
fn words_of(name: &[u8]) -> Vec<String> {
    parts_of(name).map(|part| String::from_utf8_lossy(part).to_ascii_lowercase()).collect()
}

/// Runs of letters, parted where upper case begins.
fn parts_of(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.chunk_by(|left, right| {
        let begins = right.is_ascii_uppercase() && left.is_ascii_lowercase();
        left.is_ascii_alphabetic() == right.is_ascii_alphabetic() && !begins
    })
    .filter(|part| part[0].is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
