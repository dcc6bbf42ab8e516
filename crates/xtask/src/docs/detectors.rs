//! The detectors, one table.

use super::{cell, word};
use anyhow::{Context, Result};
use whose_detect::Engine;

pub(super) fn page() -> Result<String> {
    let engine = Engine::new().context("building the detectors")?;
    let mut text = String::from(
        "# Detectors\n\nWhat is found in repositories. Each detector is an entry of `crates/whose-detect/detectors`, with samples \
         that it must find and near-misses that it must not. Only a keyed fingerprint, a masked hint and what the format \
         gives away leave the detection engine. A match is joined with the credentials and identities of the inventory by what \
         the fourth column names.\n\n| detector | finds | confidence | joined by | format |\n|---|---|---|---|---|\n",
    );
    for info in engine.detectors() {
        text += &format!(
            "| `{}` | {} | {} | {} | [vendor's page]({}) |\n",
            info.id,
            cell(info.title),
            word(info.confidence),
            cell(&info.joined_by.join("; ")),
            info.docs
        );
    }
    Ok(text)
}
