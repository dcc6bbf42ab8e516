//! An identity that is past the end that its own keepers declared, and still works.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Effect, Evidence, Facet, Severity, State, day};

static INFO: RuleInfo = RuleInfo {
    slug: "expired-identity-enabled",
    title: "The identity is past its own declared end and still works",
    group: Group::Ownership,
    base: Severity::Medium,
    finds: "Non-human identities whose declared expiry (a tag such as ExpiresOn or ttl) has passed, that are not \
            disabled, and that have a working credential or a trust policy that lets somebody in.",
    matters: "Its keepers decided when it should end. What outlives that decision is used by nobody who planned it, \
              and nobody looks after it.",
    fix: "Switch it off. If it is still needed, let its owner declare a new end, with the reason.",
    blind_spots: "An end that is written in another place than the provider's tags is not seen.",
    needs: &[],
    reads: &[Facet::Identities, Facet::OwnerSignals, Facet::Credentials, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "ID.AM-08"),
        control("nist-800-53r5", "AC-2(3)"),
        control("nist-800-53r5", "AC-2(2)"),
        control("nist-ai-rmf-1.0", "MANAGE 2.4"),
    ],
    references: &[link(
        "NIST SP 800-53 Rev. 5, AC-2(3) Disable Accounts",
        "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    )],
};

/// See the rule's page.
pub(crate) struct ExpiredIdentityEnabled;

impl PostureRule for ExpiredIdentityEnabled {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            let now = graph.as_of();
            let Some(expiry) = graph.lifecycle(ix).expiry.filter(|expiry| *expiry < now) else { continue };
            let Some(way_in) = way_in(graph, ix) else { continue };
            let name = wording::named_first(graph, ix);
            let title = format!("{name} should have ended on {} and still works", day(expiry));
            let declared = format!("its keepers declared {} as its end", day(expiry));
            let mut draft = Draft::new(title)
                .shown_by(Evidence::new(declared, "tags").at(Some(expiry)))
                .shown_by(Evidence::new(way_in, "inventory"))
                .fixed_by(fixes::step(graph, fixes::Step::Suspend, ix));
            draft.premises.extend(subjects::machine_premises(graph, ix));
            findings.report(ix, draft);
        }
    }
}

/// How somebody can still act as the identity.
fn way_in(graph: &Graph, ix: Ix) -> Option<String> {
    let node = graph.node(ix);
    if matches!(node.state, State::Disabled | State::Deleted) {
        return None;
    }
    if let Some(credential) = graph.credentials_of(ix).find(|credential| subjects::works(graph, *credential)) {
        let used = wording::last_use(graph.node(credential).last_used.as_ref(), graph.as_of());
        return Some(format!("{} works ({used})", wording::named(graph, credential)));
    }
    let policy = &node.identity()?.trust_policy;
    let open = policy.iter().any(|statement| statement.effect == Effect::Allow && !statement.principals.is_empty());
    open.then(|| "its trust policy lets somebody in".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, trusts};
    use whose_model::Principal;

    fn tagged(days: i64) -> impl Fn(&mut whose_model::Node) {
        move |node| drop(node.tags.insert("ExpiresOn".into(), day(ago(days))))
    }

    fn service() -> whose_model::Statement {
        trusts(&[Principal::Service("lambda.amazonaws.com".into())], &[])
    }

    #[test]
    fn what_outlives_its_own_end_is_found() {
        let estate = Estate::new().user("svc-migration", tagged(47)).key("svc-migration", "AK1", |_| {}).role(
            "migration",
            &[service()],
            tagged(3),
        );
        let expected = [("svc-migration", Severity::Medium), ("migration", Severity::Low)];
        let findings = check(&ExpiredIdentityEnabled, &estate, &expected);
        let commands: Vec<&str> = findings[0].fix.iter().filter_map(|fix| fix.command.as_deref()).collect();
        assert!(
            commands.iter().any(|command| command.contains("--access-key-id AK1 --status Inactive")),
            "{commands:?}"
        );
    }

    #[test]
    fn the_future_the_disabled_and_the_unreachable_are_left_alone() {
        let estate = Estate::new()
            .user("svc-peak", tagged(-12))
            .key("svc-peak", "AK1", |_| {})
            .user("svc-off", tagged(12))
            .key("svc-off", "AK2", |node| node.state = State::Disabled)
            .role("closed", &[], tagged(12))
            .role("off", &[service()], |node| {
                tagged(12)(node);
                node.state = State::Disabled;
            });
        check(&ExpiredIdentityEnabled, &estate, &[]);
    }

    #[test]
    fn a_gap_hides_findings_and_makes_none() {
        let estate = Estate::new().user("svc-migration", tagged(47)).denied(Facet::Credentials);
        check(&ExpiredIdentityEnabled, &estate, &[]);
    }
}
