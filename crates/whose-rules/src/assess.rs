//! Runs the catalogue over a graph. A rule that panics is "not evaluated", never a pass, and for each scope and
//! rule it is said whether no finding means anything.

use crate::findings::Unjudged;
use crate::{CATALOGUE, Findings, Policy, PostureRule, RuleInfo};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use whose_graph::{Graph, Ix};
use whose_model::{Assessment, Facet, Finding, Gap, NodeId, Verdict};

/// An assessment lists this many gaps and counts the rest; the coverage lists them all.
const GAPS_SHOWN: usize = 10;

/// What the rules say of a graph.
#[derive(Clone, Debug, Default)]
pub struct Assessed {
    /// The findings, worst first, then by rule and subject.
    pub findings: Vec<Finding>,
    /// How each rule ended for each scope, by rule in the catalogue's order, then by scope.
    pub assessments: Vec<Assessment>,
}

/// Judges a graph by every rule.
pub fn assess(graph: &Graph, policy: &Policy) -> Assessed {
    assess_by(CATALOGUE, graph, policy)
}

/// Judges a graph by these rules alone.
pub fn assess_by(rules: &[&dyn PostureRule], graph: &Graph, policy: &Policy) -> Assessed {
    let scopes = Offers::of(graph);
    let mut assessed = Assessed::default();
    for rule in rules {
        let info = rule.info();
        let run = catch_unwind(AssertUnwindSafe(|| {
            let mut findings = Findings::new(graph, policy, info);
            rule.check(graph, policy, &mut findings);
            findings
        }));
        match run {
            Ok(findings) => {
                assessed.assessments.extend(scopes.assessments(graph, info, &findings));
                assessed.findings.extend(findings.reported.into_iter().map(|reported| reported.finding));
            }
            Err(panic) => assessed.assessments.push(not_evaluated(info, panic.as_ref())),
        }
    }
    assessed.findings.sort_by(|a, b| {
        let worst_first = (b.severity, weight(b)).cmp(&(a.severity, weight(a)));
        worst_first.then_with(|| (&a.rule, &a.subject, &a.id).cmp(&(&b.rule, &b.subject, &b.id)))
    });
    assessed
}

/// The sum behind a severity, which goes on where the scale ends: of two critical findings the heavier comes first.
fn weight(finding: &Finding) -> i32 {
    finding.severity_reasons.iter().map(|reason| reason.delta).sum()
}

fn not_evaluated(info: &RuleInfo, panic: &(dyn Any + Send)) -> Assessment {
    let text = panic.downcast_ref::<&str>().copied().map(String::from);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".into());
    Assessment {
        rule: info.slug.into(),
        scope: None,
        verdict: Verdict::NotEvaluated,
        findings: 0,
        not_assessed: 0,
        gaps: vec![Gap {
            subject: None,
            call: None,
            reason: format!("the rule {} failed while it judged the graph: {text}", info.slug),
            remedy: "this is a fault of Whose: save the observations with --save-observations and report it".into(),
        }],
    }
}

/// Where a facet is read. A rule that joins two sides finds each in scopes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// Accounts, tenants and organisations.
    Inventory,
    /// Repositories and other places where secrets leak.
    Leaks,
    /// Identity providers and files that know people.
    People,
}

impl Side {
    fn of(facet: Facet) -> Self {
        match facet {
            Facet::Secrets => Self::Leaks,
            Facet::OwnerStatus => Self::People,
            Facet::Identities
            | Facet::Credentials
            | Facet::CredentialUse
            | Facet::IdentityUse
            | Facet::Grants
            | Facet::Trusts
            | Facet::OwnerSignals
            | Facet::Repositories
            | Facet::Settings
            | Facet::Hooks
            | Facet::PipelineSecrets => Self::Inventory,
        }
    }

    /// The gap of a scan that has nothing of this side. Sources of people are only asked where they are configured:
    /// without one, the people of the inventory itself still tell who is there.
    fn absent(self) -> Option<Gap> {
        let (reason, remedy) = match self {
            Self::Inventory => ("no account was scanned that leaked values could belong to", "scan the account too"),
            Self::Leaks => ("no repository was scanned that values could have leaked into", "scan repositories too"),
            Self::People => return None,
        };
        Some(Gap { subject: None, call: None, reason: reason.into(), remedy: remedy.into() })
    }
}

/// Which facets the listings of each scanned scope can tell, however well they were read.
struct Offers {
    by_scope: BTreeMap<NodeId, BTreeSet<Facet>>,
    sides: BTreeSet<Side>,
}

