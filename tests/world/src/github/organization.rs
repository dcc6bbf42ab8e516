//! An organisation on GitHub as data, before any of it is put on the wire.

use crate::truth::Planted;
use std::collections::BTreeMap;
use whose_model::Timestamp;

/// One organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct GithubOrganization {
    /// Its login.
    pub login: String,
    /// Its id.
    pub id: u64,
    /// When it was made.
    pub created: Timestamp,
    /// Who is in it.
    pub members: Vec<GithubUser>,
    /// Who works in one of its repositories without being in it.
    pub outside_collaborators: Vec<GithubUser>,
    /// Its repositories.
    pub repositories: Vec<GithubRepository>,
    /// The address below which its repositories are cloned.
    pub git: String,
    /// The apps that act in it.
    pub installations: Vec<GithubInstallation>,
    /// The fine-grained tokens that may act in it.
    pub tokens: Vec<GithubToken>,
    /// The credentials that people authorised through single sign-on; `None`: it has none.
    pub authorizations: Option<Vec<GithubAuthorization>>,
    /// The names of the secrets of its workflows, each with who gets it (`all`, `private`, `selected`).
    pub secrets: Vec<(String, String, Timestamp)>,
    /// Where it sends its events.
    pub webhooks: Vec<GithubWebhook>,
    /// What the token of a workflow may do by default, `read` or `write`.
    pub default_workflow_permissions: String,
    /// Every finding that a right scanner makes in it under [`crate::RULES`].
    pub truth: Vec<Planted>,
    /// Look-alikes of which a right scanner says nothing.
    pub look_alikes: Vec<Planted>,
}

/// A user account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubUser {
    /// Its login.
    pub login: String,
    /// Its id.
    pub id: u64,
}

/// A repository with its deploy keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubRepository {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: u64,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether it is a fork.
    pub fork: bool,
    /// Its size in kilobytes, as GitHub tells it.
    pub size: u64,
    /// Where the API says that it is cloned, when that is not where it is.
    pub clone_url: Option<String>,
    /// Whether anybody can see it.
    pub public: bool,
    /// Whether the token of its workflows may write by default.
    pub workflows_write: bool,
    /// Whose pull requests start workflows only when somebody approves, as GitHub words it.
    pub fork_approval: &'static str,
    /// Its deploy keys.
    pub deploy_keys: Vec<GithubDeployKey>,
}

/// A deploy key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubDeployKey {
    /// Its id.
    pub id: u64,
    /// What its keepers call it.
    pub title: String,
    /// The public half.
    pub key: String,
    /// When it was added.
    pub created: Timestamp,
    /// Whether it may only read.
    pub read_only: bool,
    /// Who added it.
    pub added_by: Option<String>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// Whether it works.
    pub enabled: bool,
}

/// An app's installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubInstallation {
    /// Its id.
    pub id: u64,
    /// The app's id.
    pub app_id: u64,
    /// The app's name in addresses.
    pub app_slug: String,
    /// `all` or `selected`.
    pub repository_selection: String,
    /// Its permissions.
    pub permissions: BTreeMap<String, String>,
    /// When it was installed.
    pub created: Timestamp,
    /// When it was suspended.
    pub suspended: Option<Timestamp>,
}

/// A fine-grained token that may act in the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubToken {
    /// The id of its grant.
    pub id: u64,
    /// The id of the token.
    pub token_id: u64,
    /// What its owner calls it.
    pub name: String,
    /// The login of its owner.
    pub owner: String,
    /// `all`, `subset` or `none`.
    pub repository_selection: String,
    /// Its permissions on repositories.
    pub permissions: BTreeMap<String, String>,
    /// When it was let in.
    pub granted: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Whether it has ended.
    pub expired: bool,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// A credential that was authorised through single sign-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubAuthorization {
    /// Its id.
    pub id: u64,
    /// Whose it is.
    pub login: String,
    /// `personal access token` or `SSH key`.
    pub kind: String,
    /// What its owner calls it.
    pub title: String,
    /// The last eight characters of a token.
    pub last_eight: Option<String>,
    /// When it was authorised.
    pub authorized: Timestamp,
    /// When it was last used.
    pub accessed: Option<Timestamp>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubWebhook {
    /// Its id.
    pub id: u64,
    /// Where it sends.
    pub url: String,
    /// Whether what it sends is signed.
    pub signed: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl GithubOrganization {
    /// All deploy keys.
    pub fn deploy_keys(&self) -> impl Iterator<Item = &GithubDeployKey> {
        self.repositories.iter().flat_map(|repository| &repository.deploy_keys)
    }
}
