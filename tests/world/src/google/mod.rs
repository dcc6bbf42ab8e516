//! Google Cloud on loopback: Resource Manager, IAM, Asset Inventory, API Keys and Policy Analyzer of the invented company, with paging
//! and faults to inject.

mod assets;
mod estate;
mod faults;
mod plan;
mod route;
mod server;
#[cfg(test)]
mod tests;
mod wire;

pub use estate::{
    ApiKey as GoogleApiKey, Binding, Folder, GoogleEstate, Pool, Project, ServiceAccount, ServiceAccountKey,
};
pub use plan::Google;
pub(crate) use route::{Route, route};
pub use server::{GoogleRequest, GoogleServer};
pub(crate) use wire::Answer;