impl Offers {
    fn of(graph: &Graph) -> Self {
        let mut by_scope: BTreeMap<NodeId, BTreeSet<Facet>> = BTreeMap::new();
        for row in graph.coverage() {
            by_scope.entry(row.scope.clone()).or_default().extend(row.facets.iter().copied());
        }
        let sides = by_scope.values().flatten().map(|facet| Side::of(*facet)).collect();
        Self { by_scope, sides }
    }

    /// What the rule should have been able to read in a scope: all its facets of the sides that the scope offers.
    /// Empty where none of them is offered: the rule has nothing to say there.
    fn expected(&self, info: &RuleInfo, offered: &BTreeSet<Facet>) -> Vec<Facet> {
        let sides: BTreeSet<Side> = offered.iter().map(|facet| Side::of(*facet)).collect();
        let expected: Vec<Facet> = info.facets().filter(|facet| sides.contains(&Side::of(*facet))).collect();
        if expected.iter().any(|facet| offered.contains(facet)) { expected } else { Vec::new() }
    }

    /// The gaps of the sides that the rule joins and that this scan has nothing of.
    fn absent(&self, info: &RuleInfo) -> Vec<Gap> {
        let sides: BTreeSet<Side> = info.facets().map(Side::of).filter(|side| !self.sides.contains(side)).collect();
        sides.into_iter().filter_map(Side::absent).collect()
    }

    fn assessments(&self, graph: &Graph, info: &RuleInfo, findings: &Findings<'_>) -> Vec<Assessment> {
        let (mut tallies, absent) = (tally(findings), self.absent(info));
        let rows = self.by_scope.iter().filter_map(|(scope, offered)| {
            let expected = self.expected(info, offered);
            let ix = graph.find(scope)?;
            let tally = tallies.remove(scope).unwrap_or_default();
            (!expected.is_empty()).then(|| row(graph, info, ix, &expected, &absent, tally))
        });
        rows.collect()
    }
}

/// What one rule came to in one scope.
#[derive(Default)]
struct Tally<'a> {
    reported: u64,
    unjudged: Vec<&'a Unjudged>,
}

fn tally<'a>(findings: &'a Findings<'_>) -> BTreeMap<NodeId, Tally<'a>> {
    let mut tallies: BTreeMap<NodeId, Tally<'a>> = BTreeMap::new();
    for reported in &findings.reported {
        for scope in &reported.scopes {
            tallies.entry(scope.clone()).or_default().reported += 1;
        }
    }
    for unjudged in &findings.unjudged {
        for scope in &unjudged.scopes {
            tallies.entry(scope.clone()).or_default().unjudged.push(unjudged);
        }
    }
    tallies
}

fn row(graph: &Graph, info: &RuleInfo, scope: Ix, expected: &[Facet], absent: &[Gap], tally: Tally<'_>) -> Assessment {
    let of_listings = expected.iter().flat_map(|facet| graph.scope_gaps(scope, *facet));
    let of_subjects = tally.unjudged.iter().map(|unjudged| unjudged.gap.clone());
    let gaps = distinct(absent.iter().cloned().chain(of_listings).chain(of_subjects));
    Assessment {
        rule: info.slug.into(),
        scope: Some(graph.node(scope).id.clone()),
        verdict: if gaps.is_empty() { Verdict::Assessed } else { Verdict::NotAssessable },
        findings: tally.reported,
        not_assessed: tally.unjudged.len() as u64,
        gaps: shorten(gaps),
    }
}

fn distinct(gaps: impl Iterator<Item = Gap>) -> Vec<Gap> {
    let mut seen = BTreeSet::new();
    gaps.filter(|gap| seen.insert((gap.subject.clone(), gap.call.clone(), gap.reason.clone()))).collect()
}

