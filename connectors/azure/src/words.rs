//! What keepers and the directory say about a thing, in the model's words.

use std::collections::BTreeMap;
use whose_model::{Class, Classified};

/// A description and tags. Entra's tags are plain texts; those written as `name=value` or `name:value` are what other
/// providers call tags, and the directory's own marks (`WindowsAzureActiveDirectoryIntegratedApp`) say nothing.
pub(crate) fn declared(text: Option<String>, tags: &[String]) -> (Option<String>, BTreeMap<String, String>) {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let pairs = tags.iter().filter_map(|tag| {
        let (name, value) = tag.split_once(['=', ':'])?;
        let (name, value) = (name.trim(), value.trim());
        (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    });
    (text, pairs.collect())
}

/// The class of what only software can be.
pub(crate) fn by_machine(reason: &str) -> Classified {
    Classified { class: Class::NonHuman, reasons: vec![reason.into()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_with_a_name_and_a_value_count() {
        let tags = ["Owner=team-a", "Expires: 2027-01-01", "HideApp", "=x", "y=", "a:b=c"].map(String::from);
        let (text, pairs) = declared(Some("  ".into()), &tags);
        assert_eq!(text, None);
        let expected = [("Expires", "2027-01-01"), ("Owner", "team-a"), ("a", "b=c")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }
}
