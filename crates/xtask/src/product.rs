//! The door to the tasks that link the scanner. A small build of xtask starts the whole one, so that the others
//! need not wait for it.

use anyhow::Result;
use std::path::Path;

/// Writes or checks the reference pages.
#[cfg(feature = "product")]
pub(crate) fn docs(root: &Path, check: bool) -> Result<()> {
    crate::docs::run(root, check)
}

/// Writes or checks the reference pages, in a build that knows the scanner.
#[cfg(not(feature = "product"))]
pub(crate) fn docs(root: &Path, check: bool) -> Result<()> {
    let arguments: Vec<String> = check.then(|| "--check".into()).into_iter().collect();
    again(root, "docs", &arguments)
}

/// Runs a task again in a build that knows the scanner.
#[cfg(not(feature = "product"))]
pub(crate) fn again(root: &Path, task: &str, arguments: &[String]) -> Result<()> {
    let mut command = crate::workspace::cargo(root);
    command.args(["run", "--quiet", "--package", "xtask", "--features", "product", "--", task]).args(arguments);
    crate::workspace::run(&mut command)
}
