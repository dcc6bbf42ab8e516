//! A credential that was made and never used.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, Severity, Usage, day, days_between};

static INFO: RuleInfo = RuleInfo {
    slug: "never-used-credential",
    title: "The credential was never used",
    group: Group::Staleness,
    base: Severity::Medium,
    finds: "Enabled credentials older than 14 days for which the source of the use says never, and looks back to the \
            day when they were made.",
    matters: "It was made for something that did not happen, and lies where its maker put it: in a mail, a shell's \
              history, a notebook. Nobody would miss it.",
    fix: "Delete it. Its maker can make another when the day comes.",
    blind_spots: "Use that the provider does not log does not count.",
    needs: &[Facet::CredentialUse],
    reads: &[Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-800-53r5", "AC-2(3)"),
        control("cis-aws-7.0.0", "2.11"),
        control("pci-dss-4.0.1", "8.2.6"),
    ],
    references: &[link(
        "AWS: find unused credentials",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
    )],
};

/// See the rule's page.
pub(crate) struct NeverUsedCredential;

impl PostureRule for NeverUsedCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let node = graph.node(ix);
            let (Some(created), Some(used)) = (node.created, &node.last_used) else { continue };
            if !is_never_used(graph, policy, ix) {
                continue;
            }
            let age = days_between(created, graph.as_of());
            let of = graph.identity_of(ix).map(|identity| format!(" of {}", wording::named(graph, identity)));
            let name = wording::named_first(graph, ix);
            let title = format!("{name}{} was made {age} days ago and never used", of.unwrap_or_default());
            let shown = format!("made on {}, and no use since", day(created));
            let draft = Draft::new(title)
                .shown_by(Evidence::new(shown, used.source.clone()).at(Some(created)))
                .fixed_by(fixes::step(graph, fixes::Step::Deactivate, ix))
                .fixed_by(fixes::step(graph, fixes::Step::Delete, ix));
            findings.report(ix, draft);
        }
    }
}

/// Whether a credential is old enough to have been used, and its source would know of any use.
pub(super) fn is_never_used(graph: &Graph, policy: &Policy, ix: Ix) -> bool {
    let node = graph.node(ix);
    let (Some(created), Some(used)) = (node.created, &node.last_used) else { return false };
    let young = days_between(created, graph.as_of()) <= i64::from(policy.thresholds.never_used_days);
    used.usage == Usage::Never && !young && used.covers_since(created)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, not_assessable, used};
    use whose_model::{LastUsed, Node, State};

    fn svc(change: impl FnOnce(&mut Node)) -> Estate {
        Estate::new().user("svc", |_| {}).key("svc", "AK1", change)
    }

    fn never(age: i64) -> impl Fn(&mut Node) {
        move |node| {
            node.created = Some(ago(age));
            node.last_used = Some(used(Usage::Never));
        }
    }

    #[test]
    fn a_key_that_nobody_used_in_its_life_is_found() {
        let findings = check(&NeverUsedCredential, &svc(never(33)), &[("AK1", Severity::Low)]);
        assert_eq!(findings[0].title, "Access key AK1 of user svc was made 33 days ago and never used");
    }

    #[test]
    fn the_young_the_used_the_unknown_and_the_disabled_are_left_alone() {
        check(&NeverUsedCredential, &svc(never(14)), &[]);
        check(&NeverUsedCredential, &svc(|_| {}), &[]);
        check(&NeverUsedCredential, &svc(|node| node.last_used = Some(used(Usage::NotCollected))), &[]);
        check(&NeverUsedCredential, &svc(|node| node.last_used = None), &[]);
        let off = |node: &mut Node| {
            never(33)(node);
            node.state = State::Disabled;
        };
        check(&NeverUsedCredential, &svc(off), &[]);
        let short_sight = |node: &mut Node| {
            never(33)(node);
            node.last_used = Some(LastUsed { horizon: Some(ago(20)), ..used(Usage::Never) });
        };
        check(&NeverUsedCredential, &svc(short_sight), &[]);
    }

    #[test]
    fn a_source_that_was_not_read_says_nothing() {
        not_assessable(&NeverUsedCredential, &svc(never(33)).denied(Facet::CredentialUse));
    }
}
