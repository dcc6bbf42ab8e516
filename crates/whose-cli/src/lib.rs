//! The command line: the only room that knows arguments, environment, clock and exit codes.

#![expect(clippy::disallowed_methods, reason = "this is the one room that knows the environment and the clock")]

mod args;
mod commands;
mod config;
mod console;
mod data;
mod exit;
mod output;
mod process;
mod progress;
mod registry;

pub use args::command;
pub use exit::Exit;
pub use process::main;
pub use registry::CONNECTORS;
