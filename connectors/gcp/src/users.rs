//! `users.list` of the Admin SDK: the people of Google Workspace, with what tells whether they are still there.

use crate::api::{Api, Operation, Page, Service};
use crate::delegation::USERS;
use crate::directory::{self, People, SWITCHED_ON_BY};
use crate::ids;
use crate::session::Estate;
use async_trait::async_trait;
use serde::Deserialize;
use std::sync::PoisonError;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Class, Classified, Facet, IdentityDetail, Node, State, Timestamp, What};

/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list>
const LIST: Operation = Operation {
    call: ApiCall::read(
        "directory:ListUsers",
        USERS,
        "Tells whether the people who own things or let applications in are still there.",
        "https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list",
    ),
    service: Service::Directory,
};
/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list>
const LIST_DELETED: Operation = Operation {
    call: ApiCall::read(
        "directory:ListDeletedUsers",
        USERS,
        "Tells which people were deleted within the last twenty days.",
        "https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list",
    ),
    service: Service::Directory,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "users",
    title: "people of Google Workspace and whether they are there",
    provides: &[Facet::Identities, Facet::OwnerStatus],
    types: &["user"],
    calls: &[LIST.call, LIST_DELETED.call],
    switched_on_by: Some(SWITCHED_ON_BY),
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct User {
    id: String,
    primary_email: String,
    aliases: Vec<String>,
    suspended: bool,
    archived: bool,
    #[serde(rename = "isEnrolledIn2Sv")]
    is_enrolled_in_2_sv: Option<bool>,
    creation_time: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct UsersPage {
    users: Vec<User>,
    next_page_token: String,
}

impl Page for UsersPage {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// The listing.
pub(crate) struct Users;

#[async_trait]
impl Collector<Estate> for Users {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, estate: &Estate, out: &mut Recorder) -> Result<(), CallError> {
        let Some(api) = directory::client(estate, LIST.call, out)? else { return Ok(()) };
        let mut people = People::default();
        let present = read(estate, api, LIST, &mut people, out).await;
        people.complete = present.is_ok();
        // Without all who are there, nobody can be told from a deleted namesake.
        let outcome = match present {
            Ok(()) => read(estate, api, LIST_DELETED, &mut people, out).await,
            Err(error) => Err(error),
        };
        *estate.directory.people.lock().unwrap_or_else(PoisonError::into_inner) = people;
        outcome
    }
}

async fn read(
    estate: &Estate,
    api: &Api,
    operation: Operation,
    people: &mut People,
    out: &mut Recorder,
) -> Result<(), CallError> {
    let deleted = operation.call == LIST_DELETED.call;
    let customer = estate.customer().unwrap_or("my_customer");
    let mut query = vec![("customer", customer), ("maxResults", "500")];
    query.extend(deleted.then_some(("showDeleted", "true")));
    let mut listing = api.list::<UsersPage>(operation, "admin/directory/v1/users".into(), &query);
    while let Some(page) = listing.page().await? {
        for user in page.users {
            if user.id.is_empty() || user.primary_email.is_empty() {
                let reason = "the answer cannot be read: it holds somebody without an id or an e-mail";
                return Err(CallError::new(operation.call, FailureKind::Malformed, reason));
            }
            let email = user.primary_email.to_lowercase();
            // Whoever was made anew under the same name is there, though a namesake was deleted.
            if deleted && people.emails.contains(&email) {
                continue;
            }
            out.node(node(estate, &user, &email, deleted)).await;
            if !deleted {
                people.emails.insert(email.clone());
                people.by_id.insert(user.id, email);
            }
        }
        out.progress("people");
    }
    Ok(())
}

fn node(estate: &Estate, user: &User, email: &str, deleted: bool) -> Node {
    let class = Classified { class: Class::Human, reasons: vec!["it is a user account of Google Workspace".into()] };
    let detail = IdentityDetail { class: Some(class), mfa: user.is_enrolled_in_2_sv, ..IdentityDetail::default() };
    let mut node = Node::new(ids::user(email), What::Identity(Box::new(detail)), "user", email);
    node.native_id = Some(user.id.clone());
    node.scope = Some(estate.scope());
    node.created = user.creation_time;
    // Whoever is archived is not let in: that is how leavers are kept without a full licence.
    node.state = match (deleted, user.suspended || user.archived) {
        (true, _) => State::Deleted,
        (false, true) => State::Disabled,
        (false, false) => State::Enabled,
    };
    node.tags = [("archived", user.archived), ("suspended", user.suspended)]
        .into_iter()
        .filter(|(_, is)| *is)
        .map(|(name, _)| (name.to_owned(), "true".to_owned()))
        .collect();
    // Owners are named by either.
    node.tags.extend(user.aliases.first().map(|alias| ("mail".to_owned(), alias.to_lowercase())));
    node
}
