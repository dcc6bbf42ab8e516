//! `graph:ListServicePrincipals`: everything that can act in the tenant without a person: the tenant's own
//! applications, those of others, managed identities and agents.

use crate::applications::VerifiedPublisher;
use crate::credentials::{self, KeyCredential, PasswordCredential};
use crate::ids::{APPLICATION, CERTIFICATE, PRINCIPAL, SECRET, application};
use crate::owners::{self, DirectoryObject};
use crate::session::{KnownApplication, Resource, Session};
use crate::words::{by_machine, declared};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Edge, EdgeKind, Evidence, Facet, IdentityDetail, Node, NodeId, State, What};

/// <https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list>
const LIST_SERVICE_PRINCIPALS: ApiCall = ApiCall::read(
    "graph:ListServicePrincipals",
    "Application.Read.All",
    "Reads what can act in the tenant, with the hints, ids and dates of secrets that stand on it directly.",
    "https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list",
);

/// <https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list-owners>
const LIST_SERVICE_PRINCIPAL_OWNERS: ApiCall = ApiCall::read(
    "graph:ListServicePrincipalOwners",
    "Application.Read.All",
    "Reads all owners of a service principal that has twenty or more of them.",
    "https://learn.microsoft.com/en-us/graph/api/serviceprincipal-list-owners",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "service-principals",
    title: "service principals and their credentials",
    provides: &[Facet::Identities, Facet::Credentials, Facet::OwnerSignals],
    types: &[PRINCIPAL, SECRET, CERTIFICATE],
    calls: &[LIST_SERVICE_PRINCIPALS, LIST_SERVICE_PRINCIPAL_OWNERS],
    switched_on_by: None,
};

const SELECT: &str = "id,appId,displayName,description,notes,tags,accountEnabled,servicePrincipalType,\
                      appOwnerOrganizationId,alternativeNames,verifiedPublisher,appRoles,passwordCredentials,\
                      keyCredentials";

/// The tenants in which Microsoft registers its own applications.
/// <https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>
const MICROSOFT: &[&str] = &["f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServicePrincipal {
    id: String,
    app_id: Option<String>,
    display_name: Option<String>,
    description: Option<String>,
    notes: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    account_enabled: Option<bool>,
    service_principal_type: Option<String>,
    app_owner_organization_id: Option<String>,
    #[serde(default)]
    alternative_names: Vec<String>,
    verified_publisher: Option<VerifiedPublisher>,
    #[serde(default)]
    app_roles: Vec<AppRole>,
    #[serde(default)]
    password_credentials: Vec<PasswordCredential>,
    #[serde(default)]
    key_credentials: Vec<KeyCredential>,
    #[serde(default)]
    owners: Vec<DirectoryObject>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppRole {
    id: String,
    value: Option<String>,
    #[serde(default)]
    allowed_member_types: Vec<String>,
}

/// Where the software behind a service principal comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    Tenant,
    Microsoft,
    Foreign,
    Unknown,
}

/// The listing.
pub(crate) struct ServicePrincipals;

#[async_trait]
impl Collector<Session> for ServicePrincipals {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = format!("/v1.0/servicePrincipals?$top=100&$select={SELECT}&$expand=owners{}", owners::SELECT);
        let mut listing = session.graph.list(LIST_SERVICE_PRINCIPALS, &path)?;
        while let Some(page) = listing.page::<ServicePrincipal>().await? {
            for principal in page {
                observe(session, principal, out).await;
            }
        }
        session.known().complete.insert(INFO.id);
        Ok(())
    }
}

