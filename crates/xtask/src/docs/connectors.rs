//! The connectors: an index, and a page each with every call, its permission and why it is made.

use super::{cell, word};
use std::path::PathBuf;
use whose_cli::CONNECTORS;
use whose_connect::{CollectorInfo, ConnectorInfo};

pub(super) fn pages() -> Vec<(PathBuf, String)> {
    let mut pages: Vec<(PathBuf, String)> =
        CONNECTORS.iter().map(|info| (format!("connectors/{}.md", info.id).into(), page(info))).collect();
    pages.push(("connectors/README.md".into(), index()));
    pages
}

fn index() -> String {
    let mut text = String::from(
        "# Connectors\n\nEvery request to a provider is declared, and only reads: a call that is not on these pages is not made.\n\n\
         | connector | reads | target |\n|---|---|---|\n",
    );
    for info in CONNECTORS {
        text += &format!("| [{0}]({0}.md) | {1} | `{2}` |\n", info.id, cell(info.title), cell(info.target_syntax));
    }
    text
}

fn page(info: &ConnectorInfo) -> String {
    let mut text = format!("# {}\n\nTarget: `{}`\n", info.title, info.target_syntax);
    if let Some(what) = info.hands_over {
        text += &format!("\nHands to the reader of source repositories: {}.\n", cell(what));
    }
    for collector in info.collectors {
        text += &listing(collector);
    }
    if let Some(render) = info.least_privilege {
        let policy = render();
        let fence = if policy.trim_start().starts_with('{') { "json" } else { "" };
        text += &format!(
            "\n## Least privilege\n\nAllows the calls above and nothing else; `whose permissions {}` prints it.\n\n```{fence}\n{}\n```\n",
            info.id,
            policy.trim_end()
        );
    }
    text
}

fn listing(collector: &CollectorInfo) -> String {
    let facets: Vec<String> = collector.provides.iter().map(word).collect();
    let mut text = format!("\n## {}\n\n`{}`", collector.title, collector.id);
    if !facets.is_empty() {
        text += &format!(" tells of: {}.", facets.join(", "));
    }
    if let Some(option) = collector.switched_on_by {
        text += &format!(" Off unless the target says `{option}`.");
    }
    text.push('\n');
    if collector.calls.is_empty() {
        return text + "\nIt calls no API.\n";
    }
    text += "\n| call | permission | why |\n|---|---|---|\n";
    for call in collector.calls {
        text += &format!("| [{}]({}) | `{}` | {} |\n", call.name, call.docs, call.permission, cell(call.why));
    }
    text
}
