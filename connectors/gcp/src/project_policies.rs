//! `projects.getIamPolicy`: who holds which role on a project, together with what holds from above.

use crate::api::{Operation, Service, segment};
use crate::ids;
use crate::policy::{self, Policy, Resource, VERSION_3};
use crate::session::{Estate, Parent, Session};
use async_trait::async_trait;
use std::borrow::Cow;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{Edge, EdgeKind, Evidence, Facet};

/// <https://cloud.google.com/resource-manager/reference/rest/v3/projects/getIamPolicy>
const GET: Operation = Operation {
    call: ApiCall::read(
        "resourcemanager:GetProjectIamPolicy",
        "resourcemanager.projects.getIamPolicy",
        "Reads who holds which role on a project.",
        "https://cloud.google.com/resource-manager/reference/rest/v3/projects/getIamPolicy",
    ),
    service: Service::ResourceManager,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "project-policies",
    title: "policies of the project",
    provides: &[Facet::Grants],
    types: &[],
    calls: &[GET.call, crate::session::GET_ROLE.call],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct ProjectPolicies;

#[async_trait]
impl Collector<Session> for ProjectPolicies {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let above = above(session, out);
        let held = session.held.as_ref().and_then(|held| held.policy.as_ref());
        let answer = match held {
            Some(policy) => Ok(Cow::Borrowed(policy)),
            None => fetch(session).await.map(Cow::Owned),
        };
        let mut impersonated: Vec<String> = above;
        let outcome = match answer {
            Ok(policy) => {
                let name = session.resource();
                let read = policy::observe(&session.estate, &policy, &Resource::container(&name), out).await;
                if !read.ways.is_empty() {
                    impersonated.push(name);
                }
                for failed in read.failed {
                    out.failed(&failed.error(""));
                }
                Ok(())
            }
            Err(error) => Err(error),
        };
        // Without all service accounts, ways are missing as well.
        let (emails, missing) = session.accounts(GET.call);
        for resource in &impersonated {
            for email in emails {
                let to = ids::service_account(email);
                let edge = Edge::stated(ids::impersonators(resource), EdgeKind::CanAssume, to);
                let what = format!("a role on {resource} holds for every service account in it");
                out.edge(edge.shown_by(Evidence::new(what, "IAM policy"))).await;
            }
        }
        if let Some(error) = missing.filter(|_| !impersonated.is_empty()) {
            out.failed(&error);
        }
        outcome
    }
}

async fn fetch(session: &Session) -> Result<Policy, CallError> {
    let path = format!("v3/projects/{}:getIamPolicy", segment(&session.project.id));
    session.estate.api.post(GET, &path, &[], Some(VERSION_3)).await
}

/// The scopes above from which somebody may act as the accounts of this project. What was not read of those above is
/// a gap of this project's grants.
fn above(session: &Session, out: &mut Recorder) -> Vec<String> {
    let mut impersonated = Vec::new();
    for step in chain(&session.estate, &session.project.parent) {
        let Some(name) = step else {
            let reason = "what lies above the project was not read, so roles that are held there are missing";
            out.failed(&CallError::new(GET.call, FailureKind::Other, reason));
            break;
        };
        let Some(policies) = session.estate.policies.get() else {
            let reason = format!("the policy of {name} was not read, and its roles hold here too");
            out.failed(&CallError::new(GET.call, FailureKind::Other, &reason));
            continue;
        };
        if let Some(failed) = policies.failed.get(&name) {
            out.failed(&failed.error(&format!("of {name}, whose roles hold here too: ")));
        }
        if policies.impersonated.contains(&name) {
            impersonated.push(name);
        }
    }
    impersonated
}

/// The scopes above, the nearest first; `None` where it is not known how it goes on.
fn chain(estate: &Estate, parent: &Parent) -> Vec<Option<String>> {
    let mut steps = Vec::new();
    let mut next = match parent {
        Parent::Is(name) => Some(name.clone()),
        Parent::Nothing => return steps,
        Parent::Unread => return vec![None],
    };
    while let Some(name) = next {
        let known = estate.tree.get().and_then(|tree| tree.containers.get(&name));
        if steps.contains(&Some(name.clone())) {
            return steps;
        }
        let Some(above) = known else {
            steps.push(None);
            return steps;
        };
        steps.push(Some(name.clone()));
        next = above.clone();
        // A folder always lies in something; one without was not read.
        if next.is_none() && name.starts_with("folders/") {
            steps.push(None);
        }
    }
    steps
}
