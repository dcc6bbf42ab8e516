//! `orgs/get`: the organisation itself. It is the first question, so it also settles whether the token is taken.

use crate::app::{CREATE_TOKEN, GET_INSTALLATION};
use crate::ids::Organization;
use crate::session::Session;
use crate::target::{Target, is_login};
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, CollectorInfo, ConnectError, FailureKind};
use whose_model::{Node, State, Timestamp, What};

/// <https://docs.github.com/rest/orgs/orgs#get-an-organization>
const GET_ORGANIZATION: ApiCall = ApiCall::read(
    "github:GetOrganization",
    "metadata:read",
    "Reads the organisation's name and its settings for everybody.",
    "https://docs.github.com/rest/orgs/orgs#get-an-organization",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "organization",
    title: "the organisation",
    provides: &[],
    types: &[],
    calls: &[GET_ORGANIZATION, GET_INSTALLATION, CREATE_TOKEN],
    switched_on_by: None,
};

/// The organisation, as the API gives it.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// Its login.
    pub(crate) login: String,
    id: u64,
    name: Option<String>,
    description: Option<String>,
    created_at: Option<Timestamp>,
    two_factor_requirement_enabled: Option<bool>,
    default_repository_permission: Option<String>,
}

pub(crate) async fn fetch(session: &Session) -> Result<Answer, CallError> {
    let answer: Answer = session.api.get(GET_ORGANIZATION, &["orgs", &session.organization.login]).await?;
    // A renamed organisation answers under its new name; anything else is another organisation.
    if is_login(&answer.login) && answer.login.eq_ignore_ascii_case(&session.organization.login) {
        Ok(answer)
    } else {
        let reason = format!("the answer speaks of another organisation, {}", answer.login);
        Err(CallError::new(GET_ORGANIZATION, FailureKind::Malformed, &reason))
    }
}

pub(crate) fn observe(organization: &Organization, answer: &Answer) -> Node {
    let name = answer.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&answer.login);
    let mut node = Node::new(organization.scope(), What::Scope, "organization", name);
    node.native_id = Some(answer.id.to_string());
    node.address = Some(organization.address(&answer.login));
    node.state = State::Enabled;
    node.created = answer.created_at;
    node.description.clone_from(&answer.description);
    let two_factor = answer.two_factor_requirement_enabled.map(|required| required.to_string());
    let settings = [
        ("two_factor_requirement_enabled", two_factor),
        ("default_repository_permission", answer.default_repository_permission.clone()),
    ];
    node.tags.extend(settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    node
}

/// Why nothing of the organisation can be read.
pub(crate) fn sign_in_error(target: &Target, error: CallError) -> ConnectError {
    let remedy = match error.kind {
        FailureKind::Denied => {
            "Check the organisation's login and that GITHUB_TOKEN holds a token that works and may see it (an \
             organisation with single sign-on must authorise the token), or that the app of GITHUB_APP_ID is \
             installed there"
        }
        FailureKind::Throttled => "The token has used up what it may ask for; scan again within the hour",
        FailureKind::Unreachable => "Check the network, the proxy and the address of the API",
        _ => "Check the organisation's login and the address of the API",
    };
    ConnectError::SignIn {
        target: format!("the organisation {} on {}", target.org, target.host),
        reason: error.message.clone(),
        remedy: remedy.into(),
        source: Some(Box::new(error)),
    }
}