async fn observe(session: &Session, found: ServicePrincipal, out: &mut Recorder) {
    let id = session.tenant.principal(&found.id);
    let kind = found.service_principal_type.clone().unwrap_or_default();
    let maker = maker(session, found.app_owner_organization_id.as_deref(), &kind);
    let own = remember(session, &found, &kind);
    let (mut description, mut tags) = declared(found.description.clone().or(found.notes.clone()), &found.tags);
    if let Some(own) = &own {
        // What its keepers wrote on the application holds for its service principal.
        description = description.or_else(|| own.description.clone());
        for (name, value) in &own.tags {
            tags.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    let detail = IdentityDetail {
        class: Some(by_machine(&format!("it is a service principal of the type {kind}"))),
        provider_managed: maker == Maker::Microsoft,
        third_party: (maker != Maker::Unknown).then_some(maker == Maker::Foreign),
        publisher_verified: found.verified_publisher.as_ref().map(|one| one.verified_publisher_id.is_some()),
        // Managed identities and agents have a client id too, but no application behind it.
        instance_of: found.app_id.as_deref().filter(|_| kind == "Application").map(application),
        agent: kind == "ServiceIdentity",
        ..IdentityDetail::default()
    };
    let name = found.display_name.as_deref().unwrap_or(&found.id);
    let mut node = Node::new(id.clone(), What::Identity(Box::new(detail)), PRINCIPAL, name);
    node.native_id = Some(found.id.clone());
    node.address = azure_resource(&found).map(String::from).or_else(|| found.app_id.clone());
    node.scope = Some(session.tenant.scope());
    node.state = match found.account_enabled {
        Some(true) => State::Enabled,
        Some(false) => State::Disabled,
        None => State::Unknown,
    };
    node.description = description;
    node.tags = tags;
    let state = node.state;
    out.node(node).await;
    if let (Some(own), Some(app_id)) = (&own, &found.app_id) {
        link_application(&id, app_id, state, own, out).await;
    }
    observe_owners(session, &id, &found, own, out).await;
    // Azure rotates the certificates of managed identities by itself and shows their private halves to nobody.
    if kind != "ManagedIdentity" && maker != Maker::Microsoft {
        credentials::observe(session, &id, found.password_credentials, found.key_credentials, out).await;
    }
}

fn maker(session: &Session, organization: Option<&str>, kind: &str) -> Maker {
    match organization.map(str::to_lowercase) {
        Some(one) if one == session.tenant.0 => Maker::Tenant,
        Some(one) if MICROSOFT.contains(&one.as_str()) => Maker::Microsoft,
        Some(_) => Maker::Foreign,
        None if kind == "ManagedIdentity" => Maker::Tenant,
        None => Maker::Unknown,
    }
}

/// The resource of a managed identity, which is the name that Azure knows it by.
fn azure_resource(found: &ServicePrincipal) -> Option<&str> {
    found.alternative_names.iter().find(|name| name.starts_with("/subscriptions/")).map(String::as_str)
}

/// Notes what later listings need, and gives what is known of its application.
fn remember(session: &Session, found: &ServicePrincipal, kind: &str) -> Option<KnownApplication> {
    let mut known = session.known();
    let object = found.id.to_lowercase();
    known.principals.insert(object.clone(), found.display_name.clone().unwrap_or_else(|| found.id.clone()));
    if kind == "ServiceIdentity" {
        known.agents.insert(object.clone());
    }
    if kind == "ManagedIdentity"
        && let Some(resource) = azure_resource(found)
    {
        known.managed.insert(resource.to_lowercase(), object.clone());
    }
    let app_id = found.app_id.as_ref()?.to_lowercase();
    known.principals_by_app.insert(app_id.clone(), object.clone());
    let for_applications = |role: &&AppRole| role.allowed_member_types.iter().any(|kind| kind == "Application");
    let roles = found.app_roles.iter().filter(for_applications);
    let roles = roles.filter_map(|role| Some((role.id.to_lowercase(), role.value.clone()?))).collect();
    let resource = Resource { app_id: app_id.clone(), name: found.display_name.clone().unwrap_or_default(), roles };
    known.resources.insert(object, resource);
    known.applications.get(&app_id).cloned()
}

/// Whoever holds a secret of an application acts, in this tenant, as its service principal: that is the only thing
/// that an application can become. Where the application can sign in nowhere else, switching the service principal
/// off switches the application off.
async fn link_application(principal: &NodeId, app_id: &str, state: State, own: &KnownApplication, out: &mut Recorder) {
    let id = application(app_id);
    let evidence = Evidence::new("it signs in as its service principal", LIST_SERVICE_PRINCIPALS.name);
    out.edge(Edge::stated(id.clone(), EdgeKind::CanAssume, principal.clone()).shown_by(evidence)).await;
    let mut node = Node::new(id, What::Identity(Box::default()), APPLICATION, &own.name);
    node.state = if own.single_tenant { state } else { State::Enabled };
    out.node(node).await;
}

async fn observe_owners(
    session: &Session,
    id: &NodeId,
    found: &ServicePrincipal,
    own: Option<KnownApplication>,
    out: &mut Recorder,
) {
    let path = format!("/v1.0/servicePrincipals/{}/owners?$select=id,userPrincipalName,displayName", found.id);
    let call = LIST_SERVICE_PRINCIPAL_OWNERS;
    let parties = owners::complete(&session.graph, call, &path, found.owners.clone()).await;
    let mut parties = parties.unwrap_or_else(|error| {
        out.failed_for(&error, id.clone());
        found.owners.clone()
    });
    // Who answers for an application answers for it wherever it appears.
    let of_application = own.map(|own| own.owners).unwrap_or_default();
    parties.extend(of_application.into_iter().filter(|party| !found.owners.iter().any(|one| one.is(party))));
    owners::observe(session, id, &parties, "owner", LIST_SERVICE_PRINCIPALS.name, out).await;
}
