//! The JSON Schemas that other programs read our files by.

use anyhow::{Context, Result};
use std::path::PathBuf;
use whose_model::{record_schema, report_schema};

pub(super) fn pages() -> Result<Vec<(PathBuf, String)>> {
    [("report.schema.json", report_schema()), ("observations.schema.json", record_schema())]
        .into_iter()
        .map(|(name, schema)| {
            let text = serde_json::to_string_pretty(&schema).with_context(|| format!("writing {name}"))?;
            Ok((PathBuf::from(name), text + "\n"))
        })
        .collect()
}
