//! A credential that works and that nobody used for a long time.

use crate::{
    Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, Thresholds, control, fixes, link, subjects, wording,
};
use whose_graph::{Graph, Ix};
use whose_model::{CredentialKind, Evidence, Facet, Severity, day, days_between};

static INFO: RuleInfo = RuleInfo {
    slug: "stale-credential",
    title: "The credential is enabled and no longer used",
    group: Group::Staleness,
    base: Severity::Medium,
    finds: "Enabled credentials that were last used longer ago than the limit (45 days for access keys, 90 for others, \
            180 for what is tagged with a quarterly or yearly cadence), where the source of the use looks back that far.",
    matters: "Nobody would notice its misuse, and nobody would miss it. It is the cheapest thing to switch off.",
    fix: "Deactivate it, wait for complaints, then delete it.",
    blind_spots: "Use that the provider does not log does not count. Providers round: a use of today may show tomorrow.",
    needs: &[Facet::CredentialUse],
    reads: &[Facet::Credentials, Facet::OwnerSignals],
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
pub(crate) struct StaleCredential;

impl PostureRule for StaleCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let node = graph.node(ix);
            let Some(used) = &node.last_used else { continue };
            let Some(at) = used.at().filter(|_| is_stale(graph, policy, ix)) else { continue };
            let days = days_between(at, graph.as_of());
            let limit = limit(graph, &policy.thresholds, ix);
            let of = graph.identity_of(ix).map(|identity| format!(" of {}", wording::named(graph, identity)));
            let name = wording::named_first(graph, ix);
            let title = format!("{name}{} works and was last used {days} days ago", of.unwrap_or_default());
            let what = used.what.as_deref().map(|what| format!(" for {what}")).unwrap_or_default();
            let shown = format!("last used on {}{what}; the limit is {limit} days", day(at));
            let mut draft = Draft::new(title)
                .shown_by(Evidence::new(shown, used.source.clone()).at(Some(at)))
                .fixed_by(fixes::step(graph, fixes::Step::Deactivate, ix));
            // Past every limit, no cadence could excuse it; below, the tags that would tell must have been read.
            let rests_on_tags = days < i64::from(policy.thresholds.stale_seasonal_days);
            let tagged = [Some(ix), graph.identity_of(ix)].into_iter().flatten().filter(|_| rests_on_tags);
            // Where the provider has no tags, there is none that could have been missed.
            let offered = tagged.filter(|of| graph.is_offered(*of, Facet::OwnerSignals));
            draft.premises.extend(offered.map(|of| Premise::Of(of, Facet::OwnerSignals)));
            findings.report(ix, draft);
        }
    }
}

/// Whether a credential rested beyond its limit, by a source that would know.
pub(super) fn is_stale(graph: &Graph, policy: &Policy, ix: Ix) -> bool {
    let Some(used) = &graph.node(ix).last_used else { return false };
    let Some(at) = used.at() else { return false };
    days_between(at, graph.as_of()) >= limit(graph, &policy.thresholds, ix) && used.covers_since(at)
}

/// How long this credential or identity may rest. Jobs that run once a quarter or a year rest longer without being abandoned.
pub(super) fn limit(graph: &Graph, limits: &Thresholds, ix: Ix) -> i64 {
    let tagged = |ix: Ix| {
        graph.node(ix).tags.iter().any(|(name, value)| {
            let seasonal = ["quarterly", "yearly", "annual"].iter().any(|word| value.eq_ignore_ascii_case(word));
            name.eq_ignore_ascii_case("cadence") && seasonal
        })
    };
    let usual = match subjects::kind(graph.node(ix)) {
        Some(CredentialKind::AccessKey) => limits.stale_access_key_days,
        _ => limits.stale_days,
    };
    let seasonal = tagged(ix) || graph.identity_of(ix).is_some_and(tagged);
    i64::from(if seasonal { usual.max(limits.stale_seasonal_days) } else { usual })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, key, not_assessable, used, user};
    use whose_model::{NodeId, State, Usage};

    fn idle(days: i64, cadence: Option<&str>) -> Estate {
        Estate::new().user("svc", |node| node.tags.extend(cadence.map(|text| ("Cadence".into(), text.into())))).key(
            "svc",
            "AK1",
            |node| {
                node.created = Some(ago(300));
                node.last_used = Some(used(Usage::At(ago(days))));
            },
        )
    }

    #[test]
    fn the_limit_depends_on_kind_and_cadence() {
        check(&StaleCredential, &idle(44, None), &[]);
        check(&StaleCredential, &idle(45, None), &[("AK1", Severity::Low)]);
        check(&StaleCredential, &idle(170, Some("quarterly")), &[]);
        check(&StaleCredential, &idle(180, Some("Yearly")), &[("AK1", Severity::Low)]);
        let other = |days| {
            let id = NodeId::new("x", "", "token", "T1");
            Estate::new()
                .user("svc", |_| {})
                .credential(&user("svc"), id, CredentialKind::Token, |n| n.last_used = Some(used(Usage::At(ago(days)))))
        };
        check(&StaleCredential, &other(89), &[]);
        check(&StaleCredential, &other(90), &[("T1", Severity::Low)]);
    }

    #[test]
    fn the_switched_off_the_unknown_and_the_password_of_a_person_are_left_alone() {
        let off = |node: &mut whose_model::Node| {
            node.last_used = Some(used(Usage::At(ago(300))));
            node.state = State::Disabled;
        };
        let unknown = |node: &mut whose_model::Node| node.last_used = Some(used(Usage::NotCollected));
        let old = |node: &mut whose_model::Node| node.last_used = Some(used(Usage::At(ago(300))));
        let estate = Estate::new()
            .user("svc", |_| {})
            .key("svc", "AK1", off)
            .key("svc", "AK2", unknown)
            .user("ana@example.com", |_| {})
            .password("ana@example.com", old);
        check(&StaleCredential, &estate, &[]);
    }

    #[test]
    fn a_provider_without_tags_has_none_that_could_excuse_it() {
        let id = NodeId::new("x", "", "token", "T1");
        let token = |days| {
            let rested = |node: &mut whose_model::Node| node.last_used = Some(used(Usage::At(ago(days))));
            Estate::new().user("svc", |_| {}).credential(&user("svc"), id.clone(), CredentialKind::Token, rested)
        };
        let mut without = token(100);
        without.coverage.retain(|row| !row.facets.contains(&Facet::OwnerSignals));
        check(&StaleCredential, &without, &[("T1", Severity::Low)]);
        let mut of_users = token(100).denied(Facet::OwnerSignals);
        for row in of_users.coverage.iter_mut().filter(|row| row.facets.contains(&Facet::OwnerSignals)) {
            row.types = vec!["iam-user".into()];
        }
        not_assessable(&StaleCredential, &of_users);
        not_assessable(&StaleCredential, &token(100).denied(Facet::OwnerSignals));
        check(&StaleCredential, &token(180).denied(Facet::OwnerSignals), &[("T1", Severity::Low)]);
    }

    #[test]
    fn a_source_that_was_not_read_says_nothing() {
        not_assessable(&StaleCredential, &idle(100, None).denied(Facet::CredentialUse));
        not_assessable(&StaleCredential, &idle(100, None).unread(Facet::CredentialUse, &key("AK1")));
        not_assessable(&StaleCredential, &idle(100, None).unread(Facet::CredentialUse, &user("svc")));
    }
}
