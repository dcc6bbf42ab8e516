//! The company's organisation on GitHub: a plan drawn from the world, and a server that speaks GitHub's REST API.

mod addresses;
mod app;
mod faults;
mod git;
mod organization;
mod plan;
mod replies;
mod server;
#[cfg(test)]
mod tests;

pub use app::GithubAppKey;
pub use organization::{
    GithubAuthorization, GithubDeployKey, GithubInstallation, GithubOrganization, GithubRepository, GithubToken,
    GithubUser, GithubWebhook,
};
pub(crate) use plan::{immutable_subject, owner_id};
pub(crate) use replies::{Answer, answer};
pub use server::{GithubRequest, GithubServer};
