//! Commits and tags: how commits follow each other, and what stands in messages.

use super::ids::{ABSENT, Ids};
use super::spots::{Secrets, Spot};
use super::walk::{Base, Visit};
use crate::gaps::Missed;
use crate::read::Reader;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::{CommitRefIter, Kind, TagRefIter};
use whose_connect::with_causes;
use whose_model::Timestamp;

/// What a commit tells besides its message.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) object: u32,
    pub(crate) tree: u32,
    /// Those that are there. As objects first, and by their place among the commits once all are known.
    pub(crate) parents: Box<[u32]>,
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
    pub(crate) object: u32,
    /// The tag's name; none for a commit.
    pub(crate) tag: Option<String>,
    pub(crate) author: Signed,
    pub(crate) spots: Box<[Spot]>,
}

/// Reads commits and tags.
pub(crate) struct Commits<'r> {
    pub(crate) reader: &'r Reader,
    pub(crate) ids: &'r Ids,
    pub(crate) is_shallow: bool,
}

/// What was found in commits and tags.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) commits: Vec<Commit>,
    pub(crate) secrets: Secrets,
    pub(crate) messages: Vec<Message>,
    pub(crate) missed: Vec<(Missed, String)>,
}

impl Found {
    pub(crate) fn take(&mut self, mut more: Self) {
        self.commits.append(&mut more.commits);
        self.missed.append(&mut more.missed);
        let renumbered = self.secrets.take(more.secrets);
        more.messages.iter_mut().for_each(|message| renumbered.apply(&mut message.spots));
        self.messages.append(&mut more.messages);
    }
}

impl Commits<'_> {
    fn commit(&self, object: u32, data: &[u8], found: &mut Found) {
        let id = self.ids.get(object);
        let iter = CommitRefIter::from_bytes(data, id.kind());
        let mut header = iter;
        let tree = match header.tree_id() {
            Ok(tree) => tree,
            Err(error) => {
                found.missed.push((Missed::Corrupt, format!("{id} ({})", with_causes(&error))));
                return;
            }
        };
        let mut absent = |what: &str, of: ObjectId, named: &str| {
            found.missed.push((Missed::Absent, format!("{what} {of}{named} {id}")));
        };
        let empty_tree = ObjectId::empty_tree(id.kind());
        let known = self.ids.find(&tree);
        if known.is_none() && tree != empty_tree {
            absent("tree", tree, " of commit");
        }
        let mut parents = Vec::new();
        for parent in iter.parent_ids() {
            match self.ids.find(&parent) {
                Some(parent) => parents.push(parent),
                None if self.is_shallow => {}
                None => absent("commit", parent, ", a parent of"),
            }
        }
        // A commit without a readable date still has its place in the history.
        let time = iter.committer().ok().and_then(|who| who.time().ok()).map_or(0, |time| time.seconds);
        found.commits.push(Commit { object, tree: known.unwrap_or(ABSENT), parents: parents.into(), time });
        let spots = found.secrets.spots_of_text(self.reader.search(message(data)));
        if !spots.is_empty() {
            found.messages.push(Message { object, tag: None, author: author(iter), spots });
        }
    }

    fn tag(&self, object: u32, data: &[u8], found: &mut Found) {
        let spots = found.secrets.spots_of_text(self.reader.search(message(data)));
        if spots.is_empty() {
            return;
        }
        let iter = TagRefIter::from_bytes(data, self.ids.get(object).kind());
        let author = iter.tagger().ok().flatten().map(signed).unwrap_or_default();
        let name = data.lines().find_map(|line| line.strip_prefix(b"tag ")).unwrap_or_default();
        found.messages.push(Message { object, tag: Some(name.to_str_lossy().into_owned()), author, spots });
    }
}

impl Visit for Commits<'_> {
    type State = ();
    type Found = Found;

    fn whole(&self, object: u32, kind: Kind, data: &[u8], found: &mut Found) {
        match kind {
            Kind::Tag => self.tag(object, data, found),
            _ => self.commit(object, data, found),
        }
    }

    fn delta(&self, object: u32, kind: Kind, data: &[u8], _: &Base<'_, ()>, found: &mut Found) {
        self.whole(object, kind, data, found);
    }

    fn join(found: &mut Found, more: Found) {
        found.take(more);
    }
}

/// Who wrote a commit.
pub(crate) fn author(commit: CommitRefIter<'_>) -> Signed {
    commit.author().map(signed).unwrap_or_default()
}

fn signed(who: gix::actor::SignatureRef<'_>) -> Signed {
    let at = who.time().ok().and_then(|time| Timestamp::from_second(time.seconds).ok());
    Signed { by: Some(format!("{} <{}>", who.name.to_str_lossy(), who.email.to_str_lossy())), at }
}

/// What follows the header of a commit or tag.
fn message(data: &[u8]) -> &[u8] {
    data.find(b"\n\n").map_or(&[], |at| &data[at + 2..])
}
