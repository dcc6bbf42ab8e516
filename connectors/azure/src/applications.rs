//! `graph:ListApplications`: the applications that the tenant itself registered, with their secrets, certificates
//! and owners.

use crate::credentials::{self, KeyCredential, PasswordCredential};
use crate::ids::{APPLICATION, CERTIFICATE, SECRET, application};
use crate::owners::{self, DirectoryObject};
use crate::session::{KnownApplication, Session};
use crate::words::{by_machine, declared};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, IdentityDetail, Node, State, Timestamp, What};

/// <https://learn.microsoft.com/en-us/graph/api/application-list>
const LIST_APPLICATIONS: ApiCall = ApiCall::read(
    "graph:ListApplications",
    "Application.Read.All",
    "Reads applications with the hints, ids and dates of their secrets and certificates. Values are in no answer.",
    "https://learn.microsoft.com/en-us/graph/api/application-list",
);

/// <https://learn.microsoft.com/en-us/graph/api/application-list-owners>
const LIST_APPLICATION_OWNERS: ApiCall = ApiCall::read(
    "graph:ListApplicationOwners",
    "Application.Read.All",
    "Reads all owners of an application that has twenty or more of them.",
    "https://learn.microsoft.com/en-us/graph/api/application-list-owners",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "applications",
    title: "applications and their credentials",
    provides: &[Facet::Identities, Facet::Credentials, Facet::OwnerSignals],
    types: &[APPLICATION, SECRET, CERTIFICATE],
    calls: &[LIST_APPLICATIONS, LIST_APPLICATION_OWNERS],
    switched_on_by: None,
};

const SELECT: &str = "id,appId,displayName,createdDateTime,description,notes,tags,signInAudience,\
                      disabledByMicrosoftStatus,verifiedPublisher,passwordCredentials,keyCredentials";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    id: String,
    app_id: String,
    display_name: Option<String>,
    created_date_time: Option<Timestamp>,
    description: Option<String>,
    notes: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    sign_in_audience: Option<String>,
    disabled_by_microsoft_status: Option<String>,
    verified_publisher: Option<VerifiedPublisher>,
    #[serde(default)]
    password_credentials: Vec<PasswordCredential>,
    #[serde(default)]
    key_credentials: Vec<KeyCredential>,
    #[serde(default)]
    owners: Vec<DirectoryObject>,
}

/// The publisher, as far as Microsoft verified it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifiedPublisher {
    pub(crate) verified_publisher_id: Option<String>,
}

/// The listing.
pub(crate) struct Applications;

#[async_trait]
impl Collector<Session> for Applications {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = format!("/v1.0/applications?$top=100&$select={SELECT}&$expand=owners{}", owners::SELECT);
        let mut listing = session.graph.list(LIST_APPLICATIONS, &path)?;
        while let Some(page) = listing.page::<Application>().await? {
            for application in page {
                observe(session, application, out).await;
            }
        }
        session.known().complete.insert(INFO.id);
        Ok(())
    }
}

async fn observe(session: &Session, found: Application, out: &mut Recorder) {
    let id = application(&found.app_id);
    let name = found.display_name.as_deref().unwrap_or(&found.app_id);
    let verified = found.verified_publisher.map(|publisher| publisher.verified_publisher_id.is_some());
    let detail = IdentityDetail {
        class: Some(by_machine("it is an application")),
        third_party: Some(false),
        publisher_verified: verified,
        ..IdentityDetail::default()
    };
    let (description, tags) = declared(found.description.or(found.notes), &found.tags);
    let mut node = Node::new(id.clone(), What::Identity(Box::new(detail)), APPLICATION, name);
    node.native_id = Some(found.id.clone());
    node.address = Some(found.app_id.clone());
    node.scope = Some(session.tenant.scope());
    node.created = found.created_date_time;
    node.description.clone_from(&description);
    node.tags.clone_from(&tags);
    let barred = found.disabled_by_microsoft_status.is_some_and(|status| status.starts_with("Disabled"));
    // Whether it can sign in is told by its service principal.
    node.state = if barred { State::Disabled } else { State::Unknown };
    out.node(node).await;

    let path = format!("/v1.0/applications/{}/owners?$select=id,userPrincipalName,displayName", found.id);
    let parties = owners::complete(&session.graph, LIST_APPLICATION_OWNERS, &path, found.owners.clone()).await;
    let parties = parties.unwrap_or_else(|error| {
        out.failed_for(&error, id.clone());
        found.owners
    });
    owners::observe(session, &id, &parties, "owner", LIST_APPLICATIONS.name, out).await;
    let single_tenant = found.sign_in_audience.as_deref() == Some("AzureADMyOrg");
    let known = KnownApplication { name: name.to_owned(), description, tags, owners: parties, single_tenant };
    session.known().applications.insert(found.app_id.to_lowercase(), known);
    credentials::observe(session, &id, found.password_credentials, found.key_credentials, out).await;
}
