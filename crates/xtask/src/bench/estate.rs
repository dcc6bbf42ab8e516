//! A scan of an invented estate on loopback by the real binary, at two sizes: what it costs for each object, and
//! whether that stays the same while the estate grows tenfold.

use super::Provider;
use super::cost::{Cost, measure, scanner};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use whose_model::{Coverage, CoverageState, Timestamp};
use whose_world::{LargeEstate, LargeProvider};

/// The same estate at every run. Ages are measured against the moment at which it is drawn.
const SEED: u64 = 42;
const AS_OF: &str = "2026-11-24T12:00:00Z";

/// Measures and prints a table for each provider.
pub(super) fn run(root: &Path, provider: Option<Provider>, objects: Option<u32>) -> Result<()> {
    let program = scanner(root)?;
    let all = [Provider::Azure, Provider::Gcp, Provider::Github];
    for provider in all.into_iter().filter(|one| provider.is_none_or(|wanted| wanted == *one)) {
        let objects = objects.unwrap_or(match provider {
            Provider::Azure => 100_000,
            Provider::Gcp => 200_000,
            Provider::Github => 10_000,
        });
        let small = scan(&program, provider, objects / 10)?;
        let whole = scan(&program, provider, objects)?;
        print(provider, &small, &whole);
    }
    Ok(())
}

/// One scan.
struct Scan {
    objects: u32,
    cost: Cost,
    /// Requests that the server saw.
    requests: u64,
    /// Findings of the report.
    findings: u64,
    /// Things that were seen and calls that were made, by collector.
    collectors: BTreeMap<String, (u64, u64)>,
}

/// What is read of the report. The rest is skipped while it is read.
#[derive(Deserialize)]
struct Report {
    coverage: Vec<Coverage>,
    findings: Vec<serde::de::IgnoredAny>,
}

fn scan(program: &Path, provider: Provider, objects: u32) -> Result<Scan> {
    let as_of: Timestamp = AS_OF.parse().context("reading the moment of the estate")?;
    let served = match provider {
        Provider::Azure => LargeProvider::Entra,
        Provider::Gcp => LargeProvider::Google,
        Provider::Github => LargeProvider::Github,
    };
    let scratch = tempfile::tempdir().context("making a folder for the scanner")?;
    let runtime = tokio::runtime::Runtime::new().context("starting the server's threads")?;
    let server = runtime.block_on(LargeEstate::new(served, objects as usize, SEED, as_of).serve())?;
    let target = server.target(scratch.path())?;
    let mut command = Command::new(program);
    // No proxy of this machine may stand between the two.
    command.env_clear().env("HOME", scratch.path()).envs(server.environment()).current_dir(scratch.path());
    command.args(["scan", &target, "--as-of", AS_OF, "--format", "json=report.json", "--data-dir", "data"]);
    // Findings are results, and so are gaps; the latter are looked at below.
    let cost = measure(&mut command, &[0, 1, 3])?;
    let requests = server.answered();
    runtime.block_on(server.stop());

    let file = File::open(scratch.path().join("report.json")).context("opening the report")?;
    let report: Report = serde_json::from_reader(BufReader::new(file)).context("reading the report")?;
    let mut collectors: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for row in report.coverage {
        let reason = row.gaps.first().map_or("", |gap| gap.reason.as_str());
        match row.state {
            CoverageState::Complete | CoverageState::NotEnabled => {}
            // What asks once a repository asks only so many.
            CoverageState::Partial => println!("{} was read in part: {reason}", row.source.collector),
            _ => bail!("{} of {} was not read: {reason}", row.source.collector, row.scope),
        }
        let sum = collectors.entry(row.source.collector).or_default();
        *sum = (sum.0 + row.seen, sum.1 + row.calls);
    }
    Ok(Scan { objects, cost, requests, findings: report.findings.len() as u64, collectors })
}

fn print(provider: Provider, small: &Scan, whole: &Scan) {
    println!("{provider:?}");
    println!("{:<38} {:>12} {:>10} {:>12} {:>12}", "collector", "seen", "calls", "calls/object", "at a tenth");
    for (name, (seen, calls)) in &whole.collectors {
        let at_tenth = small.collectors.get(name).map_or(0.0, |(_, calls)| per(*calls as f64, small.objects));
        println!("{name:<38} {seen:>12} {calls:>10} {:>12.4} {at_tenth:>12.4}", per(*calls as f64, whole.objects));
    }
    println!("{:<38} {:>12} {:>12}", "", small.objects, whole.objects);
    for (name, of) in ROWS {
        println!("{name:<38} {:>12.2} {:>12.2}", of(small), of(whole));
    }
    println!();
}

/// A figure with its name.
type Row = (&'static str, fn(&Scan) -> f64);

/// What is told of each scan.
const ROWS: [Row; 7] = [
    ("requests", |scan| scan.requests as f64),
    ("requests/object", |scan| per(scan.requests as f64, scan.objects)),
    ("findings", |scan| scan.findings as f64),
    ("wall s", |scan| scan.cost.wall),
    ("CPU s of the scanner", |scan| scan.cost.cpu),
    ("peak MiB of the scanner", |scan| scan.cost.peak_mib),
    ("peak KiB/object", |scan| per(scan.cost.peak_mib * 1024.0, scan.objects)),
];

fn per(sum: f64, objects: u32) -> f64 {
    sum / f64::from(objects.max(1))
}
