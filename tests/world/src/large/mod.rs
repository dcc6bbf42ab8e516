//! Estates of any size, for measurements: each answer is drawn from the seed when it is asked for, and none is kept,
//! so that the server's memory does not grow with what it serves. Nothing is planted here.

mod answer;
mod entra;
mod entra_listings;
mod github;
mod google;
mod server;
#[cfg(test)]
mod tests;

pub use server::{LargeEstate, LargeProvider, LargeServer};
