//! One pack, laid out as families: an object that is stored whole, and all that are stored as changes to it, to these,
//! and so on. All of a family are of one kind.
//! The format: <https://git-scm.com/docs/gitformat-pack>.

use super::ids::{ABSENT, Ids};
use gix::objs::Kind;
use gix::odb::pack::data;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::index;
use std::path::Path;
use whose_connect::with_causes;

/// A pack whose entries are known.
pub(crate) struct Pack {
    pub(crate) file: data::File,
    /// In the order in which they are stored.
    entries: Vec<Entry>,
    /// For each entry, where its children begin among `children`.
    starts: Vec<u32>,
    children: Vec<u32>,
    /// Objects whose family begins in another pack, or cannot be told.
    pub(crate) strays: Vec<u32>,
}

struct Entry {
    offset: u64,
    object: u32,
    /// The place of the entry that it is a change to.
    base: u32,
    kind: Option<Kind>,
}

impl Pack {
    /// Reads where each entry begins and what it is a change to.
    pub(crate) fn open(path: &Path, index: &index::File, ids: &Ids) -> Result<Self, String> {
        let file = data::File::at(path, index.object_hash()).map_err(|error| with_causes(&error))?;
        let mut strays = Vec::new();
        let mut entries = Vec::with_capacity(index.num_objects() as usize);
        for indexed in index.iter() {
            let Some(object) = ids.find(&indexed.oid) else { continue };
            if indexed.pack_offset < file.pack_end() as u64 {
                entries.push(Entry { offset: indexed.pack_offset, object, base: ABSENT, kind: None });
            } else {
                strays.push(object);
            }
        }
        entries.sort_unstable_by_key(|entry| entry.offset);
        let at = |offset: u64| entries.binary_search_by_key(&offset, |entry| entry.offset).ok();
        let mut links: Vec<(Option<Kind>, u32)> = Vec::with_capacity(entries.len());
        for entry in &entries {
            links.push(match file.entry(entry.offset).map(|entry| (entry.header, entry)) {
                Ok((Header::OfsDelta { base_distance }, stored)) => {
                    let base = stored.checked_base_pack_offset(base_distance).and_then(at);
                    (None, base.map_or(ABSENT, number))
                }
                Ok((Header::RefDelta { base_id }, _)) => {
                    let base = index.lookup(base_id).and_then(|base| at(index.pack_offset_at_index(base)));
                    (None, base.map_or(ABSENT, number))
                }
                Ok((header, _)) => (header.as_kind(), ABSENT),
                Err(_) => (None, ABSENT),
            });
        }
        for (entry, (kind, base)) in entries.iter_mut().zip(links) {
            (entry.kind, entry.base) = (kind, base);
        }
        let mut pack = Self { file, entries, starts: Vec::new(), children: Vec::new(), strays };
        pack.tell_kinds();
        pack.link();
        Ok(pack)
    }

    /// Gives each entry the kind of the one that its family begins with. Those that lead to none are strays.
    fn tell_kinds(&mut self) {
        let mut path = Vec::new();
        for at in 0..self.entries.len() {
            let mut top = at;
            // Forged packs may have entries that are changes to each other; a way ends where it meets itself.
            while self.entries[top].kind.is_none()
                && self.entries[top].base != ABSENT
                && path.len() <= self.entries.len()
            {
                path.push(top);
                top = self.entries[top].base as usize;
            }
            let kind = self.entries[top].kind;
            for below in path.drain(..) {
                self.entries[below].kind = kind;
                if kind.is_none() {
                    // Not tried again from each of its children.
                    self.entries[below].base = ABSENT;
                }
            }
        }
        self.strays.extend(self.entries.iter().filter(|entry| entry.kind.is_none()).map(|entry| entry.object));
    }

    /// Lists the children of each entry, the largest family last.
    fn link(&mut self) {
        let mut sizes = vec![1_u32; self.entries.len()];
        let mut starts = vec![0_u32; self.entries.len() + 1];
        // A base that stands behind its change is rare: its family only counts as smaller than it is.
        for at in (0..self.entries.len()).rev() {
            if let Some(base) = self.base(at) {
                sizes[base] = sizes[base].saturating_add(sizes[at]);
                starts[base + 1] += 1;
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut children = vec![0; starts[self.entries.len()] as usize];
        for at in 0..self.entries.len() {
            if let Some(base) = self.base(at) {
                children[next[base] as usize] = number(at);
                next[base] += 1;
            }
        }
        for at in 0..self.entries.len() {
            let family = starts[at] as usize..starts[at + 1] as usize;
            children[family].sort_by_key(|child| sizes[*child as usize]);
        }
        (self.starts, self.children) = (starts, children);
    }

    fn base(&self, at: usize) -> Option<usize> {
        let base = self.entries[at].base;
        (base != ABSENT && self.entries[at].kind.is_some()).then_some(base as usize)
    }

    /// The entries that families of these kinds begin with.
    pub(crate) fn roots(&self, kinds: &[Kind]) -> Vec<u32> {
        let is_root = |entry: &Entry| entry.base == ABSENT && entry.kind.is_some_and(|kind| kinds.contains(&kind));
        let roots = self.entries.iter().enumerate().filter(|(_, entry)| is_root(entry));
        roots.map(|(at, _)| number(at)).collect()
    }

    /// The entries that are stored as changes to one.
    pub(crate) fn children(&self, at: u32) -> &[u32] {
        let at = at as usize;
        &self.children[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The header of an entry.
    pub(crate) fn entry(&self, at: u32) -> Result<data::Entry, String> {
        self.file.entry(self.entries[at as usize].offset).map_err(|error| with_causes(&error))
    }

    /// The object that an entry holds, and its kind.
    pub(crate) fn object(&self, at: u32) -> (u32, Kind) {
        let entry = &self.entries[at as usize];
        (entry.object, entry.kind.expect("only families are walked, and all in them have a kind"))
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).expect("a pack counts its objects in 32 bits")
}
