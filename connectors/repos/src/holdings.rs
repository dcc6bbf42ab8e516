//! Which paths of a tree hold a blob in which something was found: each distinct tree is read once, and trees
//! without such a blob cost nothing afterwards.

use crate::gaps::{Gaps, Missed};
use crate::objects::{BATCH_TREES, Objects, local};
use crate::read::Reader;
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The most places of one tree that are kept, so that a tree of trees of trees cannot fill the memory.
const MOST_PLACES: usize = 20_000;
/// About how many bytes of paths are kept for the next commit's tree. One tree may need twice as many.
const MOST_BYTES: usize = 256 << 20;
/// The longest path that is kept.
const LONGEST_PATH: usize = 4096;

/// Paths and the blobs that stand there, in the order of the tree.
pub(crate) type Held = Arc<[(BString, ObjectId)]>;

struct Entry {
    name: BString,
    id: ObjectId,
    is_tree: bool,
}

/// The trees that lead to blobs in which something was found.
pub(crate) struct Holdings {
    entries: HashMap<ObjectId, Vec<Entry>>,
    held: HashMap<ObjectId, Held>,
    /// About how much memory `held` takes.
    bytes: usize,
    nothing: Held,
    truncated: bool,
}

impl Holdings {
    /// Reads all trees, and notes what they name and the database lacks.
    pub(crate) fn read(reader: &Reader, repo: &gix::Repository, objects: &Objects, gaps: &mut Gaps) -> Self {
        let shared = repo.clone().into_sync();
        let read: Vec<_> = objects
            .trees
            .par_chunks(BATCH_TREES)
            .flat_map_iter(|batch| {
                let repo = local(&shared);
                let batch = if reader.is_stopped() { &[] } else { batch };
                batch.iter().map(move |id| (*id, entries_of(reader, &repo, *id, objects))).collect::<Vec<_>>()
            })
            .collect();
        if reader.is_stopped() {
            gaps.add(Missed::Stopped, "all trees of the history were read");
        }
        let mut entries = HashMap::new();
        for (id, (kept, missed)) in read {
            missed.into_iter().for_each(|(kind, what)| gaps.add(kind, what));
            if !kept.is_empty() {
                entries.insert(id, kept);
            }
        }
        Self { entries, held: HashMap::new(), bytes: 0, nothing: Arc::from([]), truncated: false }
    }

    /// What a tree holds, at any depth.
    pub(crate) fn of(&mut self, root: ObjectId) -> Held {
        if self.bytes > MOST_BYTES {
            self.held.clear();
            self.bytes = 0;
        }
        // Depth first with a stack of our own: a hostile tree is deeper than the thread's.
        let mut stack = vec![root];
        // What was begun waits for its children. A forged tree that holds itself does not wait for itself.
        let mut begun = HashSet::new();
        while let Some(&id) = stack.last() {
            let Some(entries) = self.entries.get(&id).filter(|_| !self.held.contains_key(&id)) else {
                stack.pop();
                continue;
            };
            if begun.insert(id) {
                let children = entries.iter().filter(|entry| entry.is_tree).map(|entry| entry.id);
                stack.extend(children.filter(|child| !begun.contains(child) && !self.held.contains_key(child)));
            } else {
                let held = self.join(id);
                self.bytes += held.iter().map(|(path, _)| path.len() + size_of::<(BString, ObjectId)>()).sum::<usize>();
                self.held.insert(id, held);
                stack.pop();
            }
        }
        self.held.get(&root).unwrap_or(&self.nothing).clone()
    }

    /// Whether some places were left out.
    pub(crate) fn is_truncated(&self) -> bool {
        self.truncated
    }

    fn join(&mut self, id: ObjectId) -> Held {
        let mut places = Vec::new();
        for entry in self.entries.get(&id).into_iter().flatten() {
            if !entry.is_tree {
                places.push((entry.name.clone(), entry.id));
                continue;
            }
            for (path, blob) in self.held.get(&entry.id).into_iter().flat_map(|held| held.iter()) {
                if places.len() >= MOST_PLACES
                    || self.bytes > 2 * MOST_BYTES
                    || entry.name.len() + path.len() >= LONGEST_PATH
                {
                    self.truncated = true;
                    break;
                }
                let mut whole = entry.name.clone();
                whole.push(b'/');
                whole.extend_from_slice(path);
                places.push((whole, *blob));
            }
        }
        if places.is_empty() { self.nothing.clone() } else { places.into() }
    }
}

type Missing = Vec<(Missed, String)>;

/// The entries that are trees or blobs with a hit. Of all others only their absence is noted.
fn entries_of(reader: &Reader, repo: &gix::Repository, id: ObjectId, objects: &Objects) -> (Vec<Entry>, Missing) {
    let too_large = repo.find_header(id).is_ok_and(|header| header.size() > reader.max_bytes);
    if too_large {
        return (Vec::new(), vec![(Missed::TooLarge, format!("tree {id}"))]);
    }
    let tree = match repo.find_object(id) {
        Ok(tree) => tree,
        Err(error) => return (Vec::new(), vec![(Missed::Corrupt, format!("tree {id} ({error})"))]),
    };
    let (mut kept, mut missed) = (Vec::new(), Vec::new());
    for entry in gix::objs::TreeRefIter::from_bytes(&tree.data, repo.object_hash()) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                missed.push((Missed::Corrupt, format!("tree {id} ({error})")));
                break;
            }
        };
        if entry.mode.is_commit() {
            continue;
        }
        let child = entry.oid.to_owned();
        if !objects.known.contains(&child) && child != ObjectId::empty_tree(repo.object_hash()) {
            missed
                .push((Missed::Absent, format!("{child}, which tree {id} names `{}`", entry.filename.to_str_lossy())));
        }
        let is_tree = entry.mode.is_tree();
        if !objects.hits.is_empty() && (is_tree || objects.hits.contains_key(&child)) {
            kept.push(Entry { name: entry.filename.to_owned(), id: child, is_tree });
        }
    }
    (kept, missed)
}
