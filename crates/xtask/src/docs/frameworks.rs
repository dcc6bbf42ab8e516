//! The frameworks: each control that a scanner can give evidence for, with the rules that do.

use super::cell;
use whose_rules::{CATALOGUE, EvidenceMark, Framework, frameworks};

pub(super) fn page() -> String {
    let mut text = String::from(
        "# Frameworks\n\nA finding is evidence for a control; no scanner satisfies one by itself. Listed are the controls that a \
         scan can speak of, not the whole framework.\n",
    );
    for framework in frameworks() {
        text += &section(framework);
    }
    text
}

fn section(framework: &Framework) -> String {
    let checked = match framework.evidence {
        EvidenceMark::Read => "read in the framework's own text",
        EvidenceMark::SecondHand => "read in several independent copies that agree",
        EvidenceMark::Unchecked => "not yet checked against the framework's own text",
    };
    let mut text = format!(
        "\n## {}\n\n`{}`, edition {}, [published here]({}); {checked}.\n",
        framework.title, framework.slug, framework.edition, framework.source
    );
    if let Some(note) = &framework.note {
        text += &format!("\n{note}\n");
    }
    text += "\n| control | title | rules |\n|---|---|---|\n";
    for control in &framework.controls {
        let rules: Vec<String> = CATALOGUE
            .iter()
            .map(|rule| rule.info())
            .filter(|info| info.maps_to.iter().any(|to| to.framework == framework.slug && to.id == control.id))
            .map(|info| format!("[{0}](rules/{0}.md)", info.slug))
            .collect();
        text += &format!("| {} | {} | {} |\n", cell(&control.id), cell(&control.title), rules.join(", "));
    }
    text
}
