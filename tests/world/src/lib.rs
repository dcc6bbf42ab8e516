//! An invented company with planted truth: an AWS account served on loopback and git repositories written
//! to disk. `whose demo` shows it, and the tests hold the scanner against it.

mod account;
mod aws;
mod company;
mod draw;
mod entra;
mod error;
mod github;
mod google;
mod large;
mod loopback;
mod openssl;
mod repository;
mod served;
mod token;
mod truth;
mod write;

pub use account::{
    AccessKey, Account, Grants, Group, KeyUse, OidcProvider, Password, Policy, Role, Root, SamlProvider,
    ServerCertificate, ServiceCredential, Tags, Uploaded, User,
};
pub use aws::{AwsServer, CREDENTIAL_REPORT_COLUMNS, Request};
pub use company::{CloudLeaks, World};
pub use entra::{EntraCertificate, EntraLeak, EntraRequest, EntraServer, EntraTenant, Subscription};
pub use error::WorldError;
pub use github::{
    GithubAppKey, GithubAuthorization, GithubDeployKey, GithubInstallation, GithubOrganization, GithubRepository,
    GithubRequest, GithubServer, GithubToken, GithubUser, GithubWebhook,
};
pub use google::{
    Binding, Folder, Google, GoogleApiKey, GoogleConsent, GoogleDirectory, GoogleEstate, GoogleRequest, GoogleServer,
    GoogleUser, Pool, Project, ServiceAccount, ServiceAccountKey,
};
pub use large::{LargeEstate, LargeProvider, LargeServer};
pub use repository::{Commit, Repository};
pub use served::Served;
pub use token::{account_of, aws_id};
pub use truth::{Comparison, Planted, RULES, Subject};
pub use write::write_repositories;
