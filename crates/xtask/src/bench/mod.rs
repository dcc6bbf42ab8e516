//! Measurements: what a scan costs, beside a yardstick or beside a smaller scan of the same kind.

mod cost;
#[cfg(feature = "product")]
mod estate;
mod repos;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum What {
    /// A scan of a repository's whole history, beside git reading every object of it
    Repos {
        /// The repository; this one when none is given
        path: Option<PathBuf>,
        /// How many times each is run; the quickest counts
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
    },
    /// A scan of an invented estate of any size on loopback, and of one a tenth of its size, so that growth shows
    Estate {
        /// Whose estate; all, one after the other, when none is given
        #[arg(value_enum)]
        provider: Option<Provider>,
        /// How many service principals, service accounts or repositories; otherwise 100000, 200000 and 10000
        #[arg(long, value_parser = clap::value_parser!(u32).range(100..=5_000_000))]
        objects: Option<u32>,
    },
}

/// The providers whose estates are invented at any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Provider {
    /// Service principals of Entra
    Azure,
    /// Service accounts of Google Cloud
    Gcp,
    /// Repositories on GitHub
    Github,
}

/// Measures and prints a table.
pub(crate) fn run(root: &Path, what: &What) -> Result<()> {
    match what {
        What::Repos { path, rounds } => repos::run(root, path.as_deref().unwrap_or(root), *rounds),
        What::Estate { provider, objects } => estate(root, *provider, *objects),
    }
}

#[cfg(feature = "product")]
fn estate(root: &Path, provider: Option<Provider>, objects: Option<u32>) -> Result<()> {
    estate::run(root, provider, objects)
}

/// The estates are served by a build that knows them.
#[cfg(not(feature = "product"))]
fn estate(root: &Path, provider: Option<Provider>, objects: Option<u32>) -> Result<()> {
    let mut arguments = vec!["estate".to_owned()];
    arguments.extend(provider.and_then(|one| Some(one.to_possible_value()?.get_name().to_owned())));
    arguments.extend(objects.map(|number| format!("--objects={number}")));
    crate::product::again(root, "bench", &arguments)
}
