//! The extension definition. Without it BloodHound stores the graph and searches it, and finds no path through it.

use super::kinds::{self, NAMESPACE};
use serde_json::{Value, json};

/// The version of the kinds. It grows when one is added, renamed or goes.
const VERSION: &str = "v1.0.0";

/// The extension definition document, to be installed in BloodHound before the first graph.
pub fn opengraph_extension() -> String {
    let nodes: Vec<Value> = kinds::NODES
        .iter()
        .map(|words| {
            json!({
                "name": words.kind,
                "display_name": words.title,
                "description": words.what,
                "is_display_kind": words.shown,
                "icon": words.icon,
                "color": words.color,
            })
        })
        .collect();
    let edges: Vec<Value> = kinds::EDGES
        .iter()
        .map(|kind| {
            let (name, what) = kinds::edge(*kind);
            json!({ "name": name, "description": what, "is_traversable": kind.is_traversable() })
        })
        .collect();
    let document = json!({
        "schema": {
            "name": "Whose",
            "display_name": "Whose: non-human identities",
            "version": VERSION,
            "namespace": NAMESPACE,
        },
        "node_kinds": nodes,
        "relationship_kinds": edges,
    });
    format!("{document:#}\n")
}
