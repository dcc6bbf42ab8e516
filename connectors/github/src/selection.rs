//! Which repositories' code is read: what the target says of it.

use crate::code::Code;

/// How much of the code is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// None.
    Off,
    /// Neither archived ones nor forks.
    Active,
    /// All but forks. A key in an archived repository opens as much as any other.
    Own,
    /// Forks as well.
    All,
}

/// Which repositories are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) which: Which,
    /// The largest repository that is cloned, in kilobytes, as GitHub counts.
    pub(crate) largest: u64,
}

impl Default for Selection {
    fn default() -> Self {
        Self { which: Which::Own, largest: 4 * 1024 * 1024 }
    }
}

impl Selection {
    /// Reads `off`, `active`, `own` or `all`.
    pub(crate) fn which(text: &str) -> Result<Which, String> {
        match text {
            "off" => Ok(Which::Off),
            "active" => Ok(Which::Active),
            "own" => Ok(Which::Own),
            "all" => Ok(Which::All),
            _ => Err(format!("`repositories={text}` is none of off, active, own, all")),
        }
    }

    /// Reads a size as `500MB` or `4GB`.
    pub(crate) fn largest(text: &str) -> Result<u64, String> {
        let wrong = || format!("`largest={text}` is not a size like 500MB or 4GB");
        let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit: u64 = match &text[digits.len()..] {
            "MB" => 1024,
            "GB" => 1024 * 1024,
            _ => return Err(wrong()),
        };
        digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).ok_or_else(wrong)
    }

    /// Why a repository is left out, and how to read it all the same; `None`: it is read.
    pub(crate) fn leaves_out(&self, code: &Code) -> Option<(String, &'static str)> {
        if code.fork && matches!(self.which, Which::Active | Which::Own) {
            let reason = "its code was not read, as it is a fork: most of its history is that of somebody else";
            return Some((reason.into(), "Add repositories=all to the target to read forks as well."));
        }
        if code.archived && self.which == Which::Active {
            let reason = "its code was not read, as it is archived and the target says repositories=active";
            return Some((reason.into(), "Say repositories=own in the target to read archived ones as well."));
        }
        if code.size > self.largest {
            let (size, largest) = (code.size / 1024, self.largest / 1024);
            let reason = format!("its code was not read: it takes {size} MB, and the largest that is cloned {largest}");
            return Some((reason, "Raise largest= in the target, or scan a clone of it by its path."));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_archived_and_large_ones_are_told_apart() {
        let code = |fork, archived, size| {
            let name = "x".into();
            Code { name, clone_url: None, fork, archived, size, public: false, pushed: None }
        };
        let (fork, archived, plain) = (code(true, false, 1), code(false, true, 1), code(false, false, 1));
        for (which, read) in
            [(Which::Active, [false, false, true]), (Which::Own, [false, true, true]), (Which::All, [true, true, true])]
        {
            let selection = Selection { which, largest: 10 };
            let found = [&fork, &archived, &plain].map(|code| selection.leaves_out(code).is_none());
            assert_eq!(found, read, "{which:?}");
            assert!(selection.leaves_out(&code(false, false, 11)).is_some());
        }
    }

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(Selection::largest("500MB"), Ok(512_000));
        assert_eq!(Selection::largest("4GB"), Ok(Selection::default().largest));
        for wrong in ["", "4", "GB", "-1GB", "4gb", "4 GB", "99999999999999999999GB", "18446744073709551615GB"] {
            assert!(Selection::largest(wrong).is_err(), "{wrong}");
        }
    }
}
