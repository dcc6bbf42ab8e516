//! Pairing: the secret half that stands within a few lines of a key's public id makes one finding with it.

use crate::capture::{Capture, is_whole};
use crate::detector::Detector;
use crate::placeholder::is_placeholder;
use crate::random::entropy;
use crate::window;
use std::ops::Range;

/// Gives each capture of `detector` the secret half that belongs to it, when one is near. Each half is given once.
pub(crate) fn pair(detector: &Detector, captures: &mut [&mut Capture<'_>], data: &[u8]) {
    let Some(lines) = detector.definition.half.as_ref().map(|half| half.lines) else { return };
    let mut regions = Vec::new();
    for capture in captures.iter() {
        window::push(&mut regions, window::lines_around(data, &capture.value, lines));
    }
    let halves: Vec<Range<usize>> = regions.into_iter().flat_map(|region| halves_in(detector, region, data)).collect();
    let near: Vec<Range<usize>> =
        captures.iter().map(|capture| window::lines_around(data, &capture.value, lines)).collect();
    let ids: Vec<Range<usize>> = captures.iter().map(|capture| capture.value.clone()).collect();
    // Files keep one order throughout, id first or secret first: the order that pairs more is theirs.
    let behind = assign(&ids, &near, &halves, true);
    let before = assign(&ids, &near, &halves, false);
    let count = |assigned: &[Option<usize>]| assigned.iter().flatten().count();
    let best = if count(&before) > count(&behind) { before } else { behind };
    for (capture, half) in captures.iter_mut().zip(best) {
        capture.secret = half.map(|index| halves[index].clone());
    }
}

/// For each id the nearest half on the preferred side, up to the neighbouring id; then, for those that have
/// none, the nearest on the other side that is still free.
fn assign(
    ids: &[Range<usize>],
    near: &[Range<usize>],
    halves: &[Range<usize>],
    behind_first: bool,
) -> Vec<Option<usize>> {
    let mut taken = vec![false; halves.len()];
    let mut assigned = vec![None; ids.len()];
    for behind in [behind_first, !behind_first] {
        for (at, id) in ids.iter().enumerate() {
            if assigned[at].is_some() {
                continue;
            }
            let side = if behind {
                id.end..ids.get(at + 1).map_or(usize::MAX, |next| next.start)
            } else {
                (if at == 0 { 0 } else { ids[at - 1].end })..id.start
            };
            let fits = |index: &usize| {
                let half = &halves[*index];
                !taken[*index]
                    && near[at].start <= half.start
                    && half.end <= near[at].end
                    && side.start <= half.start
                    && half.end <= side.end
            };
            let found = if behind { (0..halves.len()).find(fits) } else { (0..halves.len()).rfind(fits) };
            if let Some(index) = found {
                taken[index] = true;
                assigned[at] = Some(index);
            }
        }
    }
    assigned
}

fn halves_in(detector: &Detector, region: Range<usize>, data: &[u8]) -> Vec<Range<usize>> {
    let (Some(regex), Some(definition)) = (detector.half(), &detector.definition.half) else { return Vec::new() };
    let mut halves = Vec::new();
    let mut at = region.start;
    while let Some(secret) = regex.captures_at(&data[..region.end], at).and_then(|found| found.name("secret")) {
        let (range, bytes) = (secret.range(), secret.as_bytes());
        let real = is_whole(data, &range, definition.edge)
            && !is_placeholder(bytes)
            && entropy(bytes) >= definition.min_entropy
            && definition.check.is_none_or(|check| check.passes(bytes));
        // A value that is part of a longer one is passed whole, or every part of it would be tried.
        at = range.end.max(at + 1);
        if real {
            halves.push(range);
        }
        if at > region.end {
            break;
        }
    }
    halves
}
