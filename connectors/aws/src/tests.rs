//! Whole scans against replayed replies: what is seen, and what is said of everything that is not.

mod denied;
mod estate;
mod faults;

use crate::connector::scan_account;
use crate::session::SignIn;
use crate::target::Target;
use std::path::Path;
use whose_connect::replay::{Asked, Fixture, Replay, Reply};
use whose_connect::{CancellationToken, ConnectError, Event, NetworkSettings, ScanContext, Sink};
use whose_model::{Coverage, Edge, EdgeKind, Node, NodeId, Observation};

const ACCOUNT: &str = "111122223333";

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

    fn edge(&self, from: &NodeId, kind: EdgeKind, to: &NodeId) -> &Edge {
        let found = self.edges.iter().find(|edge| edge.from == *from && edge.kind == kind && edge.to == *to);
        found.unwrap_or_else(|| panic!("{from} -{kind:?}-> {to} was not seen"))
    }
}

/// A call by its operation, user or provider, and page.
fn by_operation(asked: &Asked) -> String {
    let field = |name: &str| {
        asked
            .body
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
            .map(|value| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let mut name = field("Action").unwrap_or_default();
    let provider = field("OpenIDConnectProviderArn").and_then(|arn| arn.rsplit('/').next().map(Into::into));
    for part in [field("UserName"), provider, field("Marker")].into_iter().flatten() {
        name = format!("{name}@{part}");
    }
    name
}

/// The invented account.
fn estate() -> Fixture {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/estate");
    let report = std::fs::read(folder.join("report/credential-report.csv")).unwrap();
    // The prefixes of ids stand here alone, so that no text of this repository looks like a key.
    let mut texts: Vec<(&str, String)> =
        ["AKIA", "AIDA", "AROA", "AGPA", "ANPA", "ACCA", "APKA"].map(|prefix| (prefix, prefix.to_owned())).into();
    texts.push(("REPORT", data_encoding::BASE64.encode(&report)));
    Fixture::read(&folder, by_operation, &texts)
}

/// An error as IAM words it.
fn refusal(status: u16, code: &str) -> Reply {
    Reply::xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
             <Code>{code}</Code><Message>the message of {code}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
        ),
    )
}

async fn scan(server: &Replay, target: &str) -> Scan {
    scan_until(server, target, CancellationToken::new()).await
}

async fn scan_until(server: &Replay, target: &str, cancel: CancellationToken) -> Scan {
    let (sink, mut events) = Sink::channel(8);
    let network = NetworkSettings { endpoint: Some(server.endpoint().into()), ..NetworkSettings::default() };
    let sign_in = SignIn::for_test(&network).await;
    let target = Target::parse(target).unwrap();
    let context = ScanContext { as_of: "2026-11-24T22:00:00Z".parse().unwrap(), sink, cancel, network };
    let running = async move { scan_account(sign_in, &target, &context).await };
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

fn id(kind: &str, name: &str) -> NodeId {
    NodeId::new("aws", ACCOUNT, kind, name)
}

/// The node of an access key by the part of its id after the prefix.
fn key(rest: &str) -> NodeId {
    NodeId::new("aws", "", "access-key", &["AKIA", rest].concat())
}
