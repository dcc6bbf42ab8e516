//! `graph:ListUsers`: people, with what tells whether they are still there.

use crate::ids::USER;
use crate::session::Session;
use crate::words::by_machine;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Class, Classified, Facet, IdentityDetail, Node, State, Timestamp, What};

/// <https://learn.microsoft.com/en-us/graph/api/user-list>
const LIST_USERS: ApiCall = ApiCall::read(
    "graph:ListUsers",
    "User.Read.All",
    "Tells whether the people who own applications are still there.",
    "https://learn.microsoft.com/en-us/graph/api/user-list",
);

/// <https://learn.microsoft.com/en-us/graph/api/directory-deleteditems-list>
const LIST_DELETED_USERS: ApiCall = ApiCall::read(
    "graph:ListDeletedUsers",
    "User.Read.All",
    "Tells which people were deleted within the last thirty days.",
    "https://learn.microsoft.com/en-us/graph/api/directory-deleteditems-list",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "users",
    title: "people and whether they are there",
    provides: &[Facet::Identities, Facet::OwnerStatus],
    types: &[USER],
    calls: &[LIST_USERS, LIST_DELETED_USERS],
    switched_on_by: None,
};

const SELECT: &str = "id,userPrincipalName,displayName,mail,accountEnabled,userType,createdDateTime";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
    user_principal_name: Option<String>,
    display_name: Option<String>,
    mail: Option<String>,
    account_enabled: Option<bool>,
    user_type: Option<String>,
    created_date_time: Option<Timestamp>,
}

/// The listing.
pub(crate) struct Users;

#[async_trait]
impl Collector<Session> for Users {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let deleted = format!("/v1.0/directory/deletedItems/microsoft.graph.user?$top=100&$select={SELECT}");
        // The recycle bin is worth less than the list, and must not keep us from it.
        if let Err(error) = read(session, LIST_DELETED_USERS, &deleted, true, out).await {
            out.failed(&error);
        }
        read(session, LIST_USERS, &format!("/v1.0/users?$top=999&$select={SELECT}"), false, out).await?;
        session.known().complete.insert(INFO.id);
        Ok(())
    }
}

async fn read(
    session: &Session,
    call: ApiCall,
    path: &str,
    deleted: bool,
    out: &mut Recorder,
) -> Result<(), CallError> {
    let mut listing = session.graph.list(call, path)?;
    while let Some(page) = listing.page::<User>().await? {
        for user in page {
            session.known().users.insert(user.id.to_lowercase());
            out.node(observe(session, user, deleted)).await;
        }
    }
    Ok(())
}

fn observe(session: &Session, user: User, deleted: bool) -> Node {
    let agent = user.kind.as_deref() == Some("#microsoft.graph.agentUser");
    let guest = user.user_type.as_deref() == Some("Guest");
    let class = if agent {
        by_machine("it is the user account of an agent")
    } else {
        let reason = if guest { "it is a guest's user account" } else { "it is a user account of the directory" };
        Classified { class: Class::Human, reasons: vec![reason.into()] }
    };
    let detail = IdentityDetail { class: Some(class), third_party: Some(guest), ..IdentityDetail::default() };
    // The sign-in name is what owners are named by.
    let name = user.user_principal_name.as_deref().unwrap_or(&user.id);
    let mut node = Node::new(session.tenant.user(&user.id), What::Identity(Box::new(detail)), USER, name);
    node.native_id = Some(user.id.clone());
    node.address.clone_from(&user.user_principal_name);
    node.scope = Some(session.tenant.scope());
    node.created = user.created_date_time;
    node.state = match (deleted, user.account_enabled) {
        (true, _) => State::Deleted,
        (false, Some(true)) => State::Enabled,
        (false, Some(false)) => State::Disabled,
        (false, None) => State::Unknown,
    };
    let facts = [("displayName", user.display_name), ("mail", user.mail), ("userType", user.user_type)];
    node.tags = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    node
}
