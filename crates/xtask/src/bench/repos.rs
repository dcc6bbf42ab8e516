//! A measurement with a yardstick: the scanner and a tool that everyone has, on the same input, in one run, so that
//! the ratio means the same on any machine.

use super::cost::{Cost, measure, scanner};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Git's own fastest way to read all objects. In the order of their ids it takes four times as long.
const YARDSTICK: [&str; 5] = ["cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"];

/// Measures and prints a table.
pub(super) fn run(root: &Path, repository: &Path, rounds: u32) -> Result<()> {
    let repository = repository.canonicalize().with_context(|| format!("looking for {}", repository.display()))?;
    let program = scanner(root)?;
    let scratch = tempfile::tempdir().context("making a folder for the scanner's store")?;
    let mut git = Command::new("git");
    git.arg("-C").arg(&repository).args(YARDSTICK);
    let mut whose = Command::new(program);
    whose.arg("scan").arg(&repository).args(["--format", "json=report.json", "--data-dir", "data"]);
    whose.current_dir(scratch.path());

    let mut yardstick = Vec::new();
    let mut scan = Vec::new();
    for _ in 0..rounds {
        yardstick.push(measure(&mut git, &[0])?);
        // Findings and gaps are results too.
        scan.push(measure(&mut whose, &[0, 1, 3])?);
    }
    let (yardstick, scan) = (Cost::least(&yardstick), Cost::least(&scan));
    println!("{:<46} {:>9} {:>9} {:>10}", "least of the rounds", "CPU s", "wall s", "peak MiB");
    for (name, cost) in
        [("git cat-file of all objects, in stored order", yardstick), ("whose scan, report and store", scan)]
    {
        println!("{name:<46} {:>9.2} {:>9.2} {:>10.0}", cost.cpu, cost.wall, cost.peak_mib);
    }
    println!("{:<46} {:>9.2} {:>9.2}", "ratio", scan.cpu / yardstick.cpu, scan.wall / yardstick.wall);
    Ok(())
}
