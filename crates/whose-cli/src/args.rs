//! The arguments, declared once: help, completions and the reference page are made from them.

use crate::registry::CONNECTORS;
use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;
use std::net::SocketAddr;
use std::path::PathBuf;
use whose_model::{Severity, Timestamp};

const AFTER_HELP: &str = "\
Exit codes:
  0  complete, and nothing at or above --fail-on
  1  findings at or above --fail-on
  2  the request was wrong (arguments, configuration)
  3  the scan is incomplete (its gaps are listed)
  4  a fault of whose, or of this machine (a full disk, a folder that cannot be written)

Whose only reads. It never logs in with a key that it found, and it never stores or prints a secret value.";

const SCAN_HELP: &str = "\
Targets:
  aws                          the account of the credentials that this machine has (environment, profile, SSO, role)
  aws:profile=NAME             the account of a profile; more: role=ARN, external-id=ID, region=NAME
  azure:tenant=ID              a tenant of Entra and its subscriptions (AZURE_TENANT_ID and AZURE_CLIENT_ID with
                               AZURE_CLIENT_SECRET, or with AZURE_CLIENT_CERTIFICATE_PATH: key and certificate in PEM,
                               not encrypted; workload or managed identity; or a signed-in az)
  gcp:project=ID               a project of Google Cloud, or gcp:organization=ID (application default credentials);
                               gcp:organization=ID,subject=ADMIN reads the people of its Google Workspace too
  github:ORG                   an organisation of GitHub and its code (GITHUB_TOKEN, or GITHUB_APP_ID with its key)
  PATH                         a git repository (working tree and whole history, bare too) or a plain folder
  https://HOST/ORG/REPO.git    a repository to clone for the time of the scan
  people:FILE                  a CSV file of people (email, login, status, left): who is there and who left
  none                         what whose.toml lists

Examples:
  whose scan .
  whose scan aws ./payments ./web --format terminal --format html=report.html
  whose scan aws:profile=prod --fail-on high
  whose scan aws --save-observations prod.jsonl    (judge it again later: whose assess prod.jsonl)";

const SCHEDULE_HELP: &str = "\
What stands after -- are the arguments of `whose scan`. Each run is a process of its own. A run that is still going
when the next is due is not disturbed: the next is skipped, and that is said. SIGTERM or Ctrl-C ends the run that is
going (what it gathered is kept) and then the schedule. One line a run goes to stderr.

The expression has five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday, MON to SUN
are words for them); a sixth in front counts seconds. @hourly, @daily, @weekly and @monthly are known too. A time that
the change to summer time leaves out is made up for right after it; one that comes twice is used once.

GET /healthz of --health says when the last run began and how it ended, whether one is going, and when the next is due.
Its status is 200, and 503 when the last run failed (a wrong request, a fault, a kill).

Examples:
  whose schedule --cron '0 3 * * *' --timezone Europe/Zurich -- aws ./payments
  whose schedule --cron @hourly --jitter 10m --health 127.0.0.1:8080 -- aws --format json=/var/lib/whose/last.json

Ready files for systemd, a Kubernetes CronJob and GitHub Actions, which bring a clock of their own, lie in deploy/.";

/// Whose key is it? Finds every key a machine can use, and who answers for it.
#[derive(Debug, Parser)]
#[command(name = "whose", version, after_help = AFTER_HELP, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
    /// Say more on stderr; twice for debugging
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// No progress, no closing remarks
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Where the store and the fingerprint key lie, instead of the user's data folder
    #[arg(long, global = true, env = "WHOSE_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The configuration file, instead of ./whose.toml
    #[arg(long, global = true, env = "WHOSE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The inventory store: sqlite:whose.db or postgres://USER@HOST/DATABASE [default: whose.db in the data folder]
    // The URL may hold a password: it belongs into the variable, and the help does not show the variable's value.
    #[arg(long, global = true, env = "WHOSE_STORE", hide_env_values = true, value_name = "URL")]
    pub(crate) store: Option<String>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan accounts and repositories, judge them, keep and print the report
    #[command(after_help = SCAN_HELP)]
    Scan(ScanArgs),
    /// Scan again and again, at the times of a cron expression
    #[command(after_help = SCHEDULE_HELP)]
    Schedule(ScheduleArgs),
    /// Judge saved observations again, offline and without credentials
    Assess(AssessArgs),
    /// Print a stored scan
    Report(ReportArgs),
    /// List the stored scans
    Scans,
    /// What appeared, vanished, changed or widened between two stored scans
    Diff(DiffArgs),
    /// Whose is it? All that is known of one key, from its format alone if need be
    Key(KeyArgs),
    /// One finding whole: the sum of its severity, its evidence and its fix
    Explain(ExplainArgs),
    /// The rules, or one rule's page
    Rules(RulesArgs),
    /// The least-privilege policy that a scan needs, ready to attach
    Permissions(PermissionsArgs),
    /// Serve an invented company on this machine, scan it for real, write the HTML report
    Demo(DemoArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
}

