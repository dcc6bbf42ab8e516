//! The frameworks that rules map to: versioned data files of ids and titles. A finding is evidence for a
//! control; no scanner satisfies one by itself.

use serde::Deserialize;
use std::sync::LazyLock;

/// How well the data file was checked against its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum EvidenceMark {
    /// Read in the framework's own text or a machine-readable copy of it.
    #[serde(rename = "V")]
    Read,
    /// Read in several independent copies that agree.
    #[serde(rename = "V2")]
    SecondHand,
    /// From memory: to be checked before it is quoted.
    #[serde(rename = "M")]
    Unchecked,
}

/// One control.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkControl {
    /// The id as the framework writes it, or our own slug where it has none.
    pub id: String,
    /// Its title, or what it asks for in a few words where its own title is long.
    pub title: String,
}

/// One framework in one edition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// The slug with the edition, for example `owasp-nhi-2025`.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The edition.
    pub edition: String,
    /// Where the framework is published.
    pub source: String,
    /// How well the list was checked.
    pub evidence: EvidenceMark,
    /// What a reader must know, for example that the ids are ours.
    #[serde(default)]
    pub note: Option<String>,
    /// Ids that the framework withdrew. No rule may map to one.
    #[serde(default)]
    pub withdrawn: Vec<String>,
    /// The controls for which a scanner can give evidence; not the whole framework.
    pub controls: Vec<FrameworkControl>,
}

impl Framework {
    /// The control with this id.
    pub fn control(&self, id: &str) -> Option<&FrameworkControl> {
        self.controls.iter().find(|control| control.id == id)
    }
}

/// The data files, in the order in which reports list them.
const FILES: &[&str] = &[
    include_str!("../frameworks/owasp-nhi-2025.toml"),
    include_str!("../frameworks/owasp-agentic-2026.toml"),
    include_str!("../frameworks/nist-csf-2.0.toml"),
    include_str!("../frameworks/nist-800-53r5.toml"),
    include_str!("../frameworks/cis-aws-7.0.0.toml"),
    include_str!("../frameworks/cis-m365-7.0.0.toml"),
    include_str!("../frameworks/cis-gcp-5.0.0.toml"),
    include_str!("../frameworks/cis-github-1.2.0.toml"),
    include_str!("../frameworks/pci-dss-4.0.1.toml"),
    include_str!("../frameworks/nist-ai-rmf-1.0.toml"),
    include_str!("../frameworks/csa-maestro.toml"),
];

static FRAMEWORKS: LazyLock<Vec<Framework>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|text| toml::from_str(text).expect("the files are part of the program, and a test reads them"))
        .collect()
});

/// All frameworks, in the order in which reports list them.
pub fn frameworks() -> &'static [Framework] {
    &FRAMEWORKS
}

/// The framework with this slug.
pub fn framework(slug: &str) -> Option<&'static Framework> {
    frameworks().iter().find(|framework| framework.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOGUE;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_parses_and_is_named_by_its_slug() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("frameworks");
        let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let listed: BTreeSet<String> = frameworks().iter().map(|framework| framework.slug.clone()).collect();
        assert_eq!(listed, on_disk);
        assert_eq!(listed.len(), FILES.len());
    }

    #[test]
    fn ids_are_unique_and_titled() {
        for framework in frameworks() {
            let mut ids = BTreeSet::new();
            assert!(framework.source.starts_with("https://"), "{}", framework.slug);
            for control in &framework.controls {
                assert!(ids.insert(&control.id), "{} lists {} twice", framework.slug, control.id);
                assert!(!control.title.trim().is_empty(), "{} {}", framework.slug, control.id);
            }
        }
    }

    #[test]
    fn rules_map_to_listed_controls_only() {
        for rule in CATALOGUE {
            let info = rule.info();
            let mut seen = BTreeSet::new();
            assert!(!info.maps_to.is_empty(), "{} maps to nothing", info.slug);
            for control in info.maps_to {
                let framework = framework(control.framework);
                let listed = framework.and_then(|framework| framework.control(control.id));
                assert!(
                    listed.is_some(),
                    "{} maps to {} {}, which is not listed",
                    info.slug,
                    control.framework,
                    control.id
                );
                assert!(seen.insert((control.framework, control.id)), "{} maps twice to {}", info.slug, control.id);
            }
        }
    }

    #[test]
    fn withdrawn_ids_appear_nowhere() {
        let rev5 = framework("nist-800-53r5").unwrap();
        assert!(rev5.withdrawn.contains(&"AC-3(1)".to_string()), "the list of withdrawn controls is missing");
        for framework in frameworks() {
            for id in &framework.withdrawn {
                assert!(framework.control(id).is_none(), "{} lists the withdrawn {id}", framework.slug);
            }
        }
        let csf = framework("nist-csf-2.0").unwrap();
        // Identifiers of CSF 1.1 that other tools carry under the name of 2.0.
        for old in ["PR.AC", "ID.AM-06", "DE.CM-04", "DE.CM-05", "DE.CM-07", "DE.CM-08", "ID.BE", "DE.DP"] {
            assert!(!csf.controls.iter().any(|control| control.id.starts_with(old)), "{old} is of CSF 1.1");
        }
    }
}
