//! What the collectors share: the client, the tree of folders and projects, and what one listing learns for the
//! next.

use crate::api::{Api, Operation, Service};
use crate::assets::{Held, Inventory};
use crate::directory::Directory;
use crate::ids;
use crate::sign_in::GcpSignIn;
use crate::target::{Root, Target};
use crate::trust::Provider;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use whose_connect::{
    ApiCall, CallError, Client, ConnectError, DefaultLimits, FailureKind, NetworkSettings, RetryPolicy,
};
use whose_model::NodeId;

/// What Google bears: IAM reads have a quota of 6,000 a minute and project, Resource Manager of 600.
/// <https://cloud.google.com/iam/quotas>
const LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(8).expect("eight is not zero"),
    requests_per_second: NonZeroU32::new(10).expect("ten is not zero"),
};

/// A server on this machine has no quota that others share.
const LOOPBACK_LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(16).expect("sixteen is not zero"),
    requests_per_second: NonZeroU32::new(2000).expect("two thousand is not zero"),
};

/// <https://cloud.google.com/iam/docs/reference/rest/v1/organizations.roles/get>
pub(crate) const GET_ROLE: Operation = Operation {
    call: ApiCall::read(
        "iam:GetRole",
        "iam.roles.get",
        "Reads which permissions a custom role holds. One call for each custom role that somebody holds.",
        "https://cloud.google.com/iam/docs/reference/rest/v1/organizations.roles/get",
    ),
    service: Service::Iam,
};

/// The permissions of a custom role, or why they are not known.
type Permissions = Result<Arc<[String]>, Failed>;

/// What is known of a whole target.
pub(crate) struct Estate {
    pub(crate) api: Api,
    pub(crate) root: Root,
    /// Folders and projects, when their listing was read to any extent.
    pub(crate) tree: OnceLock<Tree>,
    /// The policies above the projects, when these were asked for.
    pub(crate) policies: OnceLock<Above>,
    /// What Cloud Asset Inventory holds, where it may be read.
    inventory: Mutex<Option<Inventory>>,
    /// The way to the people of Google Workspace.
    pub(crate) directory: Directory,
    pools: Mutex<BTreeMap<(String, String), Vec<Provider>>>,
    roles: tokio::sync::Mutex<HashMap<String, Permissions>>,
}

/// The organisation, its folders and its projects.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Organisations and folders by resource name, each with its parent when that is known.
    pub(crate) containers: BTreeMap<String, Option<String>>,
    /// The projects.
    pub(crate) projects: Vec<Project>,
    /// Whether these are all projects of an organisation.
    pub(crate) complete: bool,
    /// The Google Workspace that the organisation belongs to, when it was read.
    pub(crate) customer: Option<String>,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    /// Its id.
    pub(crate) id: String,
    /// Its number, when it was read.
    pub(crate) number: Option<String>,
    /// Its folder or organisation, when it was read and there is one.
    pub(crate) parent: Parent,
}

/// What lies above a project or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// An organisation or folder, by its resource name.
    Is(String),
    /// Nothing: a project outside any organisation.
    Nothing,
    /// It was not read.
    Unread,
}

/// What came of the policies of organisations and folders.
#[derive(Debug, Default)]
pub(crate) struct Above {
    /// Those of which something was not read.
    pub(crate) failed: BTreeMap<String, Failed>,
    /// Those that let somebody act as every service account below.
    pub(crate) impersonated: BTreeSet<String>,
}

/// A failure that is told again where it matters.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    call: ApiCall,
    kind: FailureKind,
    message: String,
}

/// What the collectors of one project share.
pub(crate) struct Session {
    pub(crate) estate: Arc<Estate>,
    pub(crate) project: Project,
    /// The e-mails of the service accounts, and whether these are all.
    pub(crate) accounts: OnceLock<Accounts>,
    /// What Cloud Asset Inventory holds of it; `None`: its own APIs are asked.
    pub(crate) held: Option<Held>,
}

/// The service accounts of a project.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) emails: Vec<String>,
    pub(crate) complete: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RoleDefinition {
    included_permissions: Vec<String>,
}

