//! Every object of the database, packed and loose, reached from a reference or not: each is read once, blobs and
//! messages are searched, commits and trees are kept for the timeline.

use crate::gaps::{Gaps, Missed};
use crate::read::Reader;
use crate::search::{Hit, Searched};
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::Kind;
use gix::odb::pack;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use whose_detect::Detection;
use whose_model::Timestamp;

/// How many objects one thread reads before it looks whether the user stopped the scan.
const BATCH: usize = 512;
/// The same for trees, which are small.
pub(crate) const BATCH_TREES: usize = 1024;
/// How many bytes of unpacked objects a thread keeps, to build others upon.
const DELTA_CACHE: usize = 32 << 20;

/// What a commit tells besides its tree.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) tree: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
    pub(crate) author: Signed,
    /// The committer's time in seconds, by which commits without a common line are ordered.
    pub(crate) time: i64,
}

/// Who wrote something, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signed {
    pub(crate) by: Option<String>,
    pub(crate) at: Option<Timestamp>,
}

/// A message in which something was found.
#[derive(Debug)]
pub(crate) struct Message {
    /// The commit or the tag.
    pub(crate) id: ObjectId,
    /// The tag's name; none for a commit.
    pub(crate) tag: Option<String>,
    /// What a tag is signed with; a commit's author stands with the commit.
    pub(crate) author: Signed,
    pub(crate) found: Vec<Detection>,
}

/// All that was read.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// Every id in the database.
    pub(crate) known: HashSet<ObjectId>,
    /// The blobs in which something was found.
    pub(crate) hits: HashMap<ObjectId, Vec<Hit>>,
    pub(crate) commits: HashMap<ObjectId, Commit>,
    pub(crate) trees: Vec<ObjectId>,
    pub(crate) messages: Vec<Message>,
    /// How many objects were read.
    pub(crate) read: u64,
}

enum Read {
    Nothing,
    Blob(ObjectId, Searched),
    Commit(ObjectId, Commit, Vec<Detection>),
    Tag(Message),
    Tree(ObjectId),
    Missed(Missed, String),
}

/// Reads all objects of a repository.
pub(crate) fn read_all(reader: &Reader, repo: &gix::Repository, gaps: &mut Gaps) -> Objects {
    let ids = list(repo, gaps);
    let mut objects = Objects { known: ids.iter().copied().collect(), ..Objects::default() };
    let shared = repo.clone().into_sync();
    let total = ids.len();
    // One round of batches at a time, so that progress is told and memory holds one round's finds.
    for round in ids.chunks(BATCH * 64) {
        let reads: Vec<Read> = round
            .par_chunks(BATCH)
            .flat_map_iter(|batch| {
                let repo = local(&shared);
                let batch = if reader.is_stopped() { &[] } else { batch };
                batch.iter().map(move |id| read_one(reader, &repo, *id)).collect::<Vec<_>>()
            })
            .collect();
        reads.into_iter().for_each(|read| objects.take(read, gaps));
        if reader.is_stopped() {
            gaps.add(Missed::Stopped, "all objects of the history were read");
            break;
        }
        reader.progress(&format!("{} of {total} objects", objects.read));
    }
    objects
}

/// A handle for one thread that sees each object as it is, whatever `refs/replace` says.
pub(crate) fn local(shared: &gix::ThreadSafeRepository) -> gix::Repository {
    let mut repo = shared.to_thread_local();
    repo.objects.ignore_replacements = true;
    // Without it each object of a chain of deltas would unpack the whole chain again.
    repo.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(DELTA_CACHE)));
    repo
}

/// The ids of all objects in the database and its alternates, each once, pack by pack in the order of the pack.
fn list(repo: &gix::Repository, gaps: &mut Gaps) -> Vec<ObjectId> {
    let mut folders = vec![repo.objects.store_ref().path().to_owned()];
    match repo.objects.store_ref().alternate_db_paths() {
        Ok(more) => folders.extend(more),
        Err(error) => gaps.add(Missed::Store, format!("the list of alternates ({error})")),
    }
    let mut ids = Vec::new();
    for folder in folders {
        packed(&folder.join("pack"), repo.object_hash(), &mut ids, gaps);
        for id in gix::odb::loose::Store::at(folder.clone(), repo.object_hash()).iter() {
            match id {
                Ok(id) => ids.push(id),
                Err(error) => gaps.add(Missed::Store, format!("{} ({error})", folder.display())),
            }
        }
    }
    let mut seen = HashSet::with_capacity(ids.len());
    ids.retain(|id| seen.insert(*id));
    ids
}

