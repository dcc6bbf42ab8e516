//! `whose completions`: completions for a shell.

use crate::args::{CompletionsArgs, command};
use crate::exit::{Exit, Outcome};

/// Runs the command.
pub(crate) fn run(args: &CompletionsArgs) -> Outcome {
    clap_complete::generate(args.shell, &mut command(), "whose", &mut std::io::stdout().lock());
    Ok(Exit::Complete)
}
