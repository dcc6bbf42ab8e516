//! Microsoft Entra and Azure: applications, service principals, their credentials, consents and roles of one tenant.

mod agent_identities;
mod api;
mod app_role_assignments;
mod applications;
mod client_certificate;
mod connector;
mod consents;
mod credentials;
mod directory_roles;
mod failure;
mod federated_identity_credentials;
mod grants;
mod groups;
mod ids;
mod managed_identities;
mod organization;
mod owners;
mod permissions;
mod powers;
mod role_assignments;
mod service_principals;
mod session;
mod sign_in;
mod sign_in_activity;
mod storage_accounts;
mod target;
mod transport;
mod users;
mod words;

pub use connector::Azure;
pub use permissions::least_privilege_grant;
pub use sign_in::AzureSignIn;

use session::Session;
use whose_connect::{Collector, ConnectorInfo};

/// What the connector says about itself.
pub static AZURE: ConnectorInfo = ConnectorInfo {
    id: "azure",
    title: "Microsoft Entra and Azure",
    target_syntax: target::SYNTAX,
    collectors: &[
        organization::INFO,
        users::INFO,
        applications::INFO,
        service_principals::INFO,
        federated_identity_credentials::INFO,
        agent_identities::INFO,
        app_role_assignments::INFO,
        consents::INFO,
        directory_roles::INFO,
        role_assignments::INFO,
        managed_identities::INFO,
        storage_accounts::INFO,
        groups::INFO,
        sign_in_activity::OF_PRINCIPALS,
        sign_in_activity::OF_CREDENTIALS,
    ],
    hands_over: None,
    least_privilege: Some(least_privilege_grant),
};

/// The collectors behind [`AZURE`], in the same order: people, then applications before their service principals, then
/// what is granted to them, the groups that turned out to hold something, and at last when each was used.
const COLLECTORS: &[&dyn Collector<Session>] = &[
    &organization::Organizations,
    &users::Users,
    &applications::Applications,
    &service_principals::ServicePrincipals,
    &federated_identity_credentials::FederatedIdentityCredentials,
    &agent_identities::AgentIdentities,
    &app_role_assignments::AppRoleAssignments,
    &consents::Consents,
    &directory_roles::DirectoryRoles,
    &role_assignments::RoleAssignments,
    &managed_identities::ManagedIdentities,
    &storage_accounts::StorageAccounts,
    &groups::GroupMembers,
    &sign_in_activity::OfPrincipals,
    &sign_in_activity::OfCredentials,
];

#[cfg(test)]
mod tests;
