//! GitHub: members, apps, deploy keys, tokens and settings of one organisation.

mod actions_permissions;
mod actions_secrets;
mod api;
mod app;
mod app_installations;
mod code;
mod connector;
mod credential_authorizations;
mod deploy_keys;
mod each_repository;
mod failure;
mod fork_approvals;
mod grants;
mod ids;
mod link;
mod members;
mod organization;
mod outside_collaborators;
mod people;
mod permissions;
mod personal_access_tokens;
mod power;
mod repositories;
mod repository_workflow_permissions;
mod selection;
mod session;
mod sign_in;
mod target;
mod token;
mod webhooks;
mod wire;

pub use connector::Github;
pub use permissions::least_privilege_app;
pub use sign_in::GithubSignIn;
pub use token::Token;

use session::Session;
use whose_connect::{Collector, ConnectorInfo};

/// What the connector says about itself.
pub static GITHUB: ConnectorInfo = ConnectorInfo {
    id: "github",
    title: "GitHub",
    target_syntax: target::SYNTAX,
    collectors: &[
        organization::INFO,
        members::INFO,
        outside_collaborators::INFO,
        repositories::INFO,
        code::INFO,
        app_installations::INFO,
        deploy_keys::INFO,
        personal_access_tokens::INFO,
        credential_authorizations::INFO,
        actions_secrets::INFO,
        webhooks::INFO,
        actions_permissions::INFO,
        repository_workflow_permissions::INFO,
        fork_approvals::INFO,
    ],
    hands_over: Some("the organisation's repositories, unless the target says `repositories=off`"),
    least_privilege: Some(least_privilege_app),
};

/// The collectors behind [`GITHUB`], in the same order; `organization` is the sign-in itself.
///
/// Members and outside collaborators tell who is still there, which the listings of what people made ask; the
/// repositories name those whose code is handed over, whose deploy keys are listed and whose settings are asked.
const COLLECTORS: &[&dyn Collector<Session>] = &[
    &members::Members,
    &outside_collaborators::OutsideCollaborators,
    &repositories::Repositories,
    &code::RepositoryCode,
    &app_installations::AppInstallations,
    &deploy_keys::DeployKeys,
    &personal_access_tokens::PersonalAccessTokens,
    &credential_authorizations::CredentialAuthorizations,
    &actions_secrets::ActionsSecrets,
    &webhooks::Webhooks,
    &actions_permissions::ActionsPermissions,
    &repository_workflow_permissions::RepositoryWorkflowPermissions,
    &fork_approvals::ForkApprovals,
];

#[cfg(test)]
mod tests;
