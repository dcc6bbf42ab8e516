//! OpenGraph is judged by the constraints of its documentation, and by whether its edges lead somewhere.

use super::*;
use crate::sample;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use whose_model::{Edge, EdgeKind, NodeId};

fn written(report: &Report) -> Value {
    let mut out = Vec::new();
    OpenGraph.write(report, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// The estate with the edge to a place that a scan of a repository makes.
fn leaky() -> Report {
    let mut report = sample::report();
    let place = NodeId::new("git", "github.com/acme/payments", "location", "deploy/.env@worktree#12");
    let secret = report.secrets[0].id.clone();
    report.edges.push(Edge::stated(secret.clone(), EdgeKind::LeakedIn, place));
    report.edges.push(Edge::stated(secret, EdgeKind::IsValueOf, report.credentials[0].id.clone()));
    report
}

#[test]
fn the_graph_keeps_the_documented_constraints() {
    let schema = include_str!("../../../schemas/opengraph.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    for report in [leaky(), sample::empty(), sample::hostile(), sample::large(100)] {
        let graph = written(&report);
        let errors: Vec<_> = validator.iter_errors(&graph).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let mut broken = written(&leaky());
    broken["graph"]["nodes"][0]["properties"]["objectid"] = "x".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn every_end_of_an_edge_is_a_node_and_no_node_stands_twice() {
    for report in [leaky(), sample::hostile(), sample::large(100)] {
        let graph = written(&report);
        let nodes: Vec<_> =
            graph["graph"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
        let ids: BTreeSet<_> = nodes.iter().collect();
        assert_eq!(ids.len(), nodes.len());
        for edge in graph["graph"]["edges"].as_array().unwrap() {
            for end in ["start", "end"] {
                assert!(ids.contains(&edge[end]["value"].as_str().unwrap()), "{edge}");
            }
        }
    }
}

#[test]
fn every_kind_is_defined_in_the_extension() {
    let definition: Value = serde_json::from_str(&opengraph_extension()).unwrap();
    let names = |list: &str| -> BTreeSet<String> {
        definition[list].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let (nodes, edges) = (names("node_kinds"), names("relationship_kinds"));
    assert_eq!((nodes.len(), edges.len()), (kinds::NODES.len(), kinds::EDGES.len()));
    assert!(nodes.iter().chain(&edges).all(|name| name.starts_with("NHI_") && name.len() > 4));
    let graph = written(&leaky());
    for kind in graph["graph"]["nodes"].as_array().unwrap().iter().flat_map(|node| node["kinds"].as_array().unwrap()) {
        assert!(nodes.contains(kind.as_str().unwrap()), "{kind}");
    }
    for edge in graph["graph"]["edges"].as_array().unwrap() {
        assert!(edges.contains(edge["kind"].as_str().unwrap()), "{edge}");
    }
    let traversable: BTreeMap<_, _> = definition["relationship_kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["is_traversable"].as_bool().unwrap()))
        .collect();
    assert!(traversable["NHI_CanAssume"] && traversable["NHI_IsValueOf"] && !traversable["NHI_OwnedBy"]);
}

#[test]
fn people_places_and_scopes_are_what_they_are() {
    let graph = written(&leaky());
    let nodes = graph["graph"]["nodes"].as_array().unwrap();
    let kinds = |name: &str| nodes.iter().find(|node| node["properties"]["name"] == name).unwrap()["kinds"].clone();
    assert_eq!(kinds("alice"), serde_json::json!(["NHI_Identity", "NHI_Human"]));
    assert_eq!(kinds("ci-deployer"), serde_json::json!(["NHI_Identity"]));
    assert_eq!(kinds("deploy/.env@worktree#12"), serde_json::json!(["NHI_Location"]));
    assert_eq!(kinds("deploy"), serde_json::json!(["NHI_Named"]));
    let contained = graph["graph"]["edges"].as_array().unwrap().iter().filter(|edge| edge["kind"] == "NHI_Contains");
    assert_eq!(contained.count(), sample::report().identities.len() + sample::report().credentials.len());
}

#[test]
fn never_used_and_nobody_looked_are_different_properties() {
    let graph = written(&leaky());
    let usage: BTreeSet<_> = graph["graph"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| node["properties"]["usage_coverage"].as_str())
        .collect();
    assert_eq!(usage, BTreeSet::from(["never-observed", "not-collected", "observed"]));
}
