//! A Google Cloud organisation as data: what its APIs would hold, before any of it is put on the wire.

use std::collections::BTreeMap;
use whose_model::Timestamp;

/// The organisation with all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct GoogleEstate {
    /// Its number.
    pub organization: String,
    /// Who holds which role on it.
    pub policy: Vec<Binding>,
    /// Its custom roles: full name and permissions.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Its folders.
    pub folders: Vec<Folder>,
    /// Its projects.
    pub projects: Vec<Project>,
    /// The Google Workspace that it belongs to.
    pub directory: Directory,
    /// From when Policy Analyzer tells of use.
    pub observed_since: Timestamp,
    /// Until when.
    pub observed_until: Timestamp,
}

/// The directory of a Google Workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The customer's id.
    pub customer: String,
    /// The administrator in whose name it may be read.
    pub admin: String,
    /// The service account that may act in the administrator's name.
    pub delegate: String,
    /// The people, deleted ones among them.
    pub users: Vec<GoogleUser>,
}

/// Somebody's account in a Google Workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleUser {
    /// Its immutable id.
    pub id: String,
    /// Its e-mail.
    pub email: String,
    /// Whether somebody suspended it.
    pub suspended: bool,
    /// Whether it is kept without being used.
    pub archived: bool,
    /// Whether it was deleted some days ago.
    pub deleted: bool,
    /// The applications that may act in its name.
    pub tokens: Vec<GoogleConsent>,
}

/// A consent to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleConsent {
    /// The application's client id; `None`: it is registered nowhere.
    pub client_id: Option<String>,
    /// The application's name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// A folder, directly below the organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Who holds which role on it.
    pub policy: Vec<Binding>,
}

/// A project.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The number of its folder; `None`: directly below the organisation.
    pub folder: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Who holds which role on it.
    pub policy: Vec<Binding>,
    /// Its service accounts.
    pub accounts: Vec<ServiceAccount>,
    /// Its workload identity pools.
    pub pools: Vec<Pool>,
    /// Its API keys.
    pub api_keys: Vec<ApiKey>,
}

/// A binding of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The role.
    pub role: String,
    /// Who holds it.
    pub members: Vec<String>,
    /// On which condition.
    pub condition: Option<String>,
}

/// A service account.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceAccount {
    /// Its e-mail.
    pub email: String,
    /// Its immutable number.
    pub unique_id: String,
    /// Its name.
    pub display_name: String,
    /// What its keepers wrote about it.
    pub description: String,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Who may act as it.
    pub policy: Vec<Binding>,
    /// Its keys.
    pub keys: Vec<ServiceAccountKey>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// A key of a service account, without its private half.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceAccountKey {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends; `None`: never.
    pub expires: Option<Timestamp>,
    /// Whether Google found it in public and switched it off.
    pub exposed: bool,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// A workload identity pool with one provider for GitHub Actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its id.
    pub id: String,
    /// The provider's id.
    pub provider: String,
    /// The condition on the token's claims.
    pub condition: Option<String>,
}

/// An API key, without its value.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKey {
    /// Its immutable id.
    pub uid: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// The one service and the referrer to which it is limited.
    pub limited_to: Option<(String, String)>,
}

impl GoogleEstate {
    /// The project of an id or number.
    pub fn project(&self, id_or_number: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id_or_number || project.number == id_or_number)
    }

    /// All service accounts, each with its project's id.
    pub fn accounts(&self) -> impl Iterator<Item = (&str, &ServiceAccount)> {
        self.projects.iter().flat_map(|project| project.accounts.iter().map(|account| (project.id.as_str(), account)))
    }
}
