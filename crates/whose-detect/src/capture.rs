//! One match of a detector, as byte ranges of the scanned data, and the checks that every match must pass.

use crate::definition::Edge;
use crate::detector::Detector;
use crate::doubt::Assignment;
use crate::fingerprint::SecretValue;
use crate::placeholder::is_placeholder;
use crate::random::{entropy, looks_random};
use regex::bytes::Captures;
use std::ops::Range;

/// How much of a line round a value tells what it is for.
const NEAR: usize = 256;

/// One match.
pub(crate) struct Capture<'r> {
    /// The detector's place in the engine's list.
    pub(crate) detector: usize,
    /// What the finding stands on: the id when there is one, else the secret.
    pub(crate) value: Range<usize>,
    /// The secret half: the value itself, or what was found near an id.
    pub(crate) secret: Option<Range<usize>>,
    /// The pattern's other named groups.
    pub(crate) groups: Vec<(&'r str, Range<usize>)>,
}

impl<'r> Capture<'r> {
    /// A match, unless it is a part of something longer, a placeholder, too regular, or fails its check.
    pub(crate) fn new(index: usize, detector: &'r Detector, found: &Captures<'_>, data: &[u8]) -> Option<Self> {
        let range = |name: &str| found.name(name).map(|group| group.range());
        let secret = range("secret");
        let value = range("id").or_else(|| secret.clone())?;
        let definition = &detector.definition;
        let bytes = &data[value.clone()];
        let real = is_whole(data, &value, definition.edge)
            && !is_placeholder(bytes)
            && entropy(bytes) >= definition.min_entropy
            && (!definition.assigned || looks_random(bytes))
            && definition.check.is_none_or(|check| check.passes(bytes))
            && definition.claim.is_none_or(|claim| {
                let group = |name: &str| found.name(name).map_or(&[][..], |group| group.as_bytes());
                let line = line_around(data, &value);
                Assignment { key: group("key"), value: bytes, user: group("user"), host: group("host"), line }
                    .is_credible(claim)
            });
        if !real {
            return None;
        }
        let groups = detector
            .regex()
            .capture_names()
            .flatten()
            .filter(|name| !matches!(*name, "id" | "secret" | "key"))
            .filter_map(|name| Some((name, range(name)?)))
            .collect();
        Some(Self { detector: index, value, secret, groups })
    }

    /// Where the match may not be matched again: its value and its half.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &Range<usize>> {
        std::iter::once(&self.value).chain(&self.secret)
    }
}

/// Whether nothing that could be a part of the value touches it.
pub(crate) fn is_whole(data: &[u8], value: &Range<usize>, edge: Edge) -> bool {
    let (before, after): (&[u8], &[u8]) = match edge {
        Edge::None => return true,
        Edge::Word => (b"_", b"_"),
        Edge::Token => (b"_-", b"_-"),
        // In front, `=` belongs to an assignment.
        Edge::Base64 => (b"+/", b"+/="),
    };
    let touches =
        |byte: Option<&u8>, extra: &[u8]| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || extra.contains(byte));
    let head = &data[..value.start];
    (!touches(head.last(), before) || ends_in_escape(head)) && !touches(data.get(value.end), after)
}

/// The line on which a value stands, as far as it is near.
fn line_around<'d>(data: &'d [u8], value: &Range<usize>) -> &'d [u8] {
    let start = data[..value.start].iter().rev().take(NEAR).position(|&byte| byte == b'\n').unwrap_or(NEAR);
    let end = data[value.end..].iter().take(NEAR).position(|&byte| byte == b'\n').unwrap_or(NEAR);
    &data[value.start.saturating_sub(start)..data.len().min(value.end + end)]
}

/// Whether text ends in an escape sequence (`\n`, `\t`, `\r`, `%3D`), whose letters do not belong to what follows.
fn ends_in_escape(text: &[u8]) -> bool {
    match text {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
}

/// The value in the one form that is fingerprinted. Of a PEM block that is the base64 body alone, however its
/// lines end or are escaped.
pub(crate) fn normalised(bytes: &[u8]) -> SecretValue {
    const DASHES: &[u8] = b"-----";
    let Some(label) = bytes.strip_prefix(b"-----BEGIN") else { return SecretValue::new(bytes.to_vec()) };
    let behind = label.windows(DASHES.len()).position(|window| window == DASHES).map(|at| at + DASHES.len());
    let mut rest = behind.map_or(label, |at| &label[at..]);
    // Never grown, so that no copy of the key is left behind in memory.
    let mut body = Vec::with_capacity(rest.len());
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'\\' {
            // An escaped line end, once or several times over: backslashes and a letter.
            let letter = tail.iter().position(|&byte| byte != b'\\').unwrap_or(tail.len());
            rest = tail.get(letter + 1..).unwrap_or_default();
        } else if byte == b'-' && tail.starts_with(&DASHES[1..]) {
            break;
        } else if byte.is_ascii_graphic() {
            body.push(byte);
        }
    }
    SecretValue::new(body)
}
