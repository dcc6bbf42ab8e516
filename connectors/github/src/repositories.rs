//! `repos/list-for-org`: the organisation's repositories, under the names that they have wherever they are cloned.

use crate::code::Code;
use crate::ids::Organization;
use crate::session::{KnownRepositories, Session};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Facet, Node, State, Timestamp};

/// <https://docs.github.com/rest/repos/repos#list-organization-repositories>
const LIST_REPOSITORIES: ApiCall = ApiCall::read(
    "github:ListOrganizationRepositories",
    "metadata:read",
    "Reads which repositories there are, and which of them are archived.",
    "https://docs.github.com/rest/repos/repos#list-organization-repositories",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "repositories",
    title: "repositories",
    provides: &[Facet::Repositories],
    types: &["repository"],
    calls: &[LIST_REPOSITORIES],
    switched_on_by: None,
};

#[derive(Deserialize)]
struct Repository {
    id: u64,
    name: String,
    description: Option<String>,
    created_at: Option<Timestamp>,
    pushed_at: Option<Timestamp>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    disabled: bool,
    visibility: Option<String>,
    default_branch: Option<String>,
    clone_url: Option<String>,
    #[serde(default)]
    fork: bool,
    /// In kilobytes.
    #[serde(default)]
    size: u64,
}

/// The listing.
pub(crate) struct Repositories;

#[async_trait]
impl Collector<Session> for Repositories {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let mut known = KnownRepositories { complete: true, ..KnownRepositories::default() };
        let outcome = read(session, &mut known, out).await;
        known.complete &= outcome.is_ok();
        // Set once: the collectors of one session run once.
        let _ = session.repositories.set(known);
        outcome
    }
}

async fn read(session: &Session, known: &mut KnownRepositories, out: &mut Recorder) -> Result<(), CallError> {
    let organization = &session.organization;
    let path = ["orgs", organization.login.as_str(), "repos"];
    let mut listing = session.api.list(LIST_REPOSITORIES, &path, &[("type", "all")])?;
    while let Some(repositories) = listing.page::<Vec<Repository>>().await? {
        for repository in repositories {
            if !is_name(&repository.name) {
                let reason =
                    format!("the answer holds a repository whose name GitHub does not allow, {}", repository.name);
                out.failed(&CallError::new(LIST_REPOSITORIES, FailureKind::Malformed, &reason));
                known.complete = false;
                continue;
            }
            out.node(observe(organization, &repository)).await;
            known.code.push(Code {
                name: repository.name.clone(),
                clone_url: repository.clone_url,
                fork: repository.fork,
                archived: repository.archived,
                size: repository.size,
                public: repository.visibility.as_deref() == Some("public"),
                pushed: repository.pushed_at,
            });
            known.names.push(repository.name);
        }
        out.progress(INFO.title);
    }
    Ok(())
}

/// Names stand in addresses, so one that would lead elsewhere is not taken.
fn is_name(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !matches!(text, "" | "." | "..") && text.bytes().all(known)
}

fn observe(organization: &Organization, repository: &Repository) -> Node {
    let mut node = organization.repository_node(&repository.name);
    node.native_id = Some(repository.id.to_string());
    node.state = if repository.archived || repository.disabled { State::Disabled } else { State::Enabled };
    node.created = repository.created_at;
    node.description.clone_from(&repository.description);
    let archived = repository.archived.then(|| "true".to_owned());
    let facts = [
        ("archived", archived),
        ("default_branch", repository.default_branch.clone()),
        ("visibility", repository.visibility.clone()),
    ];
    node.tags.extend(facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    node
}
