//! The inventory store with its history: whole reports go in, whole reports come out, and between them every
//! object has versions with dates. One trait, one conformance suite, one `match` on the URL scheme.

mod changes;
mod compare;
mod error;
mod footing;
mod inventory;
mod object;
mod open;
mod postgres;
mod rows;
mod sql;
mod sqlite;

pub use changes::{Changed, Changes, FindingRef, SeverityChange, Side, Subject, Undecided, Widened, Widening};
pub use compare::compare;
pub use error::StoreError;
pub use inventory::{Ended, Found, History, InventoryStore, Kind, Match, Moment, Version};
pub use open::open;

#[cfg(any(test, feature = "conformance"))]
#[expect(clippy::unwrap_used, reason = "a panic is how a test of the suite fails")]
pub mod conformance;
