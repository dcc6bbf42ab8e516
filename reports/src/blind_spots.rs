//! What a scan could not see and which rules it could not judge, with equal reasons told once.

use crate::names::Names;
use crate::words;
use std::collections::BTreeMap;
use whose_model::{CoverageState, Gap, Report, Verdict};

/// One reason for which something was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlindSpot {
    /// Connector and collector.
    pub(crate) source: String,
    /// The scope's name.
    pub(crate) scope: String,
    /// How well the listing was read.
    pub(crate) state: String,
    /// The call that failed.
    pub(crate) call: Option<String>,
    /// What went wrong.
    pub(crate) reason: String,
    /// What to do about it.
    pub(crate) remedy: String,
    /// How many single things it concerns; 0: the scope as a whole.
    pub(crate) subjects: u64,
    /// One of them.
    pub(crate) example: Option<String>,
}

/// A rule that could not be judged somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unjudged {
    /// The rule's slug.
    pub(crate) rule: String,
    /// Not assessable, or not evaluated.
    pub(crate) verdict: Verdict,
    /// The scopes' names; empty when the rule failed as a whole.
    pub(crate) scopes: Vec<String>,
    /// How many subjects it could not judge.
    pub(crate) subjects: u64,
    /// What was missing, each reason once.
    pub(crate) reasons: Vec<String>,
    /// What to do about it, each remedy once.
    pub(crate) remedies: Vec<String>,
}

/// Everything that was not read, in the order of the coverage.
pub(crate) fn blind_spots(report: &Report, names: &Names) -> Vec<BlindSpot> {
    let mut spots: Vec<BlindSpot> = Vec::new();
    for row in report.coverage.iter().filter(|row| row.state != CoverageState::Complete) {
        let silent = [Gap {
            subject: None,
            call: None,
            reason: "no reason was recorded".into(),
            remedy: "run the scan again with `--verbose`".into(),
        }];
        let gaps = if row.gaps.is_empty() { &silent[..] } else { &row.gaps[..] };
        let mut seen: BTreeMap<(Option<&str>, &str, &str), usize> = BTreeMap::new();
        for gap in gaps {
            let at = *seen.entry((gap.call.as_deref(), &gap.reason, &gap.remedy)).or_insert_with(|| {
                spots.push(BlindSpot {
                    source: format!("{} {}", row.source.connector, row.source.collector),
                    scope: names.name(&row.scope),
                    state: words::plain(row.state),
                    call: gap.call.clone(),
                    reason: gap.reason.clone(),
                    remedy: gap.remedy.clone(),
                    subjects: 0,
                    example: None,
                });
                spots.len() - 1
            });
            if let Some(subject) = &gap.subject {
                spots[at].subjects += 1;
                spots[at].example.get_or_insert_with(|| names.name(subject));
            }
        }
    }
    spots
}

/// The rules that could not be judged somewhere, by slug.
pub(crate) fn unjudged(report: &Report, names: &Names) -> Vec<Unjudged> {
    let mut rules: BTreeMap<(&str, Verdict), Unjudged> = BTreeMap::new();
    for assessment in report.assessments.iter().filter(|it| it.verdict != Verdict::Assessed) {
        let entry = rules.entry((&assessment.rule, assessment.verdict)).or_insert_with(|| Unjudged {
            rule: assessment.rule.clone(),
            verdict: assessment.verdict,
            scopes: Vec::new(),
            subjects: 0,
            reasons: Vec::new(),
            remedies: Vec::new(),
        });
        entry.subjects += assessment.not_assessed;
        entry.scopes.extend(assessment.scope.iter().map(|scope| names.name(scope)));
        for gap in &assessment.gaps {
            push_once(&mut entry.reasons, &gap.reason);
            push_once(&mut entry.remedies, &gap.remedy);
        }
    }
    rules.into_values().collect()
}

fn push_once(list: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn two_thousand_equal_denials_are_told_once() {
        let mut report = sample::report();
        let row = report.coverage.iter_mut().find(|row| row.state != CoverageState::Complete).unwrap();
        let mut gap = row.gaps[0].clone();
        row.gaps = (0..2000)
            .map(|number| {
                gap.subject = Some(whose_model::NodeId::new("aws", "1", "iam-user", &format!("u{number}")));
                gap.clone()
            })
            .collect();
        let spots = blind_spots(&report, &Names::of(&report));
        let spot = spots.iter().find(|spot| spot.subjects > 0).unwrap();
        assert_eq!((spot.subjects, spot.example.as_deref()), (2000, Some("u0")));
    }

    #[test]
    fn a_failed_rule_is_never_silent() {
        let report = sample::report();
        let verdicts: Vec<_> = unjudged(&report, &Names::of(&report)).iter().map(|it| it.verdict).collect();
        assert!(verdicts.contains(&Verdict::NotAssessable) && verdicts.contains(&Verdict::NotEvaluated));
    }
}
