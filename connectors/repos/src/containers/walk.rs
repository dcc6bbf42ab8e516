//! The walk through one file: each member is read into memory, shown to the visitor, and opened when it is itself an
//! archive.

use super::kind::Kind;
use super::limits::{Limits, Metered};
use super::{ar, sqlite, streams, tar, zip};
use std::cell::Cell;
use std::io::Read;
use std::ops::ControlFlow;

/// The longest name of a member that is told.
const LONGEST_NAME: usize = 1024;

/// What a visitor is shown.
#[derive(Debug)]
pub(crate) enum Met<'m> {
    /// The content of a member, or its beginning.
    Member(&'m [u8]),
    /// Why a member, or a part of it, was not searched.
    Gap(&'m str),
}

/// Is called with the path within the file (`!/inner.zip!/a.txt`; empty for the file as a whole), and may break off.
pub(crate) type Visit<'v> = dyn FnMut(&str, Met<'_>) -> ControlFlow<()> + 'v;

/// Shows all members of a file of this kind. The file itself is not shown.
pub(crate) fn walk(bytes: &[u8], kind: Kind, limits: &Limits, visit: &mut Visit<'_>) {
    let budget = Cell::new(limits.budget(bytes.len()));
    let mut walk = Walk { limits, budget: &budget, members: 0, held: 0, depth: 0, path: String::new(), visit };
    // Whether it came to an end or was broken off, the visitor knows all.
    let _ = walk.open(kind, bytes);
}

/// Where a walk stands, and how much it may still read.
pub(super) struct Walk<'w> {
    limits: &'w Limits,
    budget: &'w Cell<u64>,
    members: u32,
    held: usize,
    depth: u32,
    path: String,
    visit: &'w mut Visit<'w>,
}

impl<'w> Walk<'w> {
    fn open(&mut self, kind: Kind, bytes: &[u8]) -> ControlFlow<()> {
        if self.depth == self.limits.depth {
            return self.gap(&format!("more than {} archives lie in one another", self.limits.depth));
        }
        self.depth += 1;
        let flow = match kind {
            Kind::Zip => zip::members(self, bytes),
            Kind::Tar => tar::members(self, &mut &*bytes),
            Kind::Sqlite => sqlite::members(self, bytes),
            Kind::Ar => ar::members(self, bytes),
            Kind::Gzip | Kind::Xz | Kind::Zstd | Kind::Bzip2 => streams::content(self, kind, bytes),
            Kind::Unread(name) => self.gap(&format!("{name} is not opened")),
        };
        self.depth -= 1;
        flow
    }

    /// Tells of a gap where the walk stands.
    pub(super) fn gap(&mut self, why: &str) -> ControlFlow<()> {
        (self.visit)(&self.path, Met::Gap(why))
    }

    /// Tells of a gap at a member.
    pub(super) fn gap_at(&mut self, name: &[u8], why: &str) -> ControlFlow<()> {
        self.within(name, |walk| walk.gap(why))
    }

    /// Counts what an unpacker gives against the budget.
    pub(super) fn metered<R: Read>(&self, inner: R) -> Metered<'w, R> {
        Metered::new(inner, self.budget)
    }

    /// Reads a member, shows it, and opens it when it is an archive.
    pub(super) fn member(&mut self, name: &[u8], content: &mut dyn Read) -> ControlFlow<()> {
        if self.members == self.limits.members {
            self.gap(&format!("it has more than {} members, and the rest was not searched", self.limits.members))?;
            return ControlFlow::Break(());
        }
        self.members += 1;
        self.within(name, |walk| walk.read(content))
    }

    fn read(&mut self, content: &mut dyn Read) -> ControlFlow<()> {
        let room = self.limits.held - self.held;
        let mut bytes = Vec::new();
        let outcome = content.take(room as u64).read_to_end(&mut bytes);
        if !bytes.is_empty() {
            (self.visit)(&self.path, Met::Member(&bytes))?;
        }
        match outcome {
            Err(error) => self.failed(&error)?,
            Ok(_) if bytes.len() < room => {}
            Ok(_) => match content.read(&mut [0]) {
                Ok(0) => {}
                Ok(_) => self.gap(&format!("larger than {} MiB, and only its beginning was searched", room >> 20))?,
                Err(error) => self.failed(&error)?,
            },
        }
        let Some(kind) = Kind::of(&bytes) else { return ControlFlow::Continue(()) };
        self.held += bytes.len();
        let flow = self.open(kind, &bytes);
        self.held -= bytes.len();
        flow
    }

    /// Tells why a member cannot be read on. Once the budget is spent, nothing else can be read either.
    pub(super) fn failed(&mut self, error: &std::io::Error) -> ControlFlow<()> {
        if self.budget.get() > 0 {
            return self.gap(&format!("damaged: {error}"));
        }
        self.gap("it unpacks to too much, and the rest of the archive was not searched")?;
        ControlFlow::Break(())
    }

    /// Goes down to a member and back.
    pub(super) fn within(&mut self, name: &[u8], step: impl FnOnce(&mut Self) -> ControlFlow<()>) -> ControlFlow<()> {
        let outside = self.path.len();
        self.path.push_str("!/");
        let name = String::from_utf8_lossy(&name[..name.len().min(LONGEST_NAME)]);
        let name = name.trim_start_matches("./").trim_start_matches('/');
        self.path.push_str(if name.is_empty() { "(content)" } else { name });
        let flow = step(self);
        self.path.truncate(outside);
        flow
    }
}
