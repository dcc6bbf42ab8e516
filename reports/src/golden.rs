//! The reviewed outputs in `golden/`. `UPDATE_GOLDEN=1 cargo test -p whose-reports` writes them anew, and
//! `REPORT_SAMPLES=<folder>` writes every sample in every format there, to be looked at.

#![expect(clippy::disallowed_methods, reason = "the environment tells a test run whether to write its outputs anew")]

use crate::{FORMATS, format, sample};
use std::path::{Path, PathBuf};
use whose_model::Report;

fn written(id: &str, report: &Report) -> String {
    let mut out = Vec::new();
    format(id).unwrap().write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn check(case: &str, id: &str, report: &Report) {
    let format = format(id).unwrap().info();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("golden/{case}-{id}.{}", format.extension));
    let actual = written(id, report);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &actual).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(actual == expected, "{} is not what the format writes now; review:\n{actual}", file.display());
}

#[test]
fn texts_for_people_are_as_reviewed() {
    for id in ["terminal", "markdown", "csv", "inventory-csv"] {
        check("estate", id, &sample::report());
        check("empty", id, &sample::empty());
        check("hostile", id, &sample::hostile());
    }
}

#[test]
fn documents_for_other_programs_are_as_reviewed() {
    for id in ["sarif", "ocsf", "ocsf-iam", "opengraph"] {
        check("estate", id, &sample::report());
        check("hostile", id, &sample::hostile());
    }
    check("estate", "opengraph-schema", &sample::report());
}

#[test]
fn samples_can_be_written_to_a_folder_to_be_looked_at() {
    let kept = std::env::var_os("REPORT_SAMPLES").map(PathBuf::from);
    let folder =
        kept.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("whose-samples-{}", std::process::id())));
    std::fs::create_dir_all(&folder).unwrap();
    let samples = [
        ("estate", sample::report()),
        ("empty", sample::empty()),
        ("hostile", sample::hostile()),
        ("large", sample::large(5000)),
    ];
    for (name, report) in &samples {
        for format in FORMATS {
            let info = format.info();
            let file = folder.join(format!("{name}-{}.{}", info.id, info.extension));
            format.write(report, &mut std::fs::File::create(&file).unwrap()).unwrap();
            assert!(size(&file) != 0 || info.id.starts_with("ocsf"));
        }
    }
    if kept.is_none() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).unwrap().len()
}
