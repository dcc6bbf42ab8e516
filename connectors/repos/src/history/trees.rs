//! Trees: which of them lead to blobs that hold something, and which name objects that are not there. Entries that a
//! tree has of the one that it is stored as a change to are known already.

use super::ids::{Ids, Marks};
use super::names::Names;
use super::walk::{Base, Visit};
use crate::gaps::Missed;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::{Kind, TreeRefIter};
use whose_connect::with_causes;

/// An entry of a tree that is a tree itself or a blob that holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) name: u32,
    pub(crate) child: u32,
}

/// Reads trees.
pub(crate) struct Trees<'r> {
    pub(crate) ids: &'r Ids,
    /// The blobs that hold something.
    pub(crate) held: &'r Marks,
    pub(crate) is_any_held: bool,
    pub(crate) names: &'r Names,
}

/// An entry, by where it stands in its tree.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    start: u32,
    end: u32,
    /// None when it leads to nothing.
    edge: Option<Edge>,
}

/// What was found in trees.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) edges: Vec<Edge>,
    /// For each tree with edges, where these begin, and how many there are.
    pub(crate) trees: Vec<(u32, usize, usize)>,
    pub(crate) missed: Vec<(Missed, String)>,
}

impl Found {
    pub(crate) fn take(&mut self, mut more: Self) {
        let moved = self.edges.len();
        self.edges.append(&mut more.edges);
        self.trees.extend(more.trees.into_iter().map(|(tree, start, len)| (tree, start + moved, len)));
        self.missed.append(&mut more.missed);
    }
}

impl Trees<'_> {
    /// The entries of a tree, of which those in `known` (by where they begin) need not be read.
    fn read(&self, object: u32, data: &[u8], mut known: impl Iterator<Item = Entry>, found: &mut Found) -> Vec<Entry> {
        let kind = self.ids.get(object).kind();
        let mut entries = Vec::new();
        let mut next = known.next();
        let mut at = 0;
        while at < data.len() {
            while next.is_some_and(|entry| (entry.start as usize) < at) {
                next = known.next();
            }
            if let Some(entry) = next.filter(|entry| entry.start as usize == at) {
                at = entry.end as usize;
                entries.push(entry);
                continue;
            }
            let rest = &data[at..];
            let mut iter = TreeRefIter::from_bytes(rest, kind);
            match iter.next() {
                Some(Ok(entry)) => {
                    let start = at;
                    at += iter.offset_to_next_entry(rest);
                    let edge = self.edge(object, &entry, found);
                    let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(at)) else { break };
                    entries.push(Entry { start, end, edge });
                }
                Some(Err(error)) => {
                    let why = format!("tree {} ({})", self.ids.get(object), with_causes(&error));
                    found.missed.push((Missed::Corrupt, why));
                    break;
                }
                None => break,
            }
        }
        let first = found.edges.len();
        found.edges.extend(entries.iter().filter_map(|entry| entry.edge));
        if found.edges.len() > first {
            found.trees.push((object, first, found.edges.len() - first));
        }
        entries
    }

    fn edge(&self, object: u32, entry: &gix::objs::tree::EntryRef<'_>, found: &mut Found) -> Option<Edge> {
        if entry.mode.is_commit() {
            return None;
        }
        let Some(child) = self.ids.find(entry.oid) else {
            if entry.oid != ObjectId::empty_tree(entry.oid.kind()) {
                let (tree, name) = (self.ids.get(object), entry.filename.to_str_lossy());
                let what = format!("{}, which tree {tree} names `{name}`", entry.oid);
                found.missed.push((Missed::Absent, what));
            }
            return None;
        };
        let leads = self.is_any_held && (entry.mode.is_tree() || self.held.contains(child));
        leads.then(|| Edge { name: self.names.number(entry.filename), child })
    }
}

impl Visit for Trees<'_> {
    type State = Vec<Entry>;
    type Found = Found;

    fn whole(&self, object: u32, _: Kind, data: &[u8], found: &mut Found) -> Vec<Entry> {
        self.read(object, data, std::iter::empty(), found)
    }

    fn delta(&self, object: u32, _: Kind, data: &[u8], base: &Base<'_, Vec<Entry>>, found: &mut Found) -> Vec<Entry> {
        let entries = base.state.as_slice();
        let known = base.copied.iter().flat_map(|run| {
            let first = entries.partition_point(|entry| (entry.start as usize) < run.from);
            let end = run.from + run.len;
            entries[first..].iter().take_while(move |entry| entry.end as usize <= end).filter_map(move |entry| {
                let moved = |at: u32| u32::try_from(at as usize - run.from + run.to).ok();
                Some(Entry { start: moved(entry.start)?, end: moved(entry.end)?, edge: entry.edge })
            })
        });
        self.read(object, data, known, found)
    }

    fn join(found: &mut Found, more: Found) {
        found.take(more);
    }
}
