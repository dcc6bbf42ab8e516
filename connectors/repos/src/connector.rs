//! The connector: opens what the user named, reads it on a blocking thread, and hands on what was found.

use crate::clone::{Access, clone};
use crate::codeowners::CodeOwners;
use crate::emit::emit;
use crate::gaps::{Gaps, Missed};
use crate::identity::Identity;
use crate::read::{self, Finds, Outcome, Reader};
use crate::target::{Remote, Target};
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use whose_connect::{CollectorInfo, ConnectError, Connector, ConnectorInfo, Handover, RepositoryReader, ScanContext};
use whose_detect::{Engine, FingerprintKey};
use whose_model::{Coverage, Facet, NodeId, Source};

static SECRETS: CollectorInfo = CollectorInfo {
    id: "secrets",
    title: "Secrets in the history and the working tree",
    provides: &[Facet::Secrets],
    types: &[],
    calls: &[],
    switched_on_by: None,
};

/// What the connector is.
pub static INFO: ConnectorInfo = ConnectorInfo {
    id: "repos",
    title: "Source repositories",
    target_syntax: "PATH of a repository or folder, or a clone URL: https://HOST/PATH, ssh://HOST/PATH, user@HOST:PATH, \
                    file:///PATH",
    collectors: &[SECRETS],
    hands_over: None,
    least_privilege: None,
};

/// How repositories are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReposOptions {
    /// Objects and files above this size are not searched, and are reported as gaps.
    pub max_bytes: u64,
    /// Search every version of a file whole, and not only where it differs from the one that it is stored as a change
    /// to. It finds the same, and takes longer.
    pub whole_blobs: bool,
}

impl Default for ReposOptions {
    fn default() -> Self {
        Self { max_bytes: 64 * 1024 * 1024, whole_blobs: false }
    }
}

/// Reads source repositories.
pub struct ReposConnector {
    key: FingerprintKey,
    options: ReposOptions,
    /// Made once for all repositories of a scan.
    engine: OnceLock<Arc<Engine>>,
}

impl ReposConnector {
    /// A connector that fingerprints what it finds with `key`.
    pub fn new(key: FingerprintKey, options: ReposOptions) -> Self {
        Self { key, options, engine: OnceLock::new() }
    }

    fn engine(&self) -> Result<Arc<Engine>, ConnectError> {
        if let Some(engine) = self.engine.get() {
            return Ok(Arc::clone(engine));
        }
        let engine = Engine::new().map_err(|source| ConnectError::Failed {
            operation: "loading the detectors".into(),
            source: Box::new(source),
        })?;
        Ok(Arc::clone(self.engine.get_or_init(|| Arc::new(engine))))
    }

    fn reader(&self, context: &ScanContext) -> Result<Reader, ConnectError> {
        Ok(Reader {
            engine: self.engine()?,
            key: self.key.clone(),
            max_bytes: self.options.max_bytes,
            whole_blobs: self.options.whole_blobs,
            cancel: context.cancel.clone(),
            sink: context.sink.clone(),
            source: source(),
            fetched: Arc::default(),
        })
    }
}

fn source() -> Source {
    INFO.source(&SECRETS)
}

fn parse(target: &str) -> Result<Target, ConnectError> {
    Target::parse(target).map_err(|reason| ConnectError::Target {
        target: crate::target::shown(target),
        reason,
        syntax: INFO.target_syntax,
    })
}

#[async_trait]
impl Connector for ReposConnector {
    fn info(&self) -> &'static ConnectorInfo {
        &INFO
    }

    fn check(&self, target: &str) -> Result<(), ConnectError> {
        parse(target).map(drop)
    }

    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
        let parsed = parse(target)?;
        let reader = self.reader(context)?;
        let folder = match parsed {
            Target::Folder(path) => Folder::of(path),
            Target::Remote(mut remote) => {
                remote.shown = reader.engine.redact(&remote.shown).into_owned();
                fetch(remote, Access::User, None, &reader, context).await?
            }
        };
        read_all(folder, reader, context).await;
        Ok(())
    }
}

#[async_trait]
impl RepositoryReader for ReposConnector {
    fn repository_of(&self, target: &str) -> Option<NodeId> {
        let engine = self.engine().ok()?;
        match Target::parse(target).ok()? {
            Target::Folder(path) => {
                let repo = read::open(&path).ok()??;
                Some(Identity::of(&path, &path.to_string_lossy(), Some(&repo), &engine).id)
            }
            Target::Remote(remote) => Some(Identity::unread(&remote.shown, &engine).id),
        }
    }

