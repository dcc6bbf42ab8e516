//! Rules, as far as their findings tell of them: a report holds no page of a rule.

use super::text::{Message, plain};
use crate::inert::{markdown, visible};
use serde::Serialize;
use whose_model::{Finding, Severity};

/// A rule, as far as its findings tell of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    id: &'a str,
    short_description: Message,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<String>,
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

impl<'a> Rule<'a> {
    /// The worst of its findings, the first of equals, says how bad it is and what to do.
    pub(super) fn new(id: &'a str, findings: &[&'a Finding]) -> Self {
        let worst = findings.iter().copied().rev().max_by_key(|finding| finding.severity);
        let severity = worst.map_or(Severity::Info, |finding| finding.severity);
        let steps = worst.map_or(&[][..], |finding| &finding.fix);
        let references = worst.map_or(&[][..], |finding| &finding.references);
        let references: Vec<_> = references.iter().filter(|it| it.url.starts_with("https://")).collect();
        let mut tags = vec!["security".to_owned()];
        tags.extend(
            worst
                .into_iter()
                .flat_map(|it| &it.maps_to)
                .map(|it| visible(&format!("{}/{}", it.framework, it.control)).into_owned()),
        );
        Self {
            id,
            short_description: Message::new(&sentence(id)),
            help: Help {
                text: lines(steps.iter().map(|step| plain(&step.what)), references.iter().map(|it| plain(&it.url))),
                markdown: lines(
                    steps.iter().map(|step| markdown(&step.what)),
                    references.iter().map(|it| format!("{}: <{}>", markdown(&it.title), within_brackets(&it.url))),
                ),
            },
            help_uri: references.first().map(|reference| reference.url.as_str()),
            default_configuration: Configuration { level: level(severity) },
            properties: RuleProperties { tags, security_severity: security_severity(severity) },
        }
    }
}

/// An address between angle brackets, which nothing in it may end.
fn within_brackets(url: &str) -> String {
    visible(url).replace(['<', '>', ' '], "")
}

/// A list of steps and a list of pages, each when it has any.
fn lines(steps: impl Iterator<Item = String>, pages: impl Iterator<Item = String>) -> String {
    let list = |head: &str, items: Vec<String>| (!items.is_empty()).then(|| format!("{head}:\n\n{}", items.join("\n")));
    let item = |text: String| format!("- {text}");
    let parts = [list("What to do", steps.map(item).collect()), list("To read", pages.map(item).collect())];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    if text.is_empty() { "See the message of each result.".to_owned() } else { text }
}

/// A slug as words: `leaked-live-credential` reads `Leaked live credential`.
fn sentence(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// How loudly a reader reports a finding.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number within the band that code scanning gives each word: above 9 critical, 7 high, 4 medium, below low.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}
