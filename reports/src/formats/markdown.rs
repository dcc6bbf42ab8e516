//! Markdown to hand over: what matters, the findings by severity, the inventory, and what was not seen.

use crate::blind_spots::{blind_spots, unjudged};
use crate::catalogue::buffered;
use crate::headline::headline;
use crate::inert::{is_faithful, markdown, markdown_code, markdown_fence, visible};
use crate::kpi::{Kpis, Share};
use crate::names::{self, Names};
use crate::words::{count, grouped, last_used, minute, plain, term};
use crate::{FormatError, FormatInfo, ReportFormat};
use std::io::{self, Write};
use whose_model::{Class, Finding, IdentityView, Report, Severity, day};

/// The report as Markdown.
pub struct Markdown;

const INFO: FormatInfo = FormatInfo { id: "markdown", title: "a document to hand over", extension: "md" };

/// How many places of one finding are told.
const PLACES: usize = 25;

impl ReportFormat for Markdown {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        buffered(&INFO, out, |out| write_document(report, out))
    }
}

fn write_document(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let names = Names::of(report);
    summary(report, out)?;
    findings(report, &names, out)?;
    identities(report, out)?;
    coverage(report, &names, out)
}

fn summary(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Whose keys are these?\n")?;
    writeln!(out, "**{}**\n", markdown(&headline(report).join(" ")))?;
    let targets: Vec<_> = report.scan.targets.iter().map(|it| markdown_code(&it.target)).collect();
    if !targets.is_empty() {
        writeln!(out, "- Scanned: {}", targets.join(", "))?;
    }
    writeln!(out, "- As of: {}", minute(report.scan.as_of))?;
    writeln!(
        out,
        "- Scan: {} ({}), Whose {}\n",
        markdown_code(&report.scan.id),
        plain(report.scan.state),
        markdown(&report.scan.tool_version)
    )?;
    writeln!(out, "| critical | high | medium | low | info |\n|---:|---:|---:|---:|---:|")?;
    let counted = |severity: &Severity| grouped(report.summary.by_severity.get(severity).copied().unwrap_or(0));
    writeln!(out, "| {} |\n", Severity::ALL.iter().map(counted).collect::<Vec<_>>().join(" | "))?;
    let kpis = Kpis::of(report);
    writeln!(out, "| Key figure | Value |\n|---|---|")?;
    for (title, share) in [
        ("Non-human identities with an owner", kpis.owned),
        ("… with a purpose", kpis.purpose),
        ("… with an expiry", kpis.expiry),
        ("… by federation and without a standing key", kpis.federated),
        ("Listings read in full", kpis.coverage),
    ] {
        writeln!(out, "| {title} | {} |", share_text(share))?;
    }
    let leaks = match (report.summary.leaked_and_live, kpis.leaks_looked_for) {
        (0, false) => "not looked for: no repository was read".to_owned(),
        (number, _) => grouped(number),
    };
    writeln!(out, "| Leaked credentials that still work | {leaks} |")?;
    let unknown = match kpis.ownerless_admins.unknown {
        0 => String::new(),
        number => format!(", {} not judged", count(number, "identity", "identities")),
    };
    writeln!(out, "| Administrators that nobody answers for | {}{unknown} |", grouped(kpis.ownerless_admins.part))?;
    if let Some(days) = kpis.median_credential_days {
        writeln!(out, "| Median age of working credentials | {} |", count(days.unsigned_abs(), "day", "days"))?;
    }
    writeln!(out)
}

fn share_text(share: Share) -> String {
    let unknown = if share.unknown > 0 { format!(", {} not known", grouped(share.unknown)) } else { String::new() };
    match share.percent() {
        Some(percent) => format!("{percent} % ({} of {}{unknown})", grouped(share.part), grouped(share.known())),
        None if share.whole == 0 => "none seen".into(),
        None => format!("not known of any of {}", grouped(share.whole)),
    }
}

