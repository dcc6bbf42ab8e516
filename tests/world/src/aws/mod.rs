//! AWS's IAM and STS on loopback: the Query protocol, paging, the credential report, and faults to inject.

mod details;
mod faults;
mod listings;
mod paging;
mod providers;
mod replies;
mod report;
mod request;
mod server;
#[cfg(test)]
mod tests;
mod xml;

pub use report::CREDENTIAL_REPORT_COLUMNS;
pub use request::Request;
pub use server::AwsServer;
