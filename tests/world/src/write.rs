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
    /// Writes the repositories that the AWS account's truth speaks of. See [`write_repositories`].
    ///
    /// # Errors
    /// When a repository is there already, or the disk refuses.
    pub fn write_repositories(&self, folder: &Path) -> Result<Vec<PathBuf>, WorldError> {
        write_repositories(self.repositories(), folder)
    }
}

/// Writes every repository into a folder of its own below `folder`, and returns these folders.
///
/// # Errors
/// When a repository is there already, or the disk refuses.
pub fn write_repositories(repositories: &[Repository], folder: &Path) -> Result<Vec<PathBuf>, WorldError> {
    let write = |repository: &Repository| {
        let path = folder.join(repository.name);
        write_repository(repository, &path)?;
        Ok(path)
    };
    repositories.iter().map(write).collect()
}

pub(crate) fn write_repository(repository: &Repository, path: &Path) -> Result<(), WorldError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use gix::objs::tree::EntryMode;

    fn world() -> World {
        World::new(5, "2026-03-01T09:30:00Z".parse().unwrap())
    }

    /// Every file of a tree with its text, as git reads it.
    fn files(git: &gix::Repository, tree: ObjectId, above: &str, into: &mut BTreeMap<String, (EntryMode, Vec<u8>)>) {
        for entry in git.find_tree(tree).unwrap().iter() {
            let entry = entry.unwrap();
            let path = format!("{above}{}", entry.filename());
            if entry.mode().is_tree() {
                files(git, entry.object_id(), &format!("{path}/"), into);
            } else {
                into.insert(path, (entry.mode(), entry.object().unwrap().data.clone()));
            }
        }
    }

    #[test]
    fn git_reads_every_commit_as_it_was_planned() {
        let folder = tempfile::tempdir().unwrap();
        let world = world();
        let paths = world.write_repositories(folder.path()).unwrap();
        assert_eq!(paths.len(), world.repositories().len());
        for (repository, path) in world.repositories().iter().zip(&paths) {
            let git = gix::open(path).unwrap();
            let mut commit = Some(git.head_commit().unwrap());
            for planned in repository.commits.iter().rev() {
                let found = commit.take().unwrap();
                assert_eq!(found.message_raw().unwrap(), planned.message.as_str());
                let author = found.author().unwrap();
                assert_eq!(
                    (author.name, author.email),
                    (planned.author.as_str().into(), planned.email.as_str().into())
                );
                assert_eq!(author.time().unwrap().seconds, planned.at.as_second());
                commit = found.parent_ids().next().map(|id| git.find_commit(id).unwrap());
            }
            assert!(commit.is_none());
        }
    }

    #[test]
    fn head_index_and_working_tree_hold_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let world = world();
        let paths = world.write_repositories(folder.path()).unwrap();
        for (repository, path) in world.repositories().iter().zip(&paths) {
            let git = gix::open(path).unwrap();
            let mut found = BTreeMap::new();
            files(&git, git.head_tree_id().unwrap().detach(), "", &mut found);
            let planned = repository.head();
            assert_eq!(found.len(), planned.len());
            for (file, text) in planned {
                assert_eq!(found[file].1, text.as_bytes(), "{file}");
                assert_eq!(std::fs::read_to_string(path.join(file)).unwrap(), text, "{file}");
            }
            let index = git.index().unwrap();
            assert_eq!(index.entries().len(), found.len());
            let remote = git.config_snapshot().string("remote.origin.url").unwrap().to_string();
            assert_eq!(remote, repository.remote);
        }
    }

    #[test]
    fn one_world_is_one_history() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let heads = |folder: &Path| -> Vec<ObjectId> {
            let paths = world().write_repositories(folder).unwrap();
            paths.iter().map(|path| gix::open(path).unwrap().head_id().unwrap().detach()).collect()
        };
        assert_eq!(heads(one.path()), heads(other.path()));
    }

    #[test]
    fn a_repository_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        world().write_repositories(folder.path()).unwrap();
        let error = world().write_repositories(folder.path()).unwrap_err();
        assert!(matches!(error, WorldError::Git { operation: "create the files", .. }), "{error}");
    }
}
