//! The store in one SQLite file: what a laptop and a nightly job need, without a server.

mod connect;
mod database;
mod migrate;
#[cfg(test)]
mod tests;

pub(crate) use database::SqliteStore;
