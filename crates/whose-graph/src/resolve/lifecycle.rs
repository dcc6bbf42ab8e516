//! What keepers declared about a thing's life: purpose, expiry, environment. Declarations are tags, descriptions
//! and the name of the account; nothing is guessed from the thing's own name.

use super::words::{is_placeholder, key, tokens};
use crate::{Graph, Ix};
use whose_model::{Environment, Lifecycle, Node, NodeKind, Timestamp};

const PURPOSE: [&str; 9] =
    ["purpose", "description", "usecase", "reason", "application", "app", "appname", "service", "project"];
const EXPIRY: [&str; 9] =
    ["expiry", "expires", "expireson", "expiration", "expirydate", "expirationdate", "validuntil", "reviewby", "ttl"];
const ENVIRONMENT: [&str; 5] = ["environment", "env", "stage", "environmenttype", "tier"];

/// The lifecycle of every identity and credential.
pub(super) fn resolve(graph: &mut Graph) {
    for ix in graph.order.clone() {
        let node = graph.node(ix);
        if matches!(node.kind(), NodeKind::Identity | NodeKind::Credential) {
            let lifecycle = declared(graph, ix, node);
            if lifecycle != Lifecycle::default() {
                graph.lifecycle.set(ix, lifecycle);
            }
        }
    }
}

fn declared(graph: &Graph, ix: Ix, node: &Node) -> Lifecycle {
    Lifecycle {
        purpose: purpose(node),
        expiry: tag(node, &EXPIRY).find_map(moment),
        environment: tag(node, &ENVIRONMENT).find_map(environment).or_else(|| {
            let scope = graph.node(graph.scope_of(ix)?);
            tag(scope, &ENVIRONMENT).find_map(environment).or_else(|| environment(&scope.name))
        }),
    }
}

fn purpose(node: &Node) -> Option<String> {
    let description = node.description.as_deref().into_iter();
    let mut said = tag(node, &PURPOSE).chain(description).map(str::trim);
    said.find(|text| !is_placeholder(text)).map(String::from)
}

/// The values of the tags of these keys, in the order of the keys.
fn tag<'a>(node: &'a Node, keys: &'a [&str]) -> impl Iterator<Item = &'a str> {
    keys.iter().flat_map(|wanted| {
        node.tags.iter().filter(move |(name, _)| key(name) == *wanted).map(|(_, value)| value.as_str())
    })
}

/// A date (its first moment in UTC), an RFC 3339 moment, or seconds or milliseconds since 1970.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return match text.len() {
            9 | 10 => Timestamp::from_second(number).ok(),
            12 | 13 => Timestamp::from_millisecond(number).ok(),
            8 => date(&format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..)?)),
            _ => None,
        };
    }
    text.parse().ok().or_else(|| date(&text.replace('/', "-")))
}

fn date(text: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = text.parse().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn environment(text: &str) -> Option<Environment> {
    let tokens = tokens(text);
    let any = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.as_str()));
    if any(&["sandbox", "playground", "sbx", "lab"]) {
        return Some(Environment::Sandbox);
    }
    // `non-prod` and `pre-production` hold the word that they deny.
    let denied = any(&["non", "nonprod", "nonproduction", "pre", "preprod", "preproduction"]);
    if denied || any(&["dev", "development", "test", "testing", "qa", "uat", "stage", "staging", "int"]) {
        return Some(Environment::NonProduction);
    }
    any(&["prod", "production", "prd", "live"]).then_some(Environment::Production)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{ACCOUNT, Estate, account, identity, user};
    use whose_model::What;

    #[test]
    fn dates_are_read_in_the_forms_that_people_write() {
        let first = "2026-03-01T00:00:00Z";
        for (text, expected) in [
            ("2026-03-01", Some(first)),
            ("2026/03/01", Some(first)),
            ("20260301", Some(first)),
            (" 2026-03-01T00:00:00Z ", Some(first)),
            ("2026-03-01T01:00:00+01:00", Some(first)),
            ("1772323200", Some(first)),
            ("1772323200000", Some(first)),
            ("never", None),
            ("2026-02-30", None),
            ("99999999999999999999", None),
            ("30d", None),
            ("", None),
            ("２０２６-03-01", None),
        ] {
            assert_eq!(moment(text), expected.map(|text| text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn environments_are_told_apart() {
        use Environment::{NonProduction, Production, Sandbox};
        for (text, expected) in [
            ("Production", Some(Production)),
            ("acme-prod", Some(Production)),
            ("non-prod", Some(NonProduction)),
            ("PreProduction", Some(NonProduction)),
            ("staging", Some(NonProduction)),
            ("prod-sandbox", Some(Sandbox)),
            ("products", None),
            ("", None),
        ] {
            assert_eq!(environment(text), expected, "{text}");
        }
    }

    #[test]
    fn tags_win_over_the_account_and_placeholders_say_nothing() {
        let mut tagged = identity(user("a"), "iam-user", "a");
        for (name, value) in [("Purpose", "TBD"), ("App", "billing"), ("Expires-On", "2026-03-01"), ("ENV", "dev")] {
            tagged.tags.insert(name.into(), value.into());
        }
        let mut scope = Node::new(account(ACCOUNT), What::Scope, "account", "acme-prod");
        scope.description = None;
        let graph = Estate::default().node(scope).node(tagged).user("b").build();
        let of = |name| graph.lifecycle(graph.find(&user(name)).unwrap());
        assert_eq!(of("a").purpose.as_deref(), Some("billing"));
        assert_eq!(of("a").expiry, Some("2026-03-01T00:00:00Z".parse().unwrap()));
        assert_eq!(of("a").environment, Some(Environment::NonProduction));
        assert_eq!(of("b"), &Lifecycle { environment: Some(Environment::Production), ..Lifecycle::default() });
    }
}
