//! The engine: what is found in some bytes, each secret once, with what its detector knows of it.

use crate::capture::{Capture, normalised};
use crate::catalogue;
use crate::detector::Detector;
use crate::error::DetectError;
use crate::fingerprint::FingerprintKey;
use crate::found::Found;
use crate::half;
use crate::hint::mask;
use crate::search::{Inner, Search};
use std::collections::BTreeMap;
use std::ops::Range;
use whose_model::{Reveal, SecretConfidence, SecretDetail};

/// One secret at one place in the scanned bytes. Its value is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The keyed fingerprint in hex: equal for the same secret wherever it stands. Of a key with a public id it
    /// is the fingerprint of that id, so that the id alone and the whole pair are one secret.
    pub fingerprint: String,
    /// What is known of it.
    pub detail: SecretDetail,
    /// The line on which it begins, counted from one.
    pub line: u32,
    /// The bytes of its id, or of its value when it has no id.
    pub span: Range<usize>,
}

/// What a detector is, for lists and documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectorInfo<'e> {
    /// `<vendor>.<thing>`.
    pub id: &'e str,
    /// What it finds, in words.
    pub title: &'e str,
    /// How sure a match is.
    pub confidence: SecretConfidence,
    /// By what a match is joined with the inventory, in words.
    pub joined_by: Vec<&'static str>,
    /// The vendor's page on the format.
    pub docs: &'e str,
}

/// All built-in detectors, ready to scan. Building takes some milliseconds: build one and share it.
pub struct Engine {
    search: Search,
}

impl Engine {
    /// An engine with the built-in detectors.
    ///
    /// # Errors
    /// When a definition breaks a rule; the crate's own tests keep that from happening.
    pub fn new() -> Result<Self, DetectError> {
        Ok(Self { search: Search::new(catalogue::detectors()?) })
    }

    pub(crate) fn search(&self) -> &Search {
        &self.search
    }

