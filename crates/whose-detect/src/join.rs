//! What a leaked value would be in an inventory: the node that the format itself names.

use crate::reveal::{Found, bedrock_user};
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
    /// The service-account key of that `private_key_id`.
    GcpServiceAccountKey,
}

impl JoinRule {
    /// The node, when the value names one.
    pub(crate) fn resolve(self, found: &Found<'_>) -> Option<Join> {
        // A key id does not tell its partition; nearly all accounts lie in the commercial one.
        let account = |id: &str| NodeId::new("aws", "aws", "account", id);
        match self {
            Self::AwsAccessKey => Some(Join {
                target: JoinTarget::Node(NodeId::new("aws", "", "access-key", &found.text())),
                scope: crate::reveal::aws_account(found.value).map(|id| account(&id)),
                strength: JoinStrength::ExactId,
            }),
            Self::AwsBedrockUser => {
                let (user, id) = bedrock_user(found.value)?;
                // The service's user name is the IAM user's name, `-at-` and the account.
                let name = user.strip_suffix(&format!("-at-{id}"))?.to_lowercase();
                Some(Join {
                    target: JoinTarget::Node(NodeId::new("aws", &id, "iam-user", &name)),
                    scope: Some(account(&id)),
                    strength: JoinStrength::EmbeddedSubject,
                })
            }
            Self::GcpServiceAccountKey => Some(Join {
                // The key id is unique by itself, so a lone one joins without its service account.
                target: JoinTarget::Node(NodeId::new("gcp", "", "service-account-key", &found.text())),
                scope: found.json_string("project_id").map(|project| NodeId::new("gcp", "", "project", &project)),
                strength: JoinStrength::ExactId,
            }),
        }
    }
}
