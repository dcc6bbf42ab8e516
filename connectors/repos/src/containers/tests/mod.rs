//! What each kind of archive shows, what is said of the rest, and that nothing hostile takes more than its share.

pub(crate) mod pack;
mod sqlite;

use super::*;
use pack::{ar, bzip2, encrypted_zip, gzip, tar, xz, zip, zstd};
use proptest::prelude::*;
use std::ops::ControlFlow;

/// All members as `path=content`, and all gaps as `path: why`, as they come.
fn shown(bytes: &[u8], limits: &Limits) -> (Vec<String>, Vec<String>) {
    let (mut members, mut gaps) = (Vec::new(), Vec::new());
    let kind = Kind::of(bytes).expect("the bytes are an archive");
    walk(bytes, kind, limits, &mut |path, met| {
        match met {
            Met::Member(content) => members.push(format!("{path}={}", String::from_utf8_lossy(content))),
            Met::Gap(why) => gaps.push(format!("{path}: {why}")),
        }
        ControlFlow::Continue(())
    });
    (members, gaps)
}

fn small() -> Limits {
    Limits { depth: 3, members: 10, held: 1 << 20, unpacked: 4 << 20, ratio: 100 }
}

#[track_caller]
fn holds(bytes: &[u8], members: &[&str]) {
    let (seen, gaps) = shown(bytes, &small());
    assert_eq!((seen.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), gaps), (members, vec![]));
}

#[test]
fn members_of_every_kind_are_shown() {
    let long = format!("{}b.txt", "deep/".repeat(60));
    let files: [(&str, &[u8]); 3] = [("a.txt", b"one"), ("./empty", b""), (&long, b"two")];
    let both = ["!/a.txt=one".to_owned(), format!("!/{long}=two")];
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    holds(&zip(&files), &both);
    for tarball in [tar(&files, false), tar(&files, true)] {
        holds(&tarball, &both);
        holds(&gzip(Some("x.tar"), &tarball), &both);
        holds(&xz(&tarball), &both);
        holds(&bzip2(&tarball), &both);
        holds(&zstd(&tarball), &both);
    }
    holds(&ar(&files[..1]), &["!/a.txt=one"]);
    holds(&gzip(Some("dump.sql"), b"x"), &["!/dump.sql=x"]);
    holds(&gzip(None, b"x"), &["!/(content)=x"]);
    holds(&xz(b"x"), &["!/(content)=x"]);
    holds(&bzip2(b"x"), &["!/(content)=x"]);
    holds(&zstd(b"x"), &["!/(content)=x"]);
}

#[test]
fn streams_that_follow_one_another_are_one_content() {
    holds(&[gzip(None, b"one "), gzip(None, b"two"), vec![0; 100]].concat(), &["!/(content)=one two"]);
    let skippable = [b"\x52\x2a\x4d\x18\x03\0\0\0".as_slice(), b"abc"].concat();
    holds(&[zstd(b"one "), skippable, zstd(b"two")].concat(), &["!/(content)=one two"]);
    holds(&[bzip2(b"one "), bzip2(b"two")].concat(), &["!/(content)=one two"]);
    holds(&[xz(b"one "), xz(b"two")].concat(), &["!/(content)=one two"]);
}

#[test]
fn long_names_of_static_libraries_are_told() {
    let table: &[u8] = b"a_long_name_of_an_object.o/\nb.o/\n";
    holds(&ar(&[("//", table), ("/0", b"one"), ("b.o/", b"two")]), &["!/a_long_name_of_an_object.o=one", "!/b.o=two"]);
    holds(&ar(&[("#1/8", b"name.o\0\0one")]), &["!/name.o=one"]);
}

#[test]
fn archives_in_archives_are_opened_to_a_depth() {
    let one = zip(&[("a.txt", b"one")]);
    let two = tar(&[("one.zip", &one)], false);
    let three = ar(&[("data.tar", &two)]);
    let (members, gaps) = shown(&three, &small());
    assert_eq!(members.last().unwrap(), "!/data.tar!/one.zip!/a.txt=one");
    assert!(gaps.is_empty(), "{gaps:?}");
    let four = gzip(Some("three"), &three);
    let (members, gaps) = shown(&four, &small());
    assert!(!members.iter().any(|member| member.ends_with("a.txt=one")));
    assert_eq!(gaps, ["!/three!/data.tar!/one.zip: more than 3 archives lie in one another"]);
}

#[test]
fn what_cannot_be_read_is_told_and_the_others_are_shown() {
    let files: [(&str, &[u8]); 3] = [("a", b"one"), ("b", b"two"), ("c", b"three")];
    let (members, gaps) = shown(&encrypted_zip(&files), &small());
    assert_eq!(
        (members.len(), gaps),
        (0, vec!["!/a: encrypted".into(), "!/b: encrypted".into(), "!/c: encrypted".into()])
    );

    let mut odd = zip(&files);
    let method = odd.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap() + 10;
    odd[method] = 98;
    let (members, gaps) = shown(&odd, &small());
    assert_eq!(members, ["!/a=one", "!/b=two"]);
    assert_eq!(gaps, ["!/c: compressed by method 98 (PPMD), which is not read"]);

    let (members, gaps) = shown(b"7z\xbc\xaf\x27\x1c\0\x04", &small());
    assert_eq!((members.len(), gaps), (0, vec![": 7z is not opened".into()]));
}

