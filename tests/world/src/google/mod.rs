//! Google Cloud on loopback: Resource Manager, IAM, Asset Inventory, API Keys, Policy Analyzer and the
//! directory of Google Workspace of the invented company, with paging
//! and faults to inject.

mod assets;
mod directory;
mod estate;
mod faults;
mod plan;
mod route;
mod server;
mod sign_in;
#[cfg(test)]
mod tests;
mod wire;
mod workspace;

pub use estate::{
    ApiKey as GoogleApiKey, Binding, Directory as GoogleDirectory, Folder, GoogleConsent, GoogleEstate, GoogleUser,
    Pool, Project, ServiceAccount, ServiceAccountKey,
};
pub use plan::Google;
pub(crate) use route::{Route, route};
pub use server::{GoogleRequest, GoogleServer};
pub(crate) use wire::Answer;
