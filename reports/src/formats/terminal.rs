//! The terminal: what matters first, readable without colour and at any width.

use crate::blind_spots::{blind_spots, unjudged};
use crate::catalogue::buffered;
use crate::headline::headline;
use crate::inert::{is_faithful, visible};
use crate::names::{self, Names};
use crate::words::{count, grouped, minute, plain};
use crate::{FormatError, FormatInfo, ReportFormat};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use std::io::{self, Write};
use whose_model::{Finding, Report, Severity};

/// The report as text for a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Whether to write colours. The text says the same without them.
    pub colour: bool,
    /// The number of columns.
    pub width: usize,
    /// How many critical and high findings are told in full; the others are counted.
    pub detailed: usize,
}

const INFO: FormatInfo = FormatInfo { id: "terminal", title: "what matters first, as text", extension: "txt" };
const INDENT: usize = 12;
/// How many places of one finding are told.
const PLACES: usize = 5;

impl Terminal {
    /// Without colour, 100 columns wide.
    pub const PLAIN: Self = Self { colour: false, width: 100, detailed: 20 };
}

impl ReportFormat for Terminal {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let names = Names::of(report);
        let width = self.width.clamp(40, 120);
        buffered(&INFO, out, |out| Page { options: *self, width, out }.report(report, &names))
    }
}