fn findings(report: &Report, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Findings\n")?;
    if report.findings.is_empty() {
        return writeln!(out, "None.\n");
    }
    for severity in Severity::ALL {
        let of: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        if of.is_empty() {
            continue;
        }
        let word = severity.word();
        writeln!(out, "### {}{} ({})\n", word[..1].to_uppercase(), &word[1..], grouped(of.len() as u64))?;
        if severity >= Severity::High {
            for finding in of {
                block(finding, names, out)?;
            }
        } else {
            writeln!(out, "| Finding | Owner | Fix | Rule | Id |\n|---|---|---|---|---|")?;
            for finding in of {
                let fix = finding.fix.first().map(|fix| markdown(&fix.what)).unwrap_or_default();
                let owner = markdown(finding.owner.as_deref().unwrap_or("not known"));
                writeln!(
                    out,
                    "| {} | {owner} | {fix} | {} | `{}` |",
                    markdown(&finding.title),
                    markdown_code(&finding.rule),
                    finding.id
                )?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

fn block(finding: &Finding, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "#### {}\n", markdown(&finding.title))?;
    writeln!(out, "- **Owner**: {}", markdown(finding.owner.as_deref().unwrap_or("not known")))?;
    if let Some(reach) = &finding.reach {
        writeln!(out, "- **Reach**: {}", markdown(reach))?;
    }
    if let Some(scope) = &finding.scope {
        writeln!(out, "- **Scope**: {}", markdown(&names.name(scope)))?;
    }
    let sum: Vec<_> =
        finding.severity_reasons.iter().map(|it| format!("{} {:+}: {}", it.factor, it.delta, it.why)).collect();
    writeln!(out, "- **Severity**: {} ({})", finding.severity.word(), markdown(&sum.join("; ")))?;
    writeln!(out, "- **Rule**: {}, finding `{}`", markdown_code(&finding.rule), finding.id)?;
    if !finding.evidence.is_empty() {
        writeln!(out, "\nEvidence:\n")?;
    }
    for evidence in &finding.evidence {
        let at = evidence.at.map(|at| format!(", {}", day(at))).unwrap_or_default();
        writeln!(out, "- {} ({}{at})", markdown(&evidence.what), markdown_code(&evidence.source))?;
    }
    if !finding.places.is_empty() {
        writeln!(out, "\nWhere:\n")?;
    }
    for place in finding.places.iter().take(PLACES) {
        writeln!(out, "- {}", markdown(&names::place(place)))?;
    }
    if finding.places.len() > PLACES {
        let more = (finding.places.len() - PLACES) as u64;
        writeln!(out, "- and {}, in the JSON report", count(more, "more place", "more places"))?;
    }
    if !finding.fix.is_empty() {
        writeln!(out, "\nFix:\n")?;
    }
    for (index, fix) in finding.fix.iter().enumerate() {
        writeln!(out, "{}. {}", index + 1, markdown(&fix.what))?;
        if let Some(command) = &fix.command {
            let (shown, fence) = (visible(command), markdown_fence(command));
            writeln!(out, "\n   {fence}sh\n   {shown}\n   {fence}\n")?;
            if !is_faithful(command) {
                writeln!(
                    out,
                    "   This names something with unseen characters: take the command from the JSON report.\n"
                )?;
            }
        }
    }
    writeln!(out)
}

fn identities(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Non-human identities\n")?;
    let machines: Vec<_> = report.identities.iter().filter(|it| it.class.class != Class::Human).collect();
    if machines.is_empty() {
        return writeln!(out, "None seen.\n");
    }
    writeln!(
        out,
        "| Identity | Type | Owner | Purpose | Expiry | Last used | Tier | Findings |\n|---|---|---|---|---|---|---|---:|"
    )?;
    for identity in machines {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            markdown_code(&identity.name),
            markdown(&identity.r#type),
            markdown(&owner_text(identity)),
            markdown(identity.lifecycle.purpose.as_deref().unwrap_or("–")),
            identity.lifecycle.expiry.map_or_else(|| "–".into(), day),
            last_used(identity.last_used.as_ref()),
            term(identity.privilege.tier),
            identity.findings.len(),
        )?;
    }
    writeln!(out)
}

fn owner_text(identity: &IdentityView) -> String {
    let Some(ownership) = &identity.ownership else { return "not read".into() };
    match ownership.candidates.first() {
        Some(best) => format!("{} ({}, {:.2})", best.name, plain(ownership.band), best.score),
        None => plain(ownership.band),
    }
}

fn coverage(report: &Report, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## What was read\n")?;
    if report.coverage.is_empty() {
        writeln!(out, "No listing was read.\n")?;
    } else {
        writeln!(out, "| Listing | Scope | State | Seen | Calls |\n|---|---|---|---:|---:|")?;
        for row in &report.coverage {
            let listing = format!("{} {}", row.source.connector, row.source.collector);
            writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                markdown(&listing),
                markdown(&names.name(&row.scope)),
                plain(row.state),
                grouped(row.seen),
                grouped(row.calls)
            )?;
        }
        writeln!(out)?;
    }
    let spots = blind_spots(report, names);
    if !spots.is_empty() {
        writeln!(out, "### What could not be seen\n")?;
    }
    for spot in spots {
        let call = spot.call.map(|call| format!(", {}", markdown_code(&call))).unwrap_or_default();
        writeln!(
            out,
            "- **{} in {}** ({}{call}): {}",
            markdown(&spot.source),
            markdown(&spot.scope),
            spot.state,
            markdown(&spot.reason)
        )?;
        if spot.subjects > 0 {
            writeln!(
                out,
                "  - Concerns {}, for example {}",
                count(spot.subjects, "thing", "things"),
                markdown_code(&spot.example.unwrap_or_default())
            )?;
        }
        writeln!(out, "  - To do: {}", markdown(&spot.remedy))?;
    }
    let rules = unjudged(report, names);
    if !rules.is_empty() {
        writeln!(out, "\n### What could not be judged\n\nNo finding of these rules means nothing there.\n")?;
    }
    for rule in rules {
        let scopes = markdown(&rule.scopes.join(", "));
        let scopes = if scopes.is_empty() { scopes } else { format!(" in {scopes}") };
        let (slug, verdict) = (markdown_code(&rule.rule), plain(rule.verdict));
        writeln!(out, "- {slug} ({verdict}{scopes}): {}", markdown(&rule.reasons.join("; ")))?;
        for remedy in &rule.remedies {
            writeln!(out, "  - To do: {}", markdown(remedy))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        Markdown.write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The kinds of blocks and marks that a reader of Markdown sees, in their order.
    fn structure(text: &str) -> Vec<String> {
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH)
            .filter_map(|event| match event {
                Event::Start(Tag::Heading { level, .. }) => Some(format!("heading {level}")),
                Event::Start(Tag::CodeBlock(_)) => Some("command".into()),
                Event::Start(Tag::TableRow) => Some("row".into()),
                Event::Start(Tag::Item) => Some("item".into()),
                Event::Html(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                    Some("hostile".into())
                }
                Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough) => Some("hostile".into()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn hostile_names_change_nothing_in_the_structure() {
        let (kind, hostile) = (structure(&written(&sample::report())), structure(&written(&sample::hostile())));
        assert!(!hostile.contains(&"hostile".to_owned()));
        let rows = |list: &[String]| list.iter().filter(|it| *it == "row").count();
        assert_eq!(rows(&kind), rows(&hostile));
        let headings = |list: &[String]| list.iter().filter(|it| it.starts_with("heading")).count();
        assert_eq!(headings(&kind), headings(&hostile));
        let text = written(&sample::hostile());
        assert!(!text.chars().any(|character| character != '\n' && whose_model::is_unseen(character)));
    }

    #[test]
    fn every_finding_is_in_the_document() {
        let text = written(&sample::report());
        for finding in &sample::report().findings {
            assert!(text.contains(finding.id.as_str()), "{}", finding.rule);
        }
    }
}
