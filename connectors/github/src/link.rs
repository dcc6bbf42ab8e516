//! The `Link` header, by which GitHub tells where the next page is. A link is followed only where the first page
//! was asked for: any other host would get the token.

use http::HeaderMap;
use url::Url;

/// Why a link is not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkFault {
    /// It is no address.
    Unreadable,
    /// It leads to another host, port or scheme.
    Elsewhere(String),
}

impl std::fmt::Display for LinkFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable => f.write_str("the link to the next page is not an address"),
            Self::Elsewhere(host) => write!(f, "the link to the next page leads to another host, {host}; not followed"),
        }
    }
}

/// The address of the next page; `None` at the end of the listing.
pub(crate) fn next(headers: &HeaderMap, asked: &Url) -> Result<Option<Url>, LinkFault> {
    let links = headers.get_all(http::header::LINK).iter().filter_map(|value| value.to_str().ok());
    let Some(target) = links.flat_map(targets).find_map(|(target, relation)| (relation == "next").then_some(target))
    else {
        return Ok(None);
    };
    let url = asked.join(target).map_err(|_| LinkFault::Unreadable)?;
    if url.origin() == asked.origin() && url.username().is_empty() && url.password().is_none() {
        Ok(Some(url))
    } else {
        Err(LinkFault::Elsewhere(url.host_str().unwrap_or("none").to_owned()))
    }
}

/// Each target with its relation. Commas stand within targets as well, so the angle brackets lead.
fn targets(header: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, after)) = after.split_once('>') else { break };
        let end = after.find('<').unwrap_or(after.len());
        let (parameters, remaining) = after.split_at(end);
        let relation = parameters.split([';', ',']).find_map(|one| one.trim().strip_prefix("rel="));
        found.push((target, relation.unwrap_or_default().trim_matches('"')));
        rest = remaining;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn followed(link: &str) -> Result<Option<String>, LinkFault> {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::LINK, link.parse().unwrap());
        next(&headers, &"https://api.test/orgs/a/members".parse().unwrap()).map(|url| url.map(String::from))
    }

    #[test]
    fn the_next_page_is_found_among_other_links() {
        let first = "<https://api.test/organizations/1/members?page=1,2>; rel=\"prev\", ";
        let link = format!("{first}<https://api.test/organizations/1/members?page=3>; rel=\"next\"");
        assert_eq!(followed(&link), Ok(Some("https://api.test/organizations/1/members?page=3".into())));
        for end in [first, "<>", "<https://api.test/x", "nonsense", ""] {
            assert_eq!(followed(end), Ok(None), "{end}");
        }
        assert_eq!(followed("<?page=2>; rel=next"), Ok(Some("https://api.test/orgs/a/members?page=2".into())));
    }

    #[test]
    fn a_link_to_elsewhere_is_a_fault() {
        for elsewhere in [
            "https://evil.test/orgs/a/members?page=2",
            "http://api.test/orgs/a/members?page=2",
            "https://api.test:8443/orgs/a/members?page=2",
            "//evil.test/",
            "https://api.test@evil.test/",
            "https://me@api.test/",
            "file:///etc/passwd",
        ] {
            let fault = followed(&format!("<{elsewhere}>; rel=\"next\""));
            assert!(matches!(fault, Err(LinkFault::Elsewhere(_))), "{elsewhere}: {fault:?}");
        }
        assert_eq!(followed("<https://[bad>; rel=\"next\""), Err(LinkFault::Unreadable));
    }

    proptest! {
        #[test]
        fn no_link_leaves_the_host(link in "[ -~]{0,80}") {
            if let Ok(Some(url)) = followed(&link) {
                prop_assert!(url.starts_with("https://api.test/"));
            }
        }
    }
}
