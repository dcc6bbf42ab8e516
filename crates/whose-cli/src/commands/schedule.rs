//! `whose schedule`: the same scan again and again, each run in a process of its own, so that one that breaks takes
//! nothing with it.

mod health;

use crate::args::{Cli, Global, ScheduleArgs};
use crate::console::say;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::{Context, anyhow};
use clap::Parser;
use health::Health;
use jiff::{SignedDuration, Timestamp};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use whose_scan::Schedule;

/// How long to sleep before looking at the clock again: it can be set, and a laptop can be asleep.
const NAP: Duration = Duration::from_secs(10);

/// Runs the command.
pub(crate) async fn run(global: &Global, args: ScheduleArgs, cancel: CancellationToken) -> Outcome {
    check_scan_arguments(&args.scan)?;
    let jitter = args.jitter.unwrap_or(SignedDuration::ZERO);
    let schedule = Schedule::new(&args.cron, &args.timezone, jitter, Timestamp::now()).map_err(Failure::request)?;
    let health = Health::default();
    if let Some(address) = args.health {
        let bound = health.serve(address).await.with_context(|| format!("nothing can answer at {address}"))?;
        say(&format!("health at http://{bound}/healthz"));
    }
    let mut runner = Runner { global, arguments: &args.scan, schedule: &schedule, health, going: None };
    runner.run(&cancel).await?;
    Ok(Exit::Complete)
}

/// A schedule whose scan can never begin is wrong now, and not at three in the morning.
fn check_scan_arguments(arguments: &[String]) -> Result<(), Failure> {
    let words = ["whose", "scan"].into_iter().map(str::to_owned).chain(arguments.iter().cloned());
    match Cli::try_parse_from(words) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::request(anyhow!("after --, the arguments of `whose scan` are not right: {error}"))),
    }
}

/// The schedule at work.
struct Runner<'a> {
    global: &'a Global,
    arguments: &'a [String],
    schedule: &'a Schedule,
    health: Health,
    going: Option<Going>,
}

/// A run that is going.
struct Going {
    child: Child,
    began: Timestamp,
}

impl Runner<'_> {
    async fn run(&mut self, cancel: &CancellationToken) -> Result<(), Failure> {
        let (mut after, mut first) = (Timestamp::now(), true);
        loop {
            let Some(due) = self.schedule.next_after(after) else {
                say("no further run is due");
                return self.finish(cancel).await;
            };
            let begin = self.schedule.begin(&due, chance()?);
            self.health.expect(begin);
            if first {
                say(&format!("the first run is due at {}", self.schedule.local(begin)));
            }
            first = false;
            if !self.wait_until(begin, cancel).await? {
                return self.finish(cancel).await;
            }
            match &self.going {
                Some(going) => {
                    self.health.skip();
                    say(&format!(
                        "{} run skipped: the run of {} is still going",
                        self.schedule.local(begin),
                        self.schedule.local(going.began)
                    ));
                }
                None => self.begin()?,
            }
            // What was due while the machine slept is made up for by one run.
            after = due.timestamp().max(Timestamp::now());
        }
    }

    /// Waits, and sees to a run that ends meanwhile. `false` when the schedule is to stop.
    async fn wait_until(&mut self, begin: Timestamp, cancel: &CancellationToken) -> Result<bool, Failure> {
        loop {
            let left = Duration::try_from(begin.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Ok(false),
                status = ended(&mut self.going) => self.tell(status?),
                () = tokio::time::sleep(left.min(NAP)) => {
                    if left <= NAP {
                        return Ok(true);
                    }
                }
            }
        }
    }

    fn begin(&mut self) -> Result<(), Failure> {
        let program = std::env::current_exe().context("the path of this program is not known")?;
        let mut command = Command::new(program);
        command.arg("scan").args(self.arguments).stdin(Stdio::null());
        // The store's URL may hold a password, which other users could read among the arguments of a process.
        for (name, value) in [
            ("WHOSE_STORE", self.global.store.as_ref().map(Into::into)),
            ("WHOSE_DATA_DIR", self.global.data_dir.clone()),
            ("WHOSE_CONFIG", self.global.config.clone()),
        ] {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        match self.global.verbose {
            0 => command.arg("--quiet"),
            times => command.args(std::iter::repeat_n("--verbose", times.into())),
        };
        // In a group of its own, so that Ctrl-C reaches the schedule alone, and a run is told to stop once.
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().context("the scan cannot start")?;
        let began = Timestamp::now();
        self.health.begin(began);
        self.going = Some(Going { child, began });
        Ok(())
    }

    /// One line for a run that has ended.
    fn tell(&mut self, status: ExitStatus) {
        let Some(going) = self.going.take() else { return };
        let ended = Timestamp::now();
        self.health.end(going.began, ended, status.code());
        let words = match status.code() {
            Some(0) => "complete (exit 0)".to_owned(),
            Some(1) => "complete, with findings at or above --fail-on (exit 1)".to_owned(),
            Some(2) => "failed: the request was wrong (exit 2)".to_owned(),
            Some(3) => "incomplete (exit 3)".to_owned(),
            Some(code) => format!("failed (exit {code})"),
            None => "killed".to_owned(),
        };
        let took = ended.duration_since(going.began).as_secs();
        say(&format!("{} run ended after {took} s: {words}", self.schedule.local(going.began)));
    }

    /// Waits for a run that is going; when the schedule is to stop, so is the run, politely.
    async fn finish(&mut self, cancel: &CancellationToken) -> Result<(), Failure> {
        if self.going.is_none() {
            return Ok(());
        }
        let status = tokio::select! {
            biased;
            () = cancel.cancelled() => {
                if let Some(going) = &mut self.going {
                    stop(&mut going.child)?;
                }
                ended(&mut self.going).await?
            }
            status = ended(&mut self.going) => status?,
        };
        self.tell(status);
        Ok(())
    }
}

/// Waits for the run that is going, or for ever when there is none.
async fn ended(going: &mut Option<Going>) -> Result<ExitStatus, Failure> {
    match going {
        Some(going) => Ok(going.child.wait().await.context("the scan cannot be waited for")?),
        None => std::future::pending().await,
    }
}

/// A number from 0 to 1, from the system's randomness.
fn chance() -> anyhow::Result<f64> {
    let number = getrandom::u32().context("the system gives no random numbers")?;
    Ok(f64::from(number) / f64::from(u32::MAX))
}

#[cfg(unix)]
fn stop(child: &mut Child) -> anyhow::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    match pid {
        Some(pid) => kill_process(pid, Signal::TERM).context("the scan cannot be told to stop"),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn stop(child: &mut Child) -> anyhow::Result<()> {
    child.start_kill().context("the scan cannot be stopped")
}
