//! Policy Analyzer's activities: when accounts and keys were last used, as far as its observation period reaches.
//! Requests with API keys that are bound to an account are not among them.

use crate::api::{Operation, Page, Service, segment};
use crate::ids;
use crate::session::Session;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Facet, LastUsed, Node, Timestamp, Usage, What};

/// <https://cloud.google.com/policy-intelligence/docs/activity-analyzer-service-account-authentication>
const OF_ACCOUNTS: Operation = Operation {
    call: ApiCall::read(
        "policyanalyzer:ListServiceAccountLastAuthentications",
        "policyanalyzer.serviceAccountLastAuthenticationActivities.query",
        "Reads when service accounts were last used.",
        "https://cloud.google.com/policy-intelligence/docs/activity-analyzer-service-account-authentication",
    ),
    service: Service::PolicyAnalyzer,
};
/// <https://cloud.google.com/policy-intelligence/docs/activity-analyzer-service-account-authentication>
const OF_KEYS: Operation = Operation {
    call: ApiCall::read(
        "policyanalyzer:ListServiceAccountKeyLastAuthentications",
        "policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query",
        "Reads when keys of service accounts were last used.",
        "https://cloud.google.com/policy-intelligence/docs/activity-analyzer-service-account-authentication",
    ),
    service: Service::PolicyAnalyzer,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "last-authentications",
    title: "last use of service accounts and keys",
    provides: &[Facet::IdentityUse, Facet::CredentialUse],
    types: &["service-account-key"],
    calls: &[OF_ACCOUNTS.call, OF_KEYS.call],
    switched_on_by: None,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Activity {
    full_resource_name: String,
    activity: Authentication,
    observation_period: Period,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Authentication {
    last_authenticated_time: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Period {
    start_time: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Activities {
    activities: Vec<Activity>,
    next_page_token: String,
}

impl Page for Activities {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// The listing.
pub(crate) struct LastAuthentications;

#[async_trait]
impl Collector<Session> for LastAuthentications {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let accounts = read(session, OF_ACCOUNTS, "serviceAccountLastAuthentication", out).await;
        let keys = read(session, OF_KEYS, "serviceAccountKeyLastAuthentication", out).await;
        if let Err(error) = &accounts {
            out.failed(error);
        }
        keys
    }
}

async fn read(session: &Session, operation: Operation, kind: &str, out: &mut Recorder) -> Result<(), CallError> {
    let project = segment(&session.project.id);
    let path = format!("v1/projects/{project}/locations/global/activityTypes/{kind}/activities:query");
    let mut listing = session.estate.api.list::<Activities>(operation, path, &[("pageSize", "1000")]);
    while let Some(page) = listing.page().await? {
        for activity in page.activities {
            let Some(mut node) = named(&activity.full_resource_name) else {
                let reason = "the answer speaks of something that is neither a service account nor a key";
                out.failed(&CallError::new(operation.call, FailureKind::Malformed, reason));
                continue;
            };
            let horizon = activity.observation_period.start_time;
            if let Some(start) = horizon {
                out.horizon(start);
            }
            node.scope = Some(session.scope());
            node.last_used = Some(used(&activity, operation.call));
            out.node(node).await;
        }
    }
    Ok(())
}

/// What the activity says. Without a period, "no use" says nothing, since nobody knows of which time.
fn used(activity: &Activity, call: ApiCall) -> LastUsed {
    let horizon = activity.observation_period.start_time;
    let usage = match (activity.activity.last_authenticated_time, horizon) {
        (Some(at), _) => Usage::At(at),
        (None, Some(_)) => Usage::Never,
        (None, None) => Usage::NotCollected,
    };
    // A use that was seen was seen, however far back the period reaches now.
    let horizon = match usage {
        Usage::At(at) => horizon.map(|start| start.min(at)),
        _ => horizon,
    };
    LastUsed { usage, horizon, source: call.name.into(), what: None }
}

/// The account or key that a full resource name names.
fn named(name: &str) -> Option<Node> {
    let (_, rest) = name.split_once("/serviceAccounts/")?;
    match rest.split_once("/keys/") {
        Some((_, key)) => {
            let detail = CredentialDetail::new(CredentialKind::ServiceAccountKey);
            Some(Node::new(ids::service_account_key(key), What::Credential(detail), "service-account-key", key))
        }
        None => {
            let detail = What::Identity(Box::default());
            Some(Node::new(ids::service_account(rest), detail, "service-account", rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> LastUsed {
        used(&serde_json::from_str(json).unwrap(), OF_KEYS.call)
    }

    #[test]
    fn never_is_told_apart_from_unknown() {
        let period = r#""observationPeriod":{"startTime":"2025-01-01T07:00:00Z","endTime":"2026-11-24T07:00:00Z"}"#;
        let seen = of(&format!(r#"{{"activity":{{"lastAuthenticatedTime":"2026-11-01T07:00:00Z"}},{period}}}"#));
        assert_eq!(seen.usage, Usage::At("2026-11-01T07:00:00Z".parse().unwrap()));
        let never = of(&format!("{{{period}}}"));
        assert_eq!((never.usage, never.horizon), (Usage::Never, Some("2025-01-01T07:00:00Z".parse().unwrap())));
        assert_eq!(of("{}").usage, Usage::NotCollected);
    }
}
