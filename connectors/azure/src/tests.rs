//! Whole scans of the invented tenant on loopback: what is seen, and what is said of everything that is not.

mod estate;
mod faults;
mod sign_in;

use crate::{Azure, AzureSignIn};
use std::time::Duration;
use whose_connect::{CancellationToken, ConnectError, Event, NetworkSettings, RetryPolicy, ScanContext, Sink};
use whose_model::{Coverage, Edge, EdgeKind, Node, NodeId, Observation};
use whose_world::{EntraServer, EntraTenant, World};

/// What a scan gave.
struct Scan {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    coverage: Vec<Coverage>,
    outcome: Result<(), ConnectError>,
}

impl Scan {
    /// The node of an id, as its listings together saw it.
    fn node(&self, id: &NodeId) -> Node {
        let mut seen = self.nodes.iter().filter(|node| node.id == *id).cloned();
        let mut node = seen.next().unwrap_or_else(|| panic!("{id} was not seen"));
        seen.for_each(|other| node.merge(other));
        node
    }

    fn sees(&self, id: &NodeId) -> bool {
        self.nodes.iter().any(|node| node.id == *id)
    }

    fn coverage(&self, collector: &str) -> &Coverage {
        let mut all = self.coverage.iter().filter(|coverage| coverage.source.collector == collector);
        let one = all.next().unwrap_or_else(|| panic!("{collector} left no coverage"));
        assert!(all.next().is_none(), "{collector} left coverage twice");
        one
    }

    fn targets(&self, from: &NodeId, kind: EdgeKind) -> Vec<NodeId> {
        self.edges.iter().filter(|edge| edge.from == *from && edge.kind == kind).map(|edge| edge.to.clone()).collect()
    }
}

/// The company, its tenant as it was drawn, and the server.
struct Estate {
    tenant: EntraTenant,
    server: EntraServer,
}

async fn estate() -> Estate {
    let world = World::new(11, "2026-11-24T22:00:00Z".parse().unwrap());
    Estate { tenant: world.entra(), server: world.serve_entra().await.unwrap() }
}

impl Estate {
    async fn scan(&self) -> Scan {
        let variables = self.server.environment();
        let sign_in = AzureSignIn::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        });
        scan_as(&self.server, sign_in, "").await
    }

    /// The client id of an application by its name.
    fn app_id(&self, name: &str) -> String {
        let objects = self.tenant.applications.iter().chain(&self.tenant.service_principals);
        let found = objects.filter(|object| object["displayName"] == name).find_map(|object| object["appId"].as_str());
        found.unwrap_or_else(|| panic!("{name} is no application")).to_owned()
    }

    fn application(&self, name: &str) -> NodeId {
        NodeId::new("azure", "", "application", &self.app_id(name))
    }

    fn principal(&self, name: &str) -> NodeId {
        let found = self.tenant.service_principals.iter().find(|object| object["displayName"] == name);
        NodeId::new("azure", &self.tenant.id, "service-principal", found.unwrap()["id"].as_str().unwrap())
    }

    fn user(&self, name: &str) -> NodeId {
        let users = self.tenant.users.iter().chain(&self.tenant.deleted_users);
        let mut users = users.filter(|user| user["userPrincipalName"].as_str().unwrap().starts_with(name));
        NodeId::new("azure", &self.tenant.id, "user", users.next().unwrap()["id"].as_str().unwrap())
    }
}

async fn scan_as(server: &EntraServer, sign_in: AzureSignIn, target: &str) -> Scan {
    let (sink, mut events) = Sink::channel(8);
    let network = NetworkSettings { endpoint: Some(server.endpoint()), ..NetworkSettings::default() };
    let cancel = CancellationToken::new();
    let context = ScanContext { as_of: "2026-11-24T22:00:00Z".parse().unwrap(), sink, cancel, network };
    let pause = Duration::from_millis(2);
    let retry = RetryPolicy { attempts: 3, first_pause: pause, longest_pause: pause };
    let running = async move { Azure::new(sign_in).scan_with(target, &context, retry).await };
    let reading = async {
        let (mut nodes, mut edges, mut coverage) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(event) = events.recv().await {
            match event {
                Event::Seen { observation: Observation::Node(node), .. } => nodes.push(*node),
                Event::Seen { observation: Observation::Edge(edge), .. } => edges.push(*edge),
                Event::Coverage(one) => coverage.push(one),
                Event::Progress { .. } => {}
            }
        }
        (nodes, edges, coverage)
    };
    let (outcome, (nodes, edges, coverage)) = tokio::join!(running, reading);
    Scan { nodes, edges, coverage, outcome }
}