/// How to print a report.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    #[arg(short, long = "format", value_name = "FMT[=FILE]", help = formats_help())]
    pub(crate) formats: Vec<String>,
    /// Exit with 1 when a finding is at or above this severity: info, low, medium, high, critical
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) fail_on: Option<Severity>,
}

/// Arguments of `scan`.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// What to scan; see below
    pub(crate) targets: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Write what was seen, before any judgement, for `whose assess`
    #[arg(long, value_name = "FILE")]
    pub(crate) save_observations: Option<PathBuf>,
    /// Do not keep the scan in the store
    #[arg(long)]
    pub(crate) no_store: bool,
    /// Measure ages against this moment instead of now (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
}

/// Arguments of `schedule`.
#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    /// When to scan; see below
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) cron: String,
    /// The time zone of the expression, for example Europe/Zurich
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) timezone: String,
    /// Begin each run later by a random time of at most this, for example 10m
    #[arg(long, value_name = "DURATION")]
    pub(crate) jitter: Option<SignedDuration>,
    /// Answer GET /healthz at this address, for example 127.0.0.1:8080
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) health: Option<SocketAddr>,
    /// The arguments of `whose scan`
    #[arg(last = true, value_name = "SCAN ARGUMENTS")]
    pub(crate) scan: Vec<String>,
}

/// How to reach providers.
#[derive(Debug, Args)]
pub(crate) struct NetworkArgs {
    /// A proxy for all requests, instead of HTTPS_PROXY and its kin
    ///
    /// Google Cloud: where AWS, a program, a certificate or the machine's metadata service gives the credential, Google's
    /// own library fetches the token, and goes by the environment's proxy and the system's certificates alone.
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Certificates (PEM) to trust beside the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<PathBuf>,
    /// At most so many requests at once to one target
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) max_concurrency: Option<u32>,
    /// At most so many requests a second to one target
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) max_rate: Option<u32>,
}

/// Arguments of `assess`.
#[derive(Debug, Args)]
pub(crate) struct AssessArgs {
    /// Observations files, as --save-observations writes them; - is stdin
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Keep the judged scan in the store
    #[arg(long)]
    pub(crate) keep: bool,
    /// Measure ages against this moment instead of the scan's own (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// A scan's id or its beginning; the latest if none
    pub(crate) scan: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The earlier scan; the last but one if none
    pub(crate) from: Option<String>,
    /// The later scan; the latest if none
    pub(crate) to: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `key`.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// A key id, a fingerprint, or - to read the text from stdin, so that it stays out of the shell's history
    // A private key begins with a hyphen: taken for an option, it would be repeated in the message of the error.
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A finding's id or its beginning
    pub(crate) finding: String,
    /// A scan's id; the latest if none
    #[arg(long, value_name = "SCAN")]
    pub(crate) scan: Option<String>,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// One rule's slug
    pub(crate) slug: Option<String>,
}

/// Arguments of `permissions`.
#[derive(Debug, Args)]
pub(crate) struct PermissionsArgs {
    /// The provider
    #[arg(value_parser = providers())]
    pub(crate) provider: String,
}

/// The connectors that have permissions of their own.
fn providers() -> PossibleValuesParser {
    CONNECTORS.iter().filter(|info| info.least_privilege.is_some()).map(|info| info.id).collect::<Vec<_>>().into()
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where to write the report
    #[arg(long, value_name = "FILE", default_value = "whose-demo.html")]
    pub(crate) html: PathBuf,
    /// Keep serving after the scan, until Ctrl-C, so that you can scan it yourself
    #[arg(long)]
    pub(crate) serve: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// The whole command, for completions and the reference page.
pub fn command() -> clap::Command {
    Cli::command()
}

/// The help of `--format`, with the formats that there are.
fn formats_help() -> String {
    let ids: Vec<&str> = whose_reports::FORMATS.iter().map(|format| format.info().id).collect();
    format!("A format, to stdout or to a file; repeatable: {}", ids.join(", "))
}

/// Reads a severity by its word.
pub(crate) fn severity(text: &str) -> Result<Severity, String> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity.word() == text)
        .ok_or_else(|| "expected info, low, medium, high or critical".to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_declaration_is_sound() {
        super::command().debug_assert();
    }
}
