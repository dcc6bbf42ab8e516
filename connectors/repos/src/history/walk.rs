//! A pack from end to end: each object is unpacked once, from the bytes of the one that it is a change to, while these
//! are still there.

use super::delta;
use super::pack::Pack;
use gix::objs::Kind;
use rayon::prelude::*;
use whose_detect::Copied;

/// How many families one thread takes at a time.
const BATCH: usize = 32;
/// How many bytes of unpacked objects a thread keeps for those that are changes to them; what is beyond is unpacked
/// again.
const KEPT: usize = 128 << 20;
/// How many buffers are kept to be used again, and how large they may be.
const SPARE: usize = 16;
const SPARE_BYTES: usize = 1 << 20;

/// What is done with objects.
pub(crate) trait Visit: Sync {
    /// What must be known of an object when one is looked at that is stored as a change to it.
    type State: Send;
    /// What is found.
    type Found: Default + Send;

    /// An object that is stored whole.
    fn whole(&self, object: u32, kind: Kind, data: &[u8], found: &mut Self::Found) -> Self::State;

    /// An object that is stored as a change to another one.
    fn delta(
        &self,
        object: u32,
        kind: Kind,
        data: &[u8],
        base: &Base<'_, Self::State>,
        found: &mut Self::Found,
    ) -> Self::State;

    /// Puts together what two threads found.
    fn join(found: &mut Self::Found, more: Self::Found);
}

/// What an object is stored as a change to.
pub(crate) struct Base<'b, S> {
    pub(crate) state: &'b S,
    /// The runs of bytes that the object has of it.
    pub(crate) copied: &'b [Copied],
}

/// Why an object was not looked at.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It has more bytes than are read.
    TooLarge(u64),
    /// Why is told by whoever reads it once more, from wherever else it may be stored.
    Corrupt,
}

/// What a walk gave.
pub(crate) struct Walked<F> {
    pub(crate) found: F,
    pub(crate) faults: Vec<(u32, Fault)>,
    /// Objects that are stored as changes to one that could not be unpacked.
    pub(crate) orphans: Vec<u32>,
}

/// Looks at every object of some kinds. `go_on` is told how many more were looked at, and says whether to go on.
pub(crate) fn walk<V: Visit>(
    pack: &Pack,
    kinds: &[Kind],
    visit: &V,
    most_bytes: u64,
    go_on: &(dyn Fn(u64) -> bool + Sync),
) -> Walked<V::Found> {
    let worker = || Worker::<V> {
        pack,
        visit,
        most_bytes,
        inflate: gix::zlib::Inflate::default(),
        instructions: Vec::new(),
        copied: Vec::new(),
        spare: Vec::new(),
        walked: Walked { found: V::Found::default(), faults: Vec::new(), orphans: Vec::new() },
    };
    let empty = || Walked { found: V::Found::default(), faults: Vec::new(), orphans: Vec::new() };
    pack.roots(kinds)
        .par_chunks(BATCH)
        .fold(worker, |mut worker, roots| {
            for root in roots {
                let seen = worker.family(*root);
                if !go_on(seen) {
                    break;
                }
            }
            worker
        })
        .map(|worker| worker.walked)
        .reduce(empty, |mut one, mut other| {
            V::join(&mut one.found, other.found);
            one.faults.append(&mut other.faults);
            one.orphans.append(&mut other.orphans);
            one
        })
}

/// One thread.
struct Worker<'w, V: Visit> {
    pack: &'w Pack,
    visit: &'w V,
    most_bytes: u64,
    inflate: gix::zlib::Inflate,
    instructions: Vec<u8>,
    copied: Vec<Copied>,
    /// Buffers that are free.
    spare: Vec<Vec<u8>>,
    walked: Walked<V::Found>,
}

/// An object on the way from the root of its family to the one that is looked at.
struct Step<S> {
    entry: u32,
    /// None when no child needs them any more, or when they were given up, to be unpacked again.
    data: Option<Vec<u8>>,
    /// None when no child needs it any more.
    state: Option<S>,
    /// How many of its children were looked at.
    done: usize,
}

