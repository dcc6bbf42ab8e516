//! The archives of `ar`: Debian's packages and static libraries.
//! <https://manpages.debian.org/stable/dpkg-dev/deb.5.en.html>

use super::walk::Walk;
use std::ops::ControlFlow;

const MAGIC: usize = 8;
const HEADER: usize = 60;

/// Shows all members.
pub(super) fn members(walk: &mut Walk<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let mut rest = bytes.get(MAGIC..).unwrap_or_default();
    let mut long_names: &[u8] = &[];
    while !rest.is_empty() {
        let Some((name, size)) = rest.get(..HEADER).and_then(header) else {
            return walk.gap("damaged: it has no header where one should be");
        };
        rest = &rest[HEADER..];
        let content = &rest[..size.min(rest.len())];
        if name == b"//" {
            long_names = content;
        } else {
            let (name, mut content) = named(name, content, long_names);
            walk.member(name, &mut content)?;
        }
        if size > rest.len() {
            return walk.gap_at(name, "damaged: the archive ends within it");
        }
        // Members begin at even places.
        rest = rest.get(size + size % 2..).unwrap_or_default();
    }
    ControlFlow::Continue(())
}

/// The name as it is written, and the size.
fn header(header: &[u8]) -> Option<(&[u8], usize)> {
    let name = header[..16].trim_ascii_end();
    let size = std::str::from_utf8(&header[48..58]).ok()?.trim_end().parse().ok()?;
    header.ends_with(b"`\n").then_some((name, size))
}

/// The name that is meant: a long one stands in a table, or before the content.
fn named<'b>(name: &'b [u8], content: &'b [u8], long_names: &'b [u8]) -> (&'b [u8], &'b [u8]) {
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<usize>().ok();
    if let Some((name, content)) =
        name.strip_prefix(b"#1/").and_then(number).and_then(|at| content.split_at_checked(at))
    {
        return (name.split(|&byte| byte == 0).next().unwrap_or_default(), content);
    }
    if let Some(long) = name.strip_prefix(b"/").and_then(number).and_then(|at| long_names.get(at..)) {
        let long = long.split(|&byte| byte == b'\n').next().unwrap_or_default();
        return (long.strip_suffix(b"/").unwrap_or(long), content);
    }
    (name.strip_suffix(b"/").unwrap_or(name), content)
}