/// The ids of all packs of a folder. A pack whose index cannot be read costs that pack and no other.
fn packed(folder: &Path, hash: gix::hash::Kind, ids: &mut Vec<ObjectId>, gaps: &mut Gaps) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut indices: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    indices.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
    indices.sort();
    for path in indices {
        match pack::index::File::at(&path, hash) {
            Ok(index) => {
                let mut entries: Vec<(u64, ObjectId)> =
                    index.iter().map(|entry| (entry.pack_offset, entry.oid)).collect();
                entries.sort_unstable();
                ids.extend(entries.into_iter().map(|(_, id)| id));
            }
            Err(error) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                gaps.add(Missed::Store, format!("{name} ({error})"));
            }
        }
    }
}

fn read_one(reader: &Reader, repo: &gix::Repository, id: ObjectId) -> Read {
    let corrupt = |error: &dyn std::fmt::Display| Read::Missed(Missed::Corrupt, format!("{id} ({error})"));
    let header = match repo.find_header(id) {
        Ok(header) => header,
        Err(error) => return corrupt(&error),
    };
    if header.kind() == Kind::Tree {
        return Read::Tree(id);
    }
    if header.size() > reader.max_bytes {
        return Read::Missed(Missed::TooLarge, format!("object {id} of {} bytes", header.size()));
    }
    let object = match repo.find_object(id) {
        Ok(object) => object,
        Err(error) => return corrupt(&error),
    };
    match object.kind {
        Kind::Tree => Read::Tree(id),
        Kind::Blob => {
            let found = reader.search_file(&object.data);
            if found.is_nothing() { Read::Nothing } else { Read::Blob(id, found) }
        }
        Kind::Commit => match commit(&object) {
            Ok(commit) => Read::Commit(id, commit, reader.search(message(&object.data))),
            Err(error) => corrupt(&error),
        },
        Kind::Tag => {
            let found = reader.search(message(&object.data));
            let iter = gix::objs::TagRefIter::from_bytes(&object.data, repo.object_hash());
            let author = iter.tagger().ok().flatten().map(signed).unwrap_or_default();
            let name = object.data.lines().find_map(|line| line.strip_prefix(b"tag ")).unwrap_or_default();
            Read::Tag(Message { id, tag: Some(name.to_str_lossy().into_owned()), author, found })
        }
    }
}

fn commit(object: &gix::Object<'_>) -> Result<Commit, gix::Error> {
    let iter = gix::objs::CommitRefIter::from_bytes(&object.data, object.id.kind());
    let mut header = iter;
    let tree = header.tree_id()?;
    let parents = iter.parent_ids().collect();
    // A commit without a readable author or date still has its place in the history.
    let author = iter.author().map(signed).unwrap_or_default();
    let time = iter.committer().ok().and_then(|who| who.time().ok()).map_or(0, |time| time.seconds);
    Ok(Commit { tree, parents, author, time })
}

fn signed(who: gix::actor::SignatureRef<'_>) -> Signed {
    let at = who.time().ok().and_then(|time| Timestamp::from_second(time.seconds).ok());
    Signed { by: Some(format!("{} <{}>", who.name.to_str_lossy(), who.email.to_str_lossy())), at }
}

/// What follows the header of a commit or tag.
fn message(data: &[u8]) -> &[u8] {
    data.find(b"\n\n").map_or(&[], |at| &data[at + 2..])
}

impl Objects {
    fn take(&mut self, read: Read, gaps: &mut Gaps) {
        self.read += 1;
        match read {
            Read::Nothing => {}
            Read::Blob(id, found) => {
                found.tell(&format!("object {id}"), gaps);
                if !found.hits.is_empty() {
                    self.hits.insert(id, found.hits);
                }
            }
            Read::Commit(id, commit, found) => {
                if !found.is_empty() {
                    self.messages.push(Message { id, tag: None, author: commit.author.clone(), found });
                }
                self.commits.insert(id, commit);
            }
            Read::Tag(message) => {
                if !message.found.is_empty() {
                    self.messages.push(message);
                }
            }
            Read::Tree(id) => self.trees.push(id),
            Read::Missed(kind, what) => {
                self.read -= 1;
                gaps.add(kind, what);
            }
        }
    }
}
