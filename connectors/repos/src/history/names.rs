//! Names and paths by number, shared by all threads.

use gix::bstr::{BStr, BString, ByteSlice};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many parts the table has, so that threads seldom wait for each other.
const PARTS: usize = 64;

/// Names of files and folders.
pub(crate) struct Names {
    parts: Vec<Mutex<Part>>,
    hash: RandomState,
}

#[derive(Default)]
struct Part {
    numbers: HashMap<BString, u32>,
    names: Vec<BString>,
}

impl Default for Names {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), hash: RandomState::new() }
    }
}

impl Names {
    /// The number of a name, the same each time.
    pub(crate) fn number(&self, name: &BStr) -> u32 {
        let part = self.hash.hash_one(name) as usize % PARTS;
        let mut names = self.part(part);
        let local = match names.numbers.get(name) {
            Some(local) => *local,
            None => {
                let local = u32::try_from(names.names.len()).expect("memory ends before four billion names");
                names.names.push(name.to_owned());
                names.numbers.insert(name.to_owned(), local);
                local
            }
        };
        local * PARTS as u32 + part as u32
    }

    /// Adds the name of a number to a path.
    pub(crate) fn push_to(&self, number: u32, path: &mut BString) {
        let names = self.part(number as usize % PARTS);
        path.extend_from_slice(names.names[number as usize / PARTS].as_bytes());
    }

    fn part(&self, part: usize) -> MutexGuard<'_, Part> {
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands for the root of a repository.
pub(crate) const ROOT: u32 = 0;

/// Paths, each a name within another path.
pub(crate) struct Paths {
    numbers: HashMap<(u32, u32), u32>,
    /// For each path, the one that it is in, its name, and how many bytes it has.
    paths: Vec<(u32, u32, usize)>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { numbers: HashMap::new(), paths: vec![(ROOT, 0, 0)] }
    }
}

impl Paths {
    /// The path of a name within another path; none when it would be longer than `longest` bytes.
    pub(crate) fn within(&mut self, parent: u32, name: u32, names: &Names, longest: usize) -> Option<u32> {
        if let Some(path) = self.numbers.get(&(parent, name)) {
            return Some(*path);
        }
        let mut text = BString::default();
        names.push_to(name, &mut text);
        let len = self.paths[parent as usize].2 + text.len() + 1;
        if len > longest {
            return None;
        }
        let path = u32::try_from(self.paths.len()).ok()?;
        self.paths.push((parent, name, len));
        self.numbers.insert((parent, name), path);
        Some(path)
    }

    /// The names that lead from the root to a path.
    pub(crate) fn names(&self, path: u32) -> Vec<u32> {
        let (mut names, mut at) = (Vec::new(), path);
        while at != ROOT {
            let (parent, name, _) = self.paths[at as usize];
            names.push(name);
            at = parent;
        }
        names.reverse();
        names
    }

    /// The path as text.
    pub(crate) fn text(&self, path: u32, names: &Names) -> String {
        let mut text = BString::default();
        for name in self.names(path) {
            if !text.is_empty() {
                text.push(b'/');
            }
            names.push_to(name, &mut text);
        }
        text.to_str_lossy().into_owned()
    }
}
