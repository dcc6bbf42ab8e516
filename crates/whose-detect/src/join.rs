//! What a leaked value would be in an inventory: what the value itself, or what stands beside it, names.

use crate::check::jwt_payload;
use crate::claims;
use crate::entra::Beside;
use crate::found::Found;
use crate::private_key::Facts;
use crate::reveal::{aws_account, bedrock_user};
use crate::shared_access::Signature;
use serde::Deserialize;
use whose_model::{Join, JoinStrength, JoinTarget, NodeId};

/// The joins, by the names that detectors use.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum JoinRule {
    /// The access key of that id; its account, when the id tells it.
    AwsAccessKey,
    /// The IAM user behind an Amazon Bedrock API key.
    AwsBedrockUser,
    /// The client secret that begins so, of the application or tenant that stands beside it.
    EntraClientSecret,
    /// Whoever in Entra ID signed a shared access signature.
    AzureSigner,
    /// The storage account that an account key, or a signature made with one, opens.
    AzureStorageAccount,
    /// The service-account key of that `private_key_id`.
    GcpServiceAccountKey,
    /// The token that ends so, among those that an organisation on GitHub lists.
    GithubLastEight,
    /// The identity that a JSON Web Token names.
    JwtSubject,
    /// The credentials whose private half the key is.
    PublicHalf,
}

impl JoinRule {
    /// By what a value is joined, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::AwsAccessKey | Self::GcpServiceAccountKey => "the id of the key",
            Self::AwsBedrockUser => "the user in it",
            Self::EntraClientSecret => "the first three characters, beside the application or the tenant",
            Self::AzureSigner => "who signed it",
            Self::AzureStorageAccount => "the storage account beside it",
            Self::GithubLastEight => "the last eight characters",
            Self::JwtSubject => "the subject in its claims",
            Self::PublicHalf => "the public half of the key, and its certificate in the same file",
        }
    }

    /// What the value names.
    pub(crate) fn resolve(self, found: &Found<'_>) -> Vec<Join> {
        let by = |target, scope, strength| Join { target, scope, strength };
        // A key id does not tell its partition; nearly all accounts lie in the commercial one.
        let account = |id: &str| NodeId::new("aws", "aws", "account", id);
        match self {
            Self::AwsAccessKey => {
                let key = NodeId::new("aws", "", "access-key", &found.text());
                let scope = aws_account(found.value).map(|id| account(&id));
                vec![by(JoinTarget::Node(key), scope, JoinStrength::ExactId)]
            }
            Self::AwsBedrockUser => {
                let Some((user, id)) = bedrock_user(found.value) else { return Vec::new() };
                // The service's user name is the IAM user's name, `-at-` and the account.
                let name = user.strip_suffix(&format!("-at-{id}")).unwrap_or(&user).to_lowercase();
                let user = NodeId::new("aws", &id, "iam-user", &name);
                vec![by(JoinTarget::Node(user), Some(account(&id)), JoinStrength::EmbeddedSubject)]
            }
            Self::EntraClientSecret => vec![entra_client_secret(found)],
            Self::AzureSigner => azure_signer(found.value),
            Self::AzureStorageAccount => azure_storage_account(found),
            Self::GcpServiceAccountKey => {
                // The key id is unique by itself, so a lone one joins without its service account.
                let key = NodeId::new("gcp", "", "service-account-key", &found.text());
                let scope = found.json_string("project_id").map(|project| NodeId::new("gcp", "", "project", &project));
                vec![by(JoinTarget::Node(key), scope, JoinStrength::ExactId)]
            }
            Self::GithubLastEight => {
                let tail = &found.value[found.value.len().saturating_sub(8)..];
                let hint = format!("…{}", String::from_utf8_lossy(tail));
                let target = JoinTarget::Hint { r#type: "credential-authorization".into(), hint, within: Vec::new() };
                vec![by(target, None, JoinStrength::PrefixSuffix)]
            }
            Self::JwtSubject => jwt_payload(found.value).as_ref().map_or_else(Vec::new, claims::joins),
            Self::PublicHalf => {
                let halves = Facts::read(found.data, &found.range);
                let halves = halves.public_halves().cloned().map(JoinTarget::PublicHalf);
                halves.map(|half| by(half, None, JoinStrength::ExactId)).collect()
            }
        }
    }
}

/// Microsoft shows the first three characters, which many secrets share: they count beside their application or tenant.
fn entra_client_secret(found: &Found<'_>) -> Join {
    let beside = Beside::of(found.data, &found.range);
    let applications = beside.applications.iter().map(|id| NodeId::new("azure", "", "application", id));
    let tenants: Vec<NodeId> = beside.tenants.iter().map(|id| NodeId::new("azure", "", "tenant", id)).collect();
    let within: Vec<NodeId> = applications.chain(tenants.iter().cloned()).collect();
    let strength = if within.is_empty() { JoinStrength::SharedHint } else { JoinStrength::HintInContext };
    let hint = String::from_utf8_lossy(&found.value[..found.value.len().min(3)]).into_owned();
    let target = JoinTarget::Hint { r#type: "client-secret".into(), hint, within };
    Join { target, scope: tenants.into_iter().next(), strength }
}

fn azure_signer(value: &[u8]) -> Vec<Join> {
    let Signature { signer: Some(signer), tenant: Some(tenant), .. } = Signature::read(value) else {
        return Vec::new();
    };
    let scope = NodeId::new("azure", "", "tenant", &tenant);
    let of = |kind| Join {
        target: JoinTarget::Node(NodeId::new("azure", &tenant, kind, &signer)),
        scope: Some(scope.clone()),
        strength: JoinStrength::EmbeddedSubject,
    };
    vec![of("service-principal"), of("user")]
}

/// The name of a storage account is unique over all tenants. Which of its two keys a value is, or which of them made a
/// signature, the value does not tell. What an identity signed is no key's work.
fn azure_storage_account(found: &Found<'_>) -> Vec<Join> {
    let name = found.groups.iter().find(|(name, _)| matches!(*name, "account" | "account_name"));
    let Some((_, name)) = name.filter(|_| Signature::read(found.value).signer.is_none()) else { return Vec::new() };
    let account = NodeId::new("azure", "", "storage-account", &String::from_utf8_lossy(name));
    vec![Join { target: JoinTarget::Node(account), scope: None, strength: JoinStrength::EmbeddedSubject }]
}
