//! What bytes tell that were made from others by copying and inserting, as version control stores them: only the lines
//! that are new are searched, and what is found is the same as if all were.
//!
//! Why that is exact: a detector of one line matches by that line alone, wherever the line stands. A line of the result
//! that lies within one copied run, with its ends, stood in the base as it is; all other lines are searched. Hits whose
//! meaning depends on more than their line (keys over several lines, encoded texts) are few: they are carried along, and
//! looked at again in each result.

use crate::engine::Engine;
use crate::prefilter::Hit;
use std::ops::Range;

/// What a later result needs to know of the bytes that it is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// How many bytes there were.
    len: usize,
    /// The lines on which a detector of one line matched, without their ends, from left to right.
    lines: Vec<Range<usize>>,
    /// The hits whose meaning depends on more than their line.
    wide: Vec<Hit>,
    /// Whether one of these leads to a match.
    is_wide_found: bool,
}

impl Trace {
    /// Whether anything is found in the bytes.
    pub fn is_found(&self) -> bool {
        !self.lines.is_empty() || self.is_wide_found
    }
}

/// A run of bytes that a result takes from its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it stands in the base.
    pub from: usize,
    /// Where it stands in the result.
    pub to: usize,
    /// How many bytes it has.
    pub len: usize,
}

impl Engine {
    /// Searches all of some bytes for whether anything is in them.
    pub fn trace(&self, data: &[u8]) -> Trace {
        let mut trace = Trace { len: data.len(), ..Trace::default() };
        self.trace_lines(data, 0..data.len(), &mut trace);
        self.finish(data, trace)
    }

    /// The same, of bytes that consist of runs of a base, in the order in which they stand in the result, and of
    /// others between them.
    pub fn trace_delta(&self, data: &[u8], base: &Trace, copied: &[Copied]) -> Trace {
        let runs = joined(copied);
        let new = new_lines(data, base.len, &runs);
        let mut trace = Trace { len: data.len(), ..Trace::default() };
        let is_new = |range: &Range<usize>| {
            let next = new.partition_point(|lines| lines.end < range.start);
            new.get(next).is_some_and(|lines| lines.start <= range.end)
        };
        for run in runs.iter().filter(|_| !base.lines.is_empty() || !base.wide.is_empty()) {
            let moved = |range: &Range<usize>| {
                let is_in = run.from <= range.start && range.end <= run.from + run.len;
                is_in.then(|| range.start - run.from + run.to..range.end - run.from + run.to)
            };
            let first = base.lines.partition_point(|line| line.start < run.from);
            let lines = base.lines[first..].iter().take_while(|line| line.start <= run.from + run.len);
            trace.lines.extend(lines.filter_map(moved).filter(|line| !is_new(line)));
            let first = base.wide.partition_point(|hit| hit.start < run.from);
            for hit in base.wide[first..].iter().take_while(|hit| hit.start <= run.from + run.len) {
                if let Some(range) = moved(&self.search().range_of(*hit)).filter(|range| !is_new(range)) {
                    trace.wide.push(Hit { start: range.start, ..*hit });
                }
            }
        }
        for lines in new {
            self.trace_lines(data, lines, &mut trace);
        }
        trace.lines.sort_unstable_by_key(|line| line.start);
        self.finish(data, trace)
    }

    /// Searches some whole lines.
    fn trace_lines(&self, data: &[u8], lines: Range<usize>, trace: &mut Trace) {
        let (windows, mut wide) = self.search().look(data, lines);
        trace.wide.append(&mut wide);
        if windows.is_empty() {
            return;
        }
        let mut found: Vec<Range<usize>> = self
            .search()
            .captures_in(data, windows)
            .into_iter()
            .map(|capture| line_start(data, capture.value.start)..line_end(data, capture.value.end))
            .collect();
        found.sort_unstable_by_key(|line| line.start);
        found.dedup();
        trace.lines.append(&mut found);
    }

    fn finish(&self, data: &[u8], mut trace: Trace) -> Trace {
        if !trace.wide.is_empty() {
            let search = self.search();
            trace.wide.sort_unstable();
            let windows = search.wide_windows(data, &trace.wide);
            trace.is_wide_found =
                !search.captures_in(data, windows).is_empty() || search.is_in_layers(data, &trace.wide, 0);
        }
        trace
    }
}

/// Runs that go on where the one before ends, in base and result, as one.
fn joined(copied: &[Copied]) -> Vec<Copied> {
    let mut runs: Vec<Copied> = Vec::with_capacity(copied.len());
    for run in copied {
        match runs.last_mut() {
            Some(last) if last.from + last.len == run.from && last.to + last.len == run.to => last.len += run.len,
            _ => runs.push(*run),
        }
    }
    runs
}

