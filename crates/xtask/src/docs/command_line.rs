//! The command line, as its own help says it.

use clap::Command;

/// Wide enough for the help's tables, and the same on every terminal.
const WIDTH: usize = 110;

pub(super) fn page() -> String {
    let mut root = settled(whose_cli::command());
    root.build();
    let mut text = String::from("# Command line\n\nData goes to stdout, everything else to stderr.\n");
    section(&mut root, &mut text);
    text
}

/// The same command, made independent of this terminal and this environment.
fn settled(command: Command) -> Command {
    command.term_width(WIDTH).mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(settled)
}

fn section(command: &mut Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    *text += &format!("\n## `{name}`\n\n```text\n{}\n```\n", help.trim_end());
    for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
        section(subcommand, text);
    }
}
