//! The project scans itself: no file holds what its own detectors are sure is a secret. Tests make theirs when they
//! run, so that neither a reader nor another scanner has to wonder.

use super::{Fault, File};
use anyhow::{Context, Result};
use whose_detect::{Engine, FingerprintKey};
use whose_model::SecretConfidence;

pub(super) fn check(files: &[File], faults: &mut Vec<Fault>) -> Result<()> {
    let engine = Engine::new().context("building the detectors")?;
    // Fingerprints are not looked at here, so any key will do.
    let key = FingerprintKey::new([0; 32]);
    for file in files {
        for found in engine.scan(&file.bytes, &key) {
            if found.detail.confidence == SecretConfidence::High {
                let says = format!(
                    "{} (`{}`, {}): revoke it if it is real; a test makes its secrets with whose_detect::expand",
                    found.detail.title, found.detail.detector, found.detail.hint
                );
                faults.push(Fault::new(&file.path, found.line as usize, says));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        check(&[File::new("notes.md", text.as_bytes().to_vec())], &mut faults).unwrap();
        faults
    }

    #[test]
    fn a_planted_token_is_found_at_its_line_and_not_shown() {
        let token = whose_detect::expand("ghp_{crc62:30}", 7).unwrap();
        let faults = found(&format!("# Notes\n\ntoken: {token}\n"));
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3]);
        assert!(!faults[0].says.contains(&token), "{}", faults[0].says);
    }

    #[test]
    fn templates_and_documentation_values_pass() {
        assert!(found("`ghp_{crc62:30}` becomes a token; AKIAIOSFODNN7EXAMPLE is Amazon's own example.\n").is_empty());
    }
}
