//! The store in one SQLite file: what a laptop and a nightly job need, without a server.

mod absence;
mod connect;
mod history;
mod load;
mod migrate;
mod save;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::SqliteStore;
