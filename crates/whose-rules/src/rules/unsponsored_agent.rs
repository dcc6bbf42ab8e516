//! An AI agent for which no sponsor is there.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Evidence, Facet, PartyStatus, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "unsponsored-agent",
    title: "No active sponsor answers for an AI agent",
    group: Group::Ownership,
    base: Severity::Medium,
    finds: "Identities of AI agents whose provider knows sponsors, and that have none, or only such as are switched off or \
            deleted by evidence. Agents are told of here and not as unowned or orphaned identities.",
    matters: "An agent decides for itself what to do with its rights. Its sponsor is who decides whether it should still \
              run, and who switches it off when it misbehaves.",
    fix: "Name a sponsor who knows what the agent is for, or switch the agent off.",
    blind_spots: "A sponsor who is there but no longer cares counts as active. Providers that know no sponsors are not \
                  concerned: their agents are judged by their owners.",
    needs: &[Facet::OwnerSignals],
    reads: &[Facet::Identities, Facet::OwnerStatus],
    maps_to: &[
        control("owasp-agentic-2026", "ASI03"),
        control("owasp-agentic-2026", "ASI10"),
        control("nist-ai-rmf-1.0", "GOVERN 2.1"),
        control("nist-csf-2.0", "GV.RR-02"),
    ],
    references: &[link(
        "Microsoft: administrative relationships of agent identities",
        "https://learn.microsoft.com/en-us/entra/agent-id/identity-platform/agent-owners-sponsors-managers",
    )],
};

/// See the rule's page.
pub(crate) struct UnsponsoredAgent;

impl PostureRule for UnsponsoredAgent {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph).filter(|ix| subjects::is_agent(graph, *ix)) {
            let sponsors = sponsors(graph, ix);
            if sponsors.iter().any(|(_, status)| *status != PartyStatus::Inactive) {
                continue;
            }
            let name = wording::named(graph, ix);
            let gone: Vec<&str> = sponsors.iter().map(|(name, _)| name.as_str()).collect();
            let title = match gone[..] {
                [] => format!("Nobody sponsors the AI agent {name}"),
                [one] => format!("The sponsor of the AI agent {name} is gone: {one}"),
                _ => format!("All sponsors of the AI agent {name} are gone: {}", gone.join(", ")),
            };
            let shown = match gone[..] {
                [] => "the provider names no sponsor".into(),
                _ => format!("inactive, and on record as sponsor: {}", gone.join(", ")),
            };
            let draft = Draft::new(title)
                .shown_by(Evidence::new(shown, "sponsors"))
                .fixed_by(fixes::step(graph, fixes::Step::RecordOwner, ix))
                .fixed_by(fixes::step(graph, fixes::Step::Suspend, ix));
            findings.report(ix, draft);
        }
    }
}

/// The sponsors that the provider states, with what is known of each.
fn sponsors(graph: &Graph, ix: Ix) -> Vec<(String, PartyStatus)> {
    let stated = graph.out(ix, EdgeKind::OwnedBy).filter(|(_, edge)| !edge.derived && edge.qualifier == "sponsor");
    let candidates = &graph.ownership(ix).candidates;
    let status = |owner: Ix| {
        let party = candidates.iter().find(|party| party.owner == graph.node(owner).id);
        party.map_or(PartyStatus::Unresolved, |party| party.status)
    };
    stated.map(|(owner, _)| (graph.node(owner).name.clone(), status(owner))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule;
    use crate::testing::tenant::{person, principal};
    use crate::testing::{Estate, check, not_assessable};
    use whose_model::{State, Tier};

    fn estate() -> Estate {
        Estate::tenant()
            .person("ana", |_| {})
            .person("eve", |node| node.state = State::Disabled)
            .app("blueprint", |_| {})
            .agent("helper", "blueprint", |_| {})
            .role_of(&principal("helper"), "r", Tier::T1)
    }

    #[test]
    fn an_agent_whose_sponsors_are_none_or_gone_is_found_and_is_no_other_rules_finding() {
        let gone = estate().owned(&principal("helper"), &person("eve"), "sponsor");
        let findings = check(&UnsponsoredAgent, &gone, &[("helper", Severity::Medium)]);
        assert!(findings[0].title.ends_with("is gone: eve@acme.example"), "{}", findings[0].title);
        check(rule("orphaned-owner").unwrap(), &gone, &[]);
        check(&UnsponsoredAgent, &estate(), &[("helper", Severity::Medium)]);
        let unowned = check(rule("unowned-identity").unwrap(), &estate(), &[("blueprint", Severity::Medium)]);
        assert!(unowned.iter().all(|finding| finding.subject != principal("helper")));
        // Who owns an agent keeps it running; that is not to sponsor it.
        let owned = estate().owned(&principal("helper"), &person("ana"), "owner");
        check(&UnsponsoredAgent, &owned, &[("helper", Severity::Medium)]);
    }

    #[test]
    fn one_sponsor_who_is_there_is_enough() {
        let both = estate().owned(&principal("helper"), &person("eve"), "sponsor");
        check(&UnsponsoredAgent, &both.owned(&principal("helper"), &person("ana"), "sponsor"), &[]);
    }

    #[test]
    fn sponsors_that_were_not_read_may_be_there() {
        not_assessable(&UnsponsoredAgent, &estate().denied(Facet::OwnerSignals));
    }
}
