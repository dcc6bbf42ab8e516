//! What a detector is: the form of `detectors/<vendor>.toml`, and the checks that a definition must pass
//! before it is used. A bad definition is refused with advice.

use crate::check::Check;
use crate::error::DetectError;
use crate::join::JoinRule;
use crate::reveal::Decoder;
use crate::sample;
use regex::bytes::{Regex, RegexBuilder};
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
    /// Literals, in any case, one of which stands in or near every match on the same line.
    pub(crate) keywords: Vec<String>,
    /// The format. The group `secret` is the value; a group `id` names the credential when it has a public id.
    pub(crate) pattern: String,
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
    pub(crate) matches: Vec<String>,
    /// Sample templates in which it must find nothing.
    pub(crate) near_misses: Vec<String>,
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

/// A detector that can run.
pub(crate) struct Detector {
    pub(crate) definition: Definition,
    pub(crate) regex: Regex,
    pub(crate) half: Option<Regex>,
    pub(crate) bare: Option<Regex>,
    /// The detector names its credential by a public id; the fingerprint is of that.
    pub(crate) has_id: bool,
}

/// Reads one file and refuses what breaks the rules.
pub(crate) fn load(file: &str, text: &str) -> Result<Vec<Detector>, DetectError> {
    let parsed: File = toml::from_str(text).map_err(|source| DetectError::Parse { file: file.to_owned(), source })?;
    let vendor = file.trim_end_matches(".toml");
    parsed.detector.into_iter().map(|definition| compile(vendor, definition)).collect()
}

fn compile(vendor: &str, definition: Definition) -> Result<Detector, DetectError> {
    if let Some(why) = fault(vendor, &definition) {
        return Err(DetectError::Definition { detector: definition.id, why });
    }
    for template in definition.matches.iter().chain(&definition.near_misses) {
        sample::expand(template, 0)?;
    }
    let build = |field, pattern: &str| {
        RegexBuilder::new(pattern).unicode(false).build().map_err(|source| DetectError::Pattern {
            detector: definition.id.clone(),
            field,
            source: Box::new(source),
        })
    };
    let regex = build("pattern", &definition.pattern)?;
    let half = definition.half.as_ref().map(|half| build("half.pattern", &half.pattern)).transpose()?;
    let bare = definition.bare.as_ref().map(|bare| build("bare", &format!("^(?:{bare})$"))).transpose()?;
    let has = |regex: &Regex, name: &str| regex.capture_names().flatten().any(|group| group == name);
    let has_id = has(&regex, "id");
    let refuse = |why: &str| DetectError::Definition { detector: definition.id.clone(), why: why.to_owned() };
    if !has_id && !has(&regex, "secret") {
        return Err(refuse("its pattern has no group `secret` and no group `id`; name the value `(?<secret>...)`"));
    }
    if half.as_ref().is_some_and(|half| !has(half, "secret")) {
        return Err(refuse("its half.pattern has no group `secret`; name the value `(?<secret>...)`"));
    }
    if half.is_some() && !has_id {
        return Err(refuse("it has a half but no group `id` for the half to belong to"));
    }
    Ok(Detector { definition, regex, half, bare, has_id })
}

fn fault(vendor: &str, definition: &Definition) -> Option<String> {
    let well_named = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let named = definition.id.split_once('.').is_some_and(|(first, thing)| first == vendor && well_named(thing));
    if !named {
        return Some(format!("its id must be `{vendor}.<thing>` in lower case, digits and hyphens"));
    }
    if definition.keywords.is_empty() || definition.keywords.iter().any(|keyword| keyword.len() < 3) {
        return Some("it needs keywords of at least three characters each, or every byte would be a hit".to_owned());
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
            ("[\"acme_\"]", "[\"ac\"]", "at least three characters"),
            (r#"["acme_{hex:8}", "x=acme_{hex:8}"]"#, r#"["acme_{hex:8}"]"#, "1 matches; at least two"),
            (r#"["acme_{hex:7}", "acme_{hex:9}"]"#, "[]", "0 near_misses; at least two"),
            ("(?<secret>", "(?<other>", "no group `secret`"),
            ("{8})'", "{8}'", "not a valid regular expression"),
            ("acme_{hex:7}", "acme_{hexx:7}", "unknown"),
            ("https://", "http://", "https address"),
            ("confidence", "surprise = 1\nconfidence", "not valid TOML"),
        ];
        for (from, to, expected) in cases {
            assert!(GOOD.contains(from), "{from}");
            let refused = load("acme.toml", &GOOD.replace(from, to)).err().unwrap().to_string();
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
