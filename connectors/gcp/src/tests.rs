//! Whole scans of the invented organisation: what is seen, and what is said of everything that is not.

mod assets;
mod authority;
mod faults;
mod organization;
mod sign_in;
mod workspace;

use crate::Gcp;
use whose_connect::{CancellationToken, ConnectError, Connector, Event, NetworkSettings, ScanContext, Sink};
use whose_model::{Coverage, Edge, EdgeKind, Node, NodeId, Observation};
use whose_world::{Google, GoogleServer, World};

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

    fn rows(&self, collector: &str) -> Vec<&Coverage> {
        self.coverage.iter().filter(|coverage| coverage.source.collector == collector).collect()
    }

    fn row(&self, collector: &str, scope: &NodeId) -> &Coverage {
        let rows = self.rows(collector);
        rows.into_iter()
            .find(|row| row.scope == *scope)
            .unwrap_or_else(|| panic!("{collector} says nothing of {scope}"))
    }

    fn edge(&self, from: &NodeId, kind: EdgeKind, to: &NodeId) -> &Edge {
        let found = self.edges.iter().find(|edge| edge.from == *from && edge.kind == kind && edge.to == *to);
        found.unwrap_or_else(|| panic!("{from} -{kind:?}-> {to} was not seen"))
    }
}

fn world() -> World {
    World::new(7, "2026-11-24T22:00:00Z".parse().unwrap())
}

async fn organization() -> (Google, GoogleServer, String) {
    let google = world().google();
    let server = google.serve().await.unwrap();
    let target = format!("organization={},subject={}", google.estate().organization, google.estate().directory.admin);
    (google, server, target)
}

async fn scan(server: &GoogleServer, target: &str) -> Scan {
    scan_until(server, target, CancellationToken::new()).await
}

async fn scan_until(server: &GoogleServer, target: &str, cancel: CancellationToken) -> Scan {
    let folder = tempfile::tempdir().unwrap();
    let credentials = server.write_credentials(folder.path()).unwrap();
    let target = format!("{target},credentials={}", credentials.display());
    read(&server.endpoint(), &target, cancel).await
}

async fn scan_at(endpoint: &str, target: &str) -> Scan {
    read(endpoint, target, CancellationToken::new()).await
}

async fn read(endpoint: &str, target: &str, cancel: CancellationToken) -> Scan {
    let (sink, mut events) = Sink::channel(8);
    let network = NetworkSettings { endpoint: Some(endpoint.into()), ..NetworkSettings::default() };
    let context = ScanContext { as_of: "2026-11-24T22:00:00Z".parse().unwrap(), sink, cancel, network };
    let running = async move { Gcp::default().scan(target, &context).await };
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

fn account(google: &Google, name: &str) -> NodeId {
    let mut emails = google.estate().accounts().map(|(_, account)| account.email.as_str());
    let email = emails.find(|email| email.starts_with(name)).unwrap_or_else(|| panic!("no account {name}"));
    NodeId::new("gcp", "", "service-account", email)
}

fn scope(kind: &str, id: &str) -> NodeId {
    NodeId::new("gcp", "", kind, id)
}
