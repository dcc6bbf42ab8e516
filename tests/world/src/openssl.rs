//! The program openssl: keys and certificates are made when a test runs, so that none lies among the project's files.

use std::io::{Error, Write};
use std::process::{Command, Stdio};

/// What openssl writes when it is run with these arguments and this input.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut program = Command::new("openssl");
    program.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = program.spawn()?;
    if let Some(mut stdin) = running.stdin.take() {
        stdin.write_all(input)?;
    }
    let output = running.wait_with_output()?;
    if output.status.success() { Ok(output.stdout) } else { Err(Error::other("openssl failed")) }
}
