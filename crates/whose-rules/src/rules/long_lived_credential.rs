//! A credential that lives too long, whoever uses it.

use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{CredentialKind, Evidence, Facet, Severity, day, days_between};

static INFO: RuleInfo = RuleInfo {
    slug: "long-lived-credential",
    title: "The credential lives too long",
    group: Group::Strength,
    base: Severity::Low,
    finds: "Enabled credentials without an end whose secret part was made or last rotated longer ago than the limit (90 \
            days; one level worse beyond 365), or that never expire although their kind could. What has an end is told \
            of by overlong-credential-lifetime. Passwords of people are left out.",
    matters: "The longer a secret lives, the more places hold a copy of it. A static key that leaked two years ago \
              still works; a token of one hour does not.",
    fix: "Replace it by a role or workload identity that issues short-lived credentials. Where that is impossible, \
          make a successor, move what uses it, deactivate the old one, and delete it after a while.",
    blind_spots: "A value that was copied to a new credential by hand counts as new. For API keys the provider does not \
                  say whether they could expire, so only their age counts.",
    needs: &[],
    reads: &[Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI7:2025"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-800-53r5", "IA-5"),
        control("cis-aws-7.0.0", "2.12"),
        control("pci-dss-4.0.1", "8.6.3"),
    ],
    references: &[link(
        "AWS: update access keys",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
    )],
};

/// See the rule's page.
pub(crate) struct LongLivedCredential;

impl PostureRule for LongLivedCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            if subjects::kind(graph.node(ix)) == Some(CredentialKind::Password) {
                continue;
            }
            let Some(fault) = fault(graph, policy, ix) else { continue };
            let title = format!("{}{} {}", wording::named_first(graph, ix), of_identity(graph, ix), fault.says);
            let used = wording::last_use(graph.node(ix).last_used.as_ref(), graph.as_of());
            let mut draft = Draft::new(title)
                .base(fault.base, fault.why)
                .shown_by(fault.shows)
                .shown_by(Evidence::new(used, "inventory"))
                .fixed_by(fixes::step(graph, fixes::Step::CreateSuccessor, ix))
                .fixed_by(fixes::step(graph, fixes::Step::Deactivate, ix))
                .fixed_by(fixes::step(graph, fixes::Step::Delete, ix));
            draft.premises.extend(fault.premise);
            findings.report(ix, draft);
        }
    }
}

fn of_identity(graph: &Graph, ix: Ix) -> String {
    graph.identity_of(ix).map(|identity| format!(" of {}", wording::named(graph, identity))).unwrap_or_default()
}

struct Fault {
    base: Severity,
    why: String,
    says: String,
    shows: Evidence,
    premise: Option<Premise>,
}

fn fault(graph: &Graph, policy: &Policy, ix: Ix) -> Option<Fault> {
    let (node, limits) = (graph.node(ix), &policy.thresholds);
    let detail = node.credential().filter(|detail| detail.expires.is_none())?;
    let made = detail.rotated.or(node.created)?;
    let age = days_between(made, graph.as_of());
    let shows = |what: String| Evidence::new(what, "inventory").at(Some(made));
    let verb = if detail.rotated.is_some_and(|at| Some(at) != node.created) { "rotated" } else { "made" };
    let dated = format!("{verb} on {}, {}", day(made), wording::count(age.unsigned_abs(), "day"));
    if age > i64::from(limits.long_lived_days) {
        let very = age > i64::from(limits.very_long_lived_days);
        let limit = if very { limits.very_long_lived_days } else { limits.long_lived_days };
        return Some(Fault {
            base: if very { Severity::Medium } else { Severity::Low },
            why: format!("its secret part is older than {limit} days"),
            says: says_age(verb, age),
            shows: shows(format!("{dated} ago; the limit is {} days", limits.long_lived_days)),
            // What could have an end might have one that was not read.
            premise: can_expire(detail.kind).then_some(Premise::Of(ix, Facet::Credentials)),
        });
    }
    can_expire(detail.kind).then(|| Fault {
        base: INFO.base,
        why: "it never expires, although its kind can".into(),
        says: "never expires".into(),
        shows: shows(format!("{dated} ago, without an end")),
        premise: Some(Premise::Of(ix, Facet::Credentials)),
    })
}

fn says_age(verb: &str, age: i64) -> String {
    if verb == "rotated" {
        format!("was last rotated {age} days ago")
    } else {
        format!("was made {age} days ago and never rotated")
    }
}

/// The kinds that every provider can give an end. A certificate always has one: without, it was not read.
fn can_expire(kind: CredentialKind) -> bool {
    matches!(kind, CredentialKind::ClientSecret | CredentialKind::ServiceAccountKey | CredentialKind::Token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, not_assessable, user};
    use whose_model::{Node, NodeId, State, What};

    fn svc() -> Estate {
        Estate::new().user("svc", |_| {})
    }

    fn other(kind: CredentialKind, expires: Option<i64>) -> Estate {
        let id = NodeId::new("x", "", "token", "T1");
        svc().credential(&user("svc"), id, kind, |node| set_expiry(node, expires))
    }

    fn set_expiry(node: &mut Node, days_ahead: Option<i64>) {
        if let What::Credential(detail) = &mut node.what {
            detail.expires = days_ahead.map(|days| ago(-days));
        }
    }

    #[test]
    fn age_decides_at_two_limits() {
        for (age, expected) in [
            (89, None),
            (90, None),
            (91, Some(Severity::Info)),
            (365, Some(Severity::Info)),
            (366, Some(Severity::Low)),
        ] {
            let estate = svc().key("svc", "AK1", |node| node.created = Some(ago(age)));
            let expected: Vec<_> = expected.into_iter().map(|severity| ("AK1", severity)).collect();
            check(&LongLivedCredential, &estate, &expected);
        }
    }

    #[test]
    fn the_switched_off_the_rotated_and_the_expired_are_left_alone() {
        let estate = svc()
            .key("svc", "AK1", |node| {
                node.created = Some(ago(400));
                node.state = State::Disabled;
            })
            .key("svc", "AK2", |node| {
                node.created = Some(ago(400));
                if let What::Credential(detail) = &mut node.what {
                    detail.rotated = Some(ago(20));
                }
            });
        check(&LongLivedCredential, &estate, &[]);
        check(&LongLivedCredential, &other(CredentialKind::Token, Some(30)), &[]);
        check(&LongLivedCredential, &other(CredentialKind::Certificate, None), &[]);
    }

    #[test]
    fn a_token_without_end_is_found_however_young() {
        let findings = check(&LongLivedCredential, &other(CredentialKind::Token, None), &[("T1", Severity::Info)]);
        assert_eq!(findings[0].title, "Token T1 of user svc never expires");
        check(&LongLivedCredential, &other(CredentialKind::ClientSecret, Some(700)), &[]);
    }

    #[test]
    fn an_end_that_was_not_read_is_not_the_lack_of_one() {
        not_assessable(&LongLivedCredential, &other(CredentialKind::Token, None).denied(Facet::Credentials));
    }
}
