//! `graph:ListAgentIdentities`: AI agents, with the people who sponsor them. The plain listing of service principals
//! holds them as well, without sponsors and blueprint; credentials stand on the blueprint, which is an application.

use crate::failure::malformed;
use crate::ids::{PRINCIPAL, application};
use crate::owners::{self, DirectoryObject};
use crate::session::Session;
use crate::words::by_machine;
use async_trait::async_trait;
use serde::Deserialize;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Edge, EdgeKind, Evidence, Facet, IdentityDetail, Node, Timestamp, What};

/// <https://learn.microsoft.com/en-us/graph/api/agentidentity-list>
const LIST_AGENT_IDENTITIES: ApiCall = ApiCall::read(
    "graph:ListAgentIdentities",
    "AgentIdentity.Read.All",
    "Reads AI agents with their blueprints and the people who sponsor them.",
    "https://learn.microsoft.com/en-us/graph/api/agentidentity-list",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "agent-identities",
    title: "AI agents and their sponsors",
    provides: &[Facet::OwnerSignals],
    types: &[PRINCIPAL],
    calls: &[LIST_AGENT_IDENTITIES],
    switched_on_by: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentIdentity {
    id: String,
    display_name: Option<String>,
    created_date_time: Option<Timestamp>,
    agent_identity_blueprint_id: Option<String>,
    #[serde(default)]
    sponsors: Vec<DirectoryObject>,
}

/// The listing.
pub(crate) struct AgentIdentities;

#[async_trait]
impl Collector<Session> for AgentIdentities {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let agents: Vec<String> = session.known().agents.iter().cloned().collect();
        if let Err(error) = read(session, out).await {
            if agents.is_empty() {
                return Err(error);
            }
            // Everything else has told its owners already: only the agents' sponsors are missing.
            let missing = |id: &String| (malformed(error.call, &error.message), session.tenant.principal(id));
            for (gap, agent) in agents.iter().map(missing) {
                out.failed_for(&CallError { kind: error.kind, ..gap }, agent);
            }
        }
        Ok(())
    }
}

async fn read(session: &Session, out: &mut Recorder) -> Result<(), CallError> {
    let select = "id,displayName,createdDateTime,agentIdentityBlueprintId";
    let path = format!(
        "/v1.0/servicePrincipals/microsoft.graph.agentIdentity?$top=100&$select={select}&$expand=sponsors{}",
        owners::SELECT
    );
    let mut listing = session.graph.list(LIST_AGENT_IDENTITIES, &path)?;
    while let Some(page) = listing.page::<AgentIdentity>().await? {
        for agent in page {
            observe(session, agent, out).await;
        }
    }
    Ok(())
}

async fn observe(session: &Session, agent: AgentIdentity, out: &mut Recorder) {
    let id = session.tenant.principal(&agent.id);
    let detail = IdentityDetail {
        class: Some(by_machine("it is an AI agent")),
        instance_of: agent.agent_identity_blueprint_id.as_deref().map(application),
        agent: true,
        ..IdentityDetail::default()
    };
    let name = agent.display_name.as_deref().unwrap_or(&agent.id);
    let mut node = Node::new(id.clone(), What::Identity(Box::new(detail)), PRINCIPAL, name);
    node.native_id = Some(agent.id.clone());
    node.scope = Some(session.tenant.scope());
    node.created = agent.created_date_time;
    out.node(node).await;
    if let Some(blueprint) = &agent.agent_identity_blueprint_id {
        let evidence = Evidence::new("it gets tokens for agents made from it", LIST_AGENT_IDENTITIES.name);
        out.edge(Edge::stated(application(blueprint), EdgeKind::CanAssume, id.clone()).shown_by(evidence)).await;
    }
    owners::observe(session, &id, &agent.sponsors, "sponsor", LIST_AGENT_IDENTITIES.name, out).await;
}
