//! The company's Entra tenant and Azure subscriptions: the plan, and Microsoft Graph, Resource Manager and the token
//! endpoint on loopback, with faults to inject.

mod apps;
mod azure;
mod certificate;
mod directory;
mod faults;
mod odata;
mod plan;
mod routes;
mod server;
mod storage;
mod tenant;
#[cfg(test)]
mod tests;

pub use certificate::EntraCertificate;
pub(crate) use odata::Query;
pub(crate) use plan::guid;
pub use server::{EntraRequest, EntraServer};
pub use tenant::{EntraLeak, EntraTenant, Subscription};
