//! The estate made hostile, and the estate made large.

use super::estate::*;
use whose_model::*;

/// Texts that try to run, to hide or to break out, one after another.
const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1",
    "\r\n| a | `b` |\n# title\n",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
    "\u{202e}gpj.exe\u{202c}\u{2066}x\u{200b}\u{feff}\u{e0041}",
    "![x](http://evil.example/p.png) <http://evil.example> [y](javascript:alert(1)) $x$ ~~s~~",
    "``` \n<!-- ]]> {{7*7}} ${x} \u{2028}\u{2029}\u{ad}",
];

/// The realistic report with a hostile text in each of its free texts.
pub(crate) fn hostile() -> Report {
    let mut report = report();
    let mut next = HOSTILE.iter().cycle();
    let mut poison = |text: &mut String| *text = next.next().unwrap().to_string();
    report.scan.id = HOSTILE[8].into();
    report.scan.targets.iter_mut().for_each(|it| poison(&mut it.target));
    for finding in &mut report.findings {
        for text in [&mut finding.title, &mut finding.subject_name, &mut finding.rule] {
            poison(text);
        }
        finding.owner.iter_mut().chain(&mut finding.reach).for_each(&mut poison);
        finding.severity_reasons.iter_mut().for_each(|it| poison(&mut it.why));
        for evidence in &mut finding.evidence {
            poison(&mut evidence.what);
            poison(&mut evidence.source);
        }
        for place in &mut finding.places {
            poison(&mut place.path);
            place.author.iter_mut().chain(&mut place.repository).chain(&mut place.commit).for_each(&mut poison);
        }
        for fix in &mut finding.fix {
            poison(&mut fix.what);
            fix.command.iter_mut().for_each(|it| *it = format!("aws iam tag-user --user-name '{}'", HOSTILE[8]));
        }
        finding.references.iter_mut().for_each(|it| it.url = "javascript:alert(1)".into());
        finding.maps_to.iter_mut().for_each(|it| poison(&mut it.control));
    }
    for identity in &mut report.identities {
        for text in [&mut identity.name, &mut identity.r#type] {
            poison(text);
        }
        identity.address.iter_mut().chain(&mut identity.description).for_each(&mut poison);
        identity.lifecycle.purpose.iter_mut().for_each(&mut poison);
        identity.tags = HOSTILE.iter().map(|text| ((*text).to_owned(), (*text).to_owned())).collect();
        identity.privilege.basis.iter_mut().for_each(|it| poison(&mut it.what));
        identity.class.reasons.iter_mut().for_each(&mut poison);
        for candidate in identity.ownership.iter_mut().flat_map(|it| &mut it.candidates) {
            poison(&mut candidate.name);
            candidate.signals.iter_mut().for_each(|it| poison(&mut it.what));
        }
    }
    report.credentials.iter_mut().for_each(|it| poison(&mut it.name));
    report.others.iter_mut().for_each(|it| poison(&mut it.name));
    for row in &mut report.coverage {
        poison(&mut row.source.collector);
        for gap in &mut row.gaps {
            poison(&mut gap.reason);
            poison(&mut gap.remedy);
            gap.subject = Some(id(SANDBOX, "iam-user", HOSTILE[9]));
        }
    }
    report.assessments.iter_mut().for_each(|it| poison(&mut it.rule));
    report
}

/// As many findings as asked for, over a fifth as many identities.
pub(crate) fn large(findings: usize) -> Report {
    let mut report = report();
    let (patterns, template) = (report.findings.clone(), report.identities[0].clone());
    for number in 0..findings / 5 {
        let mut identity = template.clone();
        identity.id = user(&format!("service-{number:05}"));
        identity.name = identity.id.local();
        identity.credentials.clear();
        report.identities.push(identity);
    }
    report.findings = (0..findings)
        .map(|number| {
            let mut finding = patterns[number % patterns.len()].clone();
            finding.subject = user(&format!("service-{:05}", number / 5));
            finding.subject_name = finding.subject.local();
            finding.identity = None;
            finding.id = FindingId::new(&finding.rule, &finding.subject, &number.to_string());
            finding.title = format!("{} ({number})", finding.title);
            finding
        })
        .collect();
    report.findings.sort_by(|one, other| other.severity.cmp(&one.severity).then_with(|| one.rule.cmp(&other.rule)));
    report.identities.sort_by(|one, other| one.id.cmp(&other.id));
    link(&mut report);
    report
}
