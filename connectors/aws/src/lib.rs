//! Amazon Web Services: IAM users, roles, policies, keys and other credentials of one account.

mod access_keys;
mod account;
mod authorization_details;
mod caller_identity;
mod connector;
mod credential_report;
mod failure;
mod grants;
mod guard;
mod ids;
mod oidc_providers;
mod permissions;
mod policy_document;
mod roles;
mod saml_providers;
mod service_specific_credentials;
mod session;
mod signing_certificates;
mod ssh_public_keys;
mod target;
mod transport;
mod virtual_mfa_devices;
mod wire;

pub use connector::Aws;
pub use permissions::least_privilege_policy;

use session::Session;
use whose_connect::{Collector, ConnectorInfo};

/// What the connector says about itself.
pub static AWS: ConnectorInfo = ConnectorInfo {
    id: "aws",
    title: "Amazon Web Services",
    target_syntax: target::SYNTAX,
    collectors: &[
        caller_identity::INFO,
        authorization_details::INFO,
        roles::INFO,
        credential_report::INFO,
        access_keys::INFO,
        signing_certificates::INFO,
        service_specific_credentials::INFO,
        ssh_public_keys::INFO,
        virtual_mfa_devices::INFO,
        oidc_providers::INFO,
        saml_providers::INFO,
        account::INFO,
    ],
    hands_over: None,
    least_privilege: Some(least_privilege_policy),
};

/// The collectors behind [`AWS`], in the same order; `caller_identity` is the sign-in itself.
///
/// Authorization details name the users, the report tells who holds what, and the listings per user ask only for
/// those; the account comes last, since it fills in what the report does not say of the root user.
const COLLECTORS: &[&dyn Collector<Session>] = &[
    &authorization_details::AuthorizationDetails,
    &roles::Roles,
    &credential_report::CredentialReport,
    &access_keys::AccessKeys,
    &signing_certificates::SigningCertificates,
    &service_specific_credentials::ServiceSpecificCredentials,
    &ssh_public_keys::SshPublicKeys,
    &virtual_mfa_devices::VirtualMfaDevices,
    &oidc_providers::OidcProviders,
    &saml_providers::SamlProviders,
    &account::AccountFacts,
];

#[cfg(test)]
mod tests;
