//! `whose assess`: judge saved observations again.

use super::scan::TOOL_VERSION;
use super::stored;
use crate::args::{AssessArgs, Global};
use crate::config::Config;
use crate::exit::{Failure, Outcome};
use crate::output::{conclude, outputs};
use anyhow::Context;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::Path;
use whose_model::Timestamp;
use whose_scan::{Gathered, Judgement, judge, read_records};

/// Runs the command.
pub(crate) async fn run(global: &Global, args: AssessArgs) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let outputs = outputs(global, &args.output)?;
    let started = Timestamp::now();
    let mut all: Option<Gathered> = None;
    for path in &args.files {
        let gathered = read(path)?;
        match &mut all {
            Some(all) => all.absorb(gathered),
            None => all = Some(gathered),
        }
    }
    let mut gathered = all.context("no file was named").map_err(Failure::request)?;
    gathered.as_of = args.as_of.unwrap_or(gathered.as_of);

    let store = if args.keep { Some(stored::open(global, &config).await?) } else { None };
    let judgement = Judgement {
        id: stored::new_id(store.as_deref(), started).await?,
        started,
        finished: Timestamp::now(),
        tool_version: TOOL_VERSION.to_string(),
        policy: config.policy.clone(),
    };
    let mut report = judge(gathered, judgement);
    if let Some(store) = &store {
        stored::keep(store.as_ref(), &mut report).await?;
    }
    for output in &outputs {
        output.write(&report)?;
    }
    Ok(conclude(global, &report, args.output.fail_on.or(config.fail_on)))
}

fn read(path: &Path) -> Result<Gathered, Failure> {
    let name = path.display().to_string();
    let input: Box<dyn BufRead> = if name == "-" {
        Box::new(stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("{name} cannot be opened")).map_err(Failure::request)?;
        Box::new(BufReader::new(file))
    };
    read_records(input, &name).map_err(Failure::request)
}
