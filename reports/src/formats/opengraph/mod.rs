//! BloodHound OpenGraph: the estate as nodes and edges, and the extension definition that makes BloodHound find
//! paths through them.

mod edge;
mod kinds;
mod node;
mod properties;
mod schema;

use crate::catalogue::buffered;
use crate::inert::InertJson;
use crate::{FormatError, FormatInfo, ReportFormat};
use kinds::SOURCE_KIND;
pub use schema::opengraph_extension;
use serde::Serialize;
use std::io::{self, Write};
use whose_model::Report;

/// The identities, credentials, grants, leaks and owners with the edges between them.
pub struct OpenGraph;

/// The extension definition, which is the same for every report.
pub struct OpenGraphSchema;

const GRAPH: FormatInfo = FormatInfo { id: "opengraph", title: "nodes and edges for BloodHound", extension: "json" };

const SCHEMA: FormatInfo = FormatInfo {
    id: "opengraph-schema",
    title: "the extension definition that BloodHound reads before the graph",
    extension: "json",
};

/// The payload. Its nodes and edges are made while they are written.
#[derive(Serialize)]
struct Payload<'a> {
    metadata: Metadata,
    graph: Graph<'a>,
}

#[derive(Serialize)]
struct Metadata {
    source_kind: &'static str,
}

#[derive(Serialize)]
struct Graph<'a> {
    nodes: node::Nodes<'a>,
    edges: edge::Edges<'a>,
}

impl ReportFormat for OpenGraph {
    fn info(&self) -> &'static FormatInfo {
        &GRAPH
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let payload = Payload {
            metadata: Metadata { source_kind: SOURCE_KIND },
            graph: Graph { nodes: node::Nodes(report), edges: edge::Edges(report) },
        };
        buffered(&GRAPH, out, |out| write_document(&payload, out))
    }
}

impl ReportFormat for OpenGraphSchema {
    fn info(&self) -> &'static FormatInfo {
        &SCHEMA
    }

    fn write(&self, _report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        buffered(&SCHEMA, out, |out| out.write_all(opengraph_extension().as_bytes()))
    }
}

fn write_document(payload: &Payload<'_>, out: &mut dyn Write) -> io::Result<()> {
    let formatter = InertJson(serde_json::ser::CompactFormatter);
    payload.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    writeln!(out)
}

#[cfg(test)]
mod tests;
