//! The `whose` binary, built beside the tests so that they know where it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    whose_cli::main()
}
