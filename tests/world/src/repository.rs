//! Source repositories as data: a history of commits, each a set of changed files.

use std::collections::BTreeMap;
use whose_model::Timestamp;

/// One repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Its name, which is also its folder's.
    pub name: &'static str,
    /// The URL of its remote `origin`.
    pub remote: String,
    /// Its commits, the oldest first.
    pub commits: Vec<Commit>,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The author's name.
    pub author: String,
    /// The author's e-mail address.
    pub email: String,
    /// When it was made.
    pub at: Timestamp,
    /// Its message.
    pub message: String,
    /// What it changes: the new text of each path, or `None` where the file is removed.
    pub changes: BTreeMap<&'static str, Option<String>>,
}

impl Repository {
    /// The files at HEAD.
    pub fn head(&self) -> BTreeMap<&'static str, &str> {
        let mut files = BTreeMap::new();
        for (path, text) in self.commits.iter().flat_map(|commit| &commit.changes) {
            match text {
                Some(text) => files.insert(*path, text.as_str()),
                None => files.remove(path),
            };
        }
        files
    }
}
