//! The IAM Analysis Finding: what is wrong with an identity, with what it may do and when it was used.

use super::event::{Event, IAM_ANALYSIS, event};
use super::objects::{Access, Activity, Permissions, Policy, Programmatic, User};
use super::subject::{Subjects, last_used};
use crate::words::term;
use whose_model::{Class, Finding, IdentityView, Report};

/// The event of a finding, when it concerns an identity that the report holds.
pub(super) fn analysis<'a>(report: &'a Report, subjects: &Subjects<'a>, finding: &'a Finding) -> Option<Event<'a>> {
    let view = *subjects.identities.get(finding.identity.as_ref().unwrap_or(&finding.subject))?;
    let user = user(view);
    let mut event = event(report, subjects, finding, IAM_ANALYSIS);
    event.user = Some(user.clone());
    event.identity_activity_metrics = activity(subjects, view);
    event.permission_analysis_results = permissions(subjects, view);
    event.access_analysis_result = Some(Access {
        accessors: [user],
        access_level: term(view.privilege.tier),
        granted_privileges: view.privilege.basis.iter().map(|basis| basis.what.as_str()).collect(),
    });
    Some(event)
}

fn user(view: &IdentityView) -> User<'_> {
    let (type_id, r#type) = match view.class.class {
        Class::Human => (1, "User"),
        Class::NonHuman => (4, "Service"),
        Class::Unknown => (0, "Unknown"),
    };
    let uid_alt = view.address.as_deref().or(view.native_id.as_deref());
    User { uid: view.id.as_str(), uid_alt, name: &view.name, type_id, r#type }
}

fn activity<'a>(subjects: &Subjects<'a>, view: &'a IdentityView) -> Option<Activity<'a>> {
    let credentials = view.credentials.iter().filter_map(|id| subjects.credentials.get(id));
    let programmatic_credentials: Vec<_> = credentials
        .map(|credential| Programmatic {
            uid: credential.id.as_str(),
            r#type: &credential.r#type,
            last_used_time: last_used(credential.last_used.as_ref()),
        })
        .collect();
    let last_seen_time = last_used(view.last_used.as_ref());
    let known = last_seen_time.is_some() || !programmatic_credentials.is_empty();
    known.then_some(Activity { last_seen_time, programmatic_credentials })
}

fn permissions<'a>(subjects: &Subjects<'a>, view: &'a IdentityView) -> Vec<Permissions<'a>> {
    let grants = view.grants.iter().filter_map(|id| subjects.grants.get(id));
    grants
        .map(|grant| Permissions {
            policy: Policy { uid: grant.id.as_str(), name: &grant.name, r#type: &grant.r#type, is_applied: true },
        })
        .collect()
}
