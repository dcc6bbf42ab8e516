//! The list of detector files that are built in. A new detector is an entry in one of them; a new vendor is a
//! file and its name here.

use crate::definition::load;
use crate::detector::Detector;
use crate::error::DetectError;

macro_rules! detector_files {
    ($($vendor:literal),+ $(,)?) => {
        &[$((concat!($vendor, ".toml"), include_str!(concat!("../detectors/", $vendor, ".toml")))),+]
    };
}

/// The built-in detector files, as name and content, in alphabetical order.
pub const DETECTOR_FILES: &[(&str, &str)] = detector_files![
    "anthropic",
    "atlassian",
    "aws",
    "azure",
    "circleci",
    "databricks",
    "datadog",
    "digitalocean",
    "discord",
    "docker",
    "doppler",
    "gcp",
    "github",
    "gitlab",
    "grafana",
    "groq",
    "hashicorp",
    "heroku",
    "huggingface",
    "jwt",
    "mailgun",
    "microsoft",
    "newrelic",
    "npm",
    "okta",
    "openai",
    "perplexity",
    "private-key",
    "pypi",
    "replicate",
    "sendgrid",
    "sentry",
    "slack",
    "stripe",
    "telegram",
    "twilio",
    "xai",
];

/// All built-in detectors.
pub(crate) fn detectors() -> Result<Vec<Detector>, DetectError> {
    let mut all = Vec::new();
    for (file, text) in DETECTOR_FILES {
        all.extend(load(file, text)?);
    }
    Ok(all)
}

#[cfg(test)]
mod gates;
#[cfg(test)]
mod tests;
