//! The least-privilege policy: exactly the permissions of the declared calls.

use serde_json::json;
use std::collections::BTreeSet;

/// The policy to attach to the identity that scans, as JSON.
///
/// IAM's listings of an account cannot be limited to single resources, so the resource is `*`.
pub fn least_privilege_policy() -> String {
    let actions: BTreeSet<&str> = crate::AWS.calls().iter().map(|call| call.permission).collect();
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "WhoseReadOnly", "Effect": "Allow", "Action": actions, "Resource": "*" }],
    });
    format!("{policy:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_the_declared_calls_and_nothing_else() {
        let policy: serde_json::Value = serde_json::from_str(&least_privilege_policy()).unwrap();
        let allowed: Vec<&str> = policy["Statement"][0]["Action"]
            .as_array()
            .unwrap()
            .iter()
            .map(|action| action.as_str().unwrap())
            .collect();
        assert_eq!(
            allowed,
            [
                "iam:GenerateCredentialReport",
                "iam:GetAccountAuthorizationDetails",
                "iam:GetAccountSummary",
                "iam:GetCredentialReport",
                "iam:GetOpenIDConnectProvider",
                "iam:ListAccessKeys",
                "iam:ListAccountAliases",
                "iam:ListOpenIDConnectProviders",
                "iam:ListRoles",
                "iam:ListSAMLProviders",
                "iam:ListSSHPublicKeys",
                "iam:ListServiceSpecificCredentials",
                "iam:ListSigningCertificates",
                "iam:ListVirtualMFADevices",
                "sts:GetCallerIdentity",
            ]
        );
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
    }
}
