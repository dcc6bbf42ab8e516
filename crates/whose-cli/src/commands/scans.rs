//! `whose scans`: list the stored scans.

use super::stored;
use crate::args::Global;
use crate::config::Config;
use crate::exit::{Exit, Outcome};
use std::io::Write;
use whose_reports::{plain, visible};

/// Runs the command.
pub(crate) async fn run(global: &Global) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let store = stored::open(global, &config).await?;
    let mut out = std::io::stdout().lock();
    for scan in store.scans().await.map_err(stored::failure)? {
        let targets: Vec<_> = scan.targets.iter().map(|target| visible(&target.target)).collect();
        writeln!(out, "{}  {:<10}  {}", scan.id, plain(scan.state), targets.join(" "))?;
    }
    Ok(Exit::Complete)
}
