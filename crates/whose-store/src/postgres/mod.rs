//! The store in the schema `whose` of a PostgreSQL database: what several machines share.

mod address;
mod database;
mod migrate;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use database::PostgresStore;