    /// The detectors, in the order of their files.
    pub fn detectors(&self) -> impl Iterator<Item = DetectorInfo<'_>> {
        self.search.detectors.iter().map(|detector| {
            let definition = &detector.definition;
            DetectorInfo {
                id: &definition.id,
                title: &definition.title,
                confidence: definition.confidence,
                joined_by: definition.joins.iter().map(|join| join.words()).collect(),
                docs: &definition.docs,
            }
        })
    }

    /// The secrets in some bytes, in the order in which they stand there. Those that stand in another form (base64,
    /// hex, UTF-16, percent-encoding, the escapes of JSON) stand where that form begins.
    pub fn scan(&self, data: &[u8], key: &FingerprintKey) -> Vec<Detection> {
        self.scan_at(data, key, 0)
    }

    fn scan_at(&self, data: &[u8], key: &FingerprintKey, depth: usize) -> Vec<Detection> {
        let (captures, wide) = self.search.captures_and_wide(data);
        let captures = self.without_overlaps(self.paired(captures, data));
        let mut found: Vec<Detection> = captures.iter().map(|capture| self.detection(capture, data, key)).collect();
        if !wide.is_empty() && Search::goes_deeper(depth) {
            let overlaps = |one: &Range<usize>, other: &Range<usize>| one.start < other.end && other.start < one.end;
            let mut inside: Vec<Detection> = Vec::new();
            for inner in self.search.inner(data, &wide) {
                // A token whose own form is base64 is not a text that stands in base64. What was only guessed may be.
                let is_sure = |capture: &&Capture<'_>| {
                    self.search.detectors[capture.detector].definition.confidence > SecretConfidence::Low
                };
                let mut claims = captures.iter().filter(is_sure).flat_map(Capture::claims);
                if !claims.any(|claim| overlaps(claim, &inner.range)) {
                    let within = self.scan_at(&inner.text, key, depth + 1);
                    inside.extend(within.into_iter().map(|found| outer(found, &inner)));
                }
            }
            found.retain(|found| {
                found.detail.confidence > SecretConfidence::Low
                    || !inside.iter().any(|inner| overlaps(&inner.span, &found.span))
            });
            found.append(&mut inside);
            found.sort_by_key(|found| found.span.start);
        }
        let (mut line, mut counted) = (1_u32, 0);
        for found in &mut found {
            let newlines = data[counted..found.span.start].iter().filter(|&&byte| byte == b'\n').count();
            line = line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
            counted = found.span.start;
            found.line = line;
        }
        found
    }

    /// What a value is that is asked about by itself: an id, a token, or a text that holds one. A value that only
    /// its context would tell from others gives its candidates, with low confidence.
    pub fn identify(&self, text: &str, key: &FingerprintKey) -> Vec<Detection> {
        let found = self.scan(text.as_bytes(), key);
        if !found.is_empty() {
            return found;
        }
        let start = text.len() - text.trim_start().len();
        let value = start..start + text.trim().len();
        let fits = |detector: &Detector| detector.bare().is_some_and(|bare| bare.is_match(text.trim().as_bytes()));
        let candidates = self.search.detectors.iter().enumerate().filter(|(_, detector)| fits(detector));
        candidates
            .map(|(index, detector)| {
                let secret = (!detector.has_id).then(|| value.clone());
                let capture = Capture { detector: index, value: value.clone(), secret, groups: Vec::new() };
                let mut detection = self.detection(&capture, text.as_bytes(), key);
                detection.detail.confidence = SecretConfidence::Low;
                detection
            })
            .collect()
    }

    /// Matches with the secret halves that stand near them.
    pub(crate) fn paired<'r>(&'r self, mut captures: Vec<Capture<'r>>, data: &[u8]) -> Vec<Capture<'r>> {
        if captures.is_empty() {
            return captures;
        }
        for (index, detector) in self.search.detectors.iter().enumerate() {
            let mut own: Vec<&mut Capture<'_>> =
                captures.iter_mut().filter(|capture| capture.detector == index).collect();
            if !own.is_empty() {
                half::pair(detector, &mut own, data);
            }
        }
        captures
    }

    /// A masked hint of bytes that a detector took for a secret.
    pub(crate) fn hint(&self, capture: &Capture<'_>, secret: &[u8]) -> String {
        mask(normalised(secret).bytes(), &self.search.detectors[capture.detector].definition.keywords, false)
    }

    /// Of matches that overlap, the one that says most: a pair before a single, then by confidence, by how much its
    /// detector says, and by length.
    fn without_overlaps<'r>(&self, mut captures: Vec<Capture<'r>>) -> Vec<Capture<'r>> {
        captures.sort_by_key(|capture| {
            let detector = &self.search.detectors[capture.detector];
            let paired = detector.has_id && capture.secret.is_some();
            let (confidence, rank) = (detector.definition.confidence, detector.definition.rank());
            std::cmp::Reverse((paired, confidence, rank, capture.value.len(), std::cmp::Reverse(capture.value.start)))
        });
        let mut claimed: BTreeMap<usize, usize> = BTreeMap::new();
        captures.retain(|capture| {
            let overlaps = |range: &Range<usize>| {
                claimed.range(..range.end).next_back().is_some_and(|(_, &end)| end > range.start)
            };
            if overlaps(&capture.value) {
                return false;
            }
            for range in capture.claims() {
                let end = claimed.entry(range.start).or_insert(range.end);
                *end = range.end.max(*end);
            }
            true
        });
        captures.sort_by_key(|capture| capture.value.start);
        captures
    }

    fn detection(&self, capture: &Capture<'_>, data: &[u8], key: &FingerprintKey) -> Detection {
        let detector = &self.search.detectors[capture.detector];
        let definition = &detector.definition;
        let bytes = &data[capture.value.clone()];
        let value = normalised(bytes);
        let found = Found::new(capture, data);
        let reveals: Vec<Reveal> = definition.reveals.iter().flat_map(|decoder| decoder.reveal(&found)).collect();
        let revealed = |what: &str| reveals.iter().find(|reveal| reveal.what == what).map(|reveal| &reveal.value);
        Detection {
            fingerprint: key.fingerprint(&value),
            detail: SecretDetail {
                detector: definition.id.clone(),
                title: definition.title.clone(),
                hint: mask(value.bytes(), &definition.keywords, detector.has_id),
                confidence: definition.confidence,
                has_secret_half: capture.secret.is_some(),
                encrypted: revealed("encryption").is_some(),
                expires: revealed("expiry").and_then(|moment| moment.parse().ok()),
                joins: definition.joins.iter().flat_map(|join| join.resolve(&found)).collect(),
                reveals,
            },
            line: 1,
            span: capture.value.clone(),
        }
    }
}

/// What was found in a layer, as it stands outside of it.
fn outer(mut found: Detection, inner: &Inner) -> Detection {
    found.span = inner.range.clone();
    found.detail.reveals.push(Reveal { what: "encoding".into(), value: inner.layer.name().into() });
    found
}

#[cfg(test)]
mod tests;
