//! Owners of applications and service principals. An owner can add a secret and act as what it owns, so ownership is
//! two relations: who answers for a thing, and who has control of it.

use crate::api::Api;
use crate::ids::owner;
use crate::session::Session;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Recorder};
use whose_model::{Edge, EdgeKind, Evidence, Node, NodeId, OwnerDetail, PartyKind, PartyStatus, What};

/// How many related objects an expanded listing holds at most: a full list may be a cut one.
pub(crate) const EXPANDED_AT_MOST: usize = 20;

/// What is asked of an owner or sponsor.
pub(crate) const SELECT: &str = "($select=id,userPrincipalName,displayName)";

/// An owner or sponsor: a user, a group or a service principal.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DirectoryObject {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
    #[serde(rename = "userPrincipalName")]
    user_principal_name: Option<String>,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
}

impl DirectoryObject {
    /// Whether it is the same object.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.id.eq_ignore_ascii_case(&other.id)
    }
}

/// All owners of a thing: those that came with it, or the whole list where that may have been cut.
pub(crate) async fn complete(
    api: &Api,
    call: ApiCall,
    path: &str,
    expanded: Vec<DirectoryObject>,
) -> Result<Vec<DirectoryObject>, CallError> {
    if expanded.len() < EXPANDED_AT_MOST { Ok(expanded) } else { api.all(call, path).await }
}

/// Notes who answers for `subject` and who controls it. `word` is what the service calls them, such as `owner`.
pub(crate) async fn observe(
    session: &Session,
    subject: &NodeId,
    parties: &[DirectoryObject],
    word: &str,
    source: &str,
    out: &mut Recorder,
) {
    for party in parties {
        let kind = party.kind.as_deref().unwrap_or_default().trim_start_matches("#microsoft.graph.");
        let holder = match kind {
            "servicePrincipal" => session.tenant.principal(&party.id),
            "group" => session.tenant.group(&party.id),
            _ => session.tenant.user(&party.id),
        };
        // A sponsor decides about an agent's life and cannot add credentials to it.
        if word == "owner" {
            let mut edge = Edge::stated(holder, EdgeKind::Controls, subject.clone());
            edge.qualifier = word.into();
            out.edge(edge.shown_by(Evidence::new("an owner can add a secret to it", source))).await;
        }
        // A machine can control a thing but cannot answer for it.
        let named = party.user_principal_name.as_ref().map(|name| (name, PartyKind::Person));
        let team = party.display_name.as_ref().filter(|_| kind == "group").map(|name| (name, PartyKind::Team));
        let Some((name, party)) = named.or(team) else { continue };
        let detail = OwnerDetail { party, status: PartyStatus::Unresolved, status_source: None, left: None };
        let id = owner(name);
        out.node(Node::new(id.clone(), What::Owner(detail), "owner", name)).await;
        let mut edge = Edge::stated(subject.clone(), EdgeKind::OwnedBy, id);
        edge.qualifier = word.into();
        out.edge(edge.shown_by(Evidence::new(format!("{word} {name} in Entra"), source))).await;
    }
}