    async fn read(&self, handover: &Handover, context: &ScanContext) -> Result<(), ConnectError> {
        let reader = self.reader(context)?;
        let access = Access::Connector(handover.authorization().await?);
        let folder = fetch(Remote::at(handover.url()), access, Some(handover.repository()), &reader, context).await?;
        read_all(folder, reader, context).await;
        Ok(())
    }
}

/// A folder to read.
struct Folder {
    path: PathBuf,
    /// What it was cloned from, or the path.
    origin: String,
    /// The name by which whoever handed it over knows the repository.
    name: Option<String>,
    /// The clone, to be removed when it was read.
    clone: Option<TempDir>,
}

impl Folder {
    fn of(path: PathBuf) -> Self {
        Self { origin: path.to_string_lossy().into_owned(), path, name: None, clone: None }
    }
}

/// Reads a folder and the repositories within it: each has a history and a name of its own.
async fn read_all(folder: Folder, reader: Reader, context: &ScanContext) {
    let outcome = read_apart(reader.clone(), folder).await;
    let mut others = report(outcome, context).await;
    while let Some(path) = others.pop() {
        let outcome = read_apart(reader.clone(), Folder::of(path)).await;
        others.append(&mut report(outcome, context).await);
    }
}

/// Clones on a blocking thread, and breaks off when the user stops the scan.
async fn fetch(
    remote: Remote,
    access: Access,
    known_as: Option<&NodeId>,
    reader: &Reader,
    context: &ScanContext,
) -> Result<Folder, ConnectError> {
    context.sink.progress(&source(), &format!("cloning {}", remote.shown), 0);
    let failed = |reason: String| ConnectError::SignIn {
        target: remote.shown.clone(),
        reason: reader.engine.redact(&reason).into_owned(),
        remedy: match access {
            Access::User => "Check the address, the network and the credentials that git uses for it".into(),
            Access::Connector(_) => "Check the network, and that whoever scans may read the contents of it".into(),
        },
        source: None,
    };
    let interrupt = Arc::new(AtomicBool::new(false));
    let mut cloning = {
        let (remote, access) = (remote.clone(), access.clone());
        let (network, interrupt) = (context.network.clone(), interrupt.clone());
        tokio::task::spawn_blocking(move || {
            let folder = TempDir::with_prefix("whose-clone-").map_err(|error| error.to_string())?;
            clone(&remote, &access, folder.path(), &network, &interrupt)?;
            Ok(folder)
        })
    };
    let cloned = tokio::select! {
        cloned = &mut cloning => cloned,
        () = context.cancel.cancelled() => {
            interrupt.store(true, Ordering::SeqCst);
            let _ = cloning.await;
            return Err(ConnectError::Stopped { target: remote.shown.clone() });
        }
    };
    let clone = match cloned {
        Ok(cloned) => cloned.map_err(failed)?,
        Err(_) => return Err(failed("the transport broke off by a fault of ours".into())),
    };
    let (path, name) = (clone.path().to_owned(), known_as.map(NodeId::local));
    Ok(Folder { path, origin: remote.shown, name, clone: Some(clone) })
}

/// Reads on a blocking thread: decoding and searching would keep the runtime from everything else.
async fn read_apart(reader: Reader, folder: Folder) -> Outcome {
    let Folder { path, origin, name, clone } = folder;
    let known_as = |identity: Identity| identity.known_as(name.clone());
    let unread = known_as(Identity::unread(&origin, &reader.engine));
    let reading = tokio::task::spawn_blocking(move || {
        let outcome = read::folder(&reader, &path, &origin, name);
        // The clone is removed here, when nothing reads it any more.
        drop(clone);
        outcome
    });
    reading.await.unwrap_or_else(|error| {
        tracing::error!(%error, "reading a repository panicked");
        let mut gaps = Gaps::default();
        gaps.add(Missed::Fault, "it broke off before its end");
        Outcome {
            identity: unread,
            finds: Finds::default(),
            owners: CodeOwners::default(),
            gaps,
            seen: 0,
            nested: Vec::new(),
        }
    })
}

/// Hands on what was read, and gives back the repositories that lie within.
async fn report(outcome: Outcome, context: &ScanContext) -> Vec<PathBuf> {
    let Outcome { identity, finds, owners, gaps, seen, nested } = outcome;
    let scope = identity.id.clone();
    emit(&identity, finds, &owners, &context.sink, &source()).await;
    let coverage = Coverage {
        source: source(),
        scope,
        facets: SECRETS.provides.to_vec(),
        types: Vec::new(),
        state: gaps.state(seen),
        seen,
        calls: 0,
        gaps: gaps.into_list(),
        horizon: None,
    };
    context.sink.coverage(coverage).await;
    nested
}

#[cfg(test)]
mod tests;
