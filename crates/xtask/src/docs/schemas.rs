//! The documents that other programs read our files by: JSON Schemas, and BloodHound's extension definition.

use anyhow::{Context, Result};
use std::path::PathBuf;
use whose_model::{record_schema, report_schema};
use whose_reports::opengraph_extension;

pub(super) fn pages() -> Result<Vec<(PathBuf, String)>> {
    let schemas = [("report.schema.json", report_schema()), ("observations.schema.json", record_schema())];
    let mut pages = vec![(PathBuf::from("opengraph.extension.json"), opengraph_extension())];
    for (name, schema) in schemas {
        let text = serde_json::to_string_pretty(&schema).with_context(|| format!("writing {name}"))?;
        pages.push((PathBuf::from(name), text + "\n"));
    }
    Ok(pages)
}
