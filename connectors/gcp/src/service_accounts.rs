//! `projects.serviceAccounts.list`: the service accounts of a project. They bear no labels, so their keepers write
//! into the description who owns them and until when.

use crate::api::{Operation, Page, Service, segment};
use crate::declared::declarations;
use crate::ids;
use crate::session::{Accounts, Session};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Facet, Node, State, What};

/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/list>
const LIST: Operation = Operation {
    call: ApiCall::read(
        "iam:ListServiceAccounts",
        "iam.serviceAccounts.list",
        "Finds the service accounts of a project, with their descriptions and whether they are disabled.",
        "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/list",
    ),
    service: Service::Iam,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "service-accounts",
    title: "service accounts",
    provides: &[Facet::Identities, Facet::OwnerSignals],
    types: &[],
    calls: &[LIST.call],
    switched_on_by: None,
};

/// A service account, as IAM and Asset Inventory write it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ServiceAccount {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) unique_id: String,
    display_name: String,
    description: String,
    disabled: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServiceAccounts {
    accounts: Vec<ServiceAccount>,
    next_page_token: String,
}

impl Page for ServiceAccounts {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// The listing.
pub(crate) struct ServiceAccountsOfProject;

#[async_trait]
impl Collector<Session> for ServiceAccountsOfProject {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let mut accounts = Accounts::default();
        let outcome = read(session, &mut accounts, out).await;
        accounts.complete = outcome.is_ok();
        // Set once, since this listing runs once a project.
        let _ = session.accounts.set(accounts);
        outcome
    }
}

async fn read(session: &Session, accounts: &mut Accounts, out: &mut Recorder) -> Result<(), CallError> {
    if let Some(held) = &session.held {
        for account in &held.accounts {
            out.node(node(session, account)).await;
            accounts.emails.push(account.email.clone());
        }
        return Ok(());
    }
    let path = format!("v1/projects/{}/serviceAccounts", segment(&session.project.id));
    let mut listing = session.estate.api.list::<ServiceAccounts>(LIST, path, &[("pageSize", "100")]);
    while let Some(page) = listing.page().await? {
        for account in page.accounts {
            if account.email.is_empty() {
                let reason = "the answer holds a service account without an e-mail";
                return Err(CallError::new(LIST.call, FailureKind::Malformed, reason));
            }
            out.node(node(session, &account)).await;
            accounts.emails.push(account.email);
        }
        out.progress("service accounts");
    }
    Ok(())
}

fn node(session: &Session, account: &ServiceAccount) -> Node {
    let detail = What::Identity(Box::default());
    let mut node = Node::new(ids::service_account(&account.email), detail, "service-account", &account.email);
    node.native_id = Some(account.unique_id.clone()).filter(|id| !id.is_empty());
    node.address = Some(format!("//iam.googleapis.com/{}", account.name));
    node.scope = Some(session.scope());
    node.state = if account.disabled { State::Disabled } else { State::Enabled };
    let texts = [&account.description, &account.display_name];
    node.tags = texts.iter().flat_map(|text| declarations(text)).collect();
    // When it was made is told by no listing; the display name alone is no description.
    node.description = Some(account.description.clone()).filter(|text| !text.trim().is_empty());
    node
}
