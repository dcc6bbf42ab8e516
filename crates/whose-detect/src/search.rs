//! Where detectors match: keywords of one pass over the bytes, a bounded window round each, and each detector's
//! regular expression on its windows alone.

use crate::capture::Capture;
use crate::detector::Detector;
use crate::layer::{LAYERS, Layer};
use crate::prefilter::{Hit, Literal, Prefilter};
use crate::window;
use std::collections::BTreeMap;
use std::ops::Range;
use whose_model::SecretConfidence;
use zeroize::Zeroizing;

/// How many layers within each other are taken off.
const DEEPEST: usize = 4;

/// The detectors, ready to be searched for.
pub(crate) struct Search {
    pub(crate) detectors: Vec<Detector>,
    prefilter: Prefilter,
    /// For each literal of the prefilter, what it stands for.
    meanings: Vec<Meaning>,
}

/// What a literal stands for.
struct Meaning {
    /// The detectors that want it, when it stands there as it is.
    detectors: Vec<usize>,
    /// The layer of which it is a form.
    layer: Option<Layer>,
    /// What it tells may depend on more than its own line.
    is_wide: bool,
}

/// Where each detector looks.
pub(crate) type Windows = BTreeMap<usize, Vec<Range<usize>>>;

/// A text that stood in a layer.
pub(crate) struct Inner {
    pub(crate) layer: Layer,
    /// Where its layer stands.
    pub(crate) range: Range<usize>,
    pub(crate) text: Zeroizing<Vec<u8>>,
}

impl Search {
    pub(crate) fn new(detectors: Vec<Detector>) -> Self {
        let mut by_keyword: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, detector) in detectors.iter().enumerate() {
            for keyword in &detector.definition.keywords {
                by_keyword.entry(keyword.to_ascii_lowercase()).or_default().push(index);
            }
        }
        let (mut literals, mut meanings) = (Vec::new(), Vec::new());
        for (keyword, owners) in by_keyword {
            literals.push(Literal { bytes: keyword.into_bytes(), is_exact: false });
            let is_wide = owners.iter().any(|&index| detectors[index].definition.multiline);
            meanings.push(Meaning { detectors: owners, layer: None, is_wide });
        }
        // What is sure only in its context does not stand in a layer beside it. The case counts in base64.
        let sure = detectors.iter().filter(|detector| detector.definition.confidence == SecretConfidence::High);
        let mut keywords: Vec<&str> =
            sure.flat_map(|detector| &detector.definition.keywords).map(String::as_str).collect();
        keywords.sort_unstable();
        keywords.dedup();
        for (layer, keyword) in LAYERS.into_iter().flat_map(|layer| keywords.iter().map(move |word| (layer, *word))) {
            for form in layer.forms(keyword) {
                literals.push(form);
                meanings.push(Meaning { detectors: Vec::new(), layer: Some(layer), is_wide: true });
            }
        }
        Self { detectors, prefilter: Prefilter::new(literals), meanings }
    }

    /// Every real match of every detector, in the bytes as they are, and the hits that [`Search::inner`] takes.
    pub(crate) fn captures_and_wide(&self, data: &[u8]) -> (Vec<Capture<'_>>, Vec<Hit>) {
        let (mut windows, wide) = self.look(data, 0..data.len());
        windows.append(&mut self.wide_windows(data, &wide));
        (self.captures_in(data, windows), wide)
    }

    /// Where detectors of one line look within some whole lines, and the hits whose meaning may depend on other lines.
    pub(crate) fn look(&self, data: &[u8], lines: Range<usize>) -> (Windows, Vec<Hit>) {
        let (mut windows, mut wide) = (Windows::new(), Vec::new());
        self.prefilter.find(data, lines, |hit| {
            let meaning = &self.meanings[hit.literal];
            if meaning.is_wide {
                wide.push(hit);
            }
            if !meaning.detectors.is_empty() {
                self.push_windows(data, hit, false, &mut windows);
            }
        });
        wide.sort_unstable();
        (windows, wide)
    }

    /// Where detectors of several lines look.
    pub(crate) fn wide_windows(&self, data: &[u8], wide: &[Hit]) -> Windows {
        let mut windows = Windows::new();
        for hit in wide {
            self.push_windows(data, *hit, true, &mut windows);
        }
        windows
    }

    /// Where a hit ends.
    pub(crate) fn range_of(&self, hit: Hit) -> Range<usize> {
        hit.start..hit.start + self.prefilter.literal(hit.literal).bytes.len()
    }

    fn push_windows(&self, data: &[u8], hit: Hit, multiline: bool, windows: &mut Windows) {
        let range = self.range_of(hit);
        for &index in &self.meanings[hit.literal].detectors {
            if self.detectors[index].definition.multiline != multiline {
                continue;
            }
            let windows = windows.entry(index).or_default();
            if !windows.last().is_some_and(|last| window::covers(data, last, &range, multiline)) {
                window::push(windows, window::around(data, range.clone(), multiline));
            }
        }
    }

    /// Every real match within windows.
    pub(crate) fn captures_in(&self, data: &[u8], windows: Windows) -> Vec<Capture<'_>> {
        let mut captures = Vec::new();
        for (index, windows) in windows {
            let detector = &self.detectors[index];
            for window in windows {
                let mut at = window.start;
                while let Some(found) = detector.regex().captures_at(&data[..window.end], at) {
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

    /// The texts that stand in layers where keywords were seen in the layers' forms.
    pub(crate) fn inner<'d>(&'d self, data: &'d [u8], wide: &'d [Hit]) -> impl Iterator<Item = Inner> + 'd {
        let mut done: Vec<(Layer, Range<usize>)> = Vec::new();
        wide.iter().filter_map(move |hit| {
            let layer = self.meanings[hit.literal].layer?;
            let range = self.range_of(*hit);
            let is_done = |(other, done): &(Layer, Range<usize>)| {
                *other == layer && done.start <= range.start && range.end <= done.end
            };
            if done.iter().any(is_done) {
                return None;
            }
            let (range, text) = layer.decode(data, range)?;
            done.retain(|(other, _)| *other != layer);
            done.push((layer, range.clone()));
            Some(Inner { layer, range, text })
        })
    }

    /// Whether anything matches in the texts that stand in layers.
    pub(crate) fn is_in_layers(&self, data: &[u8], wide: &[Hit], depth: usize) -> bool {
        Self::goes_deeper(depth)
            && self.inner(data, wide).any(|inner| {
                let (captures, wide) = self.captures_and_wide(&inner.text);
                !captures.is_empty() || self.is_in_layers(&inner.text, &wide, depth + 1)
            })
    }

    /// Whether the texts in layers at this depth are still looked at.
    pub(crate) fn goes_deeper(depth: usize) -> bool {
        depth < DEEPEST
    }
}
