//! What a detector is: the form of `detectors/<vendor>.toml`, and the checks that a definition must pass
//! before it is used. A bad definition is refused with advice.

use crate::check::Check;
use crate::detector::Detector;
use crate::doubt::Claim;
use crate::error::DetectError;
use crate::join::JoinRule;
use crate::reveal::Decoder;
use crate::shape;
use serde::Deserialize;
use whose_model::SecretConfidence;

/// One file of detectors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    detector: Vec<Definition>,
}

/// One detector, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    /// `<vendor>.<thing>`, the vendor being the file's name.
    pub(crate) id: String,
    /// What it finds, in words.
    pub(crate) title: String,
    /// Literals, in any case, one of which stands in every match: on its line, or, when it goes over several lines,
    /// among its first bytes. A detector that goes by names has them for keywords, unless it says otherwise.
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    /// The format. The group `secret` is the value; a group `id` names the credential when it has a public id.
    #[serde(default)]
    pub(crate) pattern: String,
    /// Instead of a pattern: what the value is, alone or behind one of the names.
    #[serde(default)]
    pub(crate) value: Option<String>,
    /// The names of the vendor, one of which is assigned the value. A space stands for any way to part two words.
    #[serde(default)]
    pub(crate) names: Vec<String>,
    /// Of these words one stands between name and value; without any of its own an entry takes those of every key.
    #[serde(default)]
    pub(crate) words: Option<Vec<String>>,
    /// Templates of the value, from which the shape makes matches.
    #[serde(default)]
    pub(crate) sample: Vec<String>,
    /// Templates of what is nearly the value, from which the shape makes near-misses.
    #[serde(default)]
    pub(crate) near: Vec<String>,
    /// The value is told by the name that it is assigned to, so it must also look random by itself.
    #[serde(skip)]
    pub(crate) assigned: bool,
    /// What may not touch the value on either side.
    #[serde(default)]
    pub(crate) edge: Edge,
    /// How sure a match is.
    pub(crate) confidence: SecretConfidence,
    /// The least Shannon entropy of the value, in bits a character.
    #[serde(default)]
    pub(crate) min_entropy: f64,
    /// A check that the value must pass.
    #[serde(default)]
    pub(crate) check: Option<Check>,
    /// What the value is said to be, so that all that speaks against it is weighed.
    #[serde(default)]
    pub(crate) claim: Option<Claim>,
    /// A match may go over several lines (PEM, JSON).
    #[serde(default)]
    pub(crate) multiline: bool,
    /// The secret half that may stand near the `id`.
    #[serde(default)]
    pub(crate) half: Option<HalfDefinition>,
    /// What the value looks like without any context, for a value that is asked about by itself.
    #[serde(default)]
    pub(crate) bare: Option<String>,
    /// What the format gives away.
    #[serde(default)]
    pub(crate) reveals: Vec<Decoder>,
    /// What the value would be in an inventory.
    #[serde(default)]
    pub(crate) joins: Vec<JoinRule>,
    /// The vendor's page on the format.
    pub(crate) docs: String,
    /// Sample templates in which it must find exactly one thing.
    #[serde(default)]
    pub(crate) matches: Vec<String>,
    /// Sample templates in which it must find nothing.
    #[serde(default)]
    pub(crate) near_misses: Vec<String>,
}

impl Definition {
    /// How much a match says beside others of the same confidence: whose a value is, then what it is for, then that
    /// it is one at all.
    pub(crate) fn rank(&self) -> u8 {
        if self.assigned { 2 } else { u8::from(!self.id.starts_with("generic.")) }
    }
}

/// The secret half of a key whose id is public.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HalfDefinition {
    /// Its format, with the group `secret`.
    pub(crate) pattern: String,
    /// What may not touch it on either side.
    pub(crate) edge: Edge,
    /// How many lines away from the id it may stand.
    pub(crate) lines: usize,
    /// A check that it must pass.
    #[serde(default)]
    pub(crate) check: Option<Check>,
    /// The least Shannon entropy, in bits a character.
    #[serde(default)]
    pub(crate) min_entropy: f64,
}

