//! The arrows between our crates, as the table below allows them. Any other arrow that `cargo metadata` knows is
//! a fault: the core stays pure and connectors stay apart because this table says so.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::path::Path;

use crate::tidy::Fault;

/// What a crate may use of ours. A connector has one row for all of them.
const MAY_USE: &[(&str, &[&str])] = &[
    ("whose-model", &[]),
    ("whose-detect", &["whose-model"]),
    ("whose-connect", &["whose-model"]),
    ("whose-graph", &["whose-model"]),
    ("whose-rules", &["whose-model", "whose-graph"]),
    ("whose-store", &["whose-model"]),
    ("whose-reports", &["whose-model"]),
    ("whose-scan", &["whose-model", "whose-connect", "whose-detect", "whose-graph", "whose-rules"]),
    (CONNECTOR, &["whose-model", "whose-connect", "whose-detect"]),
    // The invented company serves providers and writes repositories; it knows nothing of who scans it.
    ("whose-world", &["whose-model"]),
];

/// The row of every crate `connector-<id>`.
const CONNECTOR: &str = "connector-*";

/// Crates that stand on top and may use all others.
const TOP: &[&str] = &["whose-cli", "whose-tests", "xtask"];

/// One dependency between two of our crates.
#[derive(Debug)]
struct Arrow {
    from: String,
    to: String,
    dev: bool,
}

/// Every arrow of the workspace that the table does not allow.
pub(crate) fn faults(root: &Path) -> Result<Vec<Fault>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("reading `cargo metadata`")?;
    let packages = metadata.workspace_packages();
    let ours = |name: &str| packages.iter().any(|package| package.name.as_str() == name);
    let mut faults = Vec::new();
    for package in &packages {
        let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap_or(&package.manifest_path);
        for dependency in package.dependencies.iter().filter(|dependency| ours(&dependency.name)) {
            let arrow = Arrow {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                dev: dependency.kind == DependencyKind::Development,
            };
            if let Some(why) = objection(&arrow) {
                faults.push(Fault::new(manifest.as_std_path(), 0, why));
            }
        }
    }
    Ok(faults)
}

/// Why an arrow is not allowed; `None` when it is.
fn objection(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, dev } = arrow;
    let connector = |name: &str| name.starts_with("connector-");
    if connector(from) && connector(to) {
        return Some(format!("{from} uses {to}: connectors never use each other, not even in tests"));
    }
    if TOP.contains(&from.as_str()) || *dev {
        return None;
    }
    let row = if connector(from) { CONNECTOR } else { from };
    match MAY_USE.iter().find(|(name, _)| *name == row) {
        None => Some(format!("{from} is not in the table of xtask's layers.rs: say there what it may use")),
        Some((_, allowed)) if allowed.contains(&to.as_str()) => None,
        Some((_, allowed)) => Some(format!("{from} uses {to}, but may use only: {}", allowed.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(from: &str, to: &str, dev: bool) -> bool {
        objection(&Arrow { from: from.into(), to: to.into(), dev }).is_none()
    }

    #[test]
    fn every_arrow_of_the_workspace_is_in_the_table() {
        let faults = faults(&crate::workspace::root().unwrap()).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn the_table_says_which_arrows_are_allowed() {
        assert!(allowed("whose-rules", "whose-graph", false));
        assert!(allowed("connector-aws", "whose-connect", false));
        assert!(allowed("whose-cli", "connector-aws", false));
        assert!(allowed("whose-rules", "whose-world", true), "tests may look anywhere");
        assert!(!allowed("whose-model", "whose-connect", false));
        assert!(!allowed("whose-graph", "whose-rules", false));
        assert!(!allowed("whose-reports", "whose-graph", false));
        assert!(!allowed("connector-aws", "connector-repos", false));
        assert!(!allowed("connector-aws", "connector-repos", true), "not even in tests");
        assert!(!allowed("whose-new", "whose-model", false), "an unknown crate has to be entered");
    }
}
