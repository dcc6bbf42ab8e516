//! `whose explain`: one finding whole.

use super::stored;
use crate::args::{ExplainArgs, Global};
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::anyhow;
use std::io::Write;
use whose_model::{Finding, day};
use whose_reports::{place, visible};

/// Runs the command.
pub(crate) async fn run(global: &Global, args: ExplainArgs) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let store = stored::open(global, &config).await?;
    let report = stored::load(store.as_ref(), args.scan.as_deref()).await?;
    let wanted = args.finding.to_lowercase();
    let found: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.id.as_str().starts_with(&wanted)).collect();
    match found[..] {
        [finding] => {
            explain(finding, &mut std::io::stdout().lock())?;
            Ok(Exit::Complete)
        }
        [] => Err(Failure::request(anyhow!(
            "scan {} has no finding of this id; its report shows the ids",
            report.scan.id
        ))),
        _ => Err(Failure::request(anyhow!("{} findings begin so; give more of the id", found.len()))),
    }
}

fn explain(finding: &Finding, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{} {}", finding.severity.word().to_uppercase(), visible(&finding.title))?;
    writeln!(out, "finding {} by rule {}", finding.id, finding.rule)?;
    writeln!(out, "subject {}", visible(finding.subject.as_str()))?;
    for (name, value) in [("owner", &finding.owner), ("reach", &finding.reach)] {
        if let Some(value) = value {
            writeln!(out, "{name}   {}", visible(value))?;
        }
    }
    writeln!(out, "\nSeverity, step by step (confidence {:.2})", finding.confidence)?;
    for reason in &finding.severity_reasons {
        writeln!(out, "  {:>+3}  {:<12} {}", reason.delta, reason.factor, visible(&reason.why))?;
    }
    writeln!(out, "   =   {}", finding.severity.word())?;
    writeln!(out, "\nEvidence")?;
    for evidence in &finding.evidence {
        let at = evidence.at.map(|at| format!(", {}", day(at))).unwrap_or_default();
        writeln!(out, "  {} ({}{at})", visible(&evidence.what), visible(&evidence.source))?;
    }
    for at in &finding.places {
        writeln!(out, "  {}", visible(&place(at)))?;
    }
    writeln!(out, "\nFix (whose changes nothing; you do)")?;
    for fix in &finding.fix {
        writeln!(out, "  {}", visible(&fix.what))?;
        if let Some(command) = &fix.command {
            writeln!(out, "    {}", visible(command))?;
        }
    }
    if let Some(rule) = whose_rules::rule(&finding.rule) {
        let info = rule.info();
        writeln!(out, "\nWhy it matters\n  {}", info.matters)?;
        writeln!(out, "\nWhat this rule cannot see\n  {}", info.blind_spots)?;
    }
    if !finding.maps_to.is_empty() {
        let controls: Vec<String> =
            finding.maps_to.iter().map(|control| format!("{} {}", control.framework, control.control)).collect();
        writeln!(out, "\nEvidence for\n  {}", controls.join(", "))?;
    }
    for reference in &finding.references {
        writeln!(out, "  {} <{}>", visible(&reference.title), visible(&reference.url))?;
    }
    Ok(())
}
