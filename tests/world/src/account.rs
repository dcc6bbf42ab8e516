//! An AWS account as data: what IAM would hold, before any of it is put on the wire.

use serde_json::Value;
use std::collections::BTreeMap;
use whose_model::Timestamp;

/// Tags, by key.
pub type Tags = BTreeMap<String, String>;

/// One AWS account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its twelve digits.
    pub number: String,
    /// Its aliases.
    pub aliases: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Its root user.
    pub root: Root,
    /// IAM users.
    pub users: Vec<User>,
    /// IAM groups.
    pub groups: Vec<Group>,
    /// IAM roles.
    pub roles: Vec<Role>,
    /// Policies: its own, and those of AWS that something is attached to.
    pub policies: Vec<Policy>,
    /// OpenID Connect providers.
    pub oidc_providers: Vec<OidcProvider>,
    /// SAML providers.
    pub saml_providers: Vec<SamlProvider>,
    /// TLS certificates that load balancers use.
    pub server_certificates: Vec<ServerCertificate>,
    /// The role as which the company lets its scanner read.
    pub scanner: String,
}

/// The root user of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Root {
    /// When its password was last used.
    pub password_last_used: Option<Timestamp>,
    /// Whether a second factor is on.
    pub mfa: bool,
    /// Its access key, which the API tells nothing of but its dates.
    pub key: Option<AccessKey>,
}

/// An IAM user.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its path, with a slash at both ends.
    pub path: String,
    /// Its immutable id, `AIDA…`.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    pub tags: Tags,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// The policies that it holds.
    pub grants: Grants,
    /// Its console password.
    pub password: Option<Password>,
    /// When its virtual second factor was enabled.
    pub mfa: Option<Timestamp>,
    /// Its access keys.
    pub keys: Vec<AccessKey>,
    /// Its X.509 signing certificates.
    pub certificates: Vec<Uploaded>,
    /// Its SSH public keys.
    pub ssh_keys: Vec<Uploaded>,
    /// Its passwords and API keys for single services.
    pub service_credentials: Vec<ServiceCredential>,
}

/// The policies that a user, group or role holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grants {
    /// Inline policies: name and document.
    pub inline: Vec<(String, Value)>,
    /// ARNs of attached policies.
    pub attached: Vec<String>,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
}

/// A console password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Password {
    /// When it was last changed.
    pub changed: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// An access key, without its secret half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Whether it works.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When, in which region and for which service it was last used.
    pub last_used: Option<KeyUse>,
}

/// The last use of an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// When.
    pub at: Timestamp,
    /// In which region.
    pub region: String,
    /// For which service.
    pub service: String,
}

/// A certificate or public key that was uploaded for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its id.
    pub id: String,
    /// Whether it works.
    pub active: bool,
    /// When it was uploaded.
    pub at: Timestamp,
}

/// A password or API key for one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCredential {
    /// Its id, `ACCA…`.
    pub id: String,
    /// The service, for example `bedrock.amazonaws.com`.
    pub service: String,
    /// The name that is used with it.
    pub user_name: String,
    /// Whether it works.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// An IAM group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its immutable id, `AGPA…`.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// The policies that it holds.
    pub grants: Grants,
}

/// An IAM role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its path, with a slash at both ends.
    pub path: String,
    /// Its immutable id, `AROA…`.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// What its keepers wrote about it.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// Its trust policy.
    pub trust: Value,
    /// The policies that it holds.
    pub grants: Grants,
    /// When it was last assumed and used, and in which region.
    pub last_used: Option<(Timestamp, String)>,
    /// Whether an instance profile of its name exists.
    pub instance_profile: bool,
}

/// A managed policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its ARN.
    pub arn: String,
    /// Its immutable id, `ANPA…`.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// What it is for.
    pub description: Option<String>,
    /// Its versions, the default one last.
    pub versions: Vec<Value>,
}

/// An OpenID Connect provider.
#[derive(Clone, Debug, PartialEq)]
pub struct OidcProvider {
    /// Its URL without scheme, which is also the end of its ARN.
    pub url: String,
    /// The audiences that it accepts.
    pub audiences: Vec<String>,
    /// The certificate thumbprint.
    pub thumbprint: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    pub tags: Tags,
}

/// A SAML provider.
#[derive(Clone, Debug, PartialEq)]
pub struct SamlProvider {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When its metadata ends.
    pub valid_until: Timestamp,
    /// Its tags.
    pub tags: Tags,
}

/// A TLS certificate of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerCertificate {
    /// Its name.
    pub name: String,
    /// Its immutable id, `ASCA…`.
    pub id: String,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

impl Account {
    /// The ARN of a thing of IAM, from what follows the account, for example `user/service/svc-backup`.
    pub fn arn(&self, resource: &str) -> String {
        format!("arn:aws:iam::{}:{resource}", self.number)
    }

    /// The user of a name.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// All access keys of users, with their users' names.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &AccessKey)> {
        self.users.iter().flat_map(|user| user.keys.iter().map(|key| (user.name.as_str(), key)))
    }
}

impl User {
    /// Its ARN.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:user{}{}", self.path, self.name)
    }
}

impl Role {
    /// Its ARN.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }
}

impl Policy {
    /// Its name: the end of its ARN.
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// Whether AWS keeps it.
    pub fn is_of_aws(&self) -> bool {
        self.arn.starts_with("arn:aws:iam::aws:")
    }
}