fn shorten(mut gaps: Vec<Gap>) -> Vec<Gap> {
    if gaps.len() > GAPS_SHOWN {
        let more = gaps.len() - GAPS_SHOWN;
        gaps.truncate(GAPS_SHOWN);
        gaps.push(Gap {
            subject: None,
            call: None,
            reason: format!("{more} more gaps of the same listings"),
            remedy: "see the coverage of this scope, which lists every gap".into(),
        });
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::{Draft, Group, Premise};
    use whose_model::*;

    static INFO: RuleInfo = RuleInfo {
        slug: "named-role",
        title: "A role has a name",
        group: Group::Privilege,
        base: Severity::Low,
        finds: "",
        matters: "",
        fix: "",
        blind_spots: "",
        needs: &[Facet::Grants],
        reads: &[Facet::Identities],
        maps_to: &[],
        references: &[],
    };

    /// Reports every identity, and fails at the one that is named so.
    struct NamedRole;

    impl PostureRule for NamedRole {
        fn info(&self) -> &'static RuleInfo {
            &INFO
        }

        fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
            for ix in graph.of_kind(NodeKind::Identity) {
                assert_ne!(graph.node(ix).name, "z-fails", "cannot think of this one");
                findings.report(ix, Draft::new("it has a name").premise(Premise::Of(ix, Facet::Trusts)));
            }
        }
    }

    fn rows(estate: &Estate) -> Vec<(Option<NodeId>, Verdict, u64, u64)> {
        let assessed = run(&NamedRole, estate);
        assessed.assessments.into_iter().map(|row| (row.scope, row.verdict, row.findings, row.not_assessed)).collect()
    }

    #[test]
    fn a_rule_that_fails_is_not_evaluated_and_its_findings_are_dropped() {
        let estate = Estate::new().role("a", &[], |_| {}).role("z-fails", &[], |_| {});
        let assessed = run(&NamedRole, &estate);
        assert!(assessed.findings.is_empty());
        let [row] = &assessed.assessments[..] else { panic!("{:?}", assessed.assessments) };
        assert_eq!((row.verdict, row.scope.as_ref()), (Verdict::NotEvaluated, None));
        assert!(row.gaps[0].reason.contains("named-role failed"), "{:?}", row.gaps);
        assert!(row.gaps[0].reason.contains("cannot think of this one"), "{:?}", row.gaps);
    }

    #[test]
    fn needs_and_premises_demote_and_reads_only_qualify() {
        let scope = Some(account(ACCOUNT));
        let estate = Estate::new().role("a", &[], |_| {}).role("b", &[], |_| {});
        assert_eq!(rows(&estate), [(scope.clone(), Verdict::Assessed, 2, 0)]);
        let of = |facet| rows(&estate.clone().denied(facet));
        assert_eq!(of(Facet::Grants), [(scope.clone(), Verdict::NotAssessable, 0, 2)]);
        assert_eq!(of(Facet::Trusts), [(scope.clone(), Verdict::NotAssessable, 0, 2)]);
        assert_eq!(of(Facet::Identities), [(scope.clone(), Verdict::NotAssessable, 2, 0)]);
        assert_eq!(of(Facet::CredentialUse), [(scope.clone(), Verdict::Assessed, 2, 0)]);
        let one = estate.unread(Facet::Grants, &role("b"));
        assert_eq!(rows(&one), [(scope, Verdict::NotAssessable, 1, 1)]);
    }

    #[test]
    fn scopes_without_anything_to_read_have_no_row() {
        let estate = Estate::new().role("a", &[], |_| {}).leak("f", ("web", "x", 1), |_| {});
        let scopes: Vec<_> = rows(&estate).into_iter().map(|row| row.0).collect();
        assert_eq!(scopes, [Some(account(ACCOUNT))]);
    }

    #[test]
    fn a_rule_that_joins_two_sides_says_when_one_was_not_scanned() {
        let rule = crate::rule("leaked-live-credential").unwrap();
        let verdicts = |estate: &Estate| -> Vec<Verdict> {
            run(rule, estate).assessments.into_iter().map(|row| row.verdict).collect()
        };
        let account_alone = Estate::new().user("svc", |_| {});
        assert_eq!(verdicts(&account_alone), [Verdict::NotAssessable]);
        assert_eq!(verdicts(&account_alone.repository("web")), [Verdict::Assessed, Verdict::Assessed]);
        let repository_alone = Estate { nodes: vec![], edges: vec![], coverage: vec![] }.repository("web");
        assert_eq!(verdicts(&repository_alone), [Verdict::NotAssessable]);
    }

    #[test]
    fn owners_are_assessed_without_a_source_of_people_unless_one_failed() {
        let rule = crate::rule("orphaned-owner").unwrap();
        let mut estate = Estate::new().user("svc", |_| {});
        let denied = estate.clone().denied(Facet::OwnerStatus);
        assert_eq!(run(rule, &denied).assessments[0].verdict, Verdict::NotAssessable);
        estate.coverage.retain(|row| !row.facets.contains(&Facet::OwnerStatus));
        assert_eq!(run(rule, &estate).assessments[0].verdict, Verdict::Assessed);
    }

    #[test]
    fn many_gaps_are_counted_and_not_all_repeated() {
        let mut estate = Estate::new();
        for number in 0..50 {
            let name = format!("r{number}");
            estate = estate.role(&name, &[], |_| {}).unread(Facet::Grants, &role(&name));
        }
        let assessed = run(&NamedRole, &estate);
        let row = &assessed.assessments[0];
        assert_eq!((row.gaps.len(), row.not_assessed), (GAPS_SHOWN + 1, 50));
        assert_eq!(row.gaps[GAPS_SHOWN].reason, "40 more gaps of the same listings");
    }
}
