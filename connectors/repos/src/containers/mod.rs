//! Archives and compressed files: what they hold, at any depth within bounds, without ever writing a file. The bytes
//! are anybody's, so that each limit ends in a gap that says which member was not searched and why.

mod ar;
mod kind;
mod limits;
mod sqlite;
mod streams;
mod tar;
mod walk;
mod zip;

pub(crate) use kind::Kind;
pub(crate) use limits::Limits;
pub(crate) use walk::{Met, walk};

#[cfg(test)]
pub(crate) mod tests;
