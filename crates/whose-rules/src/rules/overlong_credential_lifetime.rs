//! A credential that was given a longer life than the policy allows.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::Graph;
use whose_model::{CredentialKind, Evidence, Facet, Severity, day, days_between};

static INFO: RuleInfo = RuleInfo {
    slug: "overlong-credential-lifetime",
    title: "The credential ends too late",
    group: Group::Strength,
    base: Severity::Medium,
    finds: "Enabled credentials with an end whose whole life, from the day they were made or last rotated, is longer than \
            the limit (180 days, and 365 for tokens that people make for themselves). Certificates are a level milder. What has no end at all is told of by \
            long-lived-credential.",
    matters: "An end is the only rotation that happens by itself. One that lies years ahead rotates nothing: by then the \
              people and the places that hold a copy are forgotten.",
    fix: "Make a successor with a near end, move what uses it, and delete the old one. Better, use a workload identity \
          that needs no secret, and let the provider's policy refuse long lives.",
    blind_spots: "A credential that is made anew by hand each time, with the same value, counts as rotated.",
    needs: &[],
    reads: &[Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI7:2025"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-800-53r5", "IA-5"),
        control("pci-dss-4.0.1", "8.6.3"),
        control("cis-m365-7.0.0", "5.1.5.4"),
        control("cis-m365-7.0.0", "5.1.5.6"),
    ],
    references: &[link(
        "Microsoft: application management policies",
        "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/configure-app-management-policies",
    )],
};

/// See the rule's page.
pub(crate) struct OverlongCredentialLifetime;

impl PostureRule for OverlongCredentialLifetime {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let node = graph.node(ix);
            let Some(detail) = node.credential().filter(|detail| detail.kind != CredentialKind::Password) else {
                continue;
            };
            let (Some(made), Some(end)) = (detail.rotated.or(node.created), detail.expires) else { continue };
            let limit = i64::from(match detail.kind {
                CredentialKind::Token => policy.thresholds.max_token_lifetime_days,
                _ => policy.thresholds.max_lifetime_days,
            });
            let life = days_between(made, end);
            if life <= limit {
                continue;
            }
            let of = graph.identity_of(ix).map(|identity| format!(" of {}", wording::named(graph, identity)));
            let name = wording::named_first(graph, ix);
            let shown = format!("made on {} and ends on {}; the limit is {limit} days", day(made), day(end));
            let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
            let draft = Draft::new(format!("{name}{} was made for {life} days", of.unwrap_or_default()))
                .shown_by(Evidence::new(shown, "inventory").at(Some(made)))
                .shown_by(Evidence::new(used, "inventory"))
                .fixed_by(fixes::step(graph, fixes::Step::CreateSuccessor, ix))
                .fixed_by(fixes::step(graph, fixes::Step::Deactivate, ix))
                .fixed_by(fixes::step(graph, fixes::Step::Delete, ix));
            let draft = match detail.kind {
                CredentialKind::Certificate => {
                    draft.base(Severity::Low, "its private half need not travel, so a long life does less harm")
                }
                _ => draft,
            };
            findings.report(ix, draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule;
    use crate::testing::tenant::{application, ends, principal, scope};
    use crate::testing::{Estate, ago, check, not_assessable};
    use whose_model::{Node, NodeId, State, Tier, What};

    fn held(kind: CredentialKind, age: i64, life: i64) -> Estate {
        let id = NodeId::new("azure", crate::testing::tenant::TENANT, "credential", "k1");
        Estate::tenant().app("sync", |_| {}).role_of(&application("sync"), "r", Tier::T1).credential(
            &application("sync"),
            id,
            kind,
            |node| {
                node.scope = Some(scope());
                node.created = Some(ago(age));
                ends(node, life - age);
            },
        )
    }

    #[test]
    fn the_life_that_was_given_counts_and_not_the_age() {
        let rule_ = &OverlongCredentialLifetime;
        let findings = check(rule_, &held(CredentialKind::ClientSecret, 10, 181), &[("k1", Severity::Medium)]);
        assert_eq!(findings[0].title, "Credential k1 of application sync was made for 181 days");
        check(rule_, &held(CredentialKind::ClientSecret, 10, 180), &[]);
        check(rule_, &held(CredentialKind::ClientSecret, 170, 180), &[]);
        check(rule_, &held(CredentialKind::Certificate, 10, 730), &[("k1", Severity::Low)]);
        check(rule_, &held(CredentialKind::Password, 10, 730), &[]);
        check(rule_, &held(CredentialKind::Token, 10, 365), &[]);
        check(rule_, &held(CredentialKind::Token, 10, 366), &[("k1", Severity::Medium)]);
    }

    #[test]
    fn what_has_no_end_is_another_rules_finding_and_what_has_one_is_not() {
        let endless = |node: &mut Node| {
            if let What::Credential(detail) = &mut node.what {
                detail.expires = None;
            }
        };
        let long = rule("long-lived-credential").unwrap();
        let estate = Estate::tenant().app("sync", |_| {}).secret(&principal("sync"), "k1", endless);
        check(&OverlongCredentialLifetime, &estate, &[]);
        check(long, &estate, &[("k1", Severity::Info)]);
        check(long, &held(CredentialKind::ClientSecret, 400, 3_650), &[]);
    }

    #[test]
    fn the_expired_and_the_switched_off_are_left_alone() {
        check(&OverlongCredentialLifetime, &held(CredentialKind::ClientSecret, 400, 390), &[]);
        let mut off = held(CredentialKind::ClientSecret, 10, 730);
        off.nodes.iter_mut().filter(|node| node.id.local() == "k1").for_each(|node| node.state = State::Disabled);
        check(&OverlongCredentialLifetime, &off, &[]);
    }

    #[test]
    fn an_application_of_which_nobody_said_that_it_is_on_may_be_off() {
        let mut unsaid = held(CredentialKind::ClientSecret, 10, 730);
        let of_it = |node: &&mut Node| node.id == application("sync");
        unsaid.nodes.iter_mut().filter(of_it).for_each(|node| node.state = State::Unknown);
        check(&OverlongCredentialLifetime, &unsaid, &[("k1", Severity::Medium)]);
        not_assessable(&OverlongCredentialLifetime, &unsaid.denied(Facet::Identities));
    }

    #[test]
    fn a_date_that_was_read_counts_however_the_rest_was_read() {
        let estate = held(CredentialKind::ClientSecret, 10, 730).denied(Facet::Credentials);
        check(&OverlongCredentialLifetime, &estate, &[("k1", Severity::Medium)]);
    }
}
