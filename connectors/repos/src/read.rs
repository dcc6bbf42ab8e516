//! One repository, read on a blocking thread: history first, then the working tree, joined by path and secret.

use crate::codeowners::CodeOwners;
use crate::gaps::{Gaps, Missed};
use crate::identity::Identity;
use crate::{git_files, git_folder, history, worktree};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use whose_connect::{CancellationToken, Sink, with_causes};
use whose_detect::{Detection, Engine, FingerprintKey};
use whose_model::{Node, NodeId, Place, SecretDetail, Source, What};

/// What every part of the reading needs.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) engine: std::sync::Arc<Engine>,
    pub(crate) key: FingerprintKey,
    pub(crate) max_bytes: u64,
    /// Every version of a file is searched whole, and not only where it differs from the one that it is stored as a
    /// change to.
    pub(crate) whole_blobs: bool,
    pub(crate) cancel: CancellationToken,
    pub(crate) sink: Sink,
    pub(crate) source: Source,
    /// The digests of what git LFS fetched into the repository that is read.
    pub(crate) fetched: std::sync::Arc<HashSet<String>>,
}

impl Reader {
    /// Searches a text that is no file, such as a message.
    pub(crate) fn search(&self, data: &[u8]) -> Vec<Detection> {
        self.engine.scan(data, &self.key)
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }

    pub(crate) fn progress(&self, message: &str) {
        self.sink.progress(&self.source, message, 0);
    }
}

/// Where a secret stands, by path: one path holds one secret once.
type Places = BTreeMap<(String, String), Place>;

/// All that was found in one repository.
#[derive(Default)]
pub(crate) struct Finds {
    /// Secrets by fingerprint.
    pub(crate) secrets: BTreeMap<String, SecretDetail>,
    /// Places in files, by path and fingerprint.
    pub(crate) places: Places,
    /// Places that have no path: messages, and objects that no commit names.
    pub(crate) elsewhere: Vec<(String, Place)>,
}

impl Finds {
    /// Notes what is told of a secret.
    pub(crate) fn secret(&mut self, fingerprint: String, detail: SecretDetail) {
        match self.secrets.get_mut(&fingerprint) {
            None => {
                self.secrets.insert(fingerprint, detail);
            }
            Some(known) => merge(known, detail, &fingerprint),
        }
    }

    /// Masks the secrets that stand in names: of files, authors and tags.
    fn redact(&mut self, engine: &Engine) {
        let mask = |place: &mut Place| {
            place.path = engine.redact(&place.path).into_owned();
            place.author = place.author.as_deref().map(|author| engine.redact(author).into_owned());
        };
        self.places.values_mut().for_each(mask);
        self.elsewhere.iter_mut().for_each(|(_, place)| mask(place));
    }
}

/// Puts together what two places tell of one secret, as the graph would.
pub(crate) fn merge(known: &mut SecretDetail, more: SecretDetail, fingerprint: &str) {
    if *known == more {
        return;
    }
    let node = |detail| Node::new(secret_id(fingerprint), What::Secret(detail), "", "");
    let mut merged = node(known.clone());
    merged.merge(node(more));
    if let What::Secret(detail) = merged.what {
        *known = detail;
    }
}

/// The id of a leaked secret.
pub(crate) fn secret_id(fingerprint: &str) -> NodeId {
    NodeId::new("whose", "", "secret", fingerprint)
}

/// What reading a repository gave.
pub(crate) struct Outcome {
    pub(crate) identity: Identity,
    pub(crate) finds: Finds,
    /// Who answers for its files.
    pub(crate) owners: CodeOwners,
    pub(crate) gaps: Gaps,
    /// How many objects and files were read.
    pub(crate) seen: u64,
    /// Repositories of their own that lie in its folders. Their files were left to them.
    pub(crate) nested: Vec<PathBuf>,
}

/// Reads a folder: a repository with or without a working tree, or files without a repository.
/// `name` is that of the repository where somebody else knows it.
pub(crate) fn folder(reader: &Reader, path: &Path, origin: &str, name: Option<String>) -> Outcome {
    let mut gaps = Gaps::default();
    let mut finds = Finds::default();
    let mut seen = 0;
    let reader = &Reader { fetched: git_files::fetched_by_lfs(path).into(), ..reader.clone() };
    let repo = match open(path) {
        Ok(repo) => repo,
        Err(error) => {
            gaps.add(Missed::Store, format!("the git folder ({error})"));
            None
        }
    };
    let identity = Identity::of(path, origin, repo.as_ref(), &reader.engine).known_as(name);
    if let Some(repo) = &repo {
        seen += history::read(reader, repo, &mut finds, &mut gaps);
        if is_partial(repo) {
            gaps.absent_by_choice();
        }
    }
    if repo.is_none()
        && let Some(around) = path.ancestors().skip(1).find(|folder| git_folder::has_working_tree(folder))
    {
        gaps.add(Missed::Surroundings, around.to_string_lossy());
    }
    let mut nested = Vec::new();
    if let Some(tree) = working_tree(path, repo.as_ref()) {
        seen += worktree::read(reader, &tree, &mut finds, &mut gaps, &mut nested);
    }
    if git_folder::is_repository(path) {
        seen += git_files::read(reader, path, &mut finds, &mut gaps, &mut nested);
    }
    finds.redact(&reader.engine);
    let owners = repo.as_ref().map(CodeOwners::at_head).unwrap_or_default();
    Outcome { identity, finds, owners, gaps, seen, nested }
}

/// The files to read beside the history. A repository's own configuration may put its working tree anywhere on the
/// machine; only the folder that the user named is believed, or the one round a git folder that he named.
fn working_tree(path: &Path, repo: Option<&gix::Repository>) -> Option<PathBuf> {
    if repo.is_none() || git_folder::has_working_tree(path) {
        return Some(path.to_owned());
    }
    path.file_name().filter(|name| *name == ".git").and_then(|_| path.parent()).map(Path::to_owned)
}

/// The repository in a folder; `None` when it holds none. Neither the system's nor the user's configuration is
/// read, nor any environment: what is found does not depend on who scans.
pub(crate) fn open(path: &Path) -> Result<Option<gix::Repository>, String> {
    if !git_folder::is_repository(path) {
        return Ok(None);
    }
    if let Some(file) = git_folder::endless_file(path) {
        return Err(format!("{} is a pipe or a device and no file", file.display()));
    }
    let options = gix::open::Options::isolated();
    let mut repo = gix::open_opts(path, options).map_err(|error| with_causes(&error))?;
    repo.objects.ignore_replacements = true;
    Ok(Some(repo))
}

/// Whether some remote promised to give later what it left out.
fn is_partial(repo: &gix::Repository) -> bool {
    let config = repo.config_snapshot();
    let mut remotes = config.plumbing().sections_by_name("remote").into_iter().flatten();
    let is_promisor =
        remotes.any(|section| section.value("promisor").is_some_and(|value| value.as_slice() != b"false"));
    is_promisor || config.string("extensions.partialClone").is_some()
}
