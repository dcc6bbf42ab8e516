//! A rule's page as Markdown, made from its own words: one text for the website and for `whose rules SLUG`.

use crate::{RuleInfo, framework};
use std::fmt::Write;
use whose_model::Facet;

/// The page of a rule.
pub fn page(info: &RuleInfo) -> String {
    let mut page = format!("# {}\n\n", info.slug);
    let mut put = |text: std::fmt::Arguments<'_>| {
        page.write_fmt(text).expect("writing to a String cannot fail");
    };
    put(format_args!("{}. {}, base severity {}.\n\n", info.title, info.group.title(), info.base.word()));
    for (heading, text) in [
        ("What it finds", info.finds),
        ("Why it matters", info.matters),
        ("What to do", info.fix),
        ("What it cannot see", info.blind_spots),
    ] {
        put(format_args!("## {heading}\n\n{text}\n\n"));
    }
    put(format_args!("## What it needs\n\n"));
    if info.needs.is_empty() {
        put(format_args!("- It argues from what was seen alone: a gap hides findings and never makes one.\n"));
    }
    for facet in info.needs {
        put(format_args!("- {} must be read completely, or the subject is not assessable.\n", facet_words(*facet)));
    }
    for facet in info.reads {
        put(format_args!("- Its subjects come from: {}.\n", facet_words(*facet)));
    }
    put(format_args!("\n## Evidence for\n\n"));
    for control in info.maps_to {
        let framework = framework(control.framework);
        let name = framework.map_or_else(|| control.framework.into(), |f| format!("{} {}", f.title, f.edition));
        let title = framework.and_then(|f| f.control(control.id)).map_or("", |control| control.title.as_str());
        put(format_args!("- {name}: {} {title}\n", control.id));
    }
    put(format_args!("\n## References\n\n"));
    for link in info.references {
        put(format_args!("- [{}]({})\n", link.title, link.url));
    }
    page
}

/// A facet as the subject of a sentence.
fn facet_words(facet: Facet) -> &'static str {
    match facet {
        Facet::Identities => "the list of identities",
        Facet::Credentials => "the list of credentials with their state and dates",
        Facet::CredentialUse => "the last use of credentials",
        Facet::IdentityUse => "the last use of identities",
        Facet::Grants => "the grants of identities and groups",
        Facet::Trusts => "trust policies and identity providers",
        Facet::OwnerSignals => "the signals of ownership (tags, owners, sponsors)",
        Facet::OwnerStatus => "the status of owners",
        Facet::Secrets => "the secrets in places that many can read",
        Facet::Repositories => "the list of repositories",
        Facet::Settings => "the settings of pipelines",
        Facet::Hooks => "the hooks",
        Facet::PipelineSecrets => "the names of the secrets of pipelines",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOGUE;

    #[test]
    fn every_rule_has_a_page_with_all_of_its_words() {
        for rule in CATALOGUE {
            let info = rule.info();
            let page = page(info);
            assert!(page.starts_with(&format!("# {}\n", info.slug)));
            for text in [info.title, info.finds, info.matters, info.fix, info.blind_spots] {
                assert!(page.contains(text), "{} lacks `{text}`", info.slug);
            }
            for control in info.maps_to {
                assert!(page.contains(control.id), "{} lacks {}", info.slug, control.id);
            }
            assert!(info.references.iter().all(|link| page.contains(link.url) && link.url.starts_with("https://")));
        }
    }
}
