//! Every object of the database, packed and loose, reached from a reference or not. Packs are walked in the order in
//! which they are stored; loose objects, and those whose family cannot be walked, are read one by one.

use super::blobs::{self, Blobs};
use super::commits::{self, Commit, Commits};
use super::forest::Forest;
use super::ids::{Ids, Marks};
use super::names::Names;
use super::pack::Pack;
use super::spots::Spot;
use super::timeline::{History, follow};
use super::trees::{self, Trees};
use super::walk::{Fault, Visit, Walked, walk};
use crate::gaps::{Gaps, Missed};
use crate::read::{Finds, Reader};
use gix::objs::Kind;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use gix::odb::pack::index;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use whose_connect::with_causes;

/// How many objects one thread reads by themselves before it looks whether the user stopped the scan.
const BATCH: usize = 256;
/// How many bytes of unpacked objects a thread keeps then, to build others upon.
const DELTA_CACHE: usize = 32 << 20;
/// How many objects are read between two words on how far it is.
const STEP: u64 = 65_536;

/// Reads all of a history and adds what was found in it. Returns how many objects were read.
pub(crate) fn read(reader: &Reader, repo: &gix::Repository, finds: &mut Finds, gaps: &mut Gaps) -> u64 {
    let is_shallow = repo.is_shallow().unwrap_or(false);
    if is_shallow {
        gaps.add(Missed::Shallow, "older history was never fetched");
    }
    let database = Database::list(repo, gaps);
    let ids = &database.ids;
    let reading = Reading { reader, repo: repo.clone().into_sync(), database: &database, seen: AtomicU64::new(0) };
    let blobs: blobs::Found = reading.all(&[Kind::Blob], &Blobs { reader }, gaps);
    let commits: commits::Found = reading.all(&[Kind::Commit, Kind::Tag], &Commits { reader, ids, is_shallow }, gaps);
    let mut held = Marks::new(ids);
    for (blob, _) in &blobs.blobs {
        held.insert(*blob);
    }
    let names = Names::default();
    let visit = Trees { ids, held: &held, is_any_held: !blobs.blobs.is_empty(), names: &names };
    let trees: trees::Found = reading.all(&[Kind::Tree], &visit, gaps);
    let read = reading.seen.into_inner().min(ids.len() as u64);
    if reader.is_stopped() {
        gaps.add(Missed::Stopped, "all objects of the history were read");
    }
    commits.missed.iter().chain(&trees.missed).for_each(|(kind, what)| gaps.add(*kind, what.as_str()));
    for (object, searched) in &blobs.missed {
        searched.tell(&format!("object {}", ids.get(*object)), gaps);
    }
    reader.progress("following the history");
    let forest = Forest::new(trees, &held, ids);
    let history = together(database.ids, blobs, commits, (held, forest, names));
    follow(repo, history, finds, gaps);
    read
}

/// Puts together what blobs and messages hold, and gives commits their places.
fn together(
    ids: Ids,
    blobs: blobs::Found,
    found: commits::Found,
    (held, forest, names): (Marks, Forest, Names),
) -> History {
    let commits::Found { mut commits, secrets, mut messages, .. } = found;
    let mut all = blobs;
    let renumbered = all.secrets.take(secrets);
    messages.iter_mut().for_each(|message| renumbered.apply(&mut message.spots));
    // One object may be stored in several packs.
    messages.sort_by_key(|message| message.object);
    messages.dedup_by_key(|message| message.object);
    commits.sort_unstable_by_key(|commit| commit.object);
    commits.dedup_by_key(|commit| commit.object);
    let place = |object: u32, commits: &[Commit]| {
        let place = commits.binary_search_by_key(&object, |commit| commit.object).ok()?;
        u32::try_from(place).ok()
    };
    for at in 0..commits.len() {
        let parents = commits[at].parents.iter().filter_map(|parent| place(*parent, &commits)).collect();
        commits[at].parents = parents;
    }
    let blobs: HashMap<u32, Box<[Spot]>> = all.blobs.into_iter().collect();
    History { ids, commits, messages, secrets: all.secrets, blobs, held, forest, names }
}

/// What the database consists of.
struct Database {
    ids: Ids,
    packs: Vec<Pack>,
    /// Loose objects, and those of a pack that cannot be walked.
    singles: Vec<(u32, Kind)>,
}

impl Database {
    /// All of the database and its alternates. A pack whose index cannot be read costs that pack and no other.
    fn list(repo: &gix::Repository, gaps: &mut Gaps) -> Self {
        let mut folders = vec![repo.objects.store_ref().path().to_owned()];
        match repo.objects.store_ref().alternate_db_paths() {
            Ok(more) => folders.extend(more),
            Err(error) => gaps.add(Missed::Store, format!("the list of alternates ({})", with_causes(&error))),
        }
        let (mut all, mut loose, mut indices) = (Vec::new(), Vec::new(), Vec::new());
        for folder in folders {
            for (path, index) in packed(&folder.join("pack"), repo.object_hash(), gaps) {
                all.extend(index.iter().map(|entry| entry.oid));
                indices.push((path, index));
            }
            for id in gix::odb::loose::Store::at(folder.clone(), repo.object_hash()).iter() {
                match id {
                    Ok(id) => loose.push(id),
                    Err(error) => gaps.add(Missed::Store, format!("{} ({error})", folder.display())),
                }
            }
        }
        all.extend_from_slice(&loose);
        let ids = Ids::new(all);
        let mut packs = Vec::new();
        let mut singles: Vec<u32> = loose.iter().filter_map(|id| ids.find(id)).collect();
        for (path, index) in indices {
            match Pack::open(&path.with_extension("pack"), &index, &ids) {
                Ok(mut pack) => {
                    singles.append(&mut pack.strays);
                    packs.push(pack);
                }
                // Another pack may have its objects.
                Err(error) => {
                    gaps.add(Missed::Store, format!("{} ({error})", name_of(&path)));
                    singles.extend(index.iter().filter_map(|entry| ids.find(&entry.oid)));
                }
            }
        }
        singles.sort_unstable();
        singles.dedup();
        let singles = kinds(repo, &ids, singles, gaps);
        Self { ids, packs, singles }
    }
}

