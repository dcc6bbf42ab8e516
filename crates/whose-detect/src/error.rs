//! Why a set of detectors cannot be used. Scanning itself never fails.

/// A fault in the detector definitions.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// A file is not what a detector file must be.
    #[error("cannot read detector file `{file}`: it is not valid TOML for detectors")]
    Parse {
        /// The file's name.
        file: String,
        /// Where and what.
        #[source]
        source: toml::de::Error,
    },
    /// A detector's regular expression does not compile.
    #[error("detector `{detector}`: its {field} is not a valid regular expression")]
    Pattern {
        /// The detector's id.
        detector: String,
        /// Which field.
        field: &'static str,
        /// What is wrong.
        #[source]
        source: Box<regex::Error>,
    },
    /// A detector breaks a rule of the house.
    #[error("detector `{detector}`: {why}")]
    Definition {
        /// The detector's id.
        detector: String,
        /// Which rule, and what to do.
        why: String,
    },
    /// A sample template cannot be expanded.
    #[error("sample template `{template}`: {why}")]
    Template {
        /// The template.
        template: String,
        /// What is wrong with it.
        why: String,
    },
}
