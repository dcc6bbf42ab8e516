//! Node ids and ARNs of one account, written in one place so that every listing names the same thing
//! alike.

use whose_model::{NodeId, Principal};

/// The account that is scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// The partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub(crate) partition: String,
    /// The twelve digits.
    pub(crate) id: String,
}

/// The name under which the root user appears everywhere.
pub(crate) const ROOT: &str = "<root>";

/// The realm of what AWS itself keeps for all accounts.
const PROVIDED: &str = "aws";

impl Account {
    /// The scope node.
    pub(crate) fn scope(&self) -> NodeId {
        account_scope(&self.partition, &self.id)
    }

    /// A thing of this account by its type and id.
    pub(crate) fn thing(&self, kind: &str, id: &str) -> NodeId {
        NodeId::new("aws", &self.id, kind, id)
    }

    /// A user, role or group: names are unique in an account whatever their path and case.
    pub(crate) fn principal(&self, kind: &str, name: &str) -> NodeId {
        self.thing(kind, &name.to_lowercase())
    }

    /// A user by the name that the credential report gives it.
    pub(crate) fn user(&self, name: &str) -> NodeId {
        let name = if name == "<root_account>" { ROOT } else { name };
        self.principal("iam-user", name)
    }

    /// A managed policy by its ARN, which tells AWS's own from the account's.
    pub(crate) fn policy(&self, arn: &str) -> NodeId {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let realm = match parts.get(4) {
            Some(&"aws") => PROVIDED,
            Some(&account) if !account.is_empty() => account,
            _ => &self.id,
        };
        NodeId::new("aws", realm, "iam-policy", name)
    }

    /// The ARN of the root user.
    pub(crate) fn root_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.id)
    }

    /// The principal of a policy's `AWS` element.
    pub(crate) fn aws_principal(&self, text: &str) -> Principal {
        if text == "*" {
            return Principal::Anyone;
        }
        if is_account_id(text) {
            return Principal::Scope(account_scope(&self.partition, text));
        }
        principal_of_arn(text).unwrap_or_else(|| Principal::Other(text.to_owned()))
    }

    /// The principal of a policy's `Federated` element.
    pub(crate) fn federated_principal(&self, text: &str) -> Principal {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts[..] {
            ["arn", _, "iam", "", account, rest] if is_account_id(account) => match rest.split_once('/') {
                Some((kind @ ("oidc-provider" | "saml-provider"), name)) => {
                    Principal::Federated(NodeId::new("aws", account, kind, name))
                }
                _ => Principal::Other(text.to_owned()),
            },
            // Providers that every account knows without an entry of its own, such as `accounts.google.com`.
            [name] if is_host(name) => Principal::Federated(NodeId::new("aws", PROVIDED, "oidc-provider", name)),
            _ => Principal::Other(text.to_owned()),
        }
    }
}

fn account_scope(partition: &str, id: &str) -> NodeId {
    NodeId::new("aws", partition, "account", id)
}

fn principal_of_arn(text: &str) -> Option<Principal> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, rest] = parts[..] else { return None };
    if !is_account_id(account) || rest.contains('*') {
        return None;
    }
    let identity = |kind: &str, name: &str| {
        (!name.is_empty()).then(|| Principal::Identity(NodeId::new("aws", account, kind, &name.to_lowercase())))
    };
    match (service, rest.split_once('/')) {
        ("iam", None) if rest == "root" => Some(Principal::Scope(account_scope(partition, account))),
        ("iam", Some(("user", path))) => identity("iam-user", path.rsplit('/').next()?),
        ("iam", Some(("role", path))) => identity("iam-role", path.rsplit('/').next()?),
        // A session's ARN holds the role's name without its path. Whoever may assume the role chooses the name of the
        // session, so it limits nobody.
        ("sts", Some(("assumed-role", session))) => identity("iam-role", session.split('/').next()?),
        _ => None,
    }
}

/// Whether a text is an account's twelve digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_host(text: &str) -> bool {
    text.contains('.') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account { partition: "aws".into(), id: "111122223333".into() }
    }

    #[test]
    fn principals_of_trust_policies_become_the_things_that_they_name() {
        let identity = |realm: &str, kind: &str, name: &str| Principal::Identity(NodeId::new("aws", realm, kind, name));
        let scope = |partition: &str, id: &str| Principal::Scope(NodeId::new("aws", partition, "account", id));
        let other = |text: &str| Principal::Other(text.into());
        for (text, expected) in [
            ("*", Principal::Anyone),
            ("444455556666", scope("aws", "444455556666")),
            ("arn:aws:iam::444455556666:root", scope("aws", "444455556666")),
            ("arn:aws-cn:iam::444455556666:root", scope("aws-cn", "444455556666")),
            ("arn:aws:iam::444455556666:user/Team/Alice", identity("444455556666", "iam-user", "alice")),
            ("arn:aws:iam::444455556666:role/ci/Deploy", identity("444455556666", "iam-role", "deploy")),
            ("arn:aws:sts::444455556666:assumed-role/Deploy/run-1", identity("444455556666", "iam-role", "deploy")),
            ("arn:aws:sts::444455556666:federated-user/bob", other("arn:aws:sts::444455556666:federated-user/bob")),
            ("arn:aws:iam::444455556666:role/*", other("arn:aws:iam::444455556666:role/*")),
            ("arn:aws:iam::444455556666:role/", other("arn:aws:iam::444455556666:role/")),
            // The id of a principal that was deleted.
            ("AROAEXAMPLEDELETED", other("AROAEXAMPLEDELETED")),
            ("", other("")),
        ] {
            assert_eq!(account().aws_principal(text), expected, "{text}");
        }
    }

    #[test]
    fn federated_principals_become_trusts() {
        let trust = |realm: &str, kind: &str, id: &str| Principal::Federated(NodeId::new("aws", realm, kind, id));
        for (text, expected) in [
            (
                "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB",
                trust("111122223333", "oidc-provider", "oidc.eks.eu-west-1.amazonaws.com/id/AB"),
            ),
            ("arn:aws:iam::111122223333:saml-provider/ADFS", trust("111122223333", "saml-provider", "ADFS")),
            ("accounts.google.com", trust("aws", "oidc-provider", "accounts.google.com")),
            ("arn:aws:iam::111122223333:user/x", Principal::Other("arn:aws:iam::111122223333:user/x".into())),
            ("nonsense", Principal::Other("nonsense".into())),
        ] {
            assert_eq!(account().federated_principal(text), expected, "{text}");
        }
    }

    #[test]
    fn policies_of_aws_and_of_the_account_are_told_apart() {
        for (arn, realm, name) in [
            ("arn:aws:iam::aws:policy/job-function/Billing", "aws", "Billing"),
            ("arn:aws:iam::111122223333:policy/team/Deploy", "111122223333", "Deploy"),
            ("Odd", "111122223333", "Odd"),
        ] {
            assert_eq!(account().policy(arn), NodeId::new("aws", realm, "iam-policy", name), "{arn}");
        }
    }
}
