//! The engine: one pass of a keyword automaton over the bytes, then each detector's regular expression on
//! bounded windows round its keywords.

use crate::capture::{Capture, normalised};
use crate::catalogue;
use crate::definition::Detector;
use crate::error::DetectError;
use crate::fingerprint::FingerprintKey;
use crate::found::Found;
use crate::half;
use crate::hint::mask;
use crate::window;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
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
    detectors: Vec<Detector>,
    keywords: AhoCorasick,
    /// For each keyword of the automaton, the detectors that want it.
    owners: Vec<Vec<usize>>,
}

impl Engine {
    /// An engine with the built-in detectors.
    ///
    /// # Errors
    /// When a definition breaks a rule; the crate's own tests keep that from happening.
    pub fn new() -> Result<Self, DetectError> {
        Self::with(catalogue::detectors()?)
    }

    fn with(detectors: Vec<Detector>) -> Result<Self, DetectError> {
        let mut by_keyword: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, detector) in detectors.iter().enumerate() {
            for keyword in &detector.definition.keywords {
                by_keyword.entry(keyword.to_ascii_lowercase()).or_default().push(index);
            }
        }
        let keywords = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(by_keyword.keys())
            .map_err(|source| DetectError::Keywords(Box::new(source)))?;
        Ok(Self { detectors, keywords, owners: by_keyword.into_values().collect() })
    }

    /// The detectors, in the order of their files.
    pub fn detectors(&self) -> impl Iterator<Item = DetectorInfo<'_>> {
        self.detectors.iter().map(|detector| {
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

    /// The secrets in some bytes, in the order in which they stand there.
    pub fn scan(&self, data: &[u8], key: &FingerprintKey) -> Vec<Detection> {
        let captures = self.paired(data);
        let mut line = 1_u32;
        let mut counted = 0;
        self.without_overlaps(captures)
            .iter()
            .map(|capture| {
                let newlines = data[counted..capture.value.start].iter().filter(|&&byte| byte == b'\n').count();
                line = line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
                counted = capture.value.start;
                self.detection(capture, data, key, line)
            })
            .collect()
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
        let fits =
            |detector: &Detector| detector.bare.as_ref().is_some_and(|bare| bare.is_match(text.trim().as_bytes()));
        let candidates = self.detectors.iter().enumerate().filter(|(_, detector)| fits(detector));
        candidates
            .map(|(index, detector)| {
                let secret = (!detector.has_id).then(|| value.clone());
                let capture = Capture { detector: index, value: value.clone(), secret, groups: Vec::new() };
                let mut detection = self.detection(&capture, text.as_bytes(), key, 1);
                detection.detail.confidence = SecretConfidence::Low;
                detection
            })
            .collect()
    }

    /// Every real match of every detector, with the secret half that stands near it.
    pub(crate) fn paired(&self, data: &[u8]) -> Vec<Capture<'_>> {
        let mut captures = self.captures(data);
        if captures.is_empty() {
            return captures;
        }
        for (index, detector) in self.detectors.iter().enumerate() {
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
        mask(normalised(secret).bytes(), &self.detectors[capture.detector].definition.keywords, false)
    }

    /// Every real match of every detector.
    fn captures(&self, data: &[u8]) -> Vec<Capture<'_>> {
        let mut windows: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for hit in self.keywords.find_overlapping_iter(data) {
            for &index in &self.owners[hit.pattern().as_usize()] {
                let windows = windows.entry(index).or_default();
                let multiline = self.detectors[index].definition.multiline;
                if !windows.last().is_some_and(|last| window::covers(data, last, &hit.range(), multiline)) {
                    window::push(windows, window::around(data, hit.range(), multiline));
                }
            }
        }
        let mut captures = Vec::new();
        for (index, windows) in windows {
            let detector = &self.detectors[index];
            for window in windows {
                let mut at = window.start;
                while let Some(found) = detector.regex.captures_at(&data[..window.end], at) {
                    // The next match may begin right behind the value: what follows it in the pattern is only context.
                    let end = found.name("secret").or_else(|| found.name("id")).or_else(|| found.get(0));
                    at = end.map_or(window.end, |value| value.end()).max(at + 1);
                    captures.extend(Capture::new(index, detector, &found, data));
                    if at > window.end {
                        break;
                    }
                }
            }
        }
        captures
    }

    /// Of matches that overlap, the one that says most: a pair before a single, then by confidence and length.
    fn without_overlaps<'r>(&self, mut captures: Vec<Capture<'r>>) -> Vec<Capture<'r>> {
        captures.sort_by_key(|capture| {
            let detector = &self.detectors[capture.detector];
            let paired = detector.has_id && capture.secret.is_some();
            let confidence = detector.definition.confidence;
            std::cmp::Reverse((paired, confidence, capture.value.len(), std::cmp::Reverse(capture.value.start)))
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

    fn detection(&self, capture: &Capture<'_>, data: &[u8], key: &FingerprintKey, line: u32) -> Detection {
        let detector = &self.detectors[capture.detector];
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
            line,
            span: capture.value.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
