//! What the user wrote: a folder, or a URL to clone. Credentials in a URL are used and never shown.

use std::path::{Path, PathBuf};
use url::Url;

/// A target that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A folder on this machine, with its links resolved.
    Folder(PathBuf),
    /// Something to clone.
    Remote(Remote),
}

/// A repository elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Remote {
    /// The URL with whatever credentials it has. Only the transport may see it.
    url: String,
    /// The URL that may be shown.
    pub(crate) shown: String,
}

impl Remote {
    /// A repository at an address without credentials.
    pub(crate) fn at(url: &Url) -> Self {
        Self { url: url.to_string(), shown: url.to_string() }
    }

    pub(crate) fn with_credentials(&self) -> &str {
        &self.url
    }

    /// A text of an error without this URL's credentials.
    pub(crate) fn censor(&self, text: &str) -> String {
        let mut text = text.replace(&self.url, &self.shown);
        let Ok(url) = Url::parse(&self.url) else { return text };
        let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        for part in [url.password().unwrap_or_default(), url.username()] {
            for form in [part.to_owned(), decode(part)] {
                if form.len() > 3 {
                    text = text.replace(&form, "…");
                }
            }
        }
        text
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Remote").field(&self.shown).finish()
    }
}

impl Target {
    /// Reads a target.
    ///
    /// # Errors
    /// When it is empty, or neither a folder nor a clone URL.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("it is empty; name a folder or a clone URL".into());
        }
        if is_remote(text) {
            return Ok(Self::Remote(Remote { url: text.to_owned(), shown: shown(text) }));
        }
        let path = std::fs::canonicalize(text).map_err(|error| format!("there is no such folder ({error})"))?;
        if path.is_dir() { Ok(Self::Folder(path)) } else { Err("it is not a folder".into()) }
    }
}

/// Whether a text is a clone URL: with a scheme that git knows, or in the short form `user@host:path`.
fn is_remote(text: &str) -> bool {
    let schemes = ["https://", "http://", "ssh://", "git://", "git+ssh://", "file://"];
    schemes.iter().any(|scheme| text.starts_with(scheme))
        || (short_form(text).is_some_and(|(host, _)| host.contains('@')) && !Path::new(text).exists())
}

/// `host` and `path` of `user@host:path`.
fn short_form(text: &str) -> Option<(&str, &str)> {
    let (host, path) = text.split_once(':')?;
    (!host.contains('/') && !path.starts_with("//") && host.len() > 1).then_some((host, path))
}

/// A URL without user, password, query and fragment.
pub(crate) fn shown(url: &str) -> String {
    if let Ok(mut parsed) = Url::parse(url)
        && url.contains("://")
    {
        // A URL that cannot carry credentials has none to take away.
        let _ = parsed.set_username("");
        let _ = parsed.set_password(None);
        parsed.set_query(None);
        parsed.set_fragment(None);
        return parsed.to_string();
    }
    match short_form(url) {
        Some((host, path)) => format!("{}:{path}", host.rsplit('@').next().unwrap_or(host)),
        None => url.split_once("://").map_or_else(
            || url.to_owned(),
            |(scheme, rest)| format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or(rest)),
        ),
    }
}

/// The name that a repository has wherever it is cloned: host (lower case) and path, without scheme,
/// credentials and `.git`. A repository on this machine is its path.
pub(crate) fn canonical(url: &str) -> String {
    let shown = shown(url);
    let text = if let Some(path) = shown.strip_prefix("file://") {
        path.to_owned()
    } else if let Ok(parsed) = Url::parse(&shown)
        && let Some(host) = parsed.host_str()
    {
        let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}{}", host.to_lowercase(), parsed.path())
    } else if let Some((host, path)) = short_form(&shown) {
        format!("{}/{}", host.to_lowercase(), path.trim_start_matches('/'))
    } else {
        shown
    };
    let text = text.trim_end_matches('/');
    text.strip_suffix(".git").unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_one_name_however_it_is_reached() {
        for url in [
            "https://github.com/acme/shop.git",
            "https://user:hunter22@GitHub.com/acme/shop",
            "ssh://git@github.com/acme/shop.git/",
            "git@github.com:acme/shop.git",
            "https://github.com/acme/shop.git?x=1#y",
        ] {
            assert_eq!(canonical(url), "github.com/acme/shop", "{url}");
        }
        assert_eq!(canonical("https://git.test:8443/a/b"), "git.test:8443/a/b");
        assert_eq!(canonical("file:///srv/git/shop.git"), "/srv/git/shop");
        assert_eq!(canonical("../shop.git"), "../shop");
    }

    #[test]
    fn credentials_of_a_url_are_not_shown() {
        let Ok(Target::Remote(remote)) = Target::parse("https://me:hunter%2022@git.test/a.git?token=abcd") else {
            panic!("a clone URL is a remote");
        };
        assert_eq!(remote.shown, "https://git.test/a.git");
        assert_eq!(format!("{remote:?}"), "Remote(\"https://git.test/a.git\")");
        let said = remote.censor(&format!("cannot reach {}: hunter 22 and hunter%2022", remote.with_credentials()));
        assert_eq!(said, "cannot reach https://git.test/a.git: … and …");
        assert_eq!(shown("https://a:b@[bad/x"), "https://[bad/x");
    }

    #[test]
    fn other_targets_are_refused_with_a_reason() {
        assert!(Target::parse("").unwrap_err().contains("empty"));
        assert!(Target::parse("/no/such/folder/at/all").unwrap_err().contains("no such folder"));
        assert!(
            Target::parse(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap_err().contains("not a folder")
        );
    }
}
