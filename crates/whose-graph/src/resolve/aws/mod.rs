//! How AWS evaluates policies. This is the one room outside the connector that knows it: documents are compiled
//! once, decisions are made per (identity, action, resource), and techniques are enumerated from the target's side.

mod action;
mod admin;
mod assume;
mod condition;
mod crowd;
mod document;
mod escalate;
mod holdings;
mod level;
mod pattern;
mod technique;
mod tier;
mod trust;

pub(super) use assume::resolve as can_assume;
pub(super) use escalate::resolve as can_escalate;
pub(super) use holdings::Estate;
pub(super) use tier::resolve as tiers;
