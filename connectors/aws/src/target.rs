//! What stands after `aws:` in a target: `profile=P,role=ARN,external-id=X,region=R,ssh-keys=on`.

use whose_connect::ConnectError;

/// How targets are written.
pub(crate) const SYNTAX: &str = "aws | aws:[profile=P][,role=ARN[,external-id=X]][,region=R][,ssh-keys=on]";

/// One account, and how to sign in to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// A profile of the shared configuration files; `None`: the SDK's own chain.
    pub(crate) profile: Option<String>,
    /// A role to assume with the credentials so found.
    pub(crate) role: Option<String>,
    /// What the role's trust policy asks for.
    pub(crate) external_id: Option<String>,
    /// The region whose endpoints are used, which also chooses the partition.
    pub(crate) region: Option<String>,
    /// Whether SSH public keys are listed, one call a user.
    pub(crate) ssh_keys: bool,
}

impl Target {
    /// Reads the text after `aws:`; an empty one is the SDK's own chain.
    pub(crate) fn parse(text: &str) -> Result<Self, ConnectError> {
        let wrong = |reason: String| ConnectError::Target { target: format!("aws:{text}"), reason, syntax: SYNTAX };
        let mut target = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(wrong(format!("`{part}` is not of the form name=value")));
            };
            if value.is_empty() {
                return Err(wrong(format!("`{name}` has no value")));
            }
            let slot = match name {
                "profile" => &mut target.profile,
                "role" if is_role_arn(value) => &mut target.role,
                "role" => return Err(wrong(format!("`{value}` is not the ARN of a role"))),
                "external-id" => &mut target.external_id,
                "region" if is_region(value) => &mut target.region,
                "region" => return Err(wrong(format!("`{value}` is not a region, such as eu-central-1"))),
                "ssh-keys" => {
                    target.ssh_keys = match value {
                        "on" => true,
                        "off" => false,
                        _ => return Err(wrong("`ssh-keys` is `on` or `off`".into())),
                    };
                    continue;
                }
                _ => return Err(wrong(format!("`{name}` is not known"))),
            };
            if slot.replace(value.to_owned()).is_some() {
                return Err(wrong(format!("`{name}` stands there twice")));
            }
        }
        if target.external_id.is_some() && target.role.is_none() {
            return Err(wrong("`external-id` goes with `role`".into()));
        }
        Ok(target)
    }

    /// The target in words, for messages.
    pub(crate) fn describe(&self) -> String {
        match (&self.profile, &self.role) {
            (Some(profile), Some(role)) => format!("AWS as {role} from the profile `{profile}`"),
            (Some(profile), None) => format!("AWS with the profile `{profile}`"),
            (None, Some(role)) => format!("AWS as {role}"),
            (None, None) => "AWS with the credentials of this machine".into(),
        }
    }
}

fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts[..], ["arn", _, "iam", "", account, name] if account.len() == 12 && name.starts_with("role/"))
}

fn is_region(text: &str) -> bool {
    text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_any_order() {
        assert_eq!(Target::parse("").unwrap(), Target::default());
        let target = Target::parse(
            "region=eu-central-1, role=arn:aws:iam::123456789012:role/x/audit,external-id=a=b,profile=p,ssh-keys=on",
        )
        .unwrap();
        assert_eq!(target.profile.as_deref(), Some("p"));
        assert_eq!(target.role.as_deref(), Some("arn:aws:iam::123456789012:role/x/audit"));
        assert_eq!(target.external_id.as_deref(), Some("a=b"));
        assert_eq!(target.region.as_deref(), Some("eu-central-1"));
        assert!(target.ssh_keys);
    }

    #[test]
    fn mistakes_are_named_with_the_syntax() {
        for (text, named) in [
            ("prod", "name=value"),
            ("profile=", "no value"),
            ("profil=x", "`profil` is not known"),
            ("profile=a,profile=b", "twice"),
            ("role=arn:aws:iam::123456789012:user/x", "not the ARN of a role"),
            ("region=Frankfurt", "not a region"),
            ("external-id=x", "goes with `role`"),
            ("ssh-keys=maybe", "`on` or `off`"),
        ] {
            let error = Target::parse(text).unwrap_err().to_string();
            assert!(error.contains(named) && error.contains(SYNTAX), "{text}: {error}");
        }
    }
}
