//! What stands after `github:` in a target: `ORG[,api=https://HOST/api/v3][,repositories=…][,largest=…]`.

use crate::selection::Selection;
use url::{Host, Url};
use whose_connect::ConnectError;

/// How targets are written.
pub(crate) const SYNTAX: &str = "github:ORG[,api=https://HOST/api/v3][,repositories=off|active|own|all][,largest=4GB]";

/// GitHub's own API.
const API: &str = "https://api.github.com";

/// One organisation, and where its API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The organisation's login.
    pub(crate) org: String,
    /// The API's address.
    pub(crate) api: Url,
    /// The host that people and remotes name: `github.com`, or that of an Enterprise Server.
    pub(crate) host: String,
    /// Which repositories' code is read.
    pub(crate) selection: Selection,
}

impl Target {
    /// Reads the text after `github:`.
    pub(crate) fn parse(text: &str) -> Result<Self, ConnectError> {
        let wrong = |reason: String| ConnectError::Target { target: format!("github:{text}"), reason, syntax: SYNTAX };
        let twice = |name: &str| wrong(format!("`{name}` stands there twice"));
        let mut parts = text.split(',').map(str::trim);
        let org = parts.next().unwrap_or_default();
        if org.is_empty() {
            return Err(wrong("it names no organisation".into()));
        }
        if !is_login(org) {
            return Err(wrong(format!("`{org}` is not the login of an organisation")));
        }
        let (mut api, mut which, mut largest) = (None, None, None);
        for part in parts.filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("api", _)) if api.is_some() => return Err(twice("api")),
                Some(("api", value)) => api = Some(base(value).map_err(wrong)?),
                Some(("repositories", _)) if which.is_some() => return Err(twice("repositories")),
                Some(("repositories", value)) => which = Some(Selection::which(value).map_err(wrong)?),
                Some(("largest", _)) if largest.is_some() => return Err(twice("largest")),
                Some(("largest", value)) => largest = Some(Selection::largest(value).map_err(wrong)?),
                Some((name, _)) => return Err(wrong(format!("`{name}` is not known"))),
                None => return Err(wrong(format!("`{part}` is not of the form name=value"))),
            }
        }
        let api = match api {
            Some(api) => api,
            None => base(API).map_err(wrong)?,
        };
        let host = api.host_str().unwrap_or_default();
        let host = git_host(host).unwrap_or(host).to_lowercase();
        let default = Selection::default();
        let selection =
            Selection { which: which.unwrap_or(default.which), largest: largest.unwrap_or(default.largest) };
        Ok(Self { org: org.to_owned(), host, api, selection })
    }
}

/// Reads the address of an API.
///
/// # Errors
/// When it is no address to which a token may be sent: anything but HTTPS, except on this machine.
pub(crate) fn base(text: &str) -> Result<Url, String> {
    // The text is not repeated: it may hold a password.
    let mut url = Url::parse(text).map_err(|_| "`api` is not an address like https://HOST/api/v3".to_string())?;
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err("`api` is not an address like https://HOST/api/v3, without user and password".into());
    }
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err("`api` is not https, so the token would be readable on its way".into());
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The host that people and remotes name, where the API has one of its own: GitHub's, and that of its enterprises with
/// data residency.
pub(crate) fn git_host(api: &str) -> Option<&str> {
    api.strip_prefix("api.").filter(|rest| is_of_github(rest))
}

fn is_of_github(host: &str) -> bool {
    host == "github.com" || host.ends_with(".ghe.com")
}

/// A login: letters, digits and hyphens, and the underscore of enterprise-managed users.
pub(crate) fn is_login(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= 100 && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::Which;

    #[test]
    fn an_organisation_lies_on_github_or_on_a_server_of_its_own() {
        for (text, api, host) in [
            ("acme", "https://api.github.com/", "github.com"),
            ("acme,api=https://GHE.acme.test/api/v3", "https://ghe.acme.test/api/v3", "ghe.acme.test"),
            ("acme, api=https://api.acme.ghe.com", "https://api.acme.ghe.com/", "acme.ghe.com"),
            ("acme,api=https://api.acme.test/v3", "https://api.acme.test/v3", "api.acme.test"),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!((target.api.as_str(), target.host.as_str()), (api, host), "{text}");
        }
    }

    #[test]
    fn all_code_of_the_organisations_own_is_read_unless_the_target_says_otherwise() {
        let own = Selection::default();
        for (text, selection) in [
            ("acme", own),
            ("acme,repositories=off", Selection { which: Which::Off, ..own }),
            ("acme,largest=10MB, repositories=all", Selection { which: Which::All, largest: 10_240 }),
        ] {
            assert_eq!(Target::parse(text).unwrap().selection, selection, "{text}");
        }
    }

    #[test]
    fn mistakes_are_named_with_the_syntax() {
        let with_password = format!("acme,api=https://me:{}@x.test", "secret");
        for (text, named) in [
            ("", "no organisation"),
            ("a/b", "not the login"),
            ("..", "not the login"),
            ("acme,api=ftp://x.test", "not https"),
            ("acme,api=http://x.test", "not https"),
            ("acme,api=x", "not an address"),
            (with_password.as_str(), "without user and password"),
            ("acme,api=https://a.test,api=https://b.test", "twice"),
            ("acme,url=https://a.test", "`url` is not known"),
            ("acme,repositories=some", "none of off, active, own, all"),
            ("acme,repositories=off,repositories=all", "`repositories` stands there twice"),
            ("acme,largest=big", "not a size"),
            ("acme,x", "name=value"),
        ] {
            let error = Target::parse(text).unwrap_err().to_string();
            assert!(error.contains(named) && error.contains(SYNTAX), "{text}: {error}");
        }
    }
}
