//! `whose demo`: an invented company on this machine, scanned by the same command that a user would type.

use crate::args::{DemoArgs, Global};
use crate::console::say;
use crate::data::DataFolder;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::{Context, anyhow};
use std::path::{Path, PathBuf};
use tokio::process::Command;
use whose_model::Timestamp;
use whose_world::World;

/// The seed of the company: every demo shows the same one.
const SEED: u64 = 42;

/// What the scan of the demo keeps of this process's environment: the terminal and the system. Whatever signs in
/// somewhere, or leads through a proxy, stays behind.
const KEPT: &[&str] = &[
    "COLUMNS",
    "HOME",
    "LANG",
    "LC_ALL",
    "NO_COLOR",
    "PATH",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "SystemRoot",
    "TEMP",
    "TERM",
    "TMPDIR",
    "USERPROFILE",
];

/// Runs the command.
pub(crate) async fn run(global: &Global, args: DemoArgs) -> Outcome {
    let estate = Estate::prepare(global)?;
    let world = World::new(SEED, Timestamp::now());
    let served = world.serve(&estate.0).await.context("the demo's company cannot be served")?;
    say(&format!(
        "An invented company is served on this machine: AWS on {}, Entra and Azure on {}, Google Cloud on {}, GitHub \
         on {}, and {} repositories in {}.",
        served.aws.endpoint(),
        served.entra.endpoint(),
        served.google.endpoint(),
        served.github.endpoint(),
        served.repositories.len(),
        estate.0.join("repositories").display()
    ));
    let targets = served.targets();
    say(&format!("$ whose scan {} --format terminal --format html={}", targets.join(" "), args.html.display()));

    let program = std::env::current_exe().context("the path of this program is not known")?;
    let mut command = estate.command(&program);
    command.envs(served.environment()).arg("scan").args(targets).args(["--format", "terminal", "--format"]);
    command.arg(format!("html={}", args.html.display()));
    let status = command.status().await.context("the scan of the demo cannot start")?;
    let exit = match status.code() {
        Some(0) => Exit::Complete,
        Some(3) => Exit::Incomplete,
        code => {
            let code = code.map_or_else(|| "a signal".to_string(), |code| format!("code {code}"));
            return Err(Failure::from(anyhow!("the scan of the demo ended with {code}")));
        }
    };
    let html = std::path::absolute(&args.html).unwrap_or_else(|_| args.html.clone());
    say(&format!("\nThe report: {}", html.display()));
    say(&format!("Look further: whose report --data-dir {0}; whose key AKIA… --data-dir {0}", estate.data().display()));
    if args.serve {
        say("Serving until Ctrl-C. To scan it yourself, in another terminal:");
        for (name, value) in served.environment() {
            say(&format!("export {name}={value}"));
        }
        say(&format!("whose scan {}", targets.join(" ")));
        tokio::signal::ctrl_c().await.context("Ctrl-C cannot be awaited")?;
    }
    Ok(exit)
}

/// The folder in which the demo lives, made anew each time.
struct Estate(PathBuf);

impl Estate {
    fn prepare(global: &Global) -> anyhow::Result<Self> {
        let folder = DataFolder::open(global.data_dir.as_deref())?.path().join("demo");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self(folder))
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// This program, seeing nothing of the machine's accounts.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command
            .env("AWS_CONFIG_FILE", self.0.join("no-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.0.join("no-credentials"))
            .env("WHOSE_DATA_DIR", self.data());
        command
    }
}
