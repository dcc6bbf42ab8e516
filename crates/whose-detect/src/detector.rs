//! A detector that can run. Its regular expressions are compiled when a keyword first calls for them: starting
//! costs nothing for the hundreds of formats that a scan never meets.

use crate::definition::Definition;
#[cfg(test)]
use crate::error::DetectError;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// A detector that can run.
pub(crate) struct Detector {
    pub(crate) definition: Definition,
    /// The detector names its credential by a public id; the fingerprint is of that.
    pub(crate) has_id: bool,
    regex: OnceLock<Regex>,
    half: OnceLock<Regex>,
    bare: OnceLock<Regex>,
}

const COMPILES: &str = "every built-in pattern compiles: a test of the catalogue compiles them all";

impl Detector {
    pub(crate) fn new(definition: Definition) -> Self {
        let has_id = definition.pattern.contains("(?<id>");
        Self { definition, has_id, regex: OnceLock::new(), half: OnceLock::new(), bare: OnceLock::new() }
    }

    /// The format.
    pub(crate) fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| build(&self.definition.pattern).expect(COMPILES))
    }

    /// The format of the secret half, when there is one.
    pub(crate) fn half(&self) -> Option<&Regex> {
        let half = self.definition.half.as_ref()?;
        Some(self.half.get_or_init(|| build(&half.pattern).expect(COMPILES)))
    }

    /// The format of the value alone, when it is known without its context.
    pub(crate) fn bare(&self) -> Option<&Regex> {
        let bare = self.definition.bare.as_ref()?;
        Some(self.bare.get_or_init(|| build(&whole(bare)).expect(COMPILES)))
    }

    /// Compiles every pattern now.
    ///
    /// # Errors
    /// When one is not a regular expression, or does not name what it finds.
    #[cfg(test)]
    pub(crate) fn compile(&self) -> Result<(), DetectError> {
        let definition = &self.definition;
        let refuse = |why: &str| DetectError::Definition { detector: definition.id.clone(), why: why.to_owned() };
        let build = |field, pattern: &str| {
            build(pattern).map_err(|source| DetectError::Pattern {
                detector: definition.id.clone(),
                field,
                source: Box::new(source),
            })
        };
        let has = |regex: &Regex, name: &str| regex.capture_names().flatten().any(|group| group == name);
        let regex = build("pattern", &definition.pattern)?;
        if !has(&regex, "id") && !has(&regex, "secret") {
            return Err(refuse("its pattern has no group `secret` and no group `id`; name the value `(?<secret>...)`"));
        }
        if let Some(half) = &definition.half {
            if !has(&build("half.pattern", &half.pattern)?, "secret") {
                return Err(refuse("its half.pattern has no group `secret`; name the value `(?<secret>...)`"));
            }
            if !self.has_id {
                return Err(refuse("it has a half but no group `id` for the half to belong to"));
            }
        }
        definition.bare.as_ref().map_or(Ok(()), |bare| build("bare", &whole(bare)).map(|_| ()))
    }
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).build()
}

fn whole(bare: &str) -> String {
    format!("^(?:{bare})$")
}
