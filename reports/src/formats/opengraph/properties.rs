//! Properties as BloodHound takes them: flat, in lower snake case, of bounded and visible texts, without nulls.

use crate::inert::visible;
use crate::words::term;
use serde::Serialize;
use serde_json::{Map, Value};
use whose_model::{LastUsed, NodeId, State, Timestamp, Usage};

/// Longer names are cut: they are shown at a node of a graph.
const LONGEST_NAME: usize = 256;

/// Longer texts are cut.
const LONGEST_TEXT: usize = 1024;

/// Longer lists are cut.
const MOST_ITEMS: usize = 100;

/// The id of a node: the first 128 bits of BLAKE3 over its URN, because colons and length trouble readers.
pub(super) fn node_id(id: &NodeId) -> String {
    let hash = blake3::hash(id.as_str().as_bytes()).to_hex();
    format!("nhi-{}", &hash[..32])
}

/// A map of properties under construction.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(super) struct Properties(Map<String, Value>);

impl Properties {
    /// What every node has.
    pub(super) fn of(id: &NodeId, name: &str) -> Self {
        let mut properties = Self::default();
        properties.0.insert("urn".into(), id.as_str().into());
        properties.0.insert("provider".into(), id.provider().into());
        properties.text("type", id.type_name());
        let local = id.local();
        properties.0.insert("name".into(), bounded(if name.is_empty() { &local } else { name }, LONGEST_NAME).into());
        properties
    }

    /// A text, when there is one.
    pub(super) fn text<'a>(&mut self, key: &str, text: impl Into<Option<&'a str>>) {
        if let Some(text) = text.into().filter(|text| !text.is_empty()) {
            self.0.insert(key.into(), bounded(text, LONGEST_TEXT).into());
        }
    }

    /// The word of a value.
    pub(super) fn word(&mut self, key: &str, value: impl Serialize) {
        self.0.insert(key.into(), term(value).into());
    }

    /// A number or truth value.
    pub(super) fn value(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// A moment, when it is known.
    pub(super) fn moment(&mut self, key: &str, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.0.insert(key.into(), at.to_string().into());
        }
    }

    /// A list of texts, when it holds any.
    pub(super) fn list(&mut self, key: &str, texts: impl Iterator<Item = String>) {
        let items: Vec<Value> = texts.take(MOST_ITEMS).map(|text| bounded(&text, LONGEST_TEXT).into()).collect();
        if !items.is_empty() {
            self.0.insert(key.into(), items.into());
        }
    }

    /// Whether it can be used, when somebody said so.
    pub(super) fn state(&mut self, state: State) {
        self.word("state", state);
        if state != State::Unknown {
            self.value("enabled", state == State::Enabled);
        }
    }

    /// When it was used, and whether anybody looked.
    pub(super) fn usage(&mut self, used: Option<&LastUsed>) {
        let coverage = match used.map(|used| used.usage) {
            Some(Usage::At(_)) => "observed",
            Some(Usage::Never) => "never-observed",
            Some(Usage::NotCollected) | None => "not-collected",
        };
        self.text("usage_coverage", coverage);
        self.moment("last_used_at", used.and_then(LastUsed::at));
    }
}

/// A text of at most as many characters, in which nothing is unseen.
fn bounded(text: &str, most: usize) -> String {
    let shown = visible(text);
    match shown.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hex_without_colons_and_stay_the_same() {
        let id = node_id(&NodeId::new("aws", "", "access-key", "AKIAEXAMPLE1"));
        assert_eq!(id.len(), 36);
        assert!(id[4..].bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(id, node_id(&NodeId::new("AWS", "", "access-key", "AKIAEXAMPLE1")));
        assert_ne!(id, node_id(&NodeId::new("aws", "", "access-key", "AKIAEXAMPLE2")));
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(bounded("aé漢", 2), "aé…");
        assert_eq!(bounded("aé漢", 3), "aé漢");
        assert_eq!(bounded("a\u{202e}", 300), "a⟨U+202E⟩");
    }
}
