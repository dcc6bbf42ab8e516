//! `whose scan`: gather, judge, keep, print.

use super::stored;
use crate::args::{Global, NetworkArgs, ScanArgs};
use crate::config::{Config, NetworkConfig};
use crate::console::say;
use crate::data::DataFolder;
use crate::exit::{Failure, Outcome};
use crate::output::{conclude, outputs};
use crate::progress::Progress;
use crate::registry::Registry;
use anyhow::{Context, anyhow};
use std::fs::File;
use std::io::BufWriter;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;
use whose_connect::{Event, NetworkSettings};
use whose_model::{RecordHeader, Timestamp};
use whose_scan::{Judgement, Mask, Plan, RecordWriter, judge, run as gather};

/// The version that scans and files carry.
pub(crate) const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs the command.
pub(crate) async fn run(global: &Global, args: ScanArgs, cancel: CancellationToken) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let outputs = outputs(global, &args.output)?;
    let data = DataFolder::open(global.data_dir.as_deref())?;
    let registry = Registry::new(data.fingerprint_key()?);
    let texts = if args.targets.is_empty() { &config.targets } else { &args.targets };
    if texts.is_empty() {
        return Err(Failure::request(anyhow!(
            "nothing to scan: name a target (whose scan aws, whose scan PATH) or list targets in whose.toml"
        )));
    }
    let targets = texts.iter().map(|text| registry.plan(text)).collect::<Result<Vec<_>, _>>()?;
    let store = if args.no_store { None } else { Some(stored::open(global, &config).await?) };

    let started = Timestamp::now();
    let plan = Plan {
        targets,
        repositories: Some(registry.repositories()),
        as_of: args.as_of.unwrap_or(started),
        network: network(&args.network, &config.network)?,
        mask: Mask::new().context("the detectors cannot be loaded")?,
    };
    let mut recorder = match &args.save_observations {
        Some(path) => Some(Recorder::begin(path, &plan).map_err(Failure::request)?),
        None => None,
    };
    let mut progress = Progress::new(global.quiet);
    let gathered = gather(plan, cancel, |event| {
        progress.watch(event);
        if let Some(recorder) = &mut recorder {
            recorder.write(event);
        }
    })
    .await;
    progress.finish();
    let recorded = recorder.map_or(Ok(()), Recorder::end);

    let id = stored::new_id(store.as_deref(), started).await?;
    let judgement = Judgement {
        id,
        started,
        finished: Timestamp::now(),
        tool_version: TOOL_VERSION.to_string(),
        policy: config.policy.clone(),
    };
    let mut report = tokio::task::spawn_blocking(move || judge(gathered, judgement)).await.context("judging broke")?;
    // What can fail from here on fails late: every output is tried, and the first error is told at the end.
    let mut first_error = recorded;
    if let Some(store) = &store {
        match stored::keep(store.as_ref(), &mut report).await {
            Ok(()) if !global.quiet => say(&format!("kept as scan {}", report.scan.id)),
            Ok(()) => {}
            Err(failure) => {
                first_error = first_error.and(Err(failure.error.context("the scan could not be kept in the store")))
            }
        }
    }
    for output in &outputs {
        first_error = first_error.and(output.write(&report));
    }
    first_error?;
    Ok(conclude(global, &report, args.output.fail_on.or(config.fail_on)))
}

/// The network settings: arguments before configuration before the environment.
fn network(args: &NetworkArgs, config: &NetworkConfig) -> Result<NetworkSettings, Failure> {
    let ca_bundle = args.ca_bundle.clone().or_else(|| config.ca_bundle.clone());
    let ca_bundle = ca_bundle.or_else(|| environment(&["AWS_CA_BUNDLE", "SSL_CERT_FILE"]).map(PathBuf::from));
    if let Some(path) = ca_bundle.as_deref().filter(|path| !path.is_file()) {
        return Err(Failure::request(anyhow!("the certificates {}: there is no such file", path.display())));
    }
    Ok(NetworkSettings {
        endpoint: None,
        proxy: args
            .proxy
            .clone()
            .or_else(|| config.proxy.clone())
            .or_else(|| environment(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])),
        no_proxy: environment(&["NO_PROXY", "no_proxy"]),
        ca_bundle,
        max_concurrency: args.max_concurrency.or(config.max_concurrency).and_then(|n| NonZeroUsize::new(n as usize)),
        requests_per_second: args.max_rate.or(config.max_rate).and_then(NonZeroU32::new),
    })
}

/// The first of these variables that says something.
fn environment(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// The observations file of a running scan. It grows while the scan runs, so that a crash leaves what was seen.
struct Recorder {
    writer: RecordWriter<BufWriter<File>>,
    failed: Option<std::io::Error>,
    name: String,
}

impl Recorder {
    fn begin(path: &std::path::Path, plan: &Plan) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let header = RecordHeader {
            version: RecordHeader::VERSION,
            as_of: plan.as_of,
            tool_version: TOOL_VERSION.to_string(),
            targets: plan.target_infos(),
        };
        let begin = || RecordWriter::begin(BufWriter::new(File::create(path)?), header);
        let writer = begin().with_context(|| format!("{name} cannot be written"))?;
        Ok(Self { writer, failed: None, name })
    }

    fn write(&mut self, event: &Event) {
        if self.failed.is_none() {
            self.failed = self.writer.write(event).err();
        }
    }

    fn end(self) -> anyhow::Result<()> {
        let ended = match self.failed {
            Some(error) => Err(error),
            None => self.writer.end(),
        };
        ended.with_context(|| format!("the observations could not be written to {}", self.name))
    }
}
