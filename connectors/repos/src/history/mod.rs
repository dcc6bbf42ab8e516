//! The history of a repository: every object of its database, reached from a reference or not, each read once in the
//! order in which it is stored, and from what was found in them, when and where each secret came and went.

mod blobs;
mod changes;
mod commits;
mod delta;
mod forest;
mod ids;
mod names;
mod objects;
mod pack;
mod spots;
mod timeline;
mod trees;
mod walk;

pub(crate) use objects::read;