struct Page<'a> {
    options: Terminal,
    width: usize,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn report(&mut self, report: &Report, names: &Names) -> io::Result<()> {
        self.head(report)?;
        let urgent: Vec<_> = report.findings.iter().filter(|finding| finding.severity >= Severity::High).collect();
        for finding in urgent.iter().take(self.options.detailed) {
            self.finding(finding)?;
        }
        let told = urgent.len().min(self.options.detailed);
        self.counted(report, &report.findings, told)?;
        self.blind_spots(report, names)?;
        self.unjudged(report, names)
    }

    fn head(&mut self, report: &Report) -> io::Result<()> {
        let targets: Vec<_> = report.scan.targets.iter().map(|it| visible(&it.target)).collect();
        let of = if targets.is_empty() { String::new() } else { format!(" of {}", targets.join(", ")) };
        self.text(0, &format!("Scan {}{of}, {}", visible(&report.scan.id), minute(report.scan.as_of)))?;
        writeln!(self.out)?;
        let bold = Style::new().bold();
        for line in textwrap::wrap(&headline(report).join(" "), self.width) {
            self.styled(bold, &line)?;
            writeln!(self.out)?;
        }
        writeln!(self.out)?;
        let counted = |severity| report.summary.by_severity.get(&severity).copied().unwrap_or(0);
        for (index, severity) in Severity::ALL.into_iter().enumerate() {
            write!(self.out, "{}", if index == 0 { "  " } else { "   " })?;
            self.styled(style(severity), &format!("{} {}", severity.word(), grouped(counted(severity))))?;
        }
        writeln!(self.out)
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        writeln!(self.out)?;
        let word = finding.severity.word().to_uppercase();
        let (width, title) = (self.width.saturating_sub(10), visible(&finding.title));
        for (index, line) in textwrap::wrap(&title, width).iter().enumerate() {
            let word = if index == 0 { word.as_str() } else { "" };
            self.styled(style(finding.severity), &format!("{word:<9}"))?;
            write!(self.out, " ")?;
            self.styled(Style::new().bold(), line)?;
            writeln!(self.out)?;
        }
        self.field("owner", finding.owner.as_deref().unwrap_or("not known"))?;
        if let Some(reach) = &finding.reach {
            self.field("reach", reach)?;
        }
        for (index, evidence) in finding.evidence.iter().enumerate() {
            let label = if index == 0 { "evidence" } else { "" };
            self.field(label, &format!("{} ({})", evidence.what, evidence.source))?;
        }
        for (index, place) in finding.places.iter().take(PLACES).enumerate() {
            self.field(if index == 0 { "where" } else { "" }, &names::place(place))?;
        }
        if finding.places.len() > PLACES {
            let more = (finding.places.len() - PLACES) as u64;
            self.field("", &format!("and {}", count(more, "more place", "more places")))?;
        }
        for (index, fix) in finding.fix.iter().enumerate() {
            self.field(if index == 0 { "fix" } else { "" }, &fix.what)?;
            if let Some(command) = &fix.command {
                self.command(command)?;
            }
        }
        self.field("more", &format!("whose explain {}", finding.id))
    }

    /// A command stands on one line of its own, so that it can be copied whole.
    fn command(&mut self, command: &str) -> io::Result<()> {
        write!(self.out, "{:INDENT$}  ", "")?;
        self.styled(AnsiColor::Cyan.on_default(), &visible(command))?;
        writeln!(self.out)?;
        if !is_faithful(command) {
            self.text(
                INDENT + 2,
                "This names something with unseen characters: take the command from the JSON report.",
            )?;
        }
        Ok(())
    }

    /// All findings but the first `told`, by severity and rule.
    fn counted(&mut self, report: &Report, findings: &[Finding], told: usize) -> io::Result<()> {
        let mut groups: BTreeMap<(std::cmp::Reverse<Severity>, &str), (u64, &Finding)> = BTreeMap::new();
        for finding in &findings[told..] {
            groups
                .entry((std::cmp::Reverse(finding.severity), &finding.rule))
                .and_modify(|(number, _)| *number += 1)
                .or_insert((1, finding));
        }
        if groups.is_empty() {
            return Ok(());
        }
        self.heading(if told == 0 { "Found" } else { "Also found" })?;
        let widest = groups.values().map(|(number, _)| grouped(*number).len()).max().unwrap_or(1);
        for ((severity, rule), (number, first)) in groups {
            write!(self.out, "  ")?;
            self.styled(style(severity.0), &format!("{:<9}", severity.0.word()))?;
            let head = format!("{:>widest$}  {}", grouped(number), visible(rule));
            let example = if number == 1 {
                visible(&first.title)
            } else {
                format!("for example: {}", visible(&first.title)).into()
            };
            writeln!(self.out, "{head}")?;
            self.text(INDENT + widest + 1, &example)?;
        }
        writeln!(self.out)?;
        self.text(
            2,
            &format!(
                "All of them, with evidence and fix: whose report {} --format html=whose.html",
                visible(&report.scan.id)
            ),
        )
    }

    fn blind_spots(&mut self, report: &Report, names: &Names) -> io::Result<()> {
        let spots = blind_spots(report, names);
        if spots.is_empty() {
            return Ok(());
        }
        self.heading("What this scan could not see")?;
        for spot in spots {
            let call = spot.call.map(|call| format!(", {call}")).unwrap_or_default();
            self.text(2, &visible(&format!("{} in {}: {}{call}", spot.source, spot.scope, spot.state)))?;
            let of = match (spot.subjects, spot.example) {
                (0, _) | (_, None) => String::new(),
                (1, Some(example)) => format!(" ({example})"),
                (number, Some(example)) => format!(" ({} things, for example {example})", grouped(number)),
            };
            self.text(4, &visible(&format!("{}{of}", spot.reason)))?;
            self.text(4, &visible(&format!("To do: {}", spot.remedy)))?;
        }
        Ok(())
    }

    fn unjudged(&mut self, report: &Report, names: &Names) -> io::Result<()> {
        let rules = unjudged(report, names);
        if rules.is_empty() {
            return Ok(());
        }
        self.heading("What could not be judged: no finding there means nothing")?;
        for rule in rules {
            let scopes = if rule.scopes.is_empty() { String::new() } else { format!(" in {}", rule.scopes.join(", ")) };
            let subjects = match rule.subjects {
                0 => String::new(),
                number => format!(", {}", count(number, "subject", "subjects")),
            };
            self.text(2, &visible(&format!("{}{scopes}: {}{subjects}", rule.rule, plain(rule.verdict))))?;
            for reason in &rule.reasons {
                self.text(4, &visible(reason))?;
            }
            for remedy in &rule.remedies {
                self.text(4, &visible(&format!("To do: {remedy}")))?;
            }
        }
        Ok(())
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.styled(Style::new().bold().underline(), text)?;
        writeln!(self.out)
    }

    /// A labelled text with a hanging indent.
    fn field(&mut self, label: &str, text: &str) -> io::Result<()> {
        let indent = " ".repeat(INDENT);
        let options =
            textwrap::Options::new(self.width).initial_indent(&indent).subsequent_indent(&indent).break_words(false);
        for (index, line) in textwrap::wrap(&visible(text), options).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            self.styled(Style::new().dimmed(), &format!("  {label:<width$}", width = INDENT - 2))?;
            writeln!(self.out, "{}", line.trim_start())?;
        }
        Ok(())
    }

    /// A plain text, which must be visible already.
    fn text(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let indent = " ".repeat(indent);
        let options =
            textwrap::Options::new(self.width).initial_indent(&indent).subsequent_indent(&indent).break_words(false);
        for line in textwrap::wrap(text, options) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        if self.options.colour && !text.trim().is_empty() {
            write!(self.out, "{style}{text}{style:#}")
        } else {
            write!(self.out, "{text}")
        }
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Blue.on_default(),
        Severity::Info => Style::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use whose_model::is_unseen;

    fn written(terminal: Terminal, report: &Report) -> String {
        let mut out = Vec::new();
        terminal.write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let plain = written(Terminal::PLAIN, &sample::report());
        let coloured = written(Terminal { colour: true, ..Terminal::PLAIN }, &sample::report());
        assert!(coloured.contains('\x1b') && !plain.contains('\x1b'));
        let mut stripped = String::new();
        for (index, part) in coloured.split('\x1b').enumerate() {
            stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
        }
        assert_eq!(stripped, plain);
    }

    #[test]
    fn hostile_names_send_nothing_to_the_terminal() {
        let text = written(Terminal::PLAIN, &sample::hostile());
        assert!(!text.chars().any(|character| character != '\n' && is_unseen(character)));
        assert!(text.contains("take the command from the JSON report"));
    }

    #[test]
    fn prose_stays_within_the_width_and_commands_stay_whole() {
        let text = written(Terminal { width: 60, ..Terminal::PLAIN }, &sample::report());
        for line in text.lines().filter(|line| !line.contains("aws iam") && !line.contains("://")) {
            assert!(line.chars().count() <= 60, "{line}");
        }
        let command = sample::report().findings[0].fix[0].command.clone().unwrap();
        assert!(text.lines().any(|line| line.trim() == command));
    }

    #[test]
    fn a_secret_in_many_places_does_not_flood_the_screen() {
        let mut report = sample::report();
        let place = report.findings[0].places[0].clone();
        report.findings[0].places = vec![place; 40];
        let text = written(Terminal::PLAIN, &report);
        assert_eq!(text.matches("still at HEAD").count(), PLACES);
        assert!(text.contains("and 35 more places"));
    }

    #[test]
    fn findings_beyond_the_limit_are_counted_and_not_lost() {
        let text = written(Terminal { detailed: 1, ..Terminal::PLAIN }, &sample::report());
        let urgent = sample::report().findings.iter().filter(|finding| finding.severity >= Severity::High).count();
        assert!(urgent > 1);
        assert_eq!(text.matches("whose explain").count(), 1);
        for finding in sample::report().findings.iter().skip(1) {
            assert!(text.contains(&finding.rule), "{}", finding.rule);
        }
    }
}
