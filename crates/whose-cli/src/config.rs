//! whose.toml: what to scan and how to judge when the arguments do not say.

use crate::exit::Failure;
use anyhow::Context;
use serde::Deserialize;
use std::path::Path;
use whose_model::Severity;
use whose_rules::Policy;

/// The file's name, looked for in the current folder.
const FILE_NAME: &str = "whose.toml";

/// The whole file. Unknown keys are refused, so that a slip of the pen is not a silent default.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Targets, when the arguments name none.
    pub(crate) targets: Vec<String>,
    /// The store.
    pub(crate) store: Option<String>,
    /// See `--fail-on`.
    pub(crate) fail_on: Option<Severity>,
    /// Thresholds of the rules.
    pub(crate) policy: Policy,
    /// How to reach providers.
    pub(crate) network: NetworkConfig,
}

/// How to reach providers.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NetworkConfig {
    /// See `--proxy`.
    pub(crate) proxy: Option<String>,
    /// See `--ca-bundle`.
    pub(crate) ca_bundle: Option<std::path::PathBuf>,
    /// See `--max-concurrency`.
    pub(crate) max_concurrency: Option<u32>,
    /// See `--max-rate`.
    pub(crate) max_rate: Option<u32>,
}

impl Config {
    /// Reads the file that was named, or ./whose.toml if there is one.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(FILE_NAME));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                let error = anyhow::Error::from(error);
                return Err(Failure::request(
                    error.context(format!("the configuration {} cannot be read", path.display())),
                ));
            }
        };
        let wrong = || format!("the configuration {} is not right", path.display());
        let config: Self = toml::from_str(&text).with_context(wrong).map_err(Failure::request)?;
        config.policy.validate().with_context(wrong).map_err(Failure::request)?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.toml");
        std::fs::write(&file, "targets = [\"aws\"]\nfail-on = \"high\"\n").unwrap();
        let failure = Config::load(Some(&file)).unwrap_err();
        assert!(format!("{:#}", failure.error).contains("fail-on"), "{:#}", failure.error);
        std::fs::write(&file, "targets = [\"aws\"]\nfail_on = \"high\"\n").unwrap();
        assert_eq!(Config::load(Some(&file)).unwrap().fail_on, Some(Severity::High));
    }
}
