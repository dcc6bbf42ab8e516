//! `graph:ListGroupMembers`: who holds a role through a group. Only groups that hold something are asked.

use crate::ids::GROUP;
use crate::session::{Session, typed_holder};
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Edge, EdgeKind, Facet, Node, State, What};

/// <https://learn.microsoft.com/en-us/graph/api/group-list>
const LIST_GROUPS: ApiCall = ApiCall::read(
    "graph:ListGroups",
    "GroupMember.Read.All",
    "Reads the names of groups that hold roles.",
    "https://learn.microsoft.com/en-us/graph/api/group-list",
);

/// <https://learn.microsoft.com/en-us/graph/api/group-list-transitivemembers>
const LIST_GROUP_MEMBERS: ApiCall = ApiCall::read(
    "graph:ListGroupMembers",
    "GroupMember.Read.All",
    "Reads who holds a role through a group.",
    "https://learn.microsoft.com/en-us/graph/api/group-list-transitivemembers",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "group-members",
    title: "members of groups that hold roles",
    provides: &[Facet::Grants],
    types: &[GROUP],
    calls: &[LIST_GROUPS, LIST_GROUP_MEMBERS],
    switched_on_by: None,
};

/// How many values a filter may hold.
const ASKED_AT_ONCE: usize = 15;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    id: String,
    display_name: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
}

/// The listing.
pub(crate) struct GroupMembers;

#[async_trait]
impl Collector<Session> for GroupMembers {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let groups: Vec<String> = session.known().groups.iter().cloned().collect();
        for some in groups.chunks(ASKED_AT_ONCE) {
            let ids: Vec<String> = some.iter().map(|id| format!("'{id}'")).collect();
            let path = format!("/v1.0/groups?$filter=id in ({})&$select=id,displayName", ids.join(","));
            for group in session.graph.all::<Group>(LIST_GROUPS, &path).await? {
                let name = group.display_name.as_deref().unwrap_or(&group.id);
                let mut node = Node::new(session.tenant.group(&group.id), What::Group, GROUP, name);
                node.native_id = Some(group.id.clone());
                node.scope = Some(session.tenant.scope());
                node.state = State::Enabled;
                out.node(node).await;
            }
        }
        for id in &groups {
            let path = format!("/v1.0/groups/{id}/transitiveMembers?$top=999&$select=id");
            let mut listing = session.graph.list(LIST_GROUP_MEMBERS, &path)?;
            while let Some(page) = listing.page::<Member>().await? {
                for member in page {
                    let kind = match member.kind.as_deref() {
                        Some("#microsoft.graph.user") => "User",
                        Some("#microsoft.graph.servicePrincipal") => "ServicePrincipal",
                        // Groups within it are already resolved to their members; devices hold no roles.
                        _ => continue,
                    };
                    if let Some(holder) = typed_holder(&session.tenant, kind, &member.id) {
                        out.edge(Edge::stated(holder, EdgeKind::MemberOf, session.tenant.group(id))).await;
                    }
                }
            }
        }
        Ok(())
    }
}
