//! The connector: opens what the user named, reads it on a blocking thread, and hands on what was found.

use crate::clone::clone;
use crate::emit::emit;
use crate::gaps::{Gaps, Missed};
use crate::identity::Identity;
use crate::read::{self, Finds, Outcome, Reader};
use crate::target::{Remote, Target};
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;
use whose_connect::{CollectorInfo, ConnectError, Connector, ConnectorInfo, ScanContext};
use whose_detect::{Engine, FingerprintKey};
use whose_model::{Coverage, Facet, Source};

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
    least_privilege: None,
};

/// How repositories are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReposOptions {
    /// Objects and files above this size are not searched, and are reported as gaps.
    pub max_bytes: u64,
}

impl Default for ReposOptions {
    fn default() -> Self {
        Self { max_bytes: 64 * 1024 * 1024 }
    }
}

/// Reads source repositories.
pub struct ReposConnector {
    key: FingerprintKey,
    options: ReposOptions,
}

impl ReposConnector {
    /// A connector that fingerprints what it finds with `key`.
    pub fn new(key: FingerprintKey, options: ReposOptions) -> Self {
        Self { key, options }
    }

    fn reader(&self, context: &ScanContext) -> Result<Reader, ConnectError> {
        let engine = Engine::new().map_err(|source| ConnectError::Failed {
            operation: "loading the detectors".into(),
            source: Box::new(source),
        })?;
        Ok(Reader {
            engine: Arc::new(engine),
            key: self.key.clone(),
            max_bytes: self.options.max_bytes,
            cancel: context.cancel.clone(),
            sink: context.sink.clone(),
            source: source(),
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
        let (folder, origin, clone) = match parsed {
            Target::Folder(path) => (path.clone(), path.to_string_lossy().into_owned(), None),
            Target::Remote(mut remote) => {
                remote.shown = reader.engine.redact(&remote.shown).into_owned();
                context.sink.progress(&source(), &format!("cloning {}", remote.shown), 0);
                let clone = fetch(&remote, &reader, context).await?;
                (clone.path().to_owned(), remote.shown, Some(clone))
            }
        };
        let outcome = read_apart(reader.clone(), folder, origin, clone).await;
        let mut others = report(outcome, context).await;
        // A repository within a repository has a history and a name of its own.
        while let Some(folder) = others.pop() {
            let origin = folder.to_string_lossy().into_owned();
            let outcome = read_apart(reader.clone(), folder, origin, None).await;
            others.append(&mut report(outcome, context).await);
        }
        Ok(())
    }
}

/// Clones on a blocking thread, and breaks off when the user stops the scan.
async fn fetch(remote: &Remote, reader: &Reader, context: &ScanContext) -> Result<TempDir, ConnectError> {
    let failed = |reason: String| ConnectError::SignIn {
        target: remote.shown.clone(),
        reason: reader.engine.redact(&reason).into_owned(),
        remedy: "Check the address, the network and the credentials that git uses for it".into(),
        source: None,
    };
    let interrupt = Arc::new(AtomicBool::new(false));
    let mut cloning = {
        let (remote, network, interrupt) = (remote.clone(), context.network.clone(), interrupt.clone());
        tokio::task::spawn_blocking(move || {
            let folder = TempDir::with_prefix("whose-clone-").map_err(|error| error.to_string())?;
            clone(&remote, folder.path(), &network, &interrupt)?;
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
    match cloned {
        Ok(cloned) => cloned.map_err(failed),
        Err(_) => Err(failed("the transport broke off by a fault of ours".into())),
    }
}

/// Reads on a blocking thread: decoding and searching would keep the runtime from everything else.
async fn read_apart(reader: Reader, folder: PathBuf, origin: String, clone: Option<TempDir>) -> Outcome {
    let unread = Identity::unread(&origin, &reader.engine);
    let reading = tokio::task::spawn_blocking(move || {
        let outcome = read::folder(&reader, &folder, &origin);
        // The clone is removed here, when nothing reads it any more.
        drop(clone);
        outcome
    });
    reading.await.unwrap_or_else(|error| {
        tracing::error!(%error, "reading a repository panicked");
        let mut gaps = Gaps::default();
        gaps.add(Missed::Fault, "it broke off before its end");
        Outcome { identity: unread, finds: Finds::default(), gaps, seen: 0, nested: Vec::new() }
    })
}

/// Hands on what was read, and gives back the repositories that lie within.
async fn report(outcome: Outcome, context: &ScanContext) -> Vec<PathBuf> {
    let Outcome { identity, finds, gaps, seen, nested } = outcome;
    let scope = identity.id.clone();
    emit(&identity, finds, &context.sink, &source()).await;
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
