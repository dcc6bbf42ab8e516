//! What stands after `azure:` in a target: `tenant=T,cloud=public|usgov|china`.

use whose_connect::ConnectError;

/// How targets are written.
pub(crate) const SYNTAX: &str = "azure | azure:[tenant=T][,cloud=public|usgov|china]";

/// Where a cloud's services answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cloud {
    /// Where tokens are issued.
    pub(crate) authority: &'static str,
    /// Microsoft Graph.
    pub(crate) graph: &'static str,
    /// Azure Resource Manager.
    pub(crate) manager: &'static str,
}

/// The endpoints, from <https://learn.microsoft.com/en-us/graph/deployments>.
pub(crate) const PUBLIC: Cloud = Cloud {
    authority: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
    manager: "https://management.azure.com",
};
const US_GOVERNMENT: Cloud = Cloud {
    authority: "https://login.microsoftonline.us",
    graph: "https://graph.microsoft.us",
    manager: "https://management.usgovcloudapi.net",
};
const CHINA: Cloud = Cloud {
    authority: "https://login.chinacloudapi.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn",
    manager: "https://management.chinacloudapi.cn",
};

/// One tenant, and where it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The tenant's id or one of its domains; `None`: that of the credentials.
    pub(crate) tenant: Option<String>,
    /// Its cloud.
    pub(crate) cloud: Cloud,
}

impl Target {
    /// Reads the text after `azure:`.
    pub(crate) fn parse(text: &str) -> Result<Self, ConnectError> {
        let wrong = |reason: String| ConnectError::Target { target: format!("azure:{text}"), reason, syntax: SYNTAX };
        let (mut tenant, mut cloud) = (None, None);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(wrong(format!("`{part}` is not of the form name=value")));
            };
            let twice = match name {
                "tenant" if is_tenant(value) => tenant.replace(value.to_lowercase()).is_some(),
                "tenant" => return Err(wrong(format!("`{value}` is neither a tenant's id nor a domain"))),
                "cloud" => {
                    let known = match value {
                        "public" => PUBLIC,
                        "usgov" => US_GOVERNMENT,
                        "china" => CHINA,
                        _ => return Err(wrong("`cloud` is `public`, `usgov` or `china`".into())),
                    };
                    cloud.replace(known).is_some()
                }
                _ => return Err(wrong(format!("`{name}` is not known"))),
            };
            if twice {
                return Err(wrong(format!("`{name}` stands there twice")));
            }
        }
        Ok(Self { tenant, cloud: cloud.unwrap_or(PUBLIC) })
    }

    /// The target in words, for messages.
    pub(crate) fn describe(&self) -> String {
        match &self.tenant {
            Some(tenant) => format!("the Entra tenant {tenant}"),
            None => "the Entra tenant of this machine's credentials".into(),
        }
    }
}

/// An id or a domain: what goes into the path of the token's address, so nothing else may pass.
fn is_tenant(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_any_order() {
        assert_eq!(Target::parse("").unwrap(), Target { tenant: None, cloud: PUBLIC });
        let target = Target::parse("cloud=usgov, tenant=Contoso.example").unwrap();
        assert_eq!(target, Target { tenant: Some("contoso.example".into()), cloud: US_GOVERNMENT });
    }

    #[test]
    fn mistakes_are_named_with_the_syntax() {
        for (text, named) in [
            ("contoso", "name=value"),
            ("tenant=", "neither a tenant's id"),
            ("tenant=a/../b", "neither a tenant's id"),
            ("tenant=a,tenant=b", "twice"),
            ("cloud=moon", "`cloud` is"),
            ("org=x", "`org` is not known"),
        ] {
            let error = Target::parse(text).unwrap_err().to_string();
            assert!(error.contains(named) && error.contains(SYNTAX), "{text}: {error}");
        }
    }
}
