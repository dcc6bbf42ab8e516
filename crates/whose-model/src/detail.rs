//! What only one kind of node has.

use crate::node::fill;
use crate::{Classified, Join, NodeId, Statement, Tier, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What only an identity has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IdentityDetail {
    /// Human or not, when the vendor itself says so; otherwise `whose-graph` decides by what it sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Classified>,
    /// The one identity of a scope that no policy can bind (AWS root user).
    #[serde(default)]
    pub root: bool,
    /// Made and kept by the provider itself (AWS service-linked roles): its customer cannot own or fix it.
    #[serde(default)]
    pub provider_managed: bool,
    /// The grant that bounds what other grants can give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<NodeId>,
    /// Who may become this identity, as its trust policy says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust_policy: Vec<Statement>,
    /// Whether a second factor is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa: Option<bool>,
    /// Whether another organisation makes and keeps the software behind it (a foreign multi-tenant application).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party: Option<bool>,
    /// Whether the provider verified who publishes that software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher_verified: Option<bool>,
    /// The identity that this one was made from and that can act as it: the application of a service principal, the
    /// blueprint of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_of: Option<NodeId>,
    /// An AI agent, by the word of its provider.
    #[serde(default)]
    pub agent: bool,
}

impl IdentityDetail {
    pub(crate) fn merge(&mut self, other: Self) {
        fill(&mut self.class, other.class);
        self.root |= other.root;
        self.provider_managed |= other.provider_managed;
        fill(&mut self.boundary, other.boundary);
        if self.trust_policy.is_empty() {
            self.trust_policy = other.trust_policy;
        }
        fill(&mut self.mfa, other.mfa);
        fill(&mut self.third_party, other.third_party);
        fill(&mut self.publisher_verified, other.publisher_verified);
        fill(&mut self.instance_of, other.instance_of);
        self.agent |= other.agent;
    }
}

/// The kinds of credentials, over all vendors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// A key id with a secret half (AWS access key).
    AccessKey,
    /// A password of a console or portal.
    Password,
    /// An X.509 certificate.
    Certificate,
    /// An SSH key.
    SshKey,
    /// A key for one API or service.
    ApiKey,
    /// A bearer token.
    Token,
    /// An application's secret.
    ClientSecret,
    /// A service account's private key.
    ServiceAccountKey,
    /// A key of one repository.
    DeployKey,
    /// A refresh token or other standing consent.
    OauthGrant,
}

/// What only a credential has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialDetail {
    /// Its kind.
    pub kind: CredentialKind,
    /// When its secret part last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<Timestamp>,
    /// When it stops working by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The part of it that the vendor shows, never enough to use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The public fingerprint or thumbprint, in the form in which all connectors write it: of an SSH key as
    /// `ssh-keygen -l` does (`SHA256:…`), of a certificate its SHA-1 in lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// The SHA-256 of the public key (of its DER `SubjectPublicKeyInfo`) in lower-case hexadecimal digits, where the
    /// vendor shows the key itself: the same for a key, its certificates and its copies in any other format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The provider holds it to be in other hands: what it says, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromised: Option<String>,
    /// To what it is limited, where the provider can limit it apart from what its identity may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<CredentialLimits>,
}

/// To what a credential is limited. A list that is empty means: to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialLimits {
    /// The services that take it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// The kinds of callers from which it is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callers: Vec<String>,
}

impl CredentialDetail {
    /// A credential of which only the kind is known.
    pub fn new(kind: CredentialKind) -> Self {
        Self {
            kind,
            rotated: None,
            expires: None,
            hint: None,
            thumbprint: None,
            public_key: None,
            compromised: None,
            limits: None,
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        fill(&mut self.rotated, other.rotated);
        fill(&mut self.expires, other.expires);
        fill(&mut self.hint, other.hint);
        fill(&mut self.thumbprint, other.thumbprint);
        fill(&mut self.public_key, other.public_key);
        fill(&mut self.compromised, other.compromised);
        fill(&mut self.limits, other.limits);
    }
}

/// What only a trusted identity provider has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrustDetail {
    /// The issuer's address, without scheme, for example `token.actions.githubusercontent.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The subject that it lets in, exactly or as a pattern in the vendor's syntax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The condition on the token's claims, in the vendor's syntax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The audiences that it accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
    /// When its certificate or metadata ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

impl TrustDetail {
    pub(crate) fn merge(&mut self, other: Self) {
        fill(&mut self.issuer, other.issuer);
        fill(&mut self.subject, other.subject);
        fill(&mut self.condition, other.condition);
        if self.audiences.is_empty() {
            self.audiences = other.audiences;
        }
        fill(&mut self.expires, other.expires);
    }
}

/// Who keeps a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GrantOrigin {
    /// Written by the provider.
    Provider,
    /// Written by the customer, usable by many identities.
    Customer,
    /// Written into one identity or group.
    Inline,
}

/// What a grant gives by itself, where the provider names its roles and scopes and needs no evaluation of policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Power {
    /// The tier that it gives to whoever holds it.
    pub tier: Tier,
    /// Why, in words, for example `role Owner on subscription payments`.
    pub why: String,
}

