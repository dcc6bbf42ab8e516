//! The detectors, one table.

use super::{cell, word};
use anyhow::{Context, Result};
use whose_detect::Engine;

pub(super) fn page() -> Result<String> {
    let engine = Engine::new().context("building the detectors")?;
    let mut text = String::from(
        "# Detectors\n\nWhat is found in repositories. Each detector is an entry of `crates/whose-detect/detectors`, with samples \
         that it must find and near-misses that it must not. Only a keyed fingerprint, a masked hint and what the format \
         gives away leave the detection engine.\n\n| detector | finds | confidence | format |\n|---|---|---|---|\n",
    );
    for info in engine.detectors() {
        text += &format!(
            "| `{}` | {} | {} | [vendor's page]({}) |\n",
            info.id,
            cell(info.title),
            word(info.confidence),
            info.docs
        );
    }
    Ok(text)
}
