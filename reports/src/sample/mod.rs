//! Reports for tests: a realistic one, an empty one, one whose every text is hostile, and a large one.

mod estate;
mod inventory;
mod judgement;
mod variants;

pub(crate) use estate::{empty, report};
pub(crate) use variants::{hostile, large};