/// The indices of all packs of a folder.
fn packed(folder: &Path, hash: gix::hash::Kind, gaps: &mut Gaps) -> Vec<(PathBuf, index::File)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
    paths.sort();
    let mut indices = Vec::new();
    for path in paths {
        match index::File::at(&path, hash) {
            Ok(index) => indices.push((path, index)),
            Err(error) => gaps.add(Missed::Store, format!("{} ({})", name_of(&path), with_causes(&error))),
        }
    }
    indices
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The kinds of objects, of which those that cannot be read at all are gaps.
fn kinds(repo: &gix::Repository, ids: &Ids, objects: Vec<u32>, gaps: &mut Gaps) -> Vec<(u32, Kind)> {
    let repo = local(&repo.clone().into_sync());
    let mut known = Vec::with_capacity(objects.len());
    for object in objects {
        match repo.find_header(ids.get(object)) {
            Ok(header) => known.push((object, header.kind())),
            Err(error) => gaps.add(Missed::Corrupt, format!("{} ({})", ids.get(object), with_causes(&error))),
        }
    }
    known
}

/// A handle for one thread that sees each object as it is, whatever `refs/replace` says.
fn local(shared: &gix::ThreadSafeRepository) -> gix::Repository {
    let mut repo = shared.to_thread_local();
    repo.objects.ignore_replacements = true;
    // Without it each object of a chain of deltas would unpack the whole chain again.
    repo.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(DELTA_CACHE)));
    repo
}

struct Reading<'r> {
    reader: &'r Reader,
    repo: gix::ThreadSafeRepository,
    database: &'r Database,
    /// How many objects were looked at.
    seen: AtomicU64,
}

impl Reading<'_> {
    /// Looks at all objects of some kinds.
    fn all<V: Visit>(&self, kinds: &[Kind], visit: &V, gaps: &mut Gaps) -> V::Found {
        let go_on = |more| self.go_on(more);
        let mut found = V::Found::default();
        let mut singles: Vec<u32> = Vec::new();
        for pack in &self.database.packs {
            let walked: Walked<V::Found> = walk(pack, kinds, visit, self.reader.max_bytes, &go_on);
            V::join(&mut found, walked.found);
            singles.extend(walked.orphans);
            // They were counted with their families, and count again where they are read after all.
            self.seen.fetch_sub(walked.faults.len() as u64, Ordering::Relaxed);
            for (object, fault) in walked.faults {
                match fault {
                    Fault::TooLarge(size) => gaps.add(Missed::TooLarge, self.too_large(object, size)),
                    // It may be stored a second time, and whole there.
                    Fault::Corrupt => singles.push(object),
                }
            }
        }
        let loose = self.database.singles.iter().filter(|(_, kind)| kinds.contains(kind));
        singles.extend(loose.map(|(object, _)| *object));
        singles.sort_unstable();
        singles.dedup();
        let (more, missed) = self.singles(&singles, visit);
        V::join(&mut found, more);
        missed.into_iter().for_each(|(kind, what)| gaps.add(kind, what));
        found
    }

    /// Looks at objects one by one.
    fn singles<V: Visit>(&self, objects: &[u32], visit: &V) -> (V::Found, Vec<(Missed, String)>) {
        let empty = || (V::Found::default(), Vec::new());
        objects
            .par_chunks(BATCH)
            .map(|batch| {
                let (repo, mut read) = (local(&self.repo), empty());
                for object in batch.iter().take_while(|_| self.go_on(1)) {
                    if let Err(missed) = self.single(&repo, *object, visit, &mut read.0) {
                        read.1.push(missed);
                    }
                }
                read
            })
            .reduce(empty, |mut one, mut other| {
                V::join(&mut one.0, other.0);
                one.1.append(&mut other.1);
                one
            })
    }

    fn single<V: Visit>(
        &self,
        repo: &gix::Repository,
        object: u32,
        visit: &V,
        found: &mut V::Found,
    ) -> Result<(), (Missed, String)> {
        let id = self.database.ids.get(object);
        let corrupt = |error: gix::Error| {
            self.seen.fetch_sub(1, Ordering::Relaxed);
            (Missed::Corrupt, format!("{id} ({})", with_causes(&error)))
        };
        let header = repo.find_header(id).map_err(corrupt)?;
        if header.size() > self.reader.max_bytes {
            self.seen.fetch_sub(1, Ordering::Relaxed);
            return Err((Missed::TooLarge, self.too_large(object, header.size())));
        }
        let stored = repo.find_object(id).map_err(corrupt)?;
        visit.whole(object, stored.kind, &stored.data, found);
        Ok(())
    }

    fn too_large(&self, object: u32, size: u64) -> String {
        format!("object {} of {size} bytes", self.database.ids.get(object))
    }

    /// Counts objects, tells how far it is, and says whether to go on.
    fn go_on(&self, more: u64) -> bool {
        let before = self.seen.fetch_add(more, Ordering::Relaxed);
        if before / STEP != (before + more) / STEP {
            self.reader.progress(&format!("{} of {} objects", before + more, self.database.ids.len()));
        }
        !self.reader.is_stopped()
    }
}
