//! `whose permissions`: the least-privilege policy that a scan needs.

use crate::args::{PermissionsArgs, Provider};
use crate::exit::{Exit, Outcome};
use anyhow::Context;
use std::io::Write;

/// Runs the command.
pub(crate) fn run(args: &PermissionsArgs) -> Outcome {
    let info = match args.provider {
        Provider::Aws => &connector_aws::AWS,
    };
    let render = info.least_privilege.context("this provider has no permissions of its own")?;
    writeln!(std::io::stdout().lock(), "{}", render().trim_end())?;
    Ok(Exit::Complete)
}