impl Estate {
    /// Signs in.
    pub(crate) async fn open(
        sign_in: &GcpSignIn,
        target: &Target,
        network: &NetworkSettings,
    ) -> Result<Self, ConnectError> {
        let loopback = network.endpoint.as_deref().is_some_and(is_loopback);
        let limits = if loopback { LOOPBACK_LIMITS } else { LIMITS };
        // The client comes first: what the sign-in exchanges goes through it.
        let client = Client::new(network, limits)?;
        // A server on this machine will not be more willing after a long wait.
        let patience = RetryPolicy { attempts: 3, ..RetryPolicy::default() };
        let client = if loopback { client.with_retry(patience) } else { client };
        let credentials = sign_in.open(target, &client, network).await?;
        let concurrency = network.max_concurrency.unwrap_or(limits.max_concurrency).get();
        let endpoint = network.endpoint.as_deref();
        let delegated = sign_in.delegated(target, &client, endpoint);
        let of = |credentials| Api::new(client.clone(), credentials, endpoint, concurrency);
        let directory = Directory { api: delegated.map(|credentials| credentials.map(of)), people: Mutex::default() };
        Ok(Self {
            api: Api::new(client, credentials, endpoint, concurrency),
            directory,
            root: target.root.clone(),
            tree: OnceLock::new(),
            policies: OnceLock::new(),
            inventory: Mutex::default(),
            pools: Mutex::default(),
            roles: tokio::sync::Mutex::default(),
        })
    }

    /// The scope of the whole target.
    pub(crate) fn scope(&self) -> NodeId {
        match &self.root {
            Root::Project(id) => ids::scope(&format!("projects/{id}")),
            Root::Organization(number) => ids::scope(&format!("organizations/{number}")),
        }
    }

    /// The id of the Google Workspace that the organisation belongs to, when it was read.
    pub(crate) fn customer(&self) -> Option<&str> {
        self.tree.get()?.customer.as_deref()
    }

    /// The organisation that holds everything, when it is known.
    pub(crate) fn organization(&self) -> Option<NodeId> {
        let names = self.tree.get()?.containers.keys();
        names.into_iter().find(|name| name.starts_with("organizations/")).map(|name| ids::scope(name))
    }

    /// The scope of a project of this scan, by its id or number.
    pub(crate) fn project(&self, id_or_number: &str) -> Option<NodeId> {
        let projects = &self.tree.get()?.projects;
        let found = projects
            .iter()
            .find(|project| project.id == id_or_number || project.number.as_deref() == Some(id_or_number));
        found.map(|project| ids::scope(&format!("projects/{}", project.id)))
    }

    /// Takes note of all that the inventory holds.
    pub(crate) fn learn_inventory(&self, inventory: Inventory) {
        *self.inventory.lock().unwrap_or_else(PoisonError::into_inner) = Some(inventory);
    }

    /// Hands out the inventory, to be divided among the projects.
    pub(crate) fn take_inventory(&self) -> Option<Inventory> {
        self.inventory.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes note of the providers of a pool.
    pub(crate) fn learn_pool(&self, project: &str, pool: &str, providers: Vec<Provider>) {
        self.pools().insert((project.into(), pool.into()), providers);
    }

    /// The providers of a pool, when they were read.
    pub(crate) fn pool(&self, project: &str, pool: &str) -> Option<Vec<Provider>> {
        self.pools().get(&(project.to_owned(), pool.to_owned())).cloned()
    }

    fn pools(&self) -> MutexGuard<'_, BTreeMap<(String, String), Vec<Provider>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The permissions of a custom role. Each role is asked for once, whatever came of it.
    pub(crate) async fn permissions(&self, role: &str) -> Permissions {
        let mut known = self.roles.lock().await;
        if let Some(answer) = known.get(role) {
            return answer.clone();
        }
        let path: Vec<String> = role.split('/').map(crate::api::segment).collect();
        let answer = self.api.get::<RoleDefinition>(GET_ROLE, &format!("v1/{}", path.join("/")), &[]).await;
        let answer = match answer {
            Ok(definition) => Ok(definition.included_permissions.into()),
            Err(error) => Err(Failed::of(&error)),
        };
        known.insert(role.to_owned(), answer.clone());
        answer
    }
}

impl Failed {
    pub(crate) fn of(error: &CallError) -> Self {
        Self { call: error.call, kind: error.kind, message: error.message.clone() }
    }

    pub(crate) fn error(&self, prefix: &str) -> CallError {
        CallError::new(self.call, self.kind, &format!("{prefix}{}", self.message))
    }
}

impl Session {
    /// The project's scope.
    pub(crate) fn scope(&self) -> NodeId {
        ids::scope(&self.resource())
    }

    /// The project's resource name.
    pub(crate) fn resource(&self) -> String {
        format!("projects/{}", self.project.id)
    }

    /// The service accounts that are known, for a listing that asks for each of them. When not all are known, it
    /// cannot be complete either.
    pub(crate) fn accounts(&self, call: ApiCall) -> (&[String], Option<CallError>) {
        let missing =
            || CallError::new(call, FailureKind::Other, "not asked for all: the service accounts were not all listed");
        match self.accounts.get() {
            Some(accounts) => (&accounts.emails, (!accounts.complete).then(missing)),
            None => (&[], Some(missing())),
        }
    }
}

fn is_loopback(endpoint: &str) -> bool {
    let Ok(address) = endpoint.parse::<http::Uri>() else { return false };
    matches!(address.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}
