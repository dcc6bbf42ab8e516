//! What can go wrong with a store, in words that say what to do next.

use std::path::PathBuf;

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL names no store that this build has.
    #[error(
        "cannot open the store `{url}`: {why}; write sqlite:PATH or a plain path, for example sqlite:whose.db, or \
         postgres://USER@HOST/DATABASE"
    )]
    Url {
        /// The URL without any password.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file or its folder could not be made.
    #[error("cannot create the store {}; check that the folder can be written", path.display())]
    Create {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file or database is not a store.
    #[error("{store} is not a Whose store: {why}; name another with --store")]
    NotAStore {
        /// The file or database.
        store: String,
        /// What it is instead.
        why: &'static str,
    },
    /// A later Whose wrote the store.
    #[error(
        "the store {store} has version {found}, and this build of Whose knows versions up to {known}; update Whose, or \
         name another store with --store"
    )]
    Newer {
        /// The file or database.
        store: String,
        /// Its version.
        found: i64,
        /// The highest version that this build knows.
        known: i64,
    },
    /// Another process holds the store.
    #[error(
        "cannot {operation}: another process is using the store {store}; wait until it is done, or end it, and try again"
    )]
    Locked {
        /// What was tried.
        operation: &'static str,
        /// The file or database.
        store: String,
    },
    /// The server of the store did not let us in.
    #[error(
        "cannot connect to the store {store}; check that its server runs there, and the user, password and sslmode"
    )]
    Connect {
        /// The database, without any password.
        store: String,
        /// What the server, or the network, says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A scan of this id is already there.
    #[error("the store already holds a scan {id}; it was not saved again")]
    ScanExists {
        /// The scan's id.
        id: String,
    },
    /// No scan has this id.
    #[error("no scan of the store has the id `{id}`{}", if *scans == 0 { ": it is empty; run `whose scan` first" } else { "; `latest` names the last one" })]
    NoScan {
        /// What was asked for.
        id: String,
        /// How many scans the store holds.
        scans: u32,
    },
    /// Several scans begin with this abbreviation.
    #[error("`{id}` can mean {}; write more of it", scans.join(" or "))]
    AmbiguousScan {
        /// What was asked for.
        id: String,
        /// Scans that begin with it, at most five.
        scans: Vec<String>,
    },
    /// No object has this id.
    #[error("the store has never seen an object with the id `{id}`; `whose key` searches by a part of an id or name")]
    NoObject {
        /// What was asked for.
        id: String,
    },
    /// A row cannot be read as what it must be.
    #[error("the store is damaged: {what}; restore it from a copy, or scan into a new store")]
    Damaged {
        /// Which row.
        what: String,
        /// What the reader says.
        source: Option<serde_json::Error>,
    },
    /// A report cannot be written as JSON.
    #[error("cannot {operation}: the report cannot be written as JSON")]
    Encode {
        /// What was tried.
        operation: &'static str,
        /// What the writer says.
        source: serde_json::Error,
    },
    /// The database failed otherwise.
    #[error("cannot {operation} ({store})")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// The file or database.
        store: String,
        /// What the database says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The thread that worked on the database ended before it was done.
    #[error("cannot {operation}: the work was broken off, and nothing was changed")]
    BrokenOff {
        /// What was tried.
        operation: &'static str,
    },
}
