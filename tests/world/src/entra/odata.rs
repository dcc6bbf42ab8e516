//! The part of OData that both services speak: `$select`, `$expand`, `$top` and the link to the next page.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What only `$expand` or a path of its own shows.
const RELATIONS: &[&str] = &["owners", "sponsors", "federatedIdentityCredentials", "members"];

/// The query of a request.
pub(crate) struct Query {
    pub(crate) fields: BTreeMap<String, String>,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let plain = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self { fields: pairs.map(|(name, value)| (plain(name), plain(value))).collect() }
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.fields.get(name)?.parse().ok()
    }

    /// Where the page begins.
    pub(crate) fn start(&self) -> usize {
        self.number("$skiptoken").unwrap_or_default()
    }

    /// How many things it holds.
    pub(crate) fn size(&self, at_most: usize) -> usize {
        self.number("$top").unwrap_or(100).min(at_most).max(1)
    }

    /// An object as the request wants it. Relations are cut at twenty, as Graph does without saying so.
    pub(crate) fn shape(&self, object: &Value) -> Value {
        let Some(fields) = object.as_object() else { return object.clone() };
        let selected: Option<Vec<&str>> = self.fields.get("$select").map(|text| text.split(',').collect());
        let expanded = self.fields.get("$expand").map(String::as_str).unwrap_or_default();
        let (relation, nested) = match expanded.split_once('(') {
            Some((relation, nested)) => (relation, nested.trim_end_matches(')').trim_start_matches("$select=")),
            None => (expanded, ""),
        };
        let mut shaped = Map::new();
        for (name, value) in fields {
            if RELATIONS.contains(&name.as_str()) {
                if name == relation {
                    let some = value.as_array().into_iter().flatten().take(20);
                    shaped.insert(name.clone(), some.map(|one| only(one, nested)).collect());
                }
            } else if name.starts_with('@') || selected.as_ref().is_none_or(|names| names.contains(&name.as_str())) {
                shaped.insert(name.clone(), value.clone());
            }
        }
        Value::Object(shaped)
    }
}

fn only(object: &Value, names: &str) -> Value {
    let Some(fields) = object.as_object().filter(|_| !names.is_empty()) else { return object.clone() };
    let wanted: Vec<&str> = names.split(',').collect();
    let kept = fields.iter().filter(|(name, _)| name.starts_with('@') || wanted.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}
