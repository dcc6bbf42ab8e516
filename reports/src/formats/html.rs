//! One self-contained HTML page: the summary and the coverage stand in it as text, findings and identities as
//! JSON that the page's own script shows as text nodes. It loads nothing, and its policy lets nothing else run.

use crate::blind_spots::{BlindSpot, Unjudged, blind_spots, unjudged};
use crate::catalogue::buffered;
use crate::headline::headline;
use crate::inert::{InertJson, visible};
use crate::kpi::{Kpis, Share};
use crate::names::Names;
use crate::words::{count, grouped, minute, plain};
use crate::{FormatError, FormatInfo, ReportFormat};
use askama::Template;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use whose_model::{CoverageState, Report, ScanState, Severity, UNSEEN, day};

/// The report as one HTML page.
pub struct Html;

const INFO: FormatInfo = FormatInfo { id: "html", title: "one page to explore and to hand over", extension: "html" };

const STYLE: &str = concat!(
    include_str!("../../templates/page.css"),
    include_str!("../../templates/lists.css"),
    include_str!("../../templates/print.css"),
);
const SCRIPT: &str = concat!(
    include_str!("../../templates/page.js"),
    include_str!("../../templates/list.js"),
    include_str!("../../templates/findings.js"),
    include_str!("../../templates/identities.js"),
    include_str!("../../templates/main.js"),
);

impl ReportFormat for Html {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        buffered(&INFO, out, |out| write_page(report, out))
    }
}

