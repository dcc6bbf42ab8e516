//! The graph: built from observations, then resolved (leaks, trusts, privilege, owners), and asked how far
//! anything reaches. Pure: no I/O, no clock, no environment.

mod attributes;
mod build;
mod column;
mod coverage;
mod csr;
mod gaps;
mod graph;
mod links;
mod nodes;
mod reach;
mod resolve;
#[cfg(test)]
mod sample;

pub use graph::Graph;
pub use nodes::Ix;
