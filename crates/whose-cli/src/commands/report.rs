//! `whose report`: print a stored scan.

use super::stored;
use crate::args::{Global, ReportArgs};
use crate::config::Config;
use crate::exit::Outcome;
use crate::output::{conclude, outputs};

/// Runs the command.
pub(crate) async fn run(global: &Global, args: ReportArgs) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let outputs = outputs(global, &args.output)?;
    let store = stored::open(global, &config).await?;
    let report = stored::load(store.as_ref(), args.scan.as_deref()).await?;
    for output in &outputs {
        output.write(&report)?;
    }
    Ok(conclude(global, &report, args.output.fail_on.or(config.fail_on)))
}
