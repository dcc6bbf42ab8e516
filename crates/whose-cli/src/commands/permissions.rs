//! `whose permissions`: the least-privilege grant that a scan needs.

use crate::args::PermissionsArgs;
use crate::exit::{Exit, Outcome};
use crate::registry::CONNECTORS;
use anyhow::Context;
use std::io::Write;

/// Runs the command.
pub(crate) fn run(args: &PermissionsArgs) -> Outcome {
    let info = CONNECTORS.iter().find(|info| info.id == args.provider);
    let render = info.and_then(|info| info.least_privilege).context("this provider has no permissions of its own")?;
    writeln!(std::io::stdout().lock(), "{}", render().trim_end())?;
    Ok(Exit::Complete)
}
