//! `orgs/list-app-installations`: the apps that act in the organisation, and what each may do.

use crate::grants;
use crate::ids::Organization;
use crate::power::{Extent, Permissions};
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Class, Classified, Edge, EdgeKind, Facet, IdentityDetail, Node, State, Timestamp, What};

/// <https://docs.github.com/rest/orgs/orgs#list-app-installations-for-an-organization>
const LIST_APP_INSTALLATIONS: ApiCall = ApiCall::read(
    "github:ListAppInstallations",
    "organization_administration:read",
    "Reads which apps act in the organisation, with which permissions and on which repositories.",
    "https://docs.github.com/rest/orgs/orgs#list-app-installations-for-an-organization",
);

/// What this listing is. It speaks of trusts as well: whoever holds the app's key may act as its installation, and
/// there is no other way in.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "app-installations",
    title: "app installations",
    provides: &[Facet::Identities, Facet::Grants, Facet::Trusts],
    types: &[],
    calls: &[LIST_APP_INSTALLATIONS],
    switched_on_by: None,
};

const TYPE: &str = "app-installation";

#[derive(Deserialize)]
struct Page {
    installations: Vec<Installation>,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
    app_id: u64,
    app_slug: String,
    repository_selection: String,
    permissions: Permissions,
    created_at: Timestamp,
    suspended_at: Option<Timestamp>,
}

/// The listing.
pub(crate) struct AppInstallations;

#[async_trait]
impl Collector<Session> for AppInstallations {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let organization = &session.organization;
        let path = ["orgs", organization.login.as_str(), "installations"];
        let mut listing = session.api.list(LIST_APP_INSTALLATIONS, &path, &[])?;
        while let Some(page) = listing.page::<Page>().await? {
            for installation in &page.installations {
                observe(organization, installation, out).await;
            }
            out.progress(INFO.title);
        }
        Ok(())
    }
}

async fn observe(organization: &Organization, installation: &Installation, out: &mut Recorder) {
    let number = installation.id.to_string();
    let id = organization.thing(TYPE, &number);
    let reasons = vec!["it is the installation of an app".into()];
    let class = Some(Classified { class: Class::NonHuman, reasons });
    let identity = What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }));
    let mut node = Node::new(id.clone(), identity, TYPE, &installation.app_slug);
    node.native_id = Some(number.clone());
    let settings = format!("organizations/{}/settings/installations/{number}", organization.login);
    node.address = Some(organization.address(&settings));
    node.scope = Some(organization.scope());
    node.state = if installation.suspended_at.is_some() { State::Disabled } else { State::Enabled };
    node.created = Some(installation.created_at);
    node.tags.insert("app_id".into(), installation.app_id.to_string());
    node.tags.insert("repository_selection".into(), installation.repository_selection.clone());
    out.node(node).await;

    let grant = grants::of_permissions(
        organization,
        organization.thing("installation-permissions", &number),
        &format!("permissions of {}", installation.app_slug),
        &installation.permissions,
        Extent::of(&installation.repository_selection),
    );
    let held = Edge::stated(id, EdgeKind::HasGrant, grant.id.clone());
    out.node(grant).await;
    out.edge(held).await;
}
