//! Source repositories: every object of the history and the working tree, read through `whose-detect`, with the
//! timeline of each secret that stands there.

mod clone;
mod codeowners;
mod connector;
mod containers;
mod emit;
mod gaps;
mod git_files;
mod git_folder;
mod history;
mod identity;
mod lfs;
mod read;
mod references;
mod search;
mod staged;
mod target;
mod worktree;

pub use connector::{INFO, ReposConnector, ReposOptions};
