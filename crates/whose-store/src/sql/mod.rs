//! The store's work in SQL that both databases understand: each of them adds how to open it, to migrate it and to
//! run a transaction.

mod absence;
mod database;
mod history;
mod load;
mod save;
mod store;

pub(crate) use database::{Cell, Cells, Database, Failure, Transaction, Value};
pub(crate) use store::SqlStore;
