//! Measurements with a yardstick: the scanner and a tool that everyone has, on the same input, in one run, so that
//! the ratio means the same on any machine.

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum What {
    /// A scan of a repository's whole history, beside git reading every object of it
    Repos {
        /// The repository; this one when none is given
        path: Option<PathBuf>,
        /// How many times each is run; the quickest counts
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
    },
}

/// Measures and prints a table.
pub(crate) fn run(root: &Path, what: &What) -> Result<()> {
    match what {
        What::Repos { path, rounds } => repos(root, path.as_deref().unwrap_or(root), *rounds),
    }
}

fn repos(root: &Path, repository: &Path, rounds: u32) -> Result<()> {
    let repository = repository.canonicalize().with_context(|| format!("looking for {}", repository.display()))?;
    let build = ["build", "--release", "--locked", "--package", "whose-cli"];
    crate::workspace::run(crate::workspace::cargo(root).args(build))?;
    let target = crate::workspace::target(root)?;
    let scratch = tempfile::tempdir().context("making a folder for the scanner's store")?;
    let mut git = Command::new("git");
    git.arg("-C").arg(&repository).args(["cat-file", "--batch-all-objects", "--batch"]);
    let mut whose = Command::new(target.join("release/whose"));
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
    println!("{:<44} {:>9} {:>9} {:>10}", "least of the rounds", "CPU s", "wall s", "peak MiB");
    for (name, cost) in
        [("git cat-file --batch-all-objects --batch", yardstick), ("whose scan, report and store", scan)]
    {
        println!("{name:<44} {:>9.2} {:>9.2} {:>10.0}", cost.cpu, cost.wall, cost.peak_mib);
    }
    println!("{:<44} {:>9.2} {:>9.2}", "ratio", scan.cpu / yardstick.cpu, scan.wall / yardstick.wall);
    Ok(())
}

/// What one run of a command took.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// User and system seconds, of the command and all that it started.
    cpu: f64,
    /// Seconds by the clock.
    wall: f64,
    /// The most memory that was resident at once.
    peak_mib: f64,
}

impl Cost {
    /// The least of each: what is above it is noise of the machine. Of memory, the most.
    fn least(costs: &[Self]) -> Self {
        let least = |of: fn(&Self) -> f64| costs.iter().map(of).fold(f64::INFINITY, f64::min);
        Self {
            cpu: least(|cost| cost.cpu),
            wall: least(|cost| cost.wall),
            peak_mib: costs.iter().map(|cost| cost.peak_mib).fold(0.0, f64::max),
        }
    }
}

/// Runs a command with its output thrown away, and reads from the kernel what it took.
fn measure(command: &mut Command, accepted: &[i32]) -> Result<Cost> {
    let begin = Instant::now();
    let shown = format!("{command:?}");
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {shown}"))?;
    let ended = child.wait4().with_context(|| format!("waiting for {shown}"))?;
    let wall = begin.elapsed().as_secs_f64();
    if !ended.status.code().is_some_and(|code| accepted.contains(&code)) {
        bail!("{shown} ended with {}", ended.status);
    }
    let usage = ended.rusage;
    Ok(Cost { cpu: (usage.utime + usage.stime).as_secs_f64(), wall, peak_mib: usage.maxrss as f64 / (1024.0 * 1024.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn work_and_memory_of_a_command_are_seen() {
        let idle = measure(&mut shell("sleep 0.2"), &[0]).unwrap();
        let busy = measure(&mut shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"), &[0]).unwrap();
        assert!(idle.wall >= 0.2 && idle.cpu < idle.wall, "{idle:?}");
        assert!(busy.cpu > idle.cpu, "{busy:?} {idle:?}");
        assert!(busy.peak_mib > 0.5 && busy.peak_mib < 500.0, "{busy:?}");
    }

    #[test]
    fn a_command_that_fails_is_no_measurement() {
        assert!(measure(&mut shell("exit 4"), &[0, 1, 3]).is_err());
        assert!(measure(&mut shell("exit 3"), &[0, 1, 3]).is_ok());
    }
}
