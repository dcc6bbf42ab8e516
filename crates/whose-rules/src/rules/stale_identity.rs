//! An identity that can still be used and that nobody used for a long time.

use super::never_used_credential::is_never_used;
use super::orphaned_workload::trusts_only_what_is_gone;
use super::stale_credential::{is_stale, limit};
use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, LastUsed, Severity, State, Tier, Timestamp, Usage, day, days_between};

static INFO: RuleInfo = RuleInfo {
    slug: "stale-identity",
    title: "The identity is enabled and nobody uses it",
    group: Group::Staleness,
    base: Severity::Low,
    finds: "Enabled non-human identities (roles, service principals, service accounts) that were last used longer ago than \
            the limit (90 days, 180 for what is tagged with a quarterly or yearly cadence), or not at all as far back as \
            their source looks, when that is longer than the limit. Where a credential of theirs is stale or was never \
            used, that is told of at the credential.",
    matters: "It keeps its rights and nobody would notice its misuse. A dormant administrator is what an intruder looks \
              for first.",
    fix: "Switch it off, wait for complaints, then delete it with its grants.",
    blind_spots: "Use that the provider does not log does not count. Where the source looks back less than the limit, as \
                  sign-in reports of Entra do for what never signed in, nothing is said.",
    needs: &[Facet::IdentityUse],
    reads: &[Facet::Identities, Facet::Credentials, Facet::CredentialUse, Facet::Trusts, Facet::OwnerSignals],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-800-53r5", "AC-2(3)"),
        control("pci-dss-4.0.1", "8.2.6"),
    ],
    references: &[link(
        "AWS: find unused credentials",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
    )],
};

/// See the rule's page.
pub(crate) struct StaleIdentity;

impl PostureRule for StaleIdentity {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            let node = graph.node(ix);
            let Some(used) = node.last_used.as_ref().filter(|_| node.state != State::Disabled) else { continue };
            let Some(since) = quiet_since(used, node.created) else { continue };
            let days = days_between(since, graph.as_of());
            let limit = limit(graph, &policy.thresholds, ix);
            if days < limit || trusts_only_what_is_gone(graph, ix) || told_by_credentials(graph, policy, ix, limit) {
                continue;
            }
            let name = wording::named_first(graph, ix);
            let title = match used.usage {
                Usage::At(_) => format!("{name} is enabled and was last used {days} days ago"),
                _ => format!("{name} is enabled and was not used in {days} days"),
            };
            let shown = format!("no use since {}; the limit is {limit} days", day(since));
            let mut draft = Draft::new(title)
                .shown_by(Evidence::new(shown, used.source.clone()).at(Some(since)))
                .fixed_by(fixes::step(graph, fixes::Step::Suspend, ix))
                .fixed_by(fixes::step(graph, fixes::Step::DeleteIdentity, ix));
            if graph.privilege(ix).tier == Tier::T0 {
                draft = draft.lift("dormancy", 1, "a dormant administrator is what intruders look for");
            }
            let seasonal = i64::from(policy.thresholds.stale_seasonal_days);
            draft.premises.extend(premises(graph, ix, days < seasonal));
            findings.report(ix, draft);
        }
    }
}

/// From when on there was no use, as far as the source can tell.
fn quiet_since(used: &LastUsed, created: Option<Timestamp>) -> Option<Timestamp> {
    match used.usage {
        Usage::At(at) => used.covers_since(at).then_some(at),
        // Before the horizon nobody knows, and before it was made there was nothing to use.
        Usage::Never => match (used.horizon, created) {
            (Some(horizon), Some(created)) => Some(horizon.max(created)),
            (one, other) => one.or(other),
        },
        Usage::NotCollected => None,
    }
}

/// Whether the identity's credentials tell the same, or tell otherwise, or could do either.
fn told_by_credentials(graph: &Graph, policy: &Policy, ix: Ix, limit: i64) -> bool {
    let within = |at: Option<Timestamp>, days: i64| at.is_some_and(|at| days_between(at, graph.as_of()) < days);
    subjects::ways_in(graph, ix).any(|credential| {
        let node = graph.node(credential);
        let used = node.last_used.as_ref();
        // Who just made a credential is about to use it.
        let new = within(node.created, i64::from(policy.thresholds.never_used_days));
        let fresh = new || within(used.and_then(LastUsed::at), limit);
        let unknown = used.is_none_or(|used| used.usage == Usage::NotCollected);
        fresh || unknown || is_stale(graph, policy, credential) || is_never_used(graph, policy, credential)
    })
}

