//! The proof behind the prefilter: no match of any detector is without one of its keywords, and none but those
//! that say so goes over a line. Each pattern's automaton is walked together with one that avoids the keywords.

use super::detectors;
use crate::detector::Detector;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use std::collections::HashSet;

/// How far into a match of several lines its keyword may stand.
const REACH: usize = 512;

fn automaton(pattern: &str) -> NFA {
    NFA::compiler().syntax(syntax::Config::new().unicode(false).utf8(false)).build(pattern).unwrap()
}

/// The states behind a state that read no byte, and the ranges of bytes that a state reads.
fn steps(nfa: &NFA, state: StateID) -> (Vec<StateID>, Vec<(u8, u8, StateID)>) {
    match nfa.state(state) {
        State::ByteRange { trans } => (Vec::new(), vec![(trans.start, trans.end, trans.next)]),
        State::Sparse(sparse) => {
            (Vec::new(), sparse.transitions.iter().map(|trans| (trans.start, trans.end, trans.next)).collect())
        }
        State::Dense(dense) => {
            let read = |byte| dense.matches_byte(byte).map(|next| (byte, byte, next));
            (Vec::new(), (0..=255).filter_map(read).collect())
        }
        State::Look { next, .. } | State::Capture { next, .. } => (vec![*next], Vec::new()),
        State::Union { alternates } => (alternates.to_vec(), Vec::new()),
        State::BinaryUnion { alt1, alt2 } => (vec![*alt1, *alt2], Vec::new()),
        State::Fail | State::Match { .. } => (Vec::new(), Vec::new()),
    }
}

/// The keywords' automaton: a state is the longest end of the text that begins a keyword.
struct Avoiding(Vec<Vec<u8>>);

impl Avoiding {
    fn new(keywords: &[String]) -> Self {
        Self(keywords.iter().map(|keyword| keyword.to_ascii_lowercase().into_bytes()).collect())
    }

    /// The next state, unless a keyword is whole now.
    fn next(&self, state: &[u8], byte: u8) -> Option<Vec<u8>> {
        let mut text = state.to_vec();
        text.push(byte.to_ascii_lowercase());
        if self.0.iter().any(|keyword| text.ends_with(keyword)) {
            return None;
        }
        let from = (0..=text.len()).find(|&at| self.0.iter().any(|keyword| keyword.starts_with(&text[at..])));
        Some(text.split_off(from.unwrap_or(text.len())))
    }

    /// Bytes of a range that lead to different states: those of keywords, and one other.
    fn representatives(&self, start: u8, end: u8) -> Vec<u8> {
        let known = |byte: u8| self.0.iter().any(|keyword| keyword.contains(&byte.to_ascii_lowercase()));
        let (mut out, other): (Vec<u8>, Vec<u8>) = (start..=end).partition(|&byte| known(byte));
        out.extend(other.first());
        out
    }
}

/// Whether some match, or the first bytes of one, holds no keyword.
fn escapes(detector: &Detector) -> bool {
    let nfa = automaton(&detector.definition.pattern);
    let avoiding = Avoiding::new(&detector.definition.keywords);
    let mut seen = HashSet::new();
    let mut level = vec![(nfa.start_anchored(), Vec::new())];
    for depth in 0.. {
        let mut next = Vec::new();
        while let Some((state, text)) = level.pop() {
            if !seen.insert((state, text.clone())) {
                continue;
            }
            if matches!(nfa.state(state), State::Match { .. }) || (detector.definition.multiline && depth > REACH) {
                return true;
            }
            let (silent, reading) = steps(&nfa, state);
            level.extend(silent.into_iter().map(|to| (to, text.clone())));
            for (start, end, to) in reading {
                for byte in avoiding.representatives(start, end) {
                    next.extend(avoiding.next(&text, byte).map(|text| (to, text)));
                }
            }
        }
        if next.is_empty() {
            return false;
        }
        level = next;
    }
    false
}

/// Whether a match may hold the end of a line, or depends on where the text begins or ends.
fn leaves_its_line(pattern: &str) -> bool {
    let nfa = automaton(pattern);
    let mut seen = HashSet::new();
    let mut open = vec![nfa.start_anchored()];
    while let Some(state) = open.pop() {
        if !seen.insert(state) {
            continue;
        }
        if matches!(nfa.state(state), State::Look { look: Look::Start | Look::End, .. }) {
            return true;
        }
        let (silent, reading) = steps(&nfa, state);
        if reading.iter().any(|(start, end, _)| (*start..=*end).contains(&b'\n')) {
            return true;
        }
        open.extend(silent.into_iter().chain(reading.into_iter().map(|(.., to)| to)));
    }
    false
}

#[test]
fn every_match_holds_a_keyword_of_its_detector() {
    let all = detectors().unwrap();
    let faults: Vec<&str> =
        all.iter().filter(|detector| escapes(detector)).map(|detector| detector.definition.id.as_str()).collect();
    assert!(faults.is_empty(), "these can match without any of their keywords: {faults:?}");
}

#[test]
fn every_match_stays_on_its_line_unless_its_detector_says_otherwise() {
    let all = detectors().unwrap();
    let one_line = all.iter().filter(|detector| !detector.definition.multiline);
    let faults: Vec<&str> = one_line
        .filter(|detector| leaves_its_line(&detector.definition.pattern))
        .map(|detector| detector.definition.id.as_str())
        .collect();
    assert!(faults.is_empty(), "these look over the end of a line: {faults:?}");
}

#[test]
fn a_pattern_that_escapes_its_keywords_is_told() {
    let check = |pattern: &str, expected: bool| {
        let text = format!(
            "[[detector]]\nid = 'acme.x'\ntitle = 'x'\nkeywords = ['acme']\npattern = '''{pattern}'''\nconfidence = \
             'low'\ndocs = 'https://a.b'\nmatches = ['a', 'b']\nnear_misses = ['a', 'b']\n"
        );
        let detectors = crate::definition::load("acme.toml", &text).unwrap();
        assert_eq!(escapes(&detectors[0]), expected, "{pattern}");
    };
    check("(?<secret>acme_[0-9]+)", false);
    check("(?<secret>(?:AC|ac)m[eE])", false);
    check("(?<secret>(?:acme|amce)_[0-9]+)", true);
    check("(?<secret>ac-?me)", true);
    check("(?<secret>[a-z]{3}acacme)", false);
    assert!(leaves_its_line(r"a\sb") && leaves_its_line("a[^b]c") && leaves_its_line("a$"));
    assert!(!leaves_its_line(r"(?m:^)a[ \t]b[^\n]c"));
}