/// The whole lines of a result that did not stand in its base, or not as whole lines, from left to right.
fn new_lines(data: &[u8], base: usize, runs: &[Copied]) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut add = |between: Range<usize>| {
        let start = line_start(data, between.start);
        let end = line_end(data, between.end);
        match lines.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => lines.push(start..end),
        }
    };
    // Where the last run ended, in the result and in the base. Both begin at their beginning.
    let (mut to, mut from) = (0, 0);
    for run in runs {
        if run.to > to || run.from != from {
            add(to..run.to);
        }
        (to, from) = (run.to + run.len, run.from + run.len);
    }
    if to < data.len() || from != base {
        add(to..data.len());
    }
    lines
}

fn line_start(data: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &data[..at]).map_or(0, |end| end + 1)
}

fn line_end(data: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &data[at..]).map_or(data.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FingerprintKey, expand};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

    /// Texts that hold something, a part of something, or nothing.
    static PIECES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let token = expand("ghp_{crc62:30}", 1).unwrap();
        let pem =
            expand("-----BEGIN RSA PRIVATE KEY-----\n{base64:64}\n{base64:64}\n-----END RSA PRIVATE KEY-----\n", 1);
        let json =
            expand("{{\"private_key_id\": \"{hex:40}\",\n \"client_email\": \"a@b.iam.gserviceaccount.com\"}}\n", 1);
        let mut pieces =
            vec![token.clone(), pem.unwrap(), json.unwrap(), data_encoding::BASE64.encode(token.as_bytes())];
        pieces.push(expand("AccountName=acme{digit:3};AccountKey={base64:86}==;", 1).unwrap());
        pieces.push(expand("AKIA{base32:16}", 1).unwrap());
        let halves: Vec<String> = pieces
            .iter()
            .flat_map(|text| {
                let (a, b) = text.split_at(text.len() / 2);
                [a.to_owned(), b.to_owned()]
            })
            .collect();
        pieces.extend(halves);
        pieces.extend(["\n", "\n", "\r\n", " ", "x", "ghp_", "key = ", "\n\n"].map(str::to_owned));
        pieces.into_iter().map(String::into_bytes).collect()
    });

    fn text() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0..PIECES.len(), 0..12)
            .prop_map(|pieces| pieces.into_iter().flat_map(|piece| PIECES[piece].clone()).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn trace_of_a_delta_is_that_of_the_whole(
            base in text(),
            steps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), text(), any::<bool>()), 0..6),
        ) {
            let (mut data, mut copied): (Vec<u8>, Vec<Copied>) = (Vec::new(), Vec::new());
            for (from, to, insert, goes_on) in steps {
                let (mut from, to) = (from.index(base.len() + 1), to.index(base.len() + 1));
                if goes_on && let Some(last) = copied.last() {
                    from = last.from + last.len;
                } else {
                    data.extend_from_slice(&insert);
                }
                if from < to {
                    copied.push(Copied { from, to: data.len(), len: to - from });
                    data.extend_from_slice(&base[from..to]);
                }
            }
            let whole = ENGINE.trace(&data);
            let delta = ENGINE.trace_delta(&data, &ENGINE.trace(&base), &copied);
            prop_assert_eq!(&delta, &whole, "{}", String::from_utf8_lossy(&data));
            let found = ENGINE.scan(&data, &FingerprintKey::new([7; 32]));
            prop_assert_eq!(whole.is_found(), !found.is_empty());
        }
    }

    #[test]
    fn only_lines_that_are_new_are_searched() {
        let check = |data: &[u8], base: usize, runs: &[(usize, usize, usize)], expected: &[(usize, usize)]| {
            let copied: Vec<Copied> = runs.iter().map(|&(from, to, len)| Copied { from, to, len }).collect();
            let new: Vec<_> = new_lines(data, base, &joined(&copied)).iter().map(|new| (new.start, new.end)).collect();
            assert_eq!(new, expected, "{}", String::from_utf8_lossy(data));
        };
        let data = b"one\ntwo\nthree\nfour\n";
        check(data, 19, &[(0, 0, 19)], &[]);
        check(data, 19, &[(0, 0, 9), (9, 9, 10)], &[]);
        // `two` is new.
        check(data, 15, &[(0, 0, 4), (4, 8, 11)], &[(4, 13)]);
        // `four` is gone, or was never whole.
        check(&data[..14], 19, &[(0, 0, 14)], &[(14, 14)]);
        check(data, 25, &[(6, 0, 19)], &[(0, 3)]);
        check(b"ab", 0, &[], &[(0, 2)]);
    }
}
