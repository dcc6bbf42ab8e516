//! The process: signals, logging, panics, the runtime, and the way from arguments to an exit code.

use crate::args::{Cli, Command};
use crate::commands;
use crate::console::say;
use crate::exit::{Exit, Failure};
use clap::Parser;
use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::LazyLock;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use whose_detect::DetectError;
use whose_scan::Mask;

/// Runs `whose` with the process's own arguments.
pub fn main() -> ExitCode {
    quiet_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Request.into() } else { Exit::Complete.into() };
        }
    };
    log(cli.global.verbose);
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("error: the runtime cannot start: {error}"));
            return Exit::Fault.into();
        }
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(dispatch(cli))));
    runtime.shutdown_background();
    match outcome {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) if is_broken_pipe(&failure) => Exit::Complete.into(),
        Ok(Err(Failure { exit, error })) => {
            tell(&error);
            exit.into()
        }
        Err(_) => Exit::Fault.into(),
    }
}

/// Prints an error. What it quotes (an argument, a server's answer) may hold a secret, which it then hides.
fn tell(error: &anyhow::Error) {
    say(&masked(&format!("error: {error:#}")));
}

/// A text for the terminal with the secrets in it hidden. The detectors are loaded when the first text comes.
fn masked(text: &str) -> Cow<'_, str> {
    static MASK: LazyLock<Result<Mask, DetectError>> = LazyLock::new(Mask::new);
    match &*MASK {
        Ok(mask) => mask.text(text),
        Err(error) => {
            format!("a message is not told, since the detectors that hide secrets cannot be loaded: {error}").into()
        }
    }
}

/// Where logs go. Libraries log what servers answer, and the answers may hold what somebody wrote into a tag.
struct MaskedStderr;

impl Write for MaskedStderr {
    /// The subscriber writes an event in one piece, so that no secret is cut in two.
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().lock().write_all(masked(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

async fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    match command {
        Command::Scan(args) => commands::scan::run(&global, args, stop_on_signal()).await,
        Command::Schedule(args) => commands::schedule::run(&global, args, stop_on_signal()).await,
        Command::Assess(args) => commands::assess::run(&global, args).await,
        Command::Report(args) => commands::report::run(&global, args).await,
        Command::Scans => commands::scans::run(&global).await,
        Command::Diff(args) => commands::diff::run(&global, args).await,
        Command::Key(args) => commands::key::run(&global, args).await,
        Command::Explain(args) => commands::explain::run(&global, args).await,
        Command::Rules(args) => commands::rules::run(&args),
        Command::Permissions(args) => commands::permissions::run(&args),
        Command::Demo(args) => commands::demo::run(&global, args).await,
        Command::Completions(args) => commands::completions::run(&args),
    }
}

/// Ctrl-C (and on Unix a polite kill) stops a scan cleanly; a second one ends the process at once.
fn stop_on_signal() -> CancellationToken {
    let cancel = CancellationToken::new();
    let stopped = cancel.clone();
    tokio::spawn(async move {
        next_signal().await;
        say("stopping: what was gathered is kept; once more to end at once");
        stopped.cancel();
        next_signal().await;
        #[expect(
            clippy::exit,
            reason = "the user asked twice; nothing is half-written, since files and scans are saved whole"
        )]
        std::process::exit(Exit::Incomplete as i32);
    });
    cancel
}

#[cfg(unix)]
async fn next_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn next_signal() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Logs go to stderr; the filter of RUST_LOG counts when it is set.
fn log(verbose: u8) {
    let default = match verbose {
        0 => "error",
        1 => "warn,whose=info,connector=info",
        _ => "info,whose_scan=debug,whose_connect=debug,connector_aws=debug,connector_repos=debug,whose_cli=debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| MaskedStderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}

/// A panic's message can quote the text that was being worked on, so only its place is printed.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        say(&format!("error: a fault of whose{place}; please report it with the command that you ran"));
    }));
}

fn is_broken_pipe(failure: &Failure) -> bool {
    failure
        .error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
