//! The rules: an index by family, and a page each.

use super::cell;
use std::path::PathBuf;
use whose_rules::CATALOGUE;

pub(super) fn pages() -> Vec<(PathBuf, String)> {
    let mut pages: Vec<(PathBuf, String)> = CATALOGUE
        .iter()
        .map(|rule| rule.info())
        .map(|info| (format!("rules/{}.md", info.slug).into(), whose_rules::page(info)))
        .collect();
    pages.push(("rules/README.md".into(), index()));
    pages
}

fn index() -> String {
    let mut text = String::from(
        "# Rules\n\nA rule names a fault. Its severity here is where the sum starts; privilege, exposure, use, reach and \
         environment add to it or take from it, and each finding shows its sum.\n",
    );
    let mut group = None;
    for info in CATALOGUE.iter().map(|rule| rule.info()) {
        if group != Some(info.group) {
            group = Some(info.group);
            text += &format!("\n## {}\n\n| rule | starts at | fault |\n|---|---|---|\n", info.group.title());
        }
        text += &format!("| [{0}]({0}.md) | {1} | {2} |\n", info.slug, info.base.word(), cell(info.title));
    }
    text
}
