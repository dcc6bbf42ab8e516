//! `graph:ListServicePrincipalSignInActivities` and `graph:ListAppCredentialSignInActivities`: when applications and
//! their credentials were last used. Both are reports of the beta endpoint and need a premium licence.

use crate::ids::{CERTIFICATE, PRINCIPAL, SECRET};
use crate::session::{KnownCredential, Session};
use async_trait::async_trait;
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::HashMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, IdentityDetail, LastUsed, Node, Timestamp, Usage, What};

/// <https://learn.microsoft.com/en-us/graph/api/reportroot-list-serviceprincipalsigninactivities>
const LIST_SERVICE_PRINCIPAL_SIGN_IN_ACTIVITIES: ApiCall = ApiCall::read(
    "graph:ListServicePrincipalSignInActivities",
    "AuditLog.Read.All",
    "Tells when each application last signed in.",
    "https://learn.microsoft.com/en-us/graph/api/reportroot-list-serviceprincipalsigninactivities",
);

/// <https://learn.microsoft.com/en-us/graph/api/reportroot-list-appcredentialsigninactivities>
const LIST_APP_CREDENTIAL_SIGN_IN_ACTIVITIES: ApiCall = ApiCall::read(
    "graph:ListAppCredentialSignInActivities",
    "AuditLog.Read.All",
    "Tells when each secret and certificate was last used.",
    "https://learn.microsoft.com/en-us/graph/api/reportroot-list-appcredentialsigninactivities",
);

/// What the listing of identities' use is.
pub(crate) const OF_PRINCIPALS: CollectorInfo = CollectorInfo {
    id: "service-principal-sign-in-activities",
    title: "last sign-ins of applications",
    provides: &[Facet::IdentityUse],
    types: &[PRINCIPAL],
    calls: &[LIST_SERVICE_PRINCIPAL_SIGN_IN_ACTIVITIES],
    switched_on_by: None,
};

/// What the listing of credentials' use is.
pub(crate) const OF_CREDENTIALS: CollectorInfo = CollectorInfo {
    id: "app-credential-sign-in-activities",
    title: "last use of secrets and certificates",
    provides: &[Facet::CredentialUse],
    types: &[SECRET, CERTIFICATE],
    calls: &[LIST_APP_CREDENTIAL_SIGN_IN_ACTIVITIES],
    switched_on_by: None,
};

/// Where a report has no row there was no sign-in as far back as sign-in logs are kept. How much further the reports
/// reach is not documented, so no more is claimed.
const LOGS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrincipalActivity {
    app_id: String,
    application_authentication_client_sign_in_activity: Option<Activity>,
    delegated_client_sign_in_activity: Option<Activity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialActivity {
    key_id: String,
    sign_in_activity: Option<Activity>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activity {
    last_sign_in_date_time: Option<Timestamp>,
}

/// The listing of identities' use.
pub(crate) struct OfPrincipals;

#[async_trait]
impl Collector<Session> for OfPrincipals {
    fn info(&self) -> &'static CollectorInfo {
        &OF_PRINCIPALS
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let call = LIST_SERVICE_PRINCIPAL_SIGN_IN_ACTIVITIES;
        let path = "/beta/reports/servicePrincipalSignInActivities";
        let found: Vec<PrincipalActivity> = session.graph.all(call, path).await?;
        out.horizon(session.as_of - LOGS_ARE_KEPT);
        let used: HashMap<String, Option<Timestamp>> =
            found.into_iter().map(|one| (one.app_id.to_lowercase(), as_client(&one))).collect();
        let principals: Vec<(String, String, String)> = {
            let known = session.known();
            let named = |object: &String| known.principals.get(object).cloned().unwrap_or_default();
            known.principals_by_app.iter().map(|(app, object)| (app.clone(), object.clone(), named(object))).collect()
        };
        for (app_id, object_id, name) in principals {
            let id = session.tenant.principal(&object_id);
            let mut node = Node::new(id, What::Identity(Box::<IdentityDetail>::default()), PRINCIPAL, &name);
            node.last_used = Some(last_used(session, used.get(&app_id).copied().flatten(), call));
            out.node(node).await;
        }
        Ok(())
    }
}

/// Only what it did as a client shows that it is in use: others may ask for tokens for it whether it lives or not.
fn as_client(found: &PrincipalActivity) -> Option<Timestamp> {
    let both = [found.application_authentication_client_sign_in_activity, found.delegated_client_sign_in_activity];
    both.into_iter().flatten().filter_map(|activity| activity.last_sign_in_date_time).max()
}

/// The listing of credentials' use.
pub(crate) struct OfCredentials;

#[async_trait]
impl Collector<Session> for OfCredentials {
    fn info(&self) -> &'static CollectorInfo {
        &OF_CREDENTIALS
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let call = LIST_APP_CREDENTIAL_SIGN_IN_ACTIVITIES;
        let path = "/beta/reports/appCredentialSignInActivities";
        let found: Vec<CredentialActivity> = session.graph.all(call, path).await?;
        out.horizon(session.as_of - LOGS_ARE_KEPT);
        let mut used: HashMap<String, Timestamp> = HashMap::new();
        for one in found {
            // One row a resource that was asked for: the latest counts.
            let Some(at) = one.sign_in_activity.and_then(|activity| activity.last_sign_in_date_time) else { continue };
            used.entry(one.key_id.to_lowercase()).and_modify(|known| *known = at.max(*known)).or_insert(at);
        }
        let credentials: Vec<(String, KnownCredential)> =
            session.known().credentials.iter().map(|(key, known)| (key.clone(), known.clone())).collect();
        for (key, known) in credentials {
            let kind = known.id.type_name().to_owned();
            let mut node = Node::new(known.id, What::Credential(known.detail), &kind, &known.name);
            node.last_used = Some(last_used(session, used.get(&key).copied(), call));
            out.node(node).await;
        }
        Ok(())
    }
}

fn last_used(session: &Session, at: Option<Timestamp>, call: ApiCall) -> LastUsed {
    let horizon = session.as_of - LOGS_ARE_KEPT;
    LastUsed {
        usage: at.map_or(Usage::Never, Usage::At),
        // A date speaks for the whole time since then.
        horizon: at.is_none().then_some(horizon),
        source: call.name.into(),
        what: None,
    }
}