fn write_page(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    Page::of(report).write_into(out)?;
    writeln!(out, "<script type=\"application/json\" id=\"unseen\">{}</script>", serde_json::to_string(UNSEEN)?)?;
    write!(out, "<script type=\"application/json\" id=\"report\">")?;
    let formatter = InertJson(serde_json::ser::CompactFormatter);
    report.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    write!(out, "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

/// The hash by which the page's policy knows its own script and style.
fn hash(text: &str) -> String {
    format!("sha256-{}", data_encoding::BASE64.encode(&Sha256::digest(text)))
}

/// All that stands in the page as text. Every string is visible already; the template escapes it for HTML.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    style: &'static str,
    style_hash: String,
    script_hash: String,
    headline: String,
    lede: String,
    targets: Vec<String>,
    as_of: String,
    scan: String,
    state: String,
    whole: bool,
    version: String,
    calls: String,
    figures: Vec<Figure>,
    severities: Vec<Bar>,
    shares: Vec<ShareBar>,
    findings: String,
    identities: String,
    coverage: Vec<CoverageRow>,
    coverage_count: String,
    spots: Vec<BlindSpot>,
    rules: Vec<RuleGap>,
}

/// A large number with what it counts.
struct Figure {
    value: String,
    label: String,
    alarming: bool,
}

/// One severity with its number and its width in per cent of the widest.
struct Bar {
    word: &'static str,
    number: String,
    width: u64,
}

/// A key figure as a bar: known to have it, not known.
struct ShareBar {
    title: &'static str,
    text: String,
    part: u64,
    unknown: u64,
}

struct CoverageRow {
    listing: String,
    scope: String,
    facets: String,
    state: String,
    whole: bool,
    seen: String,
    calls: String,
    horizon: String,
}

struct RuleGap {
    rule: String,
    verdict: String,
    scopes: String,
    reasons: Vec<String>,
    remedies: Vec<String>,
}

impl Page {
    fn of(report: &Report) -> Self {
        let names = Names::of(report);
        let kpis = Kpis::of(report);
        let mut sentences = headline(report).into_iter();
        Self {
            style: STYLE,
            style_hash: hash(STYLE),
            script_hash: hash(SCRIPT),
            headline: sentences.next().unwrap_or_default(),
            lede: sentences.collect::<Vec<_>>().join(" "),
            targets: report.scan.targets.iter().map(|it| shown(&it.target)).collect(),
            as_of: minute(report.scan.as_of),
            scan: shown(&report.scan.id),
            state: if report.coverage.is_empty() { "no listing was read".into() } else { plain(report.scan.state) },
            whole: report.scan.state == ScanState::Complete && !report.coverage.is_empty(),
            version: shown(&report.scan.tool_version),
            calls: count(report.scan.calls, "call", "calls"),
            figures: figures(report, &kpis),
            severities: severities(report),
            shares: shares(&kpis),
            findings: grouped(report.findings.len() as u64),
            identities: grouped(report.identities.len() as u64),
            coverage: coverage(report, &names),
            coverage_count: format!("{} of {}", grouped(kpis.coverage.part), grouped(kpis.coverage.whole)),
            spots: blind_spots(report, &names).into_iter().map(shown_spot).collect(),
            rules: unjudged(report, &names).into_iter().map(rule_gap).collect(),
        }
    }
}

fn shown(text: &str) -> String {
    visible(text).into_owned()
}

fn figures(report: &Report, kpis: &Kpis) -> Vec<Figure> {
    let figure = |number: u64, label: &str, unknown: u64| Figure {
        value: grouped(number),
        label: if unknown == 0 { label.into() } else { format!("{label}, {} not known", grouped(unknown)) },
        alarming: false,
    };
    let alarm = |figure: Figure, number: u64| Figure { alarming: number > 0, ..figure };
    let leaked = report.summary.leaked_and_live;
    let leaks = if leaked == 0 && !kpis.leaks_looked_for {
        Figure { value: "–".into(), label: "leaks: no repository was read".into(), alarming: false }
    } else {
        alarm(figure(leaked, "leaked and still working", 0), leaked)
    };
    let admins = kpis.ownerless_admins;
    let mut figures = vec![
        leaks,
        alarm(figure(admins.part, "administrators without an owner", admins.unknown), admins.part),
        figure(kpis.owned.without(), "identities without an owner", kpis.owned.unknown),
        figure(kpis.owned.whole, "non-human identities", 0),
        figure(report.credentials.len() as u64, "credentials", 0),
    ];
    if let Some(days) = kpis.median_credential_days {
        figures.push(figure(days.unsigned_abs(), "days, median age of a working credential", 0));
    }
    figures
}

fn severities(report: &Report) -> Vec<Bar> {
    let number = |severity| report.summary.by_severity.get(&severity).copied().unwrap_or(0);
    let most = Severity::ALL.into_iter().map(number).max().unwrap_or(0);
    Severity::ALL
        .into_iter()
        .map(|severity| Bar {
            word: severity.word(),
            number: grouped(number(severity)),
            width: (number(severity) * 100).div_ceil(most.max(1)),
        })
        .collect()
}

fn shares(kpis: &Kpis) -> Vec<ShareBar> {
    [
        ("Have an owner", kpis.owned),
        ("Declare a purpose", kpis.purpose),
        ("Declare an expiry", kpis.expiry),
        ("Federated, no standing key", kpis.federated),
        ("Listings read in full", kpis.coverage),
    ]
    .into_iter()
    .map(|(title, share)| ShareBar {
        title,
        text: share_text(share),
        part: (share.part * 100).checked_div(share.whole).unwrap_or(0),
        unknown: (share.unknown * 100).checked_div(share.whole).unwrap_or(0),
    })
    .collect()
}

fn share_text(share: Share) -> String {
    let Some(percent) = share.percent() else {
        return if share.whole == 0 { "none seen".into() } else { "not known".into() };
    };
    let unknown = if share.unknown > 0 { format!(", {} not known", grouped(share.unknown)) } else { String::new() };
    format!("{percent} % · {} of {}{unknown}", grouped(share.part), grouped(share.known()))
}

fn coverage(report: &Report, names: &Names) -> Vec<CoverageRow> {
    let rows = report.coverage.iter().map(|row| CoverageRow {
        listing: shown(&format!("{} {}", row.source.connector, row.source.collector)),
        scope: shown(&names.name(&row.scope)),
        facets: row.facets.iter().map(plain).collect::<Vec<_>>().join(", "),
        state: plain(row.state),
        whole: row.state == CoverageState::Complete,
        seen: grouped(row.seen),
        calls: grouped(row.calls),
        horizon: row.horizon.map(day).unwrap_or_default(),
    });
    rows.collect()
}

fn shown_spot(spot: BlindSpot) -> BlindSpot {
    BlindSpot {
        source: shown(&spot.source),
        scope: shown(&spot.scope),
        call: spot.call.as_deref().map(shown),
        reason: shown(&spot.reason),
        remedy: shown(&spot.remedy),
        example: spot.example.as_deref().map(shown),
        ..spot
    }
}

fn rule_gap(rule: Unjudged) -> RuleGap {
    let verdict = match rule.subjects {
        0 => plain(rule.verdict),
        number => format!("{}, {}", plain(rule.verdict), count(number, "subject", "subjects")),
    };
    RuleGap {
        rule: shown(&rule.rule),
        verdict,
        scopes: shown(&rule.scopes.join(", ")),
        reasons: rule.reasons.iter().map(|text| shown(text)).collect(),
        remedies: rule.remedies.iter().map(|text| shown(text)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        Html.write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_embedded_report_reads_back_as_itself() {
        for report in [sample::report(), sample::empty(), sample::hostile()] {
            let page = written(&report);
            let json = page.split_once("id=\"report\">").unwrap().1.split_once("</script>").unwrap().0;
            assert_eq!(serde_json::from_str::<Report>(json).unwrap(), report);
        }
    }

    #[test]
    fn hostile_names_add_no_element_and_no_unseen_character() {
        let (kind, hostile) = (written(&sample::report()), written(&sample::hostile()));
        for opening in ["<script", "</script", "<img", "<a ", "<b", "<!--", "=\"javascript:"] {
            // A name within JSON or text has its `<` escaped; what is left is the page's own.
            let of = |page: &str| page.matches(opening).count();
            assert!(of(&hostile) <= of(&kind), "{opening}: {} and {}", of(&hostile), of(&kind));
        }
        assert!(!hostile.chars().any(|character| character != '\n' && whose_model::is_unseen(character)));
    }

    #[test]
    fn no_leak_is_claimed_where_nobody_looked() {
        let mut report = sample::report();
        report.summary.leaked_and_live = 0;
        assert!(written(&report).contains("<b>0</b> <span>leaked and still working"));
        report.coverage.retain(|row| !row.facets.contains(&whose_model::Facet::Secrets));
        assert!(written(&report).contains("<b>–</b> <span>leaks: no repository was read"));
    }

    #[test]
    fn the_page_asks_for_nothing_and_lets_only_its_own_script_run() {
        let page = written(&sample::report());
        let policy = page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let between = |from: &str, to: &str| page.rsplit_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
        assert!(policy.contains(&hash(&between("<script>", "</script>"))));
        assert!(policy.contains(&hash(&between("<style>", "</style>"))));
        for loading in
            ["src=", "@import", "url(", "style=", "onclick=", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval("]
        {
            assert!(!page.contains(loading), "{loading}");
        }
    }
}
