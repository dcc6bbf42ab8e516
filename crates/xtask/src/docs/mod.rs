//! The reference pages, as a pure function of the code: what a rule, a detector, a connector, a format and a command
//! say of themselves. Nobody edits them; `docs --check` compares byte for byte.

mod command_line;
mod connectors;
mod detectors;
mod formats;
mod frameworks;
mod policy;
mod rules;
mod schemas;

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the pages lie.
const FOLDER: &str = "docs/reference";

/// What stands on top of every Markdown page.
const NOTICE: &str = "<!-- Generated from the code by `cargo xtask docs`. Do not edit. -->\n\n";

/// Every page, by its path within the folder.
pub(crate) fn pages() -> Result<BTreeMap<PathBuf, String>> {
    let mut pages = BTreeMap::new();
    pages.extend(rules::pages());
    pages.extend(connectors::pages());
    pages.insert("detectors.md".into(), detectors::page()?);
    pages.insert("formats.md".into(), formats::page());
    pages.insert("frameworks.md".into(), frameworks::page());
    pages.insert("policy.md".into(), policy::page()?);
    pages.insert("command-line.md".into(), command_line::page());
    pages.extend(schemas::pages()?);
    pages.insert("README.md".into(), index());
    for (path, text) in &mut pages {
        if path.extension().is_some_and(|extension| extension == "md") {
            *text = format!("{NOTICE}{}", clean(text));
        }
    }
    Ok(pages)
}

/// Writes the pages, or fails with the names of those that differ.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let folder = root.join(FOLDER);
    let pages = pages()?;
    if check {
        let different = different(&folder, &pages)?;
        if !different.is_empty() {
            bail!(
                "{} in {FOLDER} do not say what the code says:\n  {}\nrun `cargo xtask docs`",
                different.len(),
                different.join("\n  ")
            );
        }
        return Ok(());
    }
    for path in stale(&folder, &pages)? {
        std::fs::remove_file(folder.join(&path)).with_context(|| format!("removing {}", path.display()))?;
    }
    for (path, text) in &pages {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        }
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// The pages that are missing, different or no longer made, each with the first line that differs.
fn different(folder: &Path, pages: &BTreeMap<PathBuf, String>) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (path, expected) in pages {
        match std::fs::read_to_string(folder.join(path)) {
            Ok(found) if found == *expected => {}
            Ok(found) => {
                let same =
                    found.lines().zip(expected.lines()).take_while(|(found, expected)| found == expected).count();
                faults.push(format!("{} differs from line {}", path.display(), same + 1));
            }
            Err(error) => faults.push(format!("{} cannot be read: {error}", path.display())),
        }
    }
    faults.extend(stale(folder, pages)?.iter().map(|path| format!("{} is no longer made", path.display())));
    Ok(faults)
}

/// Files in the folder that no page is written to.
fn stale(folder: &Path, pages: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        if !next.exists() {
            continue;
        }
        for entry in std::fs::read_dir(&next).with_context(|| format!("listing {}", next.display()))? {
            let path = entry.with_context(|| format!("listing {}", next.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(inner) = path.strip_prefix(folder)
                && !pages.contains_key(inner)
            {
                found.push(inner.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn index() -> String {
    "# Reference\n\n\
     - [Rules](rules/README.md): what is reported, why it matters, what to do, what a rule cannot see\n\
     - [Detectors](detectors.md): which secrets are found in repositories\n\
     - [Connectors](connectors/README.md): what is read, by which calls, with which permissions\n\
     - [Report formats](formats.md)\n\
     - [Frameworks](frameworks.md): which rule gives evidence for which control\n\
     - [Policy](policy.md): the thresholds that rules judge by\n\
     - [Command line](command-line.md)\n\
     - [JSON Schema of the report](report.schema.json) and [of a line of an observations file](observations.schema.json)\n\
     - [Extension definition for BloodHound](opengraph.extension.json): to be installed before the first OpenGraph file\n"
        .to_owned()
}

/// A page without whitespace at line ends, ending in one newline.
fn clean(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// Text that is inert within a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The word under which a value stands in files.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_pages_say_what_the_code_says() {
        let root = crate::workspace::root().unwrap();
        if let Err(error) = run(&root, true) {
            panic!("{error}");
        }
    }

    #[test]
    fn a_changed_a_missing_and_a_stale_page_are_each_named() {
        let folder = tempfile::tempdir().unwrap();
        let pages: BTreeMap<PathBuf, String> =
            [("same.md", "a\n"), ("changed.md", "a\nb\n"), ("sub/missing.md", "a\n")]
                .map(|(path, text)| (path.into(), text.to_owned()))
                .into();
        for (path, text) in [("same.md", "a\n"), ("changed.md", "a\nc\n"), ("stale.md", "a\n")] {
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        let found = different(folder.path(), &pages).unwrap();
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0], "changed.md differs from line 2");
        assert!(found[1].starts_with("sub/missing.md cannot be read"));
        assert_eq!(found[2], "stale.md is no longer made");
    }

    #[test]
    fn links_between_pages_lead_somewhere() {
        let pages = pages().unwrap();
        for (path, text) in &pages {
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let target = target.split('#').next().unwrap_or_default();
                if !target.is_empty() && !target.contains("://") {
                    let from = path.parent().unwrap_or(Path::new(""));
                    let reached = normal(&from.join(target));
                    assert!(pages.contains_key(&reached), "{} links to {target}", path.display());
                }
            }
        }
    }

    /// The path without `..`.
    fn normal(path: &Path) -> PathBuf {
        path.components().fold(PathBuf::new(), |mut whole, part| {
            if part == std::path::Component::ParentDir {
                whole.pop();
            } else {
                whole.push(part);
            }
            whole
        })
    }
}
