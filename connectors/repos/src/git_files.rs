//! The files of a git folder beside its objects: remotes with a password in `config`, messages in the logs of
//! references, messages that were begun, hooks, what git LFS fetched. Links are not followed.

use crate::gaps::{Gaps, Missed};
use crate::git_folder::{self, folders};
use crate::read::{Finds, Reader};
use crate::worktree;
use ignore::{DirEntry, WalkBuilder};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Where git LFS keeps what it fetched, each file by the digest of its content.
const LFS_OBJECTS: &str = "lfs/objects";

/// Searches the files of the git folder of the repository in `path`, and returns how many were read. Repositories
/// that it keeps of submodules, and that no working tree in `nested` leads to any more, are added there.
pub(crate) fn read(reader: &Reader, path: &Path, finds: &mut Finds, gaps: &mut Gaps, nested: &mut Vec<PathBuf>) -> u64 {
    let mut files = 0;
    let prefix = if git_folder::has_working_tree(path) { ".git/" } else { "" };
    let known: HashSet<PathBuf> = nested.iter().flat_map(|path| folders(path)).filter_map(canonical).collect();
    for folder in folders(path) {
        let mut batch = Vec::new();
        let walk =
            WalkBuilder::new(&folder).standard_filters(false).follow_links(false).filter_entry(is_wanted).build();
        for entry in walk {
            match entry {
                Ok(entry) if is_kept_repository(&entry) => nested.extend(unknown(entry.path(), &known)),
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => batch.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => gaps.add(Missed::File, error.to_string()),
            }
        }
        files += worktree::search(reader, &folder, prefix, &batch, finds, gaps);
    }
    files
}

/// The digests of what git LFS fetched into the git folder of the repository in `path`.
pub(crate) fn fetched_by_lfs(path: &Path) -> HashSet<String> {
    let walks = folders(path).into_iter().map(|folder| {
        WalkBuilder::new(folder.join(LFS_OBJECTS))
            .standard_filters(false)
            .follow_links(false)
            .max_depth(Some(3))
            .build()
    });
    let files = walks.flatten().flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Objects are read as objects, and an index names what stands in them. A repository within is not entered.
fn is_wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let is_of_objects = entry.depth() == 1 && name == "objects";
    let is_within_kept = entry.depth() > 1 && entry.path().parent().is_some_and(is_repository);
    name != "index" && !is_of_objects && !is_within_kept
}

fn is_kept_repository(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir()) && is_repository(entry.path())
}

fn is_repository(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir()
}

fn canonical(path: PathBuf) -> Option<PathBuf> {
    path.canonicalize().ok()
}

fn unknown(path: &Path, known: &HashSet<PathBuf>) -> Option<PathBuf> {
    canonical(path.to_owned()).filter(|path| !known.contains(path))
}
