//! The project's own tasks, as `cargo xtask <task>`: one command that checks everything, and those that write
//! what no hand should write (reference pages, skeletons).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner speaks to its terminal")]

mod bench;
mod check;
#[cfg(feature = "product")]
mod docs;
mod layers;
mod new;
mod product;
mod tidy;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that must hold before a commit: fmt, tidy, clippy, docs, tests
    Check,
    /// The house rules that no compiler checks: headers, names, sizes, manifests, lists, layers, secrets
    Tidy,
    /// Write docs/reference from the code
    Docs {
        /// Write nothing; fail when a page differs from what the code says
        #[arg(long)]
        check: bool,
    },
    /// Write the skeleton of a rule, detector, format, connector or listing; its test fails until it is filled in
    New {
        #[command(subcommand)]
        what: new::What,
    },
    /// Measure the scanner beside a known tool on the same input, in one run
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let root = workspace::root()?;
    match task {
        Task::Check => check::run(&root),
        Task::Tidy => tidy::run(&root),
        Task::Docs { check } => product::docs(&root, check),
        Task::New { what } => new::run(&root, &what),
        Task::Bench { what } => bench::run(&root, &what),
    }
}