/// Which characters may not touch a value: with one of them, it is a part of something longer.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Edge {
    /// Letters, digits, underscore.
    #[default]
    Word,
    /// The same and the hyphen.
    Token,
    /// Letters, digits, `+`, `/`, and `=` behind.
    Base64,
    /// The pattern itself says where the value ends.
    None,
}

/// Reads one file and refuses what breaks the rules.
pub(crate) fn load(file: &str, text: &str) -> Result<Vec<Detector>, DetectError> {
    let parsed: File = toml::from_str(text).map_err(|source| DetectError::Parse { file: file.to_owned(), source })?;
    let vendor = file.trim_end_matches(".toml");
    parsed.detector.into_iter().map(|definition| complete(vendor, definition)).collect()
}

fn complete(vendor: &str, mut definition: Definition) -> Result<Detector, DetectError> {
    match shape::complete(&mut definition).err().or_else(|| fault(vendor, &definition)) {
        Some(why) => Err(DetectError::Definition { detector: definition.id, why }),
        None => Ok(Detector::new(definition)),
    }
}

fn fault(vendor: &str, definition: &Definition) -> Option<String> {
    let well_named = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let named = definition.id.split_once('.').is_some_and(|(first, thing)| first == vendor && well_named(thing));
    if !named {
        return Some(format!("its id must be `{vendor}.<thing>` in lower case, digits and hyphens"));
    }
    let gates = |keyword: &String| keyword.len() >= 3 && keyword.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if definition.keywords.is_empty() || !definition.keywords.iter().all(gates) {
        return Some(
            "it needs keywords of at least three ASCII characters each, or every byte would be a hit".to_owned(),
        );
    }
    for (name, list) in [("matches", &definition.matches), ("near_misses", &definition.near_misses)] {
        if list.len() < 2 {
            return Some(format!("it has {} {name}; at least two are needed to show what it tells apart", list.len()));
        }
    }
    if !definition.docs.starts_with("https://") {
        return Some("its docs must be the https address of the vendor's page on the format".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[detector]]
        id = "acme.token"
        title = "Acme token"
        keywords = ["acme_"]
        pattern = 'acme_(?<secret>[0-9a-f]{8})'
        confidence = "high"
        docs = "https://acme.test/tokens"
        matches = ["acme_{hex:8}", "x=acme_{hex:8}"]
        near_misses = ["acme_{hex:7}", "acme_{hex:9}"]
    "#;

    #[test]
    fn a_whole_definition_loads() {
        assert_eq!(load("acme.toml", GOOD).unwrap().len(), 1);
    }

    #[test]
    fn what_breaks_a_rule_is_refused_with_advice() {
        let cases = [
            ("id = \"acme.token\"", "id = \"other.token\"", "its id must be `acme.<thing>`"),
            ("[\"acme_\"]", "[\"ac\"]", "at least three ASCII characters"),
            (r#"["acme_{hex:8}", "x=acme_{hex:8}"]"#, r#"["acme_{hex:8}"]"#, "1 matches; at least two"),
            (r#"["acme_{hex:7}", "acme_{hex:9}"]"#, "[]", "0 near_misses; at least two"),
            ("(?<secret>", "(?<other>", "no group `secret`"),
            ("{8})'", "{8}'", "not a valid regular expression"),
            ("https://", "http://", "https address"),
            ("pattern = 'acme_", "value = 'x'\npattern = 'acme_", "a pattern and a value"),
            ("pattern = 'acme_", "names = ['acme']\npattern = 'acme_", "belong to a `value`"),
            ("pattern = 'acme_(?<secret>[0-9a-f]{8})'", "value = 'acme_[0-9a-f]{8}'", "needs a sample"),
            ("confidence", "surprise = 1\nconfidence", "not valid TOML"),
        ];
        for (from, to, expected) in cases {
            assert!(GOOD.contains(from), "{from}");
            let compiled = |loaded: Vec<Detector>| loaded.iter().try_for_each(Detector::compile);
            let refused = load("acme.toml", &GOOD.replace(from, to)).and_then(compiled).err().unwrap().to_string();
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
