//! Places as SARIF locations: relative, percent-encoded addresses below the root of the repository.

use super::text::Message;
use crate::names;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use whose_model::{Place, Timestamp};

/// The name under which readers know the root of the repository that they show.
pub(super) const ROOT: &str = "%SRCROOT%";

/// What RFC 3986 leaves unreserved. Colons are encoded, so that no first segment reads as a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where something stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    physical_location: Physical,
    message: Message,
    properties: InHistory<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

/// What SARIF has no place for: the commits between which something stands in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InHistory<'a> {
    at_head: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_in: Option<&'a str>,
}

impl<'a> Location<'a> {
    pub(super) fn new(place: &'a Place) -> Self {
        Self {
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: relative(&place.path),
                    uri_base_id: place.repository.is_some().then_some(ROOT),
                },
                region: place.line.filter(|line| *line > 0).map(|start_line| Region { start_line }),
            },
            message: Message::new(&names::place(place)),
            properties: InHistory {
                at_head: place.at_head,
                commit: place.commit.as_deref(),
                author: place.author.as_deref(),
                date: place.date,
                removed_in: place.removed_in.as_deref(),
            },
        }
    }
}

/// A path as a relative reference. Steps that lead nowhere or out of the root are left out: git stores none, and
/// no reader should follow one.
fn relative(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !matches!(*segment, "" | "." | ".."));
    let encoded: Vec<_> = segments.map(|segment| utf8_percent_encode(segment, SEGMENT).to_string()).collect();
    if encoded.is_empty() { ".".to_owned() } else { encoded.join("/") }
}

/// The address of a repository, when its name tells one: a host with a path, or a folder on the scanned machine.
pub(super) fn repository_uri(name: &str) -> Option<String> {
    let encoded = |path: &str| {
        path.split('/').map(|it| utf8_percent_encode(it, SEGMENT).to_string()).collect::<Vec<_>>().join("/")
    };
    if name.starts_with('/') {
        return Some(format!("file://{}", encoded(name)));
    }
    let (host, path) = name.split_once('/')?;
    let is_host = host.contains('.')
        && !host.starts_with(['.', '-'])
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    is_host.then(|| format!("https://{host}/{}", encoded(path)))
}

/// A text as one segment of an identifier whose segments are split at `/`.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_become_relative_references() {
        for (path, expected) in [
            ("deploy/.env.production", "deploy/.env.production"),
            ("a b/ü#?%.txt", "a%20b/%C3%BC%23%3F%25.txt"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("/etc/passwd", "etc/passwd"),
            ("//evil.example/x", "evil.example/x"),
            ("../../x/./y", "x/y"),
            ("..", "."),
        ] {
            assert_eq!(relative(path), expected);
        }
    }

    #[test]
    fn only_names_with_a_host_or_a_folder_have_an_address() {
        for (name, expected) in [
            ("github.com/acme/payments", Some("https://github.com/acme/payments")),
            ("git.acme.example:8443/a b", Some("https://git.acme.example:8443/a%20b")),
            ("/srv/git/pay ments", Some("file:///srv/git/pay%20ments")),
            ("acme/payments", None),
            ("evil.example@x/y", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(repository_uri(name).as_deref(), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leads_out_of_the_root(path in "[./a:%\\\\ é]{0,20}") {
            let uri = relative(&path);
            prop_assert!(uri == "." || uri.split('/').all(|segment| !matches!(segment, "" | "." | "..")), "{uri}");
            prop_assert!(!uri.contains(':') && uri.is_ascii());
        }
    }
}
