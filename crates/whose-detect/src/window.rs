//! Where to look: bounded windows round keyword hits, so that a regular expression never runs over a whole file.

use std::ops::Range;

/// How far before a keyword a match may begin, on the same line.
const BEFORE: usize = 512;
/// How far behind a keyword a match may end, on the same line.
const AFTER: usize = 8 * 1024;
/// How far behind a keyword a match may end that goes over several lines.
const AFTER_MULTILINE: usize = 32 * 1024;

/// The window round a keyword hit.
pub(crate) fn around(data: &[u8], hit: Range<usize>, multiline: bool) -> Range<usize> {
    let floor = hit.start.saturating_sub(BEFORE);
    let start = data[floor..hit.start].iter().rposition(|&byte| byte == b'\n').map_or(floor, |at| floor + at + 1);
    let ceiling = hit.end.saturating_add(reach(multiline)).min(data.len());
    let line_end = || data[hit.end..ceiling].iter().position(|&byte| byte == b'\n').map(|at| hit.end + at);
    let end = if multiline { ceiling } else { line_end().unwrap_or(ceiling) };
    start..end
}

/// Whether a window already looks far enough behind a later hit, so that many hits on one line cost one window.
pub(crate) fn covers(data: &[u8], window: &Range<usize>, hit: &Range<usize>, multiline: bool) -> bool {
    let is_final = match data.get(window.end) {
        None => true,
        Some(&byte) => byte == b'\n' && !multiline,
    };
    hit.end <= window.end && (is_final || hit.end + reach(multiline) / 2 <= window.end)
}

fn reach(multiline: bool) -> usize {
    if multiline { AFTER_MULTILINE } else { AFTER }
}

/// Adds a window to a list of nearly sorted ones, joining what overlaps.
pub(crate) fn push(windows: &mut Vec<Range<usize>>, window: Range<usize>) {
    match windows.last_mut() {
        Some(last) if window.start <= last.end => *last = last.start.min(window.start)..last.end.max(window.end),
        _ => windows.push(window),
    }
}

/// The region of some lines before and behind a range, bounded in bytes too.
pub(crate) fn lines_around(data: &[u8], range: &Range<usize>, lines: usize) -> Range<usize> {
    let floor = range.start.saturating_sub(AFTER);
    let ceiling = range.end.saturating_add(AFTER).min(data.len());
    let ends = |&(_, &byte): &(usize, &u8)| byte == b'\n';
    let start = data[floor..range.start]
        .iter()
        .enumerate()
        .rev()
        .filter(ends)
        .nth(lines)
        .map_or(floor, |(at, _)| floor + at + 1);
    let end =
        data[range.end..ceiling].iter().enumerate().filter(ends).nth(lines).map_or(ceiling, |(at, _)| range.end + at);
    start..end
}

/// The innermost JSON object round a range, as far as its braces are near; otherwise what is near.
pub(crate) fn object_around(data: &[u8], range: &Range<usize>) -> Range<usize> {
    let floor = range.start.saturating_sub(AFTER);
    let ceiling = range.end.saturating_add(AFTER).min(data.len());
    let start = data[floor..range.start].iter().rposition(|&byte| byte == b'{').map_or(floor, |at| floor + at);
    let end = data[range.end..ceiling].iter().position(|&byte| byte == b'}').map_or(ceiling, |at| range.end + at);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_is_the_line_of_the_hit() {
        assert_eq!(around(b"one\ntwo KEY three\nfour", 8..11, false), 4..17);
        assert_eq!(around(b"KEY", 0..3, false), 0..3);
        assert_eq!(around(b"a\nKEY\nb", 2..5, true), 2..7);
    }

    #[test]
    fn window_of_an_endless_line_is_bounded() {
        let data = vec![b'x'; 100_000];
        assert_eq!(around(&data, 50_000..50_003, false), 50_000 - BEFORE..50_003 + AFTER);
    }

    #[test]
    fn later_hit_is_covered_only_when_enough_lies_behind_it() {
        let line = [vec![b'x'; 100], vec![b'\n'], vec![b'y'; 100_000]].concat();
        assert!(covers(&line, &(0..100), &(95..98), false));
        assert!(!covers(&line, &(0..100), &(95..98), true));
        let window = around(&line, 50_000..50_003, false);
        assert!(covers(&line, &window, &(50_010..50_013), false));
        assert!(!covers(&line, &window, &(window.end - 10..window.end), false));
    }

    #[test]
    fn overlapping_windows_are_joined() {
        let mut windows = Vec::new();
        for window in [0..5, 3..9, 3..4, 20..30] {
            push(&mut windows, window);
        }
        assert_eq!(windows, [0..9, 20..30]);
    }

    #[test]
    fn region_of_lines_is_counted_both_ways() {
        let data = b"0\n1\n2\n3\n4\n5\n6";
        assert_eq!(&data[lines_around(data, &(6..7), 1)], b"2\n3\n4");
        assert_eq!(&data[lines_around(data, &(6..7), 9)], data);
        assert_eq!(&data[lines_around(data, &(6..7), 0)], b"3");
    }
}
