//! One finding whole, as text: the sum of its severity, its evidence, its fix and what to read.

use crate::inert::{is_faithful, visible};
use crate::names::place;
use std::io::{self, Write};
use whose_model::{Finding, day};

/// What the rule behind a finding says of itself.
#[derive(Clone, Copy, Debug)]
pub struct RuleWords<'a> {
    /// Why the fault matters.
    pub matters: &'a str,
    /// What the rule cannot see.
    pub blind_spots: &'a str,
}

/// Writes all that is known of a finding. `rule` is `None` when this build does not have the rule any more.
///
/// # Errors
/// When `out` does not take it.
pub fn explain(finding: &Finding, rule: Option<RuleWords<'_>>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} {}", finding.severity.word().to_uppercase(), visible(&finding.title))?;
    writeln!(out, "finding {} by rule {}", finding.id, visible(&finding.rule))?;
    writeln!(out, "subject {}", visible(finding.subject.as_str()))?;
    for (name, value) in [("owner", &finding.owner), ("reach", &finding.reach)] {
        if let Some(value) = value {
            writeln!(out, "{name}   {}", visible(value))?;
        }
    }
    severity(finding, out)?;
    evidence(finding, out)?;
    fix(finding, out)?;
    if let Some(rule) = rule {
        writeln!(out, "\nWhy it matters\n  {}", rule.matters)?;
        writeln!(out, "\nWhat this rule cannot see\n  {}", rule.blind_spots)?;
    }
    reading(finding, out)
}

fn severity(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nSeverity, step by step (confidence {:.2})", finding.confidence)?;
    for reason in &finding.severity_reasons {
        writeln!(out, "  {:>+3}  {:<12} {}", reason.delta, visible(&reason.factor), visible(&reason.why))?;
    }
    writeln!(out, "   =   {}", finding.severity.word())
}

fn evidence(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nEvidence")?;
    for evidence in &finding.evidence {
        let at = evidence.at.map(|at| format!(", {}", day(at))).unwrap_or_default();
        writeln!(out, "  {} ({}{at})", visible(&evidence.what), visible(&evidence.source))?;
    }
    for at in &finding.places {
        writeln!(out, "  {}", visible(&place(at)))?;
    }
    Ok(())
}

fn fix(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nFix (Whose changes nothing; you do)")?;
    for fix in &finding.fix {
        writeln!(out, "  {}", visible(&fix.what))?;
        if let Some(command) = &fix.command {
            writeln!(out, "    {}", visible(command))?;
            if !is_faithful(command) {
                writeln!(
                    out,
                    "    This names something with unseen characters: take the command from the JSON report."
                )?;
            }
        }
    }
    Ok(())
}

fn reading(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    if !finding.maps_to.is_empty() {
        let controls: Vec<String> =
            finding.maps_to.iter().map(|control| format!("{} {}", control.framework, control.control)).collect();
        writeln!(out, "\nEvidence for\n  {}", visible(&controls.join(", ")))?;
    }
    for reference in &finding.references {
        writeln!(out, "  {} <{}>", visible(&reference.title), visible(&reference.url))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use whose_model::is_unseen;

    fn written(finding: &Finding, rule: Option<RuleWords<'_>>) -> String {
        let mut out = Vec::new();
        explain(finding, rule, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_of_a_finding_is_left_out() {
        let words = RuleWords { matters: "It opens the door.", blind_spots: "Doors without a number." };
        for finding in &sample::report().findings {
            let text = written(finding, Some(words));
            let steps = finding.severity_reasons.iter().map(|reason| reason.why.as_str());
            let shown = finding.evidence.iter().map(|evidence| evidence.what.as_str());
            let fixes = finding.fix.iter().flat_map(|fix| [Some(fix.what.as_str()), fix.command.as_deref()]).flatten();
            let pages = finding.references.iter().map(|reference| reference.url.as_str());
            let own = [finding.id.as_str(), finding.subject.as_str(), words.matters, words.blind_spots];
            for part in steps.chain(shown).chain(fixes).chain(pages).chain(own) {
                assert!(text.contains(part), "{} lacks `{part}`:\n{text}", finding.rule);
            }
            let places: Vec<String> = finding.places.iter().map(place).collect();
            assert!(places.iter().all(|place| text.contains(place)), "{places:?}");
        }
    }

    #[test]
    fn hostile_names_send_nothing_to_the_terminal() {
        let texts: String = sample::hostile().findings.iter().map(|finding| written(finding, None)).collect();
        assert!(!texts.chars().any(|character| character != '\n' && is_unseen(character)));
        assert!(texts.contains("take the command from the JSON report"));
    }
}
