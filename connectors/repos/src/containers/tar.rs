//! Tar, of any dialect, from a stream: only one member is in memory at a time. Headers are read by `tar-core`, which
//! bounds what names and extensions may take.

use super::walk::Walk;
use std::io::{Read, copy, sink};
use std::ops::ControlFlow;
use tar_core::EntryType;
use tar_core::parse::{Limits, ParseEvent, Parser};

const BLOCK: u64 = 512;

/// Shows all members. Behind a damaged header the search goes on at the next one that is whole.
pub(super) fn members(walk: &mut Walk<'_>, source: &mut dyn Read) -> ControlFlow<()> {
    let mut parser = parser();
    let mut head = Vec::new();
    let mut is_damaged = false;
    loop {
        let entry = match parser.parse(&head) {
            Ok(ParseEvent::NeedData { min_bytes }) => {
                let wanted = min_bytes.saturating_sub(head.len()).max(1) as u64;
                match source.take(wanted).read_to_end(&mut head) {
                    Ok(read) if read as u64 == wanted => continue,
                    // Many tars end without the two blocks of zeros that should close them.
                    Ok(_) if head.iter().all(|&byte| byte == 0) => return ControlFlow::Continue(()),
                    Ok(_) => return walk.gap("damaged: it ends within a header"),
                    Err(error) => return walk.failed(&error),
                }
            }
            Ok(ParseEvent::End { .. }) => return ControlFlow::Continue(()),
            Ok(ParseEvent::GlobalExtensions { .. }) => None,
            // Only what was asked for was read, so that the content follows what is in memory.
            Ok(ParseEvent::Entry { entry, .. } | ParseEvent::SparseEntry { entry, .. }) => {
                has_content(entry.entry_type).then(|| (entry.path.into_owned(), entry.size))
            }
            Err(error) => {
                if !std::mem::replace(&mut is_damaged, true) {
                    walk.gap(&format!("damaged: {error}"))?;
                }
                parser = self::parser();
                None
            }
        };
        head.clear();
        if let Some((name, size)) = entry {
            member(walk, source, &name, size)?;
        }
    }
}

fn parser() -> Parser {
    let mut parser = Parser::new(Limits { max_metadata_size: 1 << 20, ..Limits::default() });
    parser.set_allow_empty_path(true);
    parser.set_ignore_pax_errors(true);
    parser
}

/// Links, folders and devices have none, whatever size they state.
fn has_content(kind: EntryType) -> bool {
    use EntryType::{Block, Char, Directory, Fifo, Link, Symlink};
    !matches!(kind, Block | Char | Directory | Fifo | Link | Symlink)
}

/// Shows one member, and goes on to the header behind it.
fn member(walk: &mut Walk<'_>, source: &mut dyn Read, name: &[u8], size: u64) -> ControlFlow<()> {
    let mut content = source.take(size);
    walk.member(name, &mut content)?;
    let missing = content.limit();
    let rest = missing.saturating_add(size.next_multiple_of(BLOCK) - size);
    match copy(&mut source.take(rest), &mut sink()) {
        Ok(passed) if passed < missing => walk.gap_at(name, "damaged: the archive ends within it"),
        Ok(_) => ControlFlow::Continue(()),
        Err(error) => walk.failed(&error),
    }
}
