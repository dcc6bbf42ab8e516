//! Where literals stand in bytes, in any case: one pass that looks up four bytes at every second position in a bitmap,
//! which fits the fastest cache however many literals there are. An automaton of as many words does not.

use std::ops::Range;

/// How many bits the bitmap has, as a power of two: 32 KiB.
const BITS: u32 = 18;
/// The bit in which upper and lower case differ.
const FOLD: u32 = 0x2020_2020;

/// A literal to look for.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    /// At least three bytes.
    pub(crate) bytes: Vec<u8>,
    /// Upper and lower case are not the same.
    pub(crate) is_exact: bool,
}

/// A literal that stands somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// Where it begins.
    pub(crate) start: usize,
    /// Which of the literals it is, by their order.
    pub(crate) literal: usize,
}

/// Four bytes of a literal, and how far behind its beginning they stand; minus one when the first of the four is
/// any byte before it.
struct Gram {
    slot: u32,
    literal: u32,
    offset: i32,
}

/// The literals, ready to be looked for.
pub(crate) struct Prefilter {
    literals: Vec<Literal>,
    bitmap: Box<[u64]>,
    /// How many bits are set before each word of the bitmap.
    ranks: Box<[u32]>,
    /// For each bit that is set, where its grams begin.
    starts: Vec<u32>,
    grams: Vec<Gram>,
}

impl Prefilter {
    /// Literals of fewer than three bytes would be everywhere, and are never found.
    pub(crate) fn new(literals: Vec<Literal>) -> Self {
        let mut grams = Vec::new();
        for (index, literal) in literals.iter().enumerate() {
            let index = u32::try_from(index).expect("there are far fewer than four billion literals");
            let mut add = |bytes: [u8; 4], offset| {
                grams.push(Gram { slot: slot(u32::from_le_bytes(bytes) | FOLD), literal: index, offset });
            };
            // One of two neighbouring positions is even, so that each occurrence is met exactly once.
            match *literal.bytes.as_slice() {
                [a, b, c] => (0..=u8::MAX).filter(|any| any & 0x20 != 0).for_each(|any| {
                    add([a, b, c, any], 0);
                    add([any, a, b, c], -1);
                }),
                [a, b, c, d] => {
                    add([a, b, c, d], 0);
                    (0..=u8::MAX).filter(|any| any & 0x20 != 0).for_each(|any| add([any, a, b, c], -1));
                }
                [a, b, c, d, e, ..] => {
                    add([a, b, c, d], 0);
                    add([b, c, d, e], 1);
                }
                _ => {}
            }
        }
        grams.sort_by_key(|gram| (gram.slot, gram.literal, gram.offset));
        let mut bitmap = vec![0_u64; 1 << (BITS - 6)].into_boxed_slice();
        let mut starts = Vec::new();
        for (at, gram) in grams.iter().enumerate() {
            if at == 0 || grams[at - 1].slot != gram.slot {
                bitmap[gram.slot as usize / 64] |= 1 << (gram.slot % 64);
                starts.push(u32::try_from(at).expect("each literal has a few hundred grams at most"));
            }
        }
        starts.push(u32::try_from(grams.len()).expect("each literal has a few hundred grams at most"));
        let mut set = 0;
        let mut ranks = Vec::with_capacity(bitmap.len());
        for word in &bitmap {
            ranks.push(set);
            set += word.count_ones();
        }
        let ranks = ranks.into_boxed_slice();
        Self { literals, bitmap, ranks, starts, grams }
    }

    /// The literal of that number.
    pub(crate) fn literal(&self, index: usize) -> &Literal {
        &self.literals[index]
    }

    /// Tells every occurrence that lies within `range`, roughly from left to right: one may come after another that
    /// begins one byte behind it.
    pub(crate) fn find(&self, data: &[u8], range: Range<usize>, mut hit: impl FnMut(Hit)) {
        let mut at = range.start.saturating_sub(1) & !1;
        while let Some(bytes) = data.get(at..at + 8).filter(|_| at < range.end) {
            let word = u64::from_le_bytes(bytes.try_into().expect("eight bytes were taken"));
            // Three grams of one word: of the bytes from 0, 2 and 4 on.
            for step in [0, 2, 4] {
                let slot = slot((word >> (8 * step)) as u32 | FOLD);
                if self.is_set(slot) {
                    self.compare(data, &range, at + step, slot, &mut hit);
                }
            }
            at += 6;
        }
        while at < range.end {
            let mut bytes = [0; 4];
            let rest = &data[at..data.len().min(at + 4)];
            bytes[..rest.len()].copy_from_slice(rest);
            let slot = slot(u32::from_le_bytes(bytes) | FOLD);
            if self.is_set(slot) {
                self.compare(data, &range, at, slot, &mut hit);
            }
            at += 2;
        }
    }

