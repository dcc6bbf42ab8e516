//! What holds for the catalogue as a whole: its files, its ids, and every sample of every detector.

use super::*;
use crate::{Engine, FingerprintKey, expand};
use std::collections::BTreeSet;

#[test]
fn files_in_the_folder_and_in_the_list_are_the_same_and_sorted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/detectors");
    let in_folder: BTreeSet<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let listed: Vec<&str> = DETECTOR_FILES.iter().map(|(file, _)| *file).collect();
    assert!(listed.is_sorted());
    assert_eq!(in_folder.iter().map(String::as_str).collect::<Vec<_>>(), listed);
}

#[test]
fn every_pattern_compiles_and_names_what_it_finds() {
    for detector in detectors().unwrap() {
        detector.compile().unwrap();
    }
}

#[test]
fn detector_ids_are_unique() {
    let mut seen = BTreeSet::new();
    for detector in detectors().unwrap() {
        assert!(seen.insert(detector.definition.id.clone()), "{} stands twice", detector.definition.id);
    }
}

#[test]
fn every_detector_finds_its_matches_and_passes_its_near_misses() {
    let engine = Engine::new().unwrap();
    let key = FingerprintKey::new([7; 32]);
    let mut faults = Vec::new();
    for detector in detectors().unwrap() {
        let definition = &detector.definition;
        for seed in 0..20 {
            let found = |template: &str| {
                let text = expand(template, seed).unwrap();
                engine.scan(text.as_bytes(), &key).into_iter().map(|found| found.detail.detector).collect::<Vec<_>>()
            };
            for template in &definition.matches {
                let found = found(template);
                if found != [definition.id.clone()] {
                    faults.push(format!("{}: `{template}` (seed {seed}) gives {found:?}", definition.id));
                }
            }
            for template in &definition.near_misses {
                if found(template).contains(&definition.id) {
                    faults.push(format!("{}: near miss `{template}` (seed {seed}) is found", definition.id));
                }
            }
        }
    }
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
