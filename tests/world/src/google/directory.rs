//! The directory of Google Workspace in the JSON of the Admin SDK (`admin.directory_v1`): people, and the applications
//! that they let act in their names.

use super::estate::{Directory, GoogleConsent, GoogleUser};
use super::wire::Answer;
use serde_json::{Value, json};

impl Directory {
    /// The people who are there, or those who were deleted.
    pub(super) fn users(&self, deleted: bool) -> Answer {
        let users = self.users.iter().filter(|user| user.deleted == deleted);
        Answer::Many("users", users.map(|user| self.user(user)).collect())
    }

    /// The consents of somebody who is there.
    pub(super) fn tokens(&self, id_or_email: &str) -> Option<Answer> {
        let known = |user: &&GoogleUser| !user.deleted && (user.id == id_or_email || user.email == id_or_email);
        let user = self.users.iter().find(known)?;
        let mut answer = json!({"kind": "admin#directory#tokenList", "etag": "\"1\""});
        // Nobody's consents: the field is missing.
        if !user.tokens.is_empty() {
            answer["items"] = user.tokens.iter().map(|consent| token(user, consent)).collect();
        }
        Some(Answer::One(answer))
    }

    fn user(&self, user: &GoogleUser) -> Value {
        let mut value = json!({
            "kind": "admin#directory#user",
            "id": user.id,
            "etag": "\"1\"",
            "primaryEmail": user.email,
            "isAdmin": user.email == self.admin,
            "isDelegatedAdmin": false,
            "creationTime": "2019-04-01T08:00:00.000Z",
            "lastLoginTime": "2026-01-05T08:00:00.000Z",
            "customerId": self.customer,
            "orgUnitPath": "/",
            "suspended": user.suspended,
            "archived": user.archived,
            "isEnrolledIn2Sv": !user.suspended,
            "isEnforcedIn2Sv": true,
        });
        if user.deleted {
            value["deletionTime"] = json!("2026-01-20T08:00:00.000Z");
        }
        value
    }
}

fn token(user: &GoogleUser, consent: &GoogleConsent) -> Value {
    json!({
        "kind": "admin#directory#token",
        "etag": "\"1\"",
        "clientId": consent.client_id.as_deref().unwrap_or("anonymous"),
        "displayText": consent.name,
        "anonymous": consent.client_id.is_none(),
        "nativeApp": false,
        "userKey": user.id,
        "scopes": consent.scopes,
    })
}
