//! What one run of a command took, as the kernel counts it.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

/// The scanner as users have it, built anew when it is not up to date.
pub(super) fn scanner(root: &Path) -> Result<PathBuf> {
    let build = ["build", "--release", "--locked", "--package", "whose-cli"];
    crate::workspace::run(crate::workspace::cargo(root).args(build))?;
    Ok(crate::workspace::target(root)?.join("release/whose"))
}

/// What one run of a command took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// User and system seconds, of the command and all that it started.
    pub(super) cpu: f64,
    /// Seconds by the clock.
    pub(super) wall: f64,
    /// The most memory that was resident at once.
    pub(super) peak_mib: f64,
}

impl Cost {
    /// The least of each: what is above it is noise of the machine. Of memory, the most.
    pub(super) fn least(costs: &[Self]) -> Self {
        let least = |of: fn(&Self) -> f64| costs.iter().map(of).fold(f64::INFINITY, f64::min);
        Self {
            cpu: least(|cost| cost.cpu),
            wall: least(|cost| cost.wall),
            peak_mib: costs.iter().map(|cost| cost.peak_mib).fold(0.0, f64::max),
        }
    }
}

/// Runs a command with its output thrown away, and reads from the kernel what it took.
pub(super) fn measure(command: &mut Command, accepted: &[i32]) -> Result<Cost> {
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
