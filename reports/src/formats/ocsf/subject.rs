//! What findings are about, in the words of OCSF: resources, accounts and clouds.

use super::objects::{Account, Cloud, Owner, Resource, present};
use crate::words::term;
use serde_json::{Value, json};
use std::collections::HashMap;
use whose_model::{
    CredentialView, Finding, GrantView, IdentityView, LastUsed, NodeId, NodeView, OwnerBand, Report, Timestamp,
};

/// The views of a report by id.
pub(super) struct Subjects<'a> {
    pub(super) identities: HashMap<&'a NodeId, &'a IdentityView>,
    pub(super) credentials: HashMap<&'a NodeId, &'a CredentialView>,
    pub(super) grants: HashMap<&'a NodeId, &'a GrantView>,
    others: HashMap<&'a NodeId, &'a NodeView>,
}

impl<'a> Subjects<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        Self {
            identities: report.identities.iter().map(|view| (&view.id, view)).collect(),
            credentials: report.credentials.iter().map(|view| (&view.id, view)).collect(),
            grants: report.grants.iter().map(|view| (&view.id, view)).collect(),
            others: report.others.iter().map(|view| (&view.id, view)).collect(),
        }
    }

    /// The subject, which is affected, and the identity that is concerned with it.
    pub(super) fn resources(&self, finding: &'a Finding) -> Vec<Resource<'a>> {
        let mut resources = vec![self.resource(&finding.subject, &finding.subject_name, (3, "Affected"))];
        if let Some(identity) = finding.identity.as_ref().filter(|identity| **identity != finding.subject) {
            let name = self.identities.get(identity).map_or(identity.as_str(), |view| view.name.as_str());
            resources.push(self.resource(identity, name, (4, "Related")));
        }
        resources
    }

    fn resource(&self, id: &'a NodeId, name: &'a str, (role_id, role): (u8, &'static str)) -> Resource<'a> {
        let identity = self.identities.get(id);
        let data = self.credentials.get(id).map(|view| credential(view)).or_else(|| identity.map(|view| facts(view)));
        Resource {
            uid: id.as_str(),
            uid_alt: identity.and_then(|view| view.address.as_deref().or(view.native_id.as_deref())),
            name,
            r#type: id.type_name(),
            role_id,
            role,
            owner: identity.and_then(|view| owner(view)),
            data,
        }
    }

    /// The cloud of a finding, when it lies in one.
    pub(super) fn cloud(&self, finding: &Finding) -> Option<Cloud<'a>> {
        let provider = match finding.subject.provider() {
            "aws" => "AWS",
            "azure" => "Azure",
            "gcp" => "GCP",
            _ => return None,
        };
        let scope = finding.scope.as_ref().filter(|scope| scope.provider() == finding.subject.provider());
        let view = scope.and_then(|scope| self.others.get(scope));
        Some(Cloud {
            provider,
            cloud_partition: view.filter(|_| provider == "AWS").map(|view| view.id.realm().to_owned()),
            account: view.map(|view| account(view)),
        })
    }
}

fn account(view: &NodeView) -> Account<'_> {
    let (type_id, r#type) = match (view.id.provider(), view.id.type_name()) {
        ("aws", "account") => (10, "AWS Account"),
        ("gcp", "project") => (11, "GCP Project"),
        ("azure", "subscription") => (13, "Azure Subscription"),
        (_, other) => (99, other),
    };
    let name = (!view.name.is_empty()).then_some(view.name.as_str());
    Account { uid: view.id.local(), name, type_id, r#type }
}

/// Who answers for an identity, when the evidence suffices to say so.
fn owner(view: &IdentityView) -> Option<Owner<'_>> {
    let ownership = view.ownership.as_ref()?;
    let settled = matches!(ownership.band, OwnerBand::Owned | OwnerBand::Probable);
    let best = ownership.candidates.first().filter(|_| settled)?;
    Some(Owner { name: &best.name, uid: best.owner.as_str() })
}

/// What OCSF has no attribute for in a credential.
fn credential(view: &CredentialView) -> Value {
    present(json!({
        "state": term(view.state),
        "kind": term(view.kind),
        "created_time": view.created.map(milliseconds),
        "rotated_time": view.rotated.map(milliseconds),
        "expiration_time": view.expires.map(milliseconds),
        "last_used_time": last_used(view.last_used.as_ref()),
    }))
}

/// What OCSF has no attribute for in an identity.
fn facts(view: &IdentityView) -> Value {
    present(json!({
        "state": term(view.state),
        "class": term(view.class.class),
        "tier": term(view.privilege.tier),
        "ownership": view.ownership.as_ref().map(|ownership| term(ownership.band)),
        "purpose": view.lifecycle.purpose,
        "created_time": view.created.map(milliseconds),
        "expiration_time": view.lifecycle.expiry.map(milliseconds),
        "last_used_time": last_used(view.last_used.as_ref()),
    }))
}

pub(super) fn last_used(used: Option<&LastUsed>) -> Option<i64> {
    used.and_then(LastUsed::at).map(milliseconds)
}

pub(super) fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond()
}
