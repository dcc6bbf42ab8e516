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

/// Environment that could lead the scan of the demo to a real account or through a proxy.
const FOREIGN: &[&str] = &[
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "WHOSE_CONFIG",
    "WHOSE_STORE",
];

/// Runs the command.
pub(crate) async fn run(global: &Global, args: DemoArgs) -> Outcome {
    let estate = Estate::prepare(global)?;
    let world = World::new(SEED, Timestamp::now());
    let server = world.serve_aws().await.context("the demo's AWS server cannot start")?;
    let repositories =
        world.write_repositories(&estate.repositories()).context("the demo's repositories cannot be made")?;
    say(&format!(
        "An invented company is served on {}, with {} repositories in {}.",
        server.endpoint(),
        repositories.len(),
        estate.repositories().display()
    ));
    let shown: Vec<String> = repositories.iter().map(|path| path.display().to_string()).collect();
    say(&format!("$ whose scan aws {} --format terminal --format html={}", shown.join(" "), args.html.display()));

    let program = std::env::current_exe().context("the path of this program is not known")?;
    let status = estate
        .command(&program, &server.endpoint())
        .args(["scan", "aws"])
        .args(&repositories)
        .args(["--format", "terminal", "--format"])
        .arg(format!("html={}", args.html.display()))
        .status()
        .await
        .context("the scan of the demo cannot start")?;
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
        say(&format!(
            "Serving until Ctrl-C. To scan it yourself: export AWS_ENDPOINT_URL={} AWS_ACCESS_KEY_ID=demo \
             AWS_SECRET_ACCESS_KEY=demo AWS_REGION=us-east-1; whose scan aws",
            server.endpoint()
        ));
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

    fn repositories(&self) -> PathBuf {
        self.0.join("repositories")
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// This program, with an environment that leads to the demo and nowhere else.
    fn command(&self, program: &Path, endpoint: &str) -> Command {
        let mut command = Command::new(program);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "demo")
            .env("AWS_SECRET_ACCESS_KEY", "demo")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", self.0.join("no-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.0.join("no-credentials"))
            .env("WHOSE_DATA_DIR", self.data());
        command
    }
}
