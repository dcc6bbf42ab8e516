//! Writes the repositories to disk as git would, without the git program: objects, branch, index, remote
//! and working tree.

use crate::company::World;
use crate::error::WorldError;
use crate::repository::{Commit, Repository};
use gix::objs::tree::{Entry, EntryKind};
use gix::{ObjectId, actor::Signature, objs::Tree};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

impl World {
    /// Writes every repository into a folder of its own below `folder`, and returns these folders.
    ///
    /// # Errors
    /// When a repository is there already, or the disk refuses.
    pub fn write_repositories(&self, folder: &Path) -> Result<Vec<PathBuf>, WorldError> {
        self.repositories()
            .iter()
            .map(|repository| {
                let path = folder.join(repository.name);
                write_repository(repository, &path)?;
                Ok(path)
            })
            .collect()
    }
}

fn write_repository(repository: &Repository, path: &Path) -> Result<(), WorldError> {
    std::fs::create_dir_all(path).map_err(|source| WorldError::Write { path: path.into(), source })?;
    let git = gix::init(path).map_err(|source| failed("create the files", path, source))?;
    let mut files: BTreeMap<&str, ObjectId> = BTreeMap::new();
    let mut parent: Option<ObjectId> = None;
    let mut tree = ObjectId::empty_tree(git.object_hash());
    for commit in &repository.commits {
        for (file, text) in &commit.changes {
            match text {
                Some(text) => {
                    let blob = git.write_blob(text).map_err(|source| failed("write a blob", path, source))?;
                    files.insert(file, blob.detach());
                }
                None => drop(files.remove(file)),
            }
        }
        tree = write_tree(&git, path, &files)?;
        parent = Some(write_commit(&git, path, commit, tree, parent)?);
    }
    let mut index = git.index_from_tree(&tree).map_err(|source| failed("write the index", path, source))?;
    index.write(gix::index::write::Options::default()).map_err(|source| failed("write the index", path, source))?;
    write_remote(repository, path)?;
    write_files(repository, path)
}

/// Writes the tree of some files, and those below it.
fn write_tree(git: &gix::Repository, path: &Path, files: &BTreeMap<&str, ObjectId>) -> Result<ObjectId, WorldError> {
    let mut folders: BTreeMap<&str, BTreeMap<&str, ObjectId>> = BTreeMap::new();
    let mut entries = Vec::new();
    for (name, blob) in files {
        match name.split_once('/') {
            Some((folder, rest)) => drop(folders.entry(folder).or_default().insert(rest, *blob)),
            None => entries.push(Entry { mode: mode(name).into(), filename: (*name).into(), oid: *blob }),
        }
    }
    for (folder, files) in folders {
        let tree = write_tree(git, path, &files)?;
        entries.push(Entry { mode: EntryKind::Tree.into(), filename: folder.into(), oid: tree });
    }
    entries.sort();
    let written = git.write_object(Tree { entries }).map_err(|source| failed("write a tree", path, source))?;
    Ok(written.detach())
}

/// Shell scripts are executable, as their authors made them.
fn mode(name: &str) -> EntryKind {
    let script = Path::new(name).extension().is_some_and(|extension| extension == "sh") || name == "nightly";
    if script { EntryKind::BlobExecutable } else { EntryKind::Blob }
}

fn write_commit(
    git: &gix::Repository,
    path: &Path,
    commit: &Commit,
    tree: ObjectId,
    parent: Option<ObjectId>,
) -> Result<ObjectId, WorldError> {
    let signature = Signature {
        name: commit.author.as_str().into(),
        email: commit.email.as_str().into(),
        time: gix::date::Time::new(commit.at.as_second(), 0),
    };
    let mut buffer = gix::date::parse::TimeBuf::default();
    let mut same = gix::date::parse::TimeBuf::default();
    let written = git
        .commit_as(signature.to_ref(&mut buffer), signature.to_ref(&mut same), "HEAD", &commit.message, tree, parent)
        .map_err(|source| failed("write a commit", path, source))?;
    Ok(written.detach())
}

/// Names the remote, as a clone would have it.
fn write_remote(repository: &Repository, path: &Path) -> Result<(), WorldError> {
    let config = path.join(".git").join("config");
    let remote = &repository.remote;
    let text = format!("[remote \"origin\"]\n\turl = {remote}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n");
    std::fs::OpenOptions::new()
        .append(true)
        .open(&config)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| WorldError::Write { path: config, source })
}

/// Writes the files of HEAD into the working tree.
fn write_files(repository: &Repository, path: &Path) -> Result<(), WorldError> {
    for (file, text) in repository.head() {
        let target = path.join(file);
        let written = target.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
            std::fs::write(&target, text)?;
            set_mode(&target, mode(file.rsplit('/').next().unwrap_or(file)))
        });
        written.map_err(|source| WorldError::Write { path: target, source })?;
    }
    Ok(())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: EntryKind) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let bits = if mode == EntryKind::BlobExecutable { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(bits))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: EntryKind) -> std::io::Result<()> {
    Ok(())
}

fn failed(
    operation: &'static str,
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> WorldError {
    WorldError::Git { operation, path: path.into(), source: source.into() }
}
