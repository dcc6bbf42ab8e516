//! The `whose` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    whose_cli::main()
}