#[test]
fn cut_archives_show_what_is_there() {
    let files: [(&str, &[u8]); 2] = [("a", b"one"), ("b", &[b'x'; 3000])];
    let whole = zip(&files);
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let (members, gaps) = shown(&whole[..directory], &small());
    assert_eq!(members.len(), 2, "{members:?}");
    assert!(members[0].starts_with("!/a=one") && members[1].starts_with("!/b=xxx"), "{members:?}");
    assert!(gaps[0].starts_with(": damaged"), "{gaps:?}");

    let whole = tar(&files, false);
    let (members, gaps) = shown(&whole[..2000], &small());
    assert_eq!(members[0], "!/a=one");
    assert!(members[1].starts_with("!/b=xxx"));
    assert_eq!(gaps, ["!/b: damaged: the archive ends within it"]);

    let whole = gzip(Some("a"), &noise(10_000));
    let (members, gaps) = shown(&whole[..5000], &small());
    assert!(members[0].len() > 1000 && gaps[0].starts_with("!/a: damaged"), "{gaps:?}");

    let whole = ar(&files);
    let (members, gaps) = shown(&whole[..1000], &small());
    assert_eq!((members.len(), gaps), (2, vec!["!/b: damaged: the archive ends within it".into()]));
}

#[test]
fn damaged_header_costs_one_member_of_a_tar() {
    let mut bytes = tar(&[("a", b"one"), ("b", b"two"), ("c", b"three")], false);
    bytes[1024..1100].fill(b'?');
    let (members, gaps) = shown(&bytes, &small());
    assert_eq!(members, ["!/a=one", "!/c=three"]);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
}

#[test]
fn wrong_checksum_is_told_and_the_content_searched() {
    let mut bytes = zip(&[("a", b"one")]);
    let at = bytes.windows(3).position(|bytes| bytes == b"one").unwrap();
    bytes[at] = b'O';
    let (members, gaps) = shown(&bytes, &small());
    assert_eq!(members, ["!/a=One"]);
    assert!(gaps[0].starts_with("!/a: damaged"), "{gaps:?}");
}

#[test]
fn bombs_end_at_the_limits() {
    let zeros = vec![0; 64 << 20];
    for bomb in [gzip(None, &zeros), bzip2(&zeros), xz(&zeros), zstd(&zeros)] {
        let (members, gaps) = shown(&bomb, &small());
        assert!(members.iter().map(String::len).sum::<usize>() <= 2 << 20);
        assert_eq!(gaps.len(), 1, "{gaps:?}");
    }
    // Many members, each within its limit, and together beyond that of all.
    let members = ["a", "b", "c", "d", "e", "f"].map(|name| (name, &zeros[..1 << 20]));
    let (seen, gaps) = shown(&zip(&members), &Limits { held: 2 << 20, ratio: 1, ..small() });
    assert!(seen.len() < 6);
    assert!(gaps[0].contains("it unpacks to too much"), "{gaps:?}");
    let members: Vec<(&str, &[u8])> = (0..20).map(|_| ("x", &b"y"[..])).collect();
    for many in [zip(&members), tar(&members, false), ar(&members)] {
        let (seen, gaps) = shown(&many, &small());
        assert_eq!(
            (seen.len(), gaps),
            (10, vec![": it has more than 10 members, and the rest was not searched".into()])
        );
    }
}

#[test]
fn of_a_large_member_the_beginning_is_searched() {
    let large = [b"begin ".to_vec(), noise(3 << 20)].concat();
    let bytes = tar(&[("large", &large), ("after", b"two")], false);
    let (members, gaps) = shown(&bytes, &small());
    assert!(members[0].starts_with("!/large=begin "));
    assert_eq!(members[1], "!/after=two");
    assert_eq!(gaps, ["!/large: larger than 1 MiB, and only its beginning was searched"]);
}

#[test]
fn visitor_may_break_off() {
    let bytes = zip(&[("a", b"one"), ("b", b"two")]);
    let mut calls = 0;
    walk(&bytes, Kind::Zip, &small(), &mut |_, _| {
        calls += 1;
        ControlFlow::Break(())
    });
    assert_eq!(calls, 1);
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

proptest! {
    #[test]
    fn damage_anywhere_neither_panics_nor_goes_beyond_the_limits(
        kind in 0..8_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let inner = zip(&[("a.txt", b"one one one"), ("b.txt", b"two two two")]);
        let tarball = tar(&[("inner.zip", &inner), ("c.txt", b"three")], kind % 2 == 0);
        let mut bytes = match kind {
            0 => inner,
            1 | 2 => tarball,
            3 => gzip(Some("x"), &tarball),
            4 => xz(&tarball),
            5 => zstd(&tarball),
            6 => bzip2(&tarball),
            _ => ar(&[("x.tar", &tarball), ("y", b"four")]),
        };
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 2).max(1));
        if Kind::of(&bytes).is_some() {
            let (members, _) = shown(&bytes, &small());
            prop_assert!(members.iter().map(String::len).sum::<usize>() <= 3 * (5 << 20));
        }
    }
}
