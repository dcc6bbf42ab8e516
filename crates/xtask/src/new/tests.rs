//! The promise of a skeleton, kept on a copy of the workspace: it compiles, and its test fails until it is filled in.

use super::{What, run};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Copies the workspace's files into an empty folder.
fn copy(to: &Path) {
    let root = crate::workspace::root().unwrap();
    for file in crate::workspace::files(&root).unwrap() {
        let to = to.join(&file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(root.join(&file), to).unwrap();
    }
}

/// The files that differ between the workspace and its copy.
fn touched(copy: &Path, what: &What) -> BTreeSet<PathBuf> {
    let read = |root: &Path| -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
        let mut files = std::collections::BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(&path).unwrap());
                }
            }
        }
        files
    };
    let before = read(copy);
    run(copy, what).unwrap();
    let after = read(copy);
    after.into_iter().filter(|(path, bytes)| before.get(path) != Some(bytes)).map(|(path, _)| path).collect()
}

fn paths<const N: usize>(paths: [&str; N]) -> BTreeSet<PathBuf> {
    paths.map(PathBuf::from).into()
}

#[test]
fn skeletons_compile_and_their_tests_fail_until_they_are_filled_in() {
    // The copy lies at the same place each time, so that what cargo builds of it replaces what it built before.
    let target = crate::workspace::target(&crate::workspace::root().unwrap()).unwrap();
    let root = &target.join("skeletons");
    if root.exists() {
        std::fs::remove_dir_all(root).unwrap();
    }
    copy(root);
    let rule = touched(root, &What::Rule { slug: "brand-new-fault".into() });
    let expected = ["rules.rs", "rules/brand_new_fault.rs"];
    assert_eq!(rule, expected.map(|file| PathBuf::from("crates/whose-rules/src").join(file)).into());
    let detector = touched(root, &What::Detector { id: "acme.api-key".into() });
    assert_eq!(detector, paths(["crates/whose-detect/detectors/acme.toml", "crates/whose-detect/src/catalogue.rs"]));
    run(root, &What::Format { id: "brand-new".into() }).unwrap();
    run(root, &What::Connector { id: "acme".into(), listing: "service-accounts".into() }).unwrap();
    let listing = touched(root, &What::Listing { connector: "acme".into(), listing: "api-tokens".into() });
    assert_eq!(listing, paths(["connectors/acme/src/api_tokens.rs", "connectors/acme/src/lib.rs"]));

    let packages = ["whose-rules", "whose-detect", "whose-reports", "connector-acme"];
    let output = crate::workspace::cargo(root)
        .args(["test", "--offline", "--no-fail-fast"])
        .args(packages.iter().flat_map(|package| ["--package", package]))
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let shown = || format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.matches("test result: ").count() >= packages.len(), "it must compile:\n{}", shown());
    for name in [
        "rules::brand_new_fault::tests::the_fault_is_found",
        "catalogue::tests::every_detector_finds_its_matches_and_passes_its_near_misses",
        "formats::brand_new::tests::every_finding_is_in_it",
        "service_accounts::tests::a_reply_becomes_nodes_in_its_scope",
        "api_tokens::tests::a_reply_becomes_nodes_in_its_scope",
    ] {
        assert!(text.contains(&format!("test {name} ... FAILED")), "{name} must fail:\n{}", shown());
    }
    for name in [
        "rules::unowned_identity::tests::an_identity_without_any_signal_is_found",
        "formats::json::tests::it_follows_the_published_schema",
    ] {
        assert!(text.contains(&format!("test {name} ... ok")), "{name} must still pass:\n{}", shown());
    }
}

#[test]
fn nothing_is_written_over_and_nothing_is_written_by_half() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path());
    let again = What::Rule { slug: "unowned-identity".into() };
    let error = run(folder.path(), &again).unwrap_err();
    assert!(format!("{error:#}").contains("exists already"), "{error:#}");
    std::fs::remove_file(folder.path().join("crates/whose-rules/src/rules.rs")).unwrap();
    assert!(run(folder.path(), &What::Rule { slug: "another-fault".into() }).is_err());
    assert!(!folder.path().join("crates/whose-rules/src/rules/another_fault.rs").exists());
    assert!(run(folder.path(), &What::Listing { connector: "nowhere".into(), listing: "users".into() }).is_err());
}