    fn is_set(&self, slot: u32) -> bool {
        self.bitmap[slot as usize / 64] >> (slot % 64) & 1 != 0
    }

    #[cold]
    fn compare(&self, data: &[u8], range: &Range<usize>, at: usize, slot: u32, hit: &mut impl FnMut(Hit)) {
        let word = slot as usize / 64;
        let below = self.bitmap[word] & ((1 << (slot % 64)) - 1);
        let rank = (self.ranks[word] + below.count_ones()) as usize;
        for gram in &self.grams[self.starts[rank] as usize..self.starts[rank + 1] as usize] {
            let literal = &self.literals[gram.literal as usize];
            let Some(start) = at.checked_add_signed(-(gram.offset as isize)) else { continue };
            let end = start + literal.bytes.len();
            if start < range.start || end > range.end {
                continue;
            }
            let bytes = &data[start..end];
            let is_same =
                if literal.is_exact { bytes == literal.bytes } else { bytes.eq_ignore_ascii_case(&literal.bytes) };
            if is_same {
                hit(Hit { start, literal: gram.literal as usize });
            }
        }
    }
}

/// The bit of four folded bytes.
fn slot(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::{AhoCorasick, MatchKind};
    use proptest::prelude::*;

    fn found(prefilter: &Prefilter, data: &[u8], range: Range<usize>) -> Vec<Hit> {
        let mut hits = Vec::new();
        prefilter.find(data, range, |hit| hits.push(hit));
        hits.sort_unstable();
        hits
    }

    fn any_case(literals: &[&str]) -> Prefilter {
        let literal = |text: &&str| Literal { bytes: text.as_bytes().to_vec(), is_exact: false };
        Prefilter::new(literals.iter().map(literal).collect())
    }

    #[test]
    fn literals_at_both_ends_and_of_every_length_are_found() {
        let prefilter = any_case(&["abc", "abcd", "abcde", "abcdef"]);
        for text in ["abcdef", "ABCDEF", "xabcdef", "xabcdefx", "xxabcdefxxxxxxxx", "xxxxxxxxxabcdef"] {
            let start = text.to_lowercase().find('a').unwrap();
            let expected: Vec<Hit> = (0..4).map(|literal| Hit { start, literal }).collect();
            assert_eq!(found(&prefilter, text.as_bytes(), 0..text.len()), expected, "{text}");
        }
        assert_eq!(found(&prefilter, b"abcdef", 0..3), [Hit { start: 0, literal: 0 }]);
        assert_eq!(found(&prefilter, b"abcdef", 1..6), []);
    }

    #[test]
    fn exact_literals_tell_upper_from_lower_case() {
        let prefilter = Prefilter::new(vec![Literal { bytes: b"QUtJQ".to_vec(), is_exact: true }]);
        assert_eq!(found(&prefilter, b"qutjq QUtJQ", 0..11), [Hit { start: 6, literal: 0 }]);
    }

    proptest! {
        #[test]
        fn every_occurrence_that_an_automaton_finds_is_found_once(
            data in "[abAB]{0,60}", literals in prop::collection::btree_set("[ab]{3,6}", 1..12), cut in 0_usize..20,
        ) {
            let literals: Vec<&str> = literals.iter().map(String::as_str).collect();
            let data = data.as_bytes();
            let range = cut.min(data.len())..data.len().saturating_sub(cut).max(cut.min(data.len()));
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(true)
                .build(&literals)
                .unwrap();
            let mut expected: Vec<Hit> = automaton
                .find_overlapping_iter(&data[range.clone()])
                .map(|hit| Hit { start: hit.start() + range.start, literal: hit.pattern().as_usize() })
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(found(&any_case(&literals), data, range), expected);
        }
    }
}
