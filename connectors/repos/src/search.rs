//! The one seam through which every file is searched, whether it lies on a disk, in a pack or in an archive: its
//! bytes as they are, and, when it is an archive, each of its members.

use crate::containers::{Kind, Limits, Met, walk};
use crate::gaps::{Gaps, Missed};
use crate::lfs;
use crate::read::Reader;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use whose_detect::Detection;

/// How many members that were not searched are named for one file.
const NAMED: usize = 10;

/// One secret in a file or in a member of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// The member's path as it is appended to the file's: `!/inner.zip!/a.txt`; empty for the file itself.
    pub(crate) member: String,
    /// What was found; its line is that within the member.
    pub(crate) detection: Detection,
}

/// What searching one file gave.
#[derive(Debug, Default)]
pub(crate) struct Searched {
    pub(crate) hits: Vec<Hit>,
    /// What was not searched, as it is appended to the file's path: `!/a.txt (encrypted)`.
    missed: Vec<(Missed, String)>,
}

impl Reader {
    /// Searches a file, and the members of it when it is an archive.
    pub(crate) fn search_file(&self, data: &[u8]) -> Searched {
        let own = self.search(data).into_iter().map(|detection| Hit { member: String::new(), detection });
        let mut searched = Searched { hits: own.collect(), missed: Vec::new() };
        if let Some(kind) = Kind::of(data) {
            self.search_members(data, kind, &mut searched);
            searched.without_echoes();
        } else if let Some(digest) = lfs::digest(data).filter(|digest| !self.fetched.contains(*digest)) {
            searched.miss(Missed::Lfs, format!(" ({digest})"));
        }
        searched
    }

    fn search_members(&self, data: &[u8], kind: Kind, searched: &mut Searched) {
        let mut more = 0_u64;
        let mut visit = |path: &str, met: Met<'_>| {
            match met {
                Met::Member(content) => {
                    let hit = |detection| Hit { member: path.to_owned(), detection };
                    searched.hits.extend(self.search(content).into_iter().map(hit));
                }
                Met::Gap(why) if searched.missed.len() < NAMED => {
                    searched.miss(Missed::Member, format!("{path} ({why})"))
                }
                Met::Gap(_) => more += 1,
            }
            if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        // Unpackers are made for files that their own tools wrote. One that panics costs one archive.
        let walked = catch_unwind(AssertUnwindSafe(|| walk(data, kind, &Limits::default(), &mut visit)));
        if walked.is_err() {
            searched.miss(Missed::Member, " (its unpacker failed by a fault of ours)");
        }
        if more > 0 {
            searched.miss(Missed::Member, format!(" ({more} more of its members)"));
        }
    }
}

impl Searched {
    /// Tells what was not searched of the file at this path.
    pub(crate) fn tell(&self, path: &str, gaps: &mut Gaps) {
        self.missed.iter().for_each(|(kind, what)| gaps.add(*kind, format!("{path}{what}")));
    }

    /// Whether something was not searched.
    pub(crate) fn is_partial(&self) -> bool {
        !self.missed.is_empty()
    }

    fn miss(&mut self, kind: Missed, what: impl Into<String>) {
        self.missed.push((kind, what.into()));
    }

    /// Takes away what stands uncompressed in an archive and was found in a member too, where it has a line.
    fn without_echoes(&mut self) {
        let within: HashSet<(String, String)> = self
            .hits
            .iter()
            .flat_map(|hit| {
                let outer = hit.member.match_indices("!/").map(|(at, _)| hit.member[..at].to_owned());
                outer.map(|path| (path, hit.detection.fingerprint.clone())).collect::<Vec<_>>()
            })
            .collect();
        self.hits.retain(|hit| !within.contains(&(hit.member.clone(), hit.detection.fingerprint.clone())));
    }
}
