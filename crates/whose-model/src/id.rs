//! Node ids: `urn:nhi:<provider>:<realm>:<type>:<id>`, keyed on what every connector can see, so that the
//! same thing seen from two sides is one node.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::sync::Arc;

/// RFC 3986 unreserved characters, and those of e-mail addresses and paths, stay readable.
const ENCODE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'/')
    .remove(b'+')
    .remove(b'=');

/// The id of a node: `urn:nhi:<provider>:<realm>:<type>:<id>` with percent-encoded parts.
///
/// Equal ids are the same thing. The vendor's immutable id lies beside it in [`crate::Node::native_id`]. An id stands in
/// edges, findings and rows of reports many times over, so clones share its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct NodeId(Arc<str>);

/// Why a text is not a node id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a node id: {why}; expected urn:nhi:<provider>:<realm>:<type>:<id>")]
pub struct IdError {
    text: String,
    why: &'static str,
}

impl NodeId {
    /// Builds an id from raw parts, encoding each. `provider` and `kind` are lower-cased; an empty realm is
    /// written `-` (the thing is unique in the whole provider).
    pub fn new(provider: &str, realm: &str, kind: &str, id: &str) -> Self {
        let realm = if realm.is_empty() { "-" } else { realm };
        let part = |text: &str| utf8_percent_encode(text, ENCODE).to_string();
        let text = format!(
            "urn:nhi:{}:{}:{}:{}",
            part(&provider.to_lowercase()),
            part(realm),
            part(&kind.to_lowercase()),
            part(id)
        );
        Self(text.into())
    }

    /// Reads an id that was written by [`NodeId::new`].
    ///
    /// # Errors
    /// When the text has not six parts, another prefix, an empty part, or is not in the one form that `new` writes.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let error = |why| IdError { text: text.chars().take(200).collect(), why };
        let parts: Vec<&str> = text.split(':').collect();
        let ["urn", "nhi", provider, realm, kind, id] = parts[..] else {
            return Err(error("it has not six parts that begin with urn:nhi"));
        };
        if [provider, realm, kind, id].iter().any(|part| part.is_empty()) {
            return Err(error("a part is empty"));
        }
        let raw = |part: &str| percent_decode_str(part).decode_utf8().map(String::from);
        let (Ok(provider), Ok(realm), Ok(kind), Ok(id)) = (raw(provider), raw(realm), raw(kind), raw(id)) else {
            return Err(error("a part does not decode to UTF-8"));
        };
        let rebuilt = Self::new(&provider, &realm, &kind, &id);
        if rebuilt.as_str() == text { Ok(rebuilt) } else { Err(error("it is not in the canonical form")) }
    }

    /// The whole URN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The provider, for example `aws`.
    pub fn provider(&self) -> &str {
        self.part(2)
    }

    /// The realm (account, tenant, host), still encoded, or `-`.
    pub fn realm(&self) -> &str {
        self.part(3)
    }

    /// The vendor's type, for example `access-key`.
    pub fn type_name(&self) -> &str {
        self.part(4)
    }

    /// The last part, decoded: the name or number within the realm.
    pub fn local(&self) -> String {
        percent_decode_str(self.part(5)).decode_utf8_lossy().into_owned()
    }

    fn part(&self, index: usize) -> &str {
        self.0.split(':').nth(index).unwrap_or_default()
    }
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for NodeId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<NodeId> for String {
    fn from(id: NodeId) -> Self {
        id.as_str().into()
    }
}

impl Serialize for NodeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_encoded_and_readable_again() {
        let id = NodeId::new("AWS", "", "Access-Key", "a:b c/é");
        assert_eq!(id.as_str(), "urn:nhi:aws:-:access-key:a%3Ab%20c/%C3%A9");
        assert_eq!((id.provider(), id.realm(), id.type_name()), ("aws", "-", "access-key"));
        assert_eq!(id.local(), "a:b c/é");
    }

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        for text in ["", "urn:nhi:aws:-:key", "urn:nhi:aws:-:key:", "urn:nhi:AWS:-:key:x", "urn:nhi:aws:-:key:a b"] {
            assert!(NodeId::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_id_survives_parsing(provider in "[a-z]{1,8}", realm in ".{0,20}", kind in "[a-z-]{1,12}", id in ".{1,60}") {
            let built = NodeId::new(&provider, &realm, &kind, &id);
            prop_assert_eq!(NodeId::parse(built.as_str()), Ok(built.clone()));
            prop_assert_eq!(built.local(), id);
        }
    }
}
