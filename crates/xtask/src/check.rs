//! The one command before a commit: every step with its time, and at the first failure its name. The tests are
//! counted over all their binaries, because a suite that ran nothing must not look like one that passed.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs all steps in order.
pub(crate) fn run(root: &Path) -> Result<()> {
    let begin = Instant::now();
    step("fmt", || crate::workspace::run(crate::workspace::cargo(root).args(["fmt", "--all", "--check"])))?;
    step("tidy", || crate::tidy::run(root))?;
    step("clippy", || {
        let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
        crate::workspace::run(crate::workspace::cargo(root).args(arguments))
    })?;
    // The check of the reference pages is a test too. It is run alone first, in the build that all tests share,
    // so that its message does not drown among theirs.
    step("docs", || {
        let arguments = ["test", "--workspace", "--locked", "--quiet", "--bin", "xtask", "docs::"];
        crate::workspace::run(crate::workspace::cargo(root).args(arguments))
    })?;
    let tally = step("test", || test(root))?;
    eprintln!("all steps passed in {:.0} s", begin.elapsed().as_secs_f64());
    println!("{tally}");
    Ok(())
}

fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("== {name}");
    let begin = Instant::now();
    let outcome = work().with_context(|| format!("step `{name}` failed"));
    eprintln!(
        "== {name}: {} in {:.1} s",
        if outcome.is_ok() { "passed" } else { "failed" },
        begin.elapsed().as_secs_f64()
    );
    outcome
}

/// What the test binaries reported, summed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    ignored: Vec<String>,
    failures: Vec<String>,
    binaries: u64,
}

impl Tally {
    /// Takes in one line of libtest's output.
    fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            let number = |word: &str| -> u64 {
                let words: Vec<&str> = result.split_whitespace().collect();
                let at = words.iter().position(|candidate| candidate.trim_end_matches(';') == word);
                at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
            };
            self.passed += number("passed");
            self.failed += number("failed");
            self.binaries += 1;
        } else if let Some((name, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) {
            match outcome {
                "FAILED" => self.failures.push(name.to_owned()),
                _ if outcome.starts_with("ignored") => self.ignored.push(name.to_owned()),
                _ => {}
            }
        }
    }

    /// Whether the suite may be called passed: tests ran, and none failed.
    fn verdict(&self) -> Result<()> {
        if self.failed > 0 {
            bail!("{} of {} tests failed:\n  {}", self.failed, self.passed + self.failed, self.failures.join("\n  "));
        }
        if self.passed == 0 {
            bail!("no test ran: {} test binaries reported", self.binaries);
        }
        Ok(())
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.ignored.is_empty() {
            writeln!(f, "{} not run: {}", self.ignored.len(), self.ignored.join(", "))?;
        }
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs every test of the workspace, with the output on this terminal, and counts.
fn test(root: &Path) -> Result<Tally> {
    let mut command = crate::workspace::cargo(root);
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).stdout(Stdio::piped());
    let tally = counted(&mut command)?;
    tally.verdict().inspect_err(|_| println!("{tally}"))?;
    Ok(tally)
}

fn counted(command: &mut Command) -> Result<Tally> {
    let mut child = command.spawn().context("starting `cargo test`")?;
    let output = child.stdout.take().context("the output of `cargo test` is piped")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("reading the output of `cargo test`")?;
        println!("{line}");
        tally.read(&line);
    }
    let status = child.wait().context("waiting for `cargo test`")?;
    // Failed tests are reported by the verdict, with their names; anything else (a build that breaks, a test
    // binary that aborts) shows in the status alone.
    if !status.success() && tally.failed == 0 {
        println!("{tally}");
        bail!("`cargo test` ended with {status} although no test is reported as failed: see above");
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn results_of_all_binaries_are_summed_and_ignored_tests_named() {
        let tally = tally(
            "running 2 tests\ntest a::b ... ok\ntest a::slow ... ignored, takes an hour\n\
             test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: ok. 41 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.binaries), (42, 0, 2));
        assert_eq!(tally.to_string(), "1 not run: a::slow\n42 passed, 0 failed");
        assert!(tally.verdict().is_ok());
    }

    #[test]
    fn a_failed_test_is_named() {
        let tally = tally("test a::b ... FAILED\ntest result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured");
        assert_eq!(tally.to_string(), "3 passed, 1 failed");
        assert!(tally.verdict().unwrap_err().to_string().contains("a::b"));
    }

    #[test]
    fn a_suite_that_ran_nothing_has_not_passed() {
        assert!(tally("").verdict().is_err());
        assert!(tally("test result: ok. 0 passed; 0 failed; 0 ignored").verdict().is_err());
    }

    #[test]
    fn a_build_that_breaks_is_not_a_pass() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test result: ok. 1 passed; 0 failed'; exit 101"]).stdout(Stdio::piped());
        assert!(counted(&mut command).unwrap_err().to_string().contains("101"));
    }
}
