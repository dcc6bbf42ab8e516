//! Google Cloud: projects, service accounts, keys, IAM policies and workload identity federation, and the people and
//! consents of the Google Workspace that it belongs to.

mod api;
mod api_keys;
mod assets;
mod cel;
mod connector;
mod container_policies;
mod credentials;
mod declared;
mod delegation;
mod directory;
mod domain_wide_delegation;
mod each;
mod exchange;
mod google_scopes;
mod ids;
mod last_authentications;
mod members;
mod permissions;
mod policy;
mod project_policies;
mod resources;
mod roles;
mod service_account_keys;
mod service_account_policies;
mod service_accounts;
mod session;
mod sign_in;
mod target;
mod tokens;
mod trust;
mod users;
mod workload_identity_pools;

pub use connector::Gcp;
pub use permissions::least_privilege_role;
pub use sign_in::GcpSignIn;

use session::{Estate, Session};
use whose_connect::{Collector, ConnectorInfo};

/// What the connector says about itself.
pub static GCP: ConnectorInfo = ConnectorInfo {
    id: "gcp",
    title: "Google Cloud",
    target_syntax: target::SYNTAX,
    collectors: &[
        resources::INFO,
        assets::INFO,
        container_policies::INFO,
        users::INFO,
        tokens::INFO,
        domain_wide_delegation::INFO,
        workload_identity_pools::INFO,
        service_accounts::INFO,
        service_account_keys::INFO,
        project_policies::INFO,
        service_account_policies::INFO,
        api_keys::INFO,
        last_authentications::INFO,
    ],
    hands_over: None,
    least_privilege: Some(least_privilege_role),
};

/// The collectors behind [`GCP`] that run once a target: they find the projects and what holds for all of them.
const ABOVE: &[&dyn Collector<Estate>] =
    &[&resources::Resources, &assets::AssetInventory, &container_policies::ContainerPolicies];

/// Those of Google Workspace, which belongs to an organisation and to no project.
const OF_WORKSPACE: &[&dyn Collector<Estate>] =
    &[&users::Users, &tokens::Tokens, &domain_wide_delegation::DomainWideDelegation];

/// Those that run for all projects before any other.
const TRUSTS_FIRST: &[&dyn Collector<Session>] = &[&workload_identity_pools::WorkloadIdentityPools];

/// The others, in the order in which they learn from each other: accounts come before what is asked for each of them.
const PER_PROJECT: &[&dyn Collector<Session>] = &[
    &service_accounts::ServiceAccountsOfProject,
    &service_account_keys::ServiceAccountKeys,
    &project_policies::ProjectPolicies,
    &service_account_policies::ServiceAccountPolicies,
    &api_keys::ApiKeys,
    &last_authentications::LastAuthentications,
];

#[cfg(test)]
mod tests;
