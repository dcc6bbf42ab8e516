//! What must be true of a git folder before it is opened: a pipe in it would be waited for without end, a device read
//! without end. A clone never brings one, an unpacked archive can.

use ignore::WalkBuilder;
use std::fs::FileType;
use std::path::{Path, PathBuf};

/// Whether a folder holds a repository, with a working tree or bare.
pub(crate) fn is_repository(path: &Path) -> bool {
    has_working_tree(path) || (path.join("HEAD").exists() && path.join("objects").exists())
}

/// Whether a folder is the working tree of a repository.
pub(crate) fn has_working_tree(path: &Path) -> bool {
    path.join(".git").exists()
}

/// The first pipe or device among the files that opening the repository in `path` would read.
pub(crate) fn endless_file(path: &Path) -> Option<PathBuf> {
    folders(path).iter().find_map(|folder| {
        // Links stay links: what they lead to is looked at, and no other folder is entered.
        let walk = WalkBuilder::new(folder).standard_filters(false).follow_links(false).build();
        walk.flatten().map(ignore::DirEntry::into_path).find(|file| {
            let kind = std::fs::metadata(file).map(|data| data.file_type());
            kind.is_ok_and(is_endless)
        })
    })
}

/// The git folder of a repository, and the one that it shares with its other working trees.
pub(crate) fn folders(path: &Path) -> Vec<PathBuf> {
    let dot = path.join(".git");
    if dot.is_dir() {
        return vec![dot];
    }
    if !dot.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(own) = gix::discover::path::from_gitdir_file(&dot) else { return Vec::new() };
    let link = own.join("commondir");
    let shared = link.is_file().then(|| gix::discover::path::from_plain_file_relative_to_file(&link));
    let shared = shared.flatten().and_then(Result::ok);
    std::iter::once(own).chain(shared).collect()
}

#[cfg(unix)]
fn is_endless(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    // A socket cannot be opened as a file; git's own file monitor keeps one here.
    kind.is_fifo() || kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_endless(_: FileType) -> bool {
    false
}
