//! What the collectors of one tenant share: the two services, the tenant, and what one listing learns for the next.

use crate::api::Api;
use crate::ids::{GROUP, Tenant, USER};
use crate::sign_in::{AzureSignIn, tenant_of};
use crate::target::Target;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;
use whose_connect::{Client, ConnectError, DefaultLimits, NetworkSettings, RetryPolicy};
use whose_model::{NodeId, Timestamp};

/// What Graph bears: its limits for directory objects lie far above, and are shared by all applications of a tenant.
const LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(8).expect("eight is not zero"),
    requests_per_second: NonZeroU32::new(40).expect("forty is not zero"),
};

/// A server on this machine has no quota that others share.
const LOOPBACK_LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(16).expect("sixteen is not zero"),
    requests_per_second: NonZeroU32::new(2000).expect("two thousand is not zero"),
};

/// What the collectors of one tenant share.
pub(crate) struct Session {
    /// Microsoft Graph.
    pub(crate) graph: Api,
    /// Azure Resource Manager.
    pub(crate) manager: Api,
    /// The tenant.
    pub(crate) tenant: Tenant,
    /// The moment for which the scan speaks.
    pub(crate) as_of: Timestamp,
    known: Mutex<Known>,
}

/// What the listings so far have told. The collectors run one after the other, so each finds what it needs here.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Applications by client id, in lower case.
    pub(crate) applications: HashMap<String, KnownApplication>,
    /// Object ids of service principals by client id.
    pub(crate) principals_by_app: HashMap<String, String>,
    /// Names of service principals by object id. Every listing names a thing alike, whichever is read first.
    pub(crate) principals: BTreeMap<String, String>,
    /// Object ids of service principals that are agents.
    pub(crate) agents: BTreeSet<String>,
    /// Object ids of managed identities by their Azure resource, in lower case.
    pub(crate) managed: BTreeMap<String, String>,
    /// Visible subscriptions, by id, once they were read.
    pub(crate) subscriptions: Option<Vec<String>>,
    /// Object ids of users.
    pub(crate) users: BTreeSet<String>,
    /// Service principals as the resources that others get roles and scopes of, by object id.
    pub(crate) resources: BTreeMap<String, Resource>,
    /// Credentials by key id.
    pub(crate) credentials: HashMap<String, KnownCredential>,
    /// Groups that hold roles.
    pub(crate) groups: BTreeSet<String>,
    /// The listings that were read to their end.
    pub(crate) complete: BTreeSet<&'static str>,
}

/// What a service principal takes over from its application.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownApplication {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) owners: Vec<crate::owners::DirectoryObject>,
    /// Whether the application can sign in to no other tenant.
    pub(crate) single_tenant: bool,
}

/// A service principal as a resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resource {
    pub(crate) app_id: String,
    pub(crate) name: String,
    /// The values of the roles that applications can get, by their ids.
    pub(crate) roles: HashMap<String, String>,
}

/// A credential that was listed.
#[derive(Clone, Debug)]
pub(crate) struct KnownCredential {
    pub(crate) id: NodeId,
    pub(crate) detail: whose_model::CredentialDetail,
    pub(crate) name: String,
}

impl Session {
    /// Signs in and learns which tenant it is.
    pub(crate) async fn open(
        sign_in: &AzureSignIn,
        target: &Target,
        network: &NetworkSettings,
        as_of: Timestamp,
        retry: RetryPolicy,
    ) -> Result<Self, ConnectError> {
        let endpoint = network.endpoint.as_deref().map(endpoint).transpose()?;
        let loopback = endpoint.as_ref().is_some_and(is_loopback);
        let client = Client::new(network, if loopback { LOOPBACK_LIMITS } else { LIMITS })?.with_retry(retry);
        let scope = |service: &str| format!("{service}/.default");
        let graph_scope = scope(target.cloud.graph);
        let (credential, token) = sign_in.open(target, &client, endpoint.as_ref(), &graph_scope).await?;
        let tenant = tenant_of(&token)
            .or_else(|| target.tenant.clone().filter(|tenant| !tenant.contains('.')))
            .ok_or_else(|| ConnectError::SignIn {
                target: target.describe(),
                reason: "the token does not say to which tenant it belongs".into(),
                remedy: "Name the tenant by its id: azure:tenant=ID".into(),
                source: None,
            })?;
        let api = |service: &'static str| Api {
            client: client.clone(),
            credential: credential.clone(),
            base: endpoint.clone().unwrap_or_else(|| Url::parse(service).expect("the addresses of clouds are valid")),
            scope: scope(service),
        };
        Ok(Self {
            graph: api(target.cloud.graph),
            manager: api(target.cloud.manager),
            tenant: Tenant(tenant),
            as_of,
            known: Mutex::default(),
        })
    }

    /// What is known so far. The lock is never held over a call.
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        // A collector that panicked has been reported, and what it had noted is still right.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The node of a principal that a grant names by its object id alone, when it is a known user or service principal.
    pub(crate) fn holder(&self, tenant: &Tenant, object_id: &str) -> Option<NodeId> {
        let id = object_id.to_lowercase();
        if self.principals.contains_key(&id) {
            Some(tenant.principal(&id))
        } else {
            self.users.contains(&id).then(|| tenant.user(&id))
        }
    }
}

/// The node of a principal by the kind that the service names.
pub(crate) fn typed_holder(tenant: &Tenant, kind: &str, object_id: &str) -> Option<NodeId> {
    match kind {
        "User" => Some(tenant.thing(USER, object_id)),
        "ServicePrincipal" => Some(tenant.principal(object_id)),
        "Group" => Some(tenant.thing(GROUP, object_id)),
        _ => None,
    }
}

fn endpoint(text: &str) -> Result<Url, ConnectError> {
    Url::parse(text).map_err(|error| ConnectError::Network {
        setting: "endpoint",
        reason: "it is not an address like https://graph.example".into(),
        source: Some(Box::new(error)),
    })
}

fn is_loopback(endpoint: &Url) -> bool {
    matches!(endpoint.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}
