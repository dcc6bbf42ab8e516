//! The detectors: one table, by vendor.

use super::cell;
use anyhow::{Context, Result};
use whose_detect::Engine;
use whose_model::SecretConfidence;

pub(super) fn page() -> Result<String> {
    let engine = Engine::new().context("building the detectors")?;
    let mut detectors: Vec<_> = engine.detectors().collect();
    detectors.sort_by_key(|info| vendor(info.id));
    let of = |confidence| detectors.iter().filter(|info| info.confidence == confidence).count();
    let mut text = format!(
        "# Detectors\n\nWhat is found in repositories: {} formats of {} vendors and tools. Each detector is an entry of \
         `crates/whose-detect/detectors`, with samples that it must find and near-misses that it must not. Only a keyed \
         fingerprint, a masked hint and what the format gives away leave the detection engine. A match is joined with the \
         credentials and identities of the inventory by what the fifth column names.\n\nThere are three tiers:\n\n\
         - **exact** ({}): a format that nothing else has, often with a checksum that is recomputed; confidence high.\n\
         - **context** ({}): a format that many things have, beside the name of its vendor; confidence medium.\n\
         - **generic** ({}): an assignment, a command or a file that holds something like a password, whoever's it is, \
         and keys of test modes; confidence low.\n\n",
        detectors.len(),
        detectors.chunk_by(|left, right| vendor(left.id) == vendor(right.id)).count(),
        of(SecretConfidence::High),
        of(SecretConfidence::Medium),
        of(SecretConfidence::Low),
    );
    text += "| vendor | detector | finds | tier | joined by | format |\n|---|---|---|---|---|---|\n";
    for group in detectors.chunk_by(|left, right| vendor(left.id) == vendor(right.id)) {
        for (at, info) in group.iter().enumerate() {
            text += &format!(
                "| {} | `{}` | {} | {} | {} | [page]({}) |\n",
                if at == 0 { format!("**{}**", vendor(info.id)) } else { String::new() },
                info.id,
                cell(info.title),
                tier(info.confidence),
                cell(&info.joined_by.join("; ")),
                info.docs
            );
        }
    }
    Ok(text)
}

fn vendor(id: &str) -> &str {
    id.split_once('.').map_or(id, |(vendor, _)| vendor)
}

fn tier(confidence: SecretConfidence) -> &'static str {
    match confidence {
        SecretConfidence::High => "exact",
        SecretConfidence::Medium => "context",
        SecretConfidence::Low => "generic",
    }
}
