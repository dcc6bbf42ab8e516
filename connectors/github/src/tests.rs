//! Whole scans against the invented organisation: what is seen, and what is said of everything that is not.

mod app;
mod code;
mod denied;
mod estate;
mod faults;

use crate::{Github, GithubSignIn, Token};
use std::collections::BTreeSet;
use std::time::Duration;
use whose_connect::{
    CancellationToken, ConnectError, Connector, Event, Handover, NetworkSettings, RetryPolicy, ScanContext, Sink,
};
use whose_model::{Coverage, CoverageState, Edge, EdgeKind, Node, NodeId, Observation};
use whose_world::{GithubServer, World};

/// What a scan gave.
struct Scan {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    coverage: Vec<Coverage>,
    handed: Vec<Handover>,
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

    /// The node of a type and name.
    fn named(&self, kind: &str, name: &str) -> Node {
        let found = self.nodes.iter().find(|node| node.r#type == kind && node.name == name);
        self.node(&found.unwrap_or_else(|| panic!("no {kind} {name} was seen")).id)
    }

    fn coverage(&self, collector: &str) -> &Coverage {
        let mut all = self.coverage.iter().filter(|coverage| coverage.source.collector == collector);
        let one = all.next().unwrap_or_else(|| panic!("{collector} left no coverage"));
        assert!(all.next().is_none(), "{collector} left coverage twice");
        one
    }

    /// The collectors that did not read everything.
    fn incomplete(&self) -> BTreeSet<&str> {
        let incomplete = self.coverage.iter().filter(|coverage| coverage.state != CoverageState::Complete);
        incomplete.map(|coverage| coverage.source.collector.as_str()).collect()
    }

    /// Where edges of a kind lead from a node.
    fn to(&self, from: &NodeId, kind: EdgeKind) -> Vec<&NodeId> {
        self.edges.iter().filter(|edge| edge.from == *from && edge.kind == kind).map(|edge| &edge.to).collect()
    }

    /// Everything that was seen, in an order of its own, without the nodes of some types.
    fn others(&self, without: &[&str]) -> BTreeSet<String> {
        let nodes = self.nodes.iter().filter(|node| !without.contains(&node.r#type.as_str()));
        nodes.map(|node| serde_json::to_string(node).unwrap()).collect()
    }
}

fn world() -> World {
    World::new(42, "2026-11-24T22:00:00Z".parse().unwrap())
}

async fn scan(server: &GithubServer) -> Scan {
    scan_as(server, Token::new("not-checked"), CancellationToken::new()).await
}

async fn scan_as(server: &GithubServer, token: Option<Token>, cancel: CancellationToken) -> Scan {
    scan_target(server, "Tallowmere", token, cancel).await
}

async fn scan_target(server: &GithubServer, target: &str, token: Option<Token>, cancel: CancellationToken) -> Scan {
    scan_signed_in(server, target, token.map(GithubSignIn::from).unwrap_or_default(), cancel).await
}

async fn scan_signed_in(server: &GithubServer, target: &str, sign_in: GithubSignIn, cancel: CancellationToken) -> Scan {
    let (sink, mut events) = Sink::channel(8);
    let (hand, mut handed) = tokio::sync::mpsc::channel(64);
    let sink = sink.handing_over_to(hand);
    let network = NetworkSettings { endpoint: Some(server.endpoint()), ..NetworkSettings::default() };
    let context = ScanContext { as_of: world().as_of(), sink, cancel, network };
    let mut github = Github::new(sign_in);
    // The pauses of a real scan would only make the tests slow.
    let pause = Duration::from_millis(5);
    github.retry = RetryPolicy { attempts: 4, first_pause: pause, longest_pause: pause };
    let running = async move { github.scan(target, &context).await };
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
    let mut handovers = Vec::new();
    while let Some(handover) = handed.recv().await {
        handovers.push(handover);
    }
    Scan { nodes, edges, coverage, handed: handovers, outcome }
}

fn id(kind: &str, name: &str) -> NodeId {
    NodeId::new("github", "github.com", kind, name)
}