impl<V: Visit> Worker<'_, V> {
    /// Looks at a family, and returns how many objects were seen.
    fn family(&mut self, root: u32) -> u64 {
        let (object, kind) = self.pack.object(root);
        let mut seen = 1;
        let data = match self.unpack(root) {
            Ok(data) => data,
            Err(fault) => {
                self.fail(root, fault);
                return seen;
            }
        };
        let state = self.visit.whole(object, kind, &data, &mut self.walked.found);
        let mut way = vec![Step { entry: root, data: Some(data), state: Some(state), done: 0 }];
        while let Some(at) = way.len().checked_sub(1) {
            let children = self.pack.children(way[at].entry);
            let Some(&child) = children.get(way[at].done) else {
                let data = way.pop().and_then(|step| step.data);
                self.free(data);
                continue;
            };
            way[at].done += 1;
            seen += 1;
            let is_last = way[at].done == children.len();
            if let Some(step) = self.child(child, &mut way, is_last) {
                way.push(step);
                Self::give_up(&mut way);
            }
        }
        seen
    }

    /// Looks at a child of the last step.
    fn child(&mut self, entry: u32, way: &mut [Step<V::State>], is_last: bool) -> Option<Step<V::State>> {
        let base = match self.data_of_last(way) {
            Ok(base) => base,
            Err(fault) => {
                self.fail(entry, fault);
                return None;
            }
        };
        let step = way.last_mut()?;
        let state = step.state.take()?;
        let (object, kind) = self.pack.object(entry);
        let applied = self.apply(entry, &base).map(|data| {
            let base = Base { state: &state, copied: &self.copied };
            let state = self.visit.delta(object, kind, &data, &base, &mut self.walked.found);
            Step { entry, data: Some(data), state: Some(state), done: 0 }
        });
        if is_last {
            self.free(Some(base));
        } else {
            (step.data, step.state) = (Some(base), Some(state));
        }
        applied.map_err(|fault| self.fail(entry, fault)).ok()
    }

    /// The bytes of the last step, unpacked again from the root on if they were given up.
    fn data_of_last(&mut self, way: &mut [Step<V::State>]) -> Result<Vec<u8>, Fault> {
        if let Some(data) = way.last_mut().and_then(|step| step.data.take()) {
            return Ok(data);
        }
        let mut data = Vec::new();
        for (at, step) in way.iter().enumerate() {
            let next = if at == 0 { self.unpack(step.entry)? } else { self.apply(step.entry, &data)? };
            self.free(Some(std::mem::replace(&mut data, next)));
        }
        Ok(data)
    }

    /// Gives up the bytes of the oldest steps when there are too many.
    fn give_up(way: &mut [Step<V::State>]) {
        let size = |step: &Step<V::State>| step.data.as_ref().map_or(0, Vec::len);
        let mut kept: usize = way.iter().map(size).sum();
        let newest = way.len().saturating_sub(1);
        for step in &mut way[..newest] {
            if kept <= KEPT {
                return;
            }
            kept -= size(step);
            step.data = None;
        }
    }

    /// The bytes of an object that is stored whole.
    fn unpack(&mut self, entry: u32) -> Result<Vec<u8>, Fault> {
        let stored = self.pack.entry(entry).map_err(|_| Fault::Corrupt)?;
        let size = allowed(stored.decompressed_size, self.most_bytes)?;
        let mut data = take(&mut self.spare);
        data.resize(size, 0);
        let unpacked = self.pack.file.decompress_entry(&stored, &mut self.inflate, &mut data);
        unpacked.map_err(|_| Fault::Corrupt)?;
        Ok(data)
    }

    /// The bytes of an object that is stored as a change, and in `copied` what it has of its base.
    fn apply(&mut self, entry: u32, base: &[u8]) -> Result<Vec<u8>, Fault> {
        let stored = self.pack.entry(entry).map_err(|_| Fault::Corrupt)?;
        let size = allowed(stored.decompressed_size, self.most_bytes)?;
        self.instructions.clear();
        self.instructions.resize(size, 0);
        let unpacked = self.pack.file.decompress_entry(&stored, &mut self.inflate, &mut self.instructions);
        unpacked.map_err(|_| Fault::Corrupt)?;
        let (base_size, size, instructions) = delta::sizes(&self.instructions).map_err(|_| Fault::Corrupt)?;
        if base_size != base.len() as u64 {
            return Err(Fault::Corrupt);
        }
        let size = allowed(size, self.most_bytes)?;
        let mut data = take(&mut self.spare);
        delta::apply(base, instructions, size, &mut data, &mut self.copied).map_err(|_| Fault::Corrupt)?;
        Ok(data)
    }

    fn free(&mut self, buffer: Option<Vec<u8>>) {
        if let Some(buffer) = buffer.filter(|buffer| buffer.capacity() <= SPARE_BYTES && self.spare.len() < SPARE) {
            self.spare.push(buffer);
        }
    }

    /// Notes an object that could not be unpacked, and all that are changes to it.
    fn fail(&mut self, entry: u32, fault: Fault) {
        self.walked.faults.push((self.pack.object(entry).0, fault));
        let mut below = self.pack.children(entry).to_vec();
        while let Some(entry) = below.pop() {
            self.walked.orphans.push(self.pack.object(entry).0);
            below.extend_from_slice(self.pack.children(entry));
        }
    }
}

/// An empty buffer.
fn take(spare: &mut Vec<Vec<u8>>) -> Vec<u8> {
    let mut buffer = spare.pop().unwrap_or_default();
    buffer.clear();
    buffer
}

fn allowed(size: u64, most: u64) -> Result<usize, Fault> {
    usize::try_from(size).ok().filter(|_| size <= most).ok_or(Fault::TooLarge(size))
}