/// An OAuth consent: an application may use these scopes, for everybody or for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consent {
    /// The scopes, in the vendor's words.
    pub scopes: Vec<String>,
    /// Those of them that reach mail, files, directories or code of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<String>,
    /// Whether it holds for everybody in the tenant, by an administrator's word.
    pub tenant_wide: bool,
    /// For whom it holds, when not for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<NodeId>,
}

/// What only a grant has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GrantDetail {
    /// Who keeps it.
    pub origin: GrantOrigin,
    /// What it says; empty when the listing that tells was not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// Whether `statements` is the whole grant. `false`: it was not read, or could not be parsed.
    pub read: bool,
    /// What it gives by itself, when its connector can tell without evaluating policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    /// The consent that it is, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

impl GrantDetail {
    /// A grant of which only its keeper is known.
    pub fn new(origin: GrantOrigin) -> Self {
        Self { origin, statements: Vec::new(), read: false, power: None, consent: None }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        if !self.read && other.read {
            *self = other;
        }
    }
}

/// What only a repository has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepoDetail {
    /// Where it was read: a path or a clone URL without credentials.
    pub origin: String,
    /// The commit that HEAD pointed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Remote URLs, without credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remotes: Vec<String>,
}

impl RepoDetail {
    /// Where it was read counts more than where it could be: a forge names an address, whoever read it knows HEAD.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.head.is_none() && other.head.is_some() {
            self.origin = other.origin;
            self.head = other.head;
        } else if self.origin.is_empty() {
            self.origin = other.origin;
        }
        for remote in other.remotes {
            if !self.remotes.contains(&remote) {
                self.remotes.push(remote);
            }
        }
    }
}

/// Where something stands: a file, in a commit or in the working tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The repository's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The path within it, with `/` between folders. A member of an archive follows behind `!/`, as in
    /// `vendor/app.jar!/config/db.yml`; what has no path is told in brackets.
    pub path: String,
    /// The line, counted from one; within the member where the path names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The first commit that holds it there; none in a working tree that is not committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// That commit's author, as name and e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// That commit's author date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// The commit that removed it from there, when one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_in: Option<String>,
    /// When it was removed from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Timestamp>,
    /// Whether HEAD, or the working tree, still holds it there.
    #[serde(default)]
    pub at_head: bool,
    /// Whether the secret half stands (or stood) there, and not only an id that points to the credential.
    #[serde(default)]
    pub secret_half: bool,
}

impl Place {
    /// The order in which places are told: the oldest first, and last what no commit holds yet.
    pub fn by_age(&self, other: &Self) -> Ordering {
        (self.date.is_none(), self.date, self).cmp(&(other.date.is_none(), other.date, other))
    }
}

/// How sure a detector is that a value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretConfidence {
    /// A generic assignment that looks like a secret.
    Low,
    /// A known format, by its context.
    Medium,
    /// A known format that nothing else has, or one whose checksum holds.
    High,
}

/// One fact that the format of a secret gives away without any call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Reveal {
    /// What it is: `account`, `key-id`, `tenant`, `subject`, `expiry`, `project`.
    pub what: String,
    /// The fact itself; never the secret half.
    pub value: String,
}

/// What only a leaked secret has. Its value is never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretDetail {
    /// The detector that found it, `<vendor>.<thing>`.
    pub detector: String,
    /// What the detector finds, in words, for example "AWS access key".
    pub title: String,
    /// A masked rendering, for example `AKIA…QX3F`.
    pub hint: String,
    /// How sure the detector is.
    pub confidence: SecretConfidence,
    /// Whether the secret half itself stands there. `false`: only an id that points to a credential.
    pub has_secret_half: bool,
    /// Whether what stands there opens with a passphrase only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
    /// When it ends by its own word, where its format says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// What the format gives away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reveals: Vec<Reveal>,
    /// What it would be in the inventory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<Join>,
}

impl SecretDetail {
    pub(crate) fn merge(&mut self, other: Self) {
        self.confidence = self.confidence.max(other.confidence);
        self.has_secret_half |= other.has_secret_half;
        self.encrypted &= other.encrypted;
        fill(&mut self.expires, other.expires);
        for reveal in other.reveals {
            if !self.reveals.contains(&reveal) {
                self.reveals.push(reveal);
            }
        }
        for join in other.joins {
            if !self.joins.contains(&join) {
                self.joins.push(join);
            }
        }
    }
}

/// A person or a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// One human being.
    Person,
    /// A team, which survives leavers.
    Team,
    /// Neither is known: a free text.
    Unknown,
}

/// Whether an owner is still there, by evidence of an identity provider or a people file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartyStatus {
    /// There, by evidence.
    Active,
    /// Left, suspended or deleted, by evidence.
    Inactive,
    /// No source of people was asked, or it does not know this name.
    #[default]
    Unresolved,
}

/// What only an owner has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnerDetail {
    /// Person or team.
    pub party: PartyKind,
    /// Whether it is still there.
    #[serde(default)]
    pub status: PartyStatus,
    /// What says so, for example `people.csv line 14`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_source: Option<String>,
    /// Since when it has been inactive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Timestamp>,
}

impl OwnerDetail {
    pub(crate) fn merge(&mut self, other: Self) {
        if self.party == PartyKind::Unknown {
            self.party = other.party;
        }
        if self.status == PartyStatus::Unresolved {
            self.status = other.status;
            fill(&mut self.status_source, other.status_source);
            fill(&mut self.left, other.left);
        }
    }
}
