//! What several of GitHub's answers have in common.

use serde::{Deserialize, Deserializer};
use whose_model::{LastUsed, Timestamp, Usage};

/// A user as others name it.
#[derive(Debug, Deserialize)]
pub(crate) struct SimpleUser {
    pub(crate) login: String,
    pub(crate) id: u64,
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
}

/// Tells a field that is null from one that is not there: servers of before say nothing of what they do not know.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::<Timestamp>::deserialize(deserializer).map(Some)
}

/// What a field about the last use says: a moment, null for never, or nothing at all.
pub(crate) fn last_used(field: Option<Option<Timestamp>>, source: &str) -> LastUsed {
    let usage = match field {
        Some(Some(at)) => Usage::At(at),
        Some(None) => Usage::Never,
        None => Usage::NotCollected,
    };
    LastUsed { usage, horizon: None, source: source.into(), what: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Key {
        #[serde(default, deserialize_with = "present")]
        last_used: Option<Option<Timestamp>>,
    }

    #[test]
    fn never_and_unknown_are_told_apart() {
        for (json, usage) in [
            (r#"{"last_used":"2026-11-01T00:00:00Z"}"#, Usage::At("2026-11-01T00:00:00Z".parse().unwrap())),
            (r#"{"last_used":null}"#, Usage::Never),
            ("{}", Usage::NotCollected),
        ] {
            let key: Key = serde_json::from_str(json).unwrap();
            assert_eq!(last_used(key.last_used, "x").usage, usage, "{json}");
        }
    }
}
