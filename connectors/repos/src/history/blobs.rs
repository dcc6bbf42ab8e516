//! Blobs: which hold a secret, and where in them it stands.

use super::spots::{Secrets, Spot};
use super::walk::{Base, Visit};
use crate::containers::Kind;
use crate::lfs;
use crate::read::Reader;
use crate::search::Searched;
use gix::objs;
use whose_detect::Trace;

/// Looks for secrets in blobs.
pub(crate) struct Blobs<'r> {
    pub(crate) reader: &'r Reader,
}

/// What was found in blobs.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) secrets: Secrets,
    /// The blobs that hold something.
    pub(crate) blobs: Vec<(u32, Box<[Spot]>)>,
    /// The blobs of which something was not searched, with what it was.
    pub(crate) missed: Vec<(u32, Searched)>,
}

impl Found {
    fn take(&mut self, mut more: Self) {
        let renumbered = self.secrets.take(more.secrets);
        more.blobs.iter_mut().for_each(|(_, spots)| renumbered.apply(spots));
        self.blobs.append(&mut more.blobs);
        self.missed.append(&mut more.missed);
    }
}

impl Blobs<'_> {
    /// Searches all of a blob, and the members of it when it is an archive.
    fn search(&self, object: u32, data: &[u8], found: &mut Found) {
        let mut searched = self.reader.search_file(data);
        let hits = std::mem::take(&mut searched.hits);
        if !hits.is_empty() {
            let spots = found.secrets.spots(hits);
            found.blobs.push((object, spots));
        }
        if searched.is_partial() {
            found.missed.push((object, searched));
        }
    }

    /// Searches a blob of which it is known whether its own bytes hold something.
    fn search_if(&self, trace: &Trace, object: u32, data: &[u8], found: &mut Found) {
        if trace.is_found() || Kind::of(data).is_some() || lfs::digest(data).is_some() {
            self.search(object, data, found);
        }
    }
}

impl Visit for Blobs<'_> {
    type State = Trace;
    type Found = Found;

    fn whole(&self, object: u32, _: objs::Kind, data: &[u8], found: &mut Found) -> Trace {
        if self.reader.whole_blobs {
            self.search(object, data, found);
            return Trace::default();
        }
        let trace = self.reader.engine.trace(data);
        self.search_if(&trace, object, data, found);
        trace
    }

    fn delta(&self, object: u32, kind: objs::Kind, data: &[u8], base: &Base<'_, Trace>, found: &mut Found) -> Trace {
        if self.reader.whole_blobs {
            return self.whole(object, kind, data, found);
        }
        let trace = self.reader.engine.trace_delta(data, base.state, base.copied);
        self.search_if(&trace, object, data, found);
        trace
    }

    fn join(found: &mut Found, more: Found) {
        found.take(more);
    }
}
