//! The real binary in an environment of its own.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use whose_model::{NodeId, Report};
use whose_world::{Served, World, aws_id};

/// The binary with a data folder of its own, seeing nothing of the machine's accounts.
pub(crate) struct Product {
    folder: TempDir,
    endpoint: Option<String>,
    environment: Vec<(&'static str, String)>,
}

/// What one run printed, and how it ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Product {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), endpoint: None, environment: Vec::new() }
    }

    /// The same, with AWS at `endpoint`.
    pub(crate) fn at(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.to_string());
        self
    }

    /// The same, with more variables.
    pub(crate) fn with(mut self, variables: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// The binary beside the whole company, which is served while the second half lives.
    pub(crate) async fn beside(world: &World) -> Result<(Self, Served)> {
        let product = Self::new();
        let served = world.serve(product.root()).await?;
        Ok((product.with(served.environment()), served))
    }

    /// Scans the whole company, which must end complete.
    pub(crate) fn scan_company(&self, served: &Served) -> Result<Report> {
        let targets: Vec<&str> = served.targets().iter().map(String::as_str).collect();
        self.scan(&targets, &[0])
    }

    /// A path in the product's own folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A command that is ready to run.
    pub(crate) fn command<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(&self, args: I) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whose-under-test"));
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path().join("home"))
            .env("WHOSE_DATA_DIR", self.folder.path().join("data"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_REGION", "us-east-1")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .args(args);
        if let Some(endpoint) = &self.endpoint {
            command
                .env("AWS_ENDPOINT_URL", endpoint)
                .env("AWS_ACCESS_KEY_ID", "test")
                .env("AWS_SECRET_ACCESS_KEY", "test");
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end.
    pub(crate) fn run<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(&self, args: I) -> Result<Run> {
        Run::of(self.command(args).output().context("the binary did not start")?)
    }

    /// Scans, and reads the JSON report. The exit code must be one of `codes`.
    pub(crate) fn scan(&self, targets: &[&str], codes: &[i32]) -> Result<Report> {
        let mut args = vec!["scan"];
        args.extend(targets);
        args.extend(["--format", "json"]);
        let run = self.run(args)?;
        ensure!(codes.contains(&run.code), "exit {} instead of {codes:?}: {}", run.code, run.stderr);
        serde_json::from_str(&run.stdout).with_context(|| format!("no report: {}", run.stderr))
    }
}

impl Run {
    fn of(output: Output) -> Result<Self> {
        Ok(Self {
            code: output.status.code().context("ended by a signal")?,
            stdout: String::from_utf8(output.stdout).context("stdout is not UTF-8")?,
            stderr: String::from_utf8(output.stderr).context("stderr is not UTF-8")?,
        })
    }
}

/// An invented AWS key of an account.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Key {
    pub(crate) fn new(account: &str, seed: u64) -> Self {
        let [.., a, b, c, d, e] = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        let secret = whose_detect::expand("{base64:40}", seed).expect("the template is right");
        Self { id: aws_id("AKIA", account, [a, b, c, d, e]), secret }
    }

    /// As shell scripts hold it.
    pub(crate) fn exported(&self) -> String {
        format!("export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\n", self.id, self.secret)
    }
}

/// What a report finds, as comparable pairs.
pub(crate) fn found(report: &Report) -> BTreeSet<(String, NodeId)> {
    report.findings.iter().map(|finding| (finding.rule.clone(), finding.subject.clone())).collect()
}
