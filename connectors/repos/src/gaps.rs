//! What could not be read, by kind. Some of each kind are named and the rest are counted, so that a ruined
//! repository does not drown the report.

use std::collections::BTreeMap;
use whose_model::{CoverageState, Gap};

/// How many things of one kind are named one by one.
const NAMED: usize = 20;

/// The ways in which something is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missed {
    /// An object is there and cannot be decoded.
    Corrupt,
    /// An object is named by another and is not there.
    Absent,
    /// A pack or folder of objects cannot be read.
    Store,
    /// A reference cannot be read, or leads nowhere.
    Reference,
    /// Older history was never fetched.
    Shallow,
    /// Objects were left out when it was cloned, to be fetched when they are needed. A scan fetches nothing.
    Partial,
    /// The content of a file lies in git LFS, and was not fetched.
    Lfs,
    /// An object or file is larger than the limit.
    TooLarge,
    /// A file or folder of the working tree cannot be read.
    File,
    /// A member of an archive, or a part of it, was not searched.
    Member,
    /// The folder lies within a repository that was not named.
    Surroundings,
    /// One tree holds more places than are kept.
    TooManyPlaces,
    /// The user stopped the scan.
    Stopped,
    /// A fault of ours.
    Fault,
}

impl Missed {
    fn reason(self, what: &str) -> String {
        match self {
            Self::Corrupt => format!("an object could not be read: {what}"),
            Self::Absent => format!("an object is missing: {what}"),
            Self::Store => format!("a part of the object database could not be read: {what}"),
            Self::Reference => format!("a reference could not be followed: {what}"),
            Self::Shallow => format!("the clone is shallow: {what}"),
            Self::Partial => format!("the clone is partial: {what}"),
            Self::Lfs => format!("the content of a file lies in git LFS and was never fetched: {what}"),
            Self::TooLarge => format!("larger than the limit and not searched: {what}"),
            Self::File => format!("a file could not be read: {what}"),
            Self::Member => format!("a part of an archive was not searched: {what}"),
            Self::Surroundings => format!("only these files were read, and not the history of the repository: {what}"),
            Self::TooManyPlaces => format!("not all places are listed: {what}"),
            Self::Stopped => format!("stopped by the user before {what}"),
            Self::Fault => format!("the repository reader failed by a fault of ours: {what}"),
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Corrupt | Self::Absent | Self::Store | Self::Reference => {
                "Run `git fsck --full` there, and scan a complete clone."
            }
            Self::Shallow => "Run `git fetch --unshallow` there, or scan the clone URL.",
            Self::Partial => "Run `git fetch --refetch --no-filter` there, or scan the clone URL.",
            Self::Lfs => "Run `git lfs fetch --all` there, and scan again.",
            Self::TooLarge => "Look at it by hand, or raise the size limit.",
            Self::File => "Allow the user who scans to read it.",
            Self::Member => "Unpack it, and scan the folder.",
            Self::Surroundings => "Scan the folder of the repository itself.",
            Self::TooManyPlaces => "Fix the places that are listed, and scan again.",
            Self::Stopped => "Scan again.",
            Self::Fault => "Report it, with the version and the kind of repository.",
        }
    }
}

/// The gaps of one repository.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    named: BTreeMap<Missed, Vec<String>>,
    more: BTreeMap<Missed, u64>,
}

impl Gaps {
    pub(crate) fn add(&mut self, kind: Missed, what: impl Into<String>) {
        let what = one_line(&what.into());
        let named = self.named.entry(kind).or_default();
        if named.contains(&what) {
            return;
        }
        if named.len() < NAMED {
            named.push(what);
        } else {
            *self.more.entry(kind).or_default() += 1;
        }
    }

    /// Takes the objects that are missing for those that a partial clone never fetched, and only counts them.
    pub(crate) fn absent_by_choice(&mut self) {
        let named = self.named.remove(&Missed::Absent).map_or(0, |named| named.len() as u64);
        let missing = named + self.more.remove(&Missed::Absent).unwrap_or_default();
        if missing > 0 {
            self.add(Missed::Partial, format!("{missing} objects were never fetched"));
        }
    }

    /// How the whole listing ended, having read `seen` objects and files.
    pub(crate) fn state(&self, seen: u64) -> CoverageState {
        if self.named.is_empty() {
            CoverageState::Complete
        } else if self.named.contains_key(&Missed::Fault) || (seen == 0 && !self.named.contains_key(&Missed::Stopped)) {
            CoverageState::Failed
        } else {
            CoverageState::Partial
        }
    }

    pub(crate) fn into_list(self) -> Vec<Gap> {
        let mut list = Vec::new();
        for (kind, named) in self.named {
            let more = self.more.get(&kind).map(|count| format!("{count} more"));
            list.extend(named.into_iter().chain(more).map(|what| Gap {
                subject: None,
                call: None,
                reason: kind.reason(&what),
                remedy: kind.remedy().to_owned(),
            }));
        }
        list
    }
}

/// Text from a repository, as one bounded line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_gaps_of_one_kind_are_counted() {
        let mut gaps = Gaps::default();
        for number in 0..100 {
            gaps.add(Missed::Corrupt, format!("object {number}"));
            gaps.add(Missed::Shallow, "older history");
        }
        assert_eq!(gaps.state(1), CoverageState::Partial);
        let list = gaps.into_list();
        assert_eq!(list.len(), NAMED + 2);
        assert!(list.iter().any(|gap| gap.reason.contains("80 more")));
    }

    #[test]
    fn state_follows_from_what_was_missed() {
        let state = |kind: Option<Missed>, seen| {
            let mut gaps = Gaps::default();
            kind.into_iter().for_each(|kind| gaps.add(kind, "x\u{1b}y"));
            gaps.state(seen)
        };
        assert_eq!(state(None, 0), CoverageState::Complete);
        assert_eq!(state(Some(Missed::Corrupt), 0), CoverageState::Failed);
        assert_eq!(state(Some(Missed::Corrupt), 5), CoverageState::Partial);
        assert_eq!(state(Some(Missed::Stopped), 0), CoverageState::Partial);
        assert_eq!(state(Some(Missed::Fault), 5), CoverageState::Failed);
    }
}
