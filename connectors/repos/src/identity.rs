//! Which repository it is: its name wherever it is cloned, its remotes and its HEAD.

use crate::references;
use crate::target::{canonical, shown};
use std::path::Path;
use whose_detect::Engine;
use whose_model::{Node, NodeId, RepoDetail, What};

/// The repository as a node.
pub(crate) struct Identity {
    pub(crate) id: NodeId,
    /// Its canonical name, which is also the local part of its id.
    pub(crate) name: String,
    detail: RepoDetail,
}

impl Identity {
    /// A repository that was cloned from `origin`, or lies in `path`. One on this machine is named by its remote
    /// `origin`, or its first remote by name, so that a clone and its source are one repository.
    /// Secrets that stand in an address are masked.
    pub(crate) fn of(path: &Path, origin: &str, repo: Option<&gix::Repository>, engine: &Engine) -> Self {
        let is_clone = origin.contains("://") || !Path::new(origin).is_absolute();
        let mut remotes: Vec<(String, String)> = repo.map(remotes).unwrap_or_default();
        remotes.sort_by_key(|(name, _)| (name != "origin", name.clone()));
        let name = if is_clone {
            canonical(origin)
        } else {
            // A remote that is itself a relative path names nothing that others could see.
            let known = remotes.first().map(|(_, url)| canonical(url)).filter(|name| !name.starts_with('.'));
            known.unwrap_or_else(|| path.to_string_lossy().into_owned())
        };
        let name = engine.redact(&name).into_owned();
        let safe = |url: &str| engine.redact(&shown(url)).into_owned();
        let head = repo.and_then(references::head).map(|id| id.to_string());
        let remotes = remotes.into_iter().map(|(_, url)| safe(&url)).collect();
        let detail = RepoDetail { origin: safe(origin), head, remotes };
        Self { id: NodeId::new("git", "", "repository", &name), name, detail }
    }

    /// A clone that never came to be.
    pub(crate) fn unread(origin: &str, engine: &Engine) -> Self {
        Self::of(Path::new(origin), origin, None, engine)
    }

    /// The same under the name by which somebody else knows it, if there is one.
    pub(crate) fn known_as(mut self, name: Option<String>) -> Self {
        if let Some(name) = name {
            self.id = NodeId::new("git", "", "repository", &name);
            self.name = name;
        }
        self
    }

    pub(crate) fn node(&self) -> Node {
        let mut node = Node::new(self.id.clone(), What::Repo(self.detail.clone()), "repository", &self.name);
        node.address = Some(self.detail.origin.clone());
        node
    }
}

fn remotes(repo: &gix::Repository) -> Vec<(String, String)> {
    let config = repo.config_snapshot();
    repo.remote_names()
        .into_iter()
        .filter_map(|name| {
            let url = config.string(format!("remote.{name}.url").as_str())?;
            Some((name.to_string(), url.to_string()))
        })
        .collect()
}