/// What must have been read: every credential that could tell otherwise, the trust that would show it orphaned, and,
/// below the longest limit, the tags that would excuse it.
fn premises(graph: &Graph, ix: Ix, rests_on_tags: bool) -> Vec<Premise> {
    let mut premises = vec![Premise::Of(ix, Facet::Credentials), Premise::Of(ix, Facet::Trusts)];
    if let Some(source) = subjects::made_from(graph, ix) {
        premises.push(Premise::Of(source, Facet::Credentials));
    }
    premises.extend(subjects::ways_in(graph, ix).map(|credential| Premise::Of(credential, Facet::CredentialUse)));
    premises.extend(rests_on_tags.then_some(Premise::Of(ix, Facet::OwnerSignals)));
    premises.extend(subjects::machine_premises(graph, ix));
    premises.retain(|premise| match premise {
        Premise::Of(of, facet) => graph.is_offered(*of, *facet),
        Premise::Within(..) => true,
    });
    premises
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, principal};
    use crate::testing::{Estate, ago, allows, check, not_assessable, role, trusts, used, user};
    use whose_model::{Node, Principal};

    fn rested(days: i64) -> impl Fn(&mut Node) {
        move |node| node.last_used = Some(used(Usage::At(ago(days))))
    }

    fn worker(change: impl FnOnce(&mut Node)) -> Estate {
        let service = trusts(&[Principal::Service("lambda.amazonaws.com".into())], &[]);
        Estate::new().role("worker", &[service], change).grant(
            &role("worker"),
            "Write",
            &[allows(&["s3:PutObject"], &["*"])],
        )
    }

    #[test]
    fn a_role_that_rested_beyond_the_limit_is_found_and_an_administrator_is_worse() {
        check(&StaleIdentity, &worker(rested(89)), &[]);
        let findings = check(&StaleIdentity, &worker(rested(90)), &[("worker", Severity::Low)]);
        assert_eq!(findings[0].title, "Role worker is enabled and was last used 90 days ago");
        let admin = worker(rested(200)).grant(&role("worker"), "All", &[allows(&["*"], &["*"])]);
        check(&StaleIdentity, &admin, &[("worker", Severity::High)]);
        let seasonal = |node: &mut Node| {
            rested(170)(node);
            node.tags.insert("cadence".into(), "quarterly".into());
        };
        check(&StaleIdentity, &worker(seasonal), &[]);
    }

    #[test]
    fn never_counts_as_far_back_as_the_source_looks() {
        let never = |created: i64, horizon: i64| {
            move |node: &mut Node| {
                node.created = Some(ago(created));
                node.last_used = Some(LastUsed { horizon: Some(ago(horizon)), ..used(Usage::Never) });
            }
        };
        check(&StaleIdentity, &worker(never(500, 400)), &[("worker", Severity::Low)]);
        check(&StaleIdentity, &worker(never(500, 30)), &[]);
        check(&StaleIdentity, &worker(never(20, 400)), &[]);
        check(&StaleIdentity, &worker(|node| node.last_used = Some(used(Usage::NotCollected))), &[]);
    }

    #[test]
    fn the_switched_off_and_what_its_credentials_tell_are_left_alone() {
        check(
            &StaleIdentity,
            &worker(|node| {
                rested(200)(node);
                node.state = State::Disabled;
            }),
            &[],
        );
        let app = |key: Usage| {
            Estate::tenant().app("sync", rested(200)).secret(&application("sync"), "k1", |node| {
                node.created = Some(ago(60));
                node.last_used = Some(used(key));
            })
        };
        for key in [Usage::At(ago(150)), Usage::At(ago(1)), Usage::Never, Usage::NotCollected] {
            check(&StaleIdentity, &app(key), &[]);
        }
        let prepared = Estate::tenant().app("sync", rested(200)).secret(&application("sync"), "k1", |node| {
            node.created = Some(ago(3));
            node.last_used = Some(used(Usage::Never));
        });
        check(&StaleIdentity, &prepared, &[]);
        let gone = trusts(&[Principal::Identity(user("svc-gone"))], &[]);
        check(&StaleIdentity, &Estate::new().role("left", &[gone], rested(200)), &[]);
        check(&StaleIdentity, &Estate::tenant().app("sync", rested(200)), &[("sync", Severity::Info)]);
    }

    #[test]
    fn what_was_not_read_could_tell_otherwise() {
        for facet in [Facet::IdentityUse, Facet::Credentials, Facet::Trusts, Facet::OwnerSignals] {
            not_assessable(&StaleIdentity, &worker(rested(100)).denied(facet));
        }
        let held = Estate::tenant().app("sync", rested(200)).secret(&principal("sync"), "k1", |node| {
            node.created = Some(ago(60));
            node.last_used = Some(LastUsed { horizon: Some(ago(30)), ..used(Usage::Never) });
        });
        check(&StaleIdentity, &held, &[("sync", Severity::Info)]);
        not_assessable(&StaleIdentity, &held.denied(Facet::CredentialUse));
    }
}
