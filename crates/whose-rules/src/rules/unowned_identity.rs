//! An identity of a machine for which nobody answers.

use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, OwnerBand, PartyStatus, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "unowned-identity",
    title: "Nobody answers for a non-human identity",
    group: Group::Ownership,
    base: Severity::Medium,
    finds: "Non-human identities for which no person or team reaches a score of 0.50 over all signals of ownership \
            (tags, owner fields, provenance, use, container, names), where every source of such signals answered. Where \
            a party is named that a source of people does not know, the finding is low and names it. AI agents whose \
            provider knows sponsors are judged by unsponsored-agent.",
    matters: "What nobody answers for is neither rotated nor switched off, and when it leaks nobody can say what breaks. \
              Every other decision about an identity begins with its owner.",
    fix: "Find who uses it (its last use, its trust policy, the repository that declares it), agree on a team, and \
          record that team where the provider keeps it. If nobody claims it, switch it off and wait before deleting it.",
    blind_spots: "An owner who is recorded in a place that was not scanned (a ticket system, a wiki) is not seen. A tag \
                  whose name is not among the known ones for owners does not count. An application of others that acts \
                  only in the names of single people is left to those who let it in.",
    needs: &[Facet::OwnerSignals],
    reads: &[Facet::Identities],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "GV.RR-02"),
        control("nist-800-53r5", "CM-8(4)"),
        control("nist-ai-rmf-1.0", "GOVERN 2.1"),
        control("csa-maestro", "L7/repudiation"),
    ],
    references: &[link(
        "OWASP NHI1:2025 Improper Offboarding",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/1-improper-offboarding/",
    )],
};

/// See the rule's page.
pub(crate) struct UnownedIdentity;

impl PostureRule for UnownedIdentity {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let told_elsewhere = |ix: Ix| {
            subjects::is_agent(graph, ix)
                || subjects::is_told_at_source(graph, ix)
                || subjects::acts_for_people_alone(graph, ix)
        };
        let concerned = subjects::machines(graph).filter(|ix| !told_elsewhere(*ix));
        for ix in concerned.filter(|ix| graph.ownership(*ix).band == OwnerBand::Unowned) {
            let name = wording::named(graph, ix);
            let mut draft = match unconfirmed(graph, ix) {
                None => Draft::new(format!("Nobody answers for {name}")),
                Some(party) => Draft::new(format!("Nobody could confirm {party}, who should answer for {name}"))
                    .base(Severity::Low, "an owner is on record, but no source of people knows it")
                    .at_most(Severity::Low, "an owner is on record")
                    .premise(Premise::Of(ix, Facet::OwnerStatus)),
            };
            draft = draft.shown_by_all(signals(graph, ix)).fixed_by(fixes::step(graph, fixes::Step::RecordOwner, ix));
            draft.premises.extend(subjects::machine_premises(graph, ix));
            draft.premises.extend(subjects::source_premise(graph, ix));
            draft.premises.extend(weighed_premise(graph, ix));
            findings.report(ix, draft);
        }
    }
}

/// What a name counts that no source of people knows.
const UNRESOLVED: f64 = 0.6;
/// The score from which a party answers for a thing.
const PROBABLE: f64 = 0.5;

/// A party that would answer for the identity if a source of people knew its name. While no such source was read,
/// nothing can be said: neither that the name is right nor that it is wrong.
fn unconfirmed(graph: &Graph, ix: Ix) -> Option<&str> {
    let candidates = graph.ownership(ix).candidates.iter();
    let named = candidates.filter(|party| party.status == PartyStatus::Unresolved);
    named.filter(|party| party.score >= PROBABLE * UNRESOLVED).map(|party| party.name.as_str()).next()
}

/// A party's score depends on its neighbours: the people among them confirm a name, and a value that stands on much of
/// the estate counts less. So where a party was weighed and found too light, all identities must have been seen.
fn weighed_premise(graph: &Graph, ix: Ix) -> Option<Premise> {
    let weighed = !graph.ownership(ix).candidates.is_empty();
    graph.scope_of(ix).filter(|_| weighed).map(|scope| Premise::Within(scope, Facet::Identities))
}

/// The signals that were there and did not suffice.
fn signals(graph: &Graph, ix: Ix) -> Vec<Evidence> {
    let candidates = &graph.ownership(ix).candidates;
    if candidates.is_empty() {
        let tags = graph.node(ix).tags.keys().cloned().collect::<Vec<_>>().join(", ");
        let tags = if tags.is_empty() { "it has no tag".into() } else { format!("its tags ({tags}) name nobody") };
        return vec![Evidence::new(format!("no signal of ownership was found: {tags}"), "ownership resolution")];
    }
    let weak = candidates.iter().map(|party| {
        let signals: Vec<&str> = party.signals.iter().map(|signal| signal.what.as_str()).collect();
        let what = format!("{} reaches {:.2} of the 0.50 needed: {}", party.name, party.score, signals.join(", "));
        Evidence::new(what, "ownership resolution")
    });
    weak.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, not_assessable, role, tenant};
    use whose_model::Tier;

    #[test]
    fn an_application_that_single_people_let_in_is_theirs() {
        let board = tenant::principal("board");
        let estate = Estate::tenant().foreign("board", true, |_| {}).person("eve", |_| {});
        let estate = estate.consent(&board, "c1", &["Calendars.Read"], Some(&tenant::person("eve")));
        check(&UnownedIdentity, &estate, &[]);
        let estate = estate.consent(&board, "all", &["Calendars.Read"], None);
        check(&UnownedIdentity, &estate, &[("board", Severity::Low)]);
    }

    #[test]
    fn an_identity_without_any_signal_is_found() {
        let estate = Estate::new().user("svc-export", |_| {}).role("etl", &[], |_| {});
        let findings = check(&UnownedIdentity, &estate, &[("etl", Severity::Low), ("svc-export", Severity::Low)]);
        assert!(findings[0].evidence[0].what.contains("no tag"), "{:?}", findings[0].evidence);
        let commands: Vec<_> = findings.iter().filter_map(|finding| finding.fix[0].command.as_deref()).collect();
        assert!(commands[0].starts_with("aws iam tag-role --role-name etl --tags Key=Owner"), "{commands:?}");
    }

    #[test]
    fn the_owned_the_human_and_the_providers_own_are_left_alone() {
        let estate = Estate::new()
            .user("ana@example.com", |_| {})
            .user("svc-mail", |node| drop(node.tags.insert("Owner".into(), "ana@example.com".into())))
            .user("<root>", |node| set(node, |detail| detail.root = true))
            .role("AWSServiceRoleForSupport", &[], |node| set(node, |detail| detail.provider_managed = true));
        check(&UnownedIdentity, &estate, &[]);
    }

    #[test]
    fn a_name_that_nobody_knows_is_low_and_only_when_somebody_was_asked() {
        let estate =
            Estate::new().user("svc-mail", |node| drop(node.tags.insert("Owner".into(), "eve@example.com".into())));
        let findings = check(&UnownedIdentity, &estate, &[("svc-mail", Severity::Info)]);
        assert!(findings[0].title.starts_with("Nobody could confirm eve@example.com"), "{}", findings[0].title);
        not_assessable(&UnownedIdentity, &estate.denied(Facet::OwnerStatus));
    }

    #[test]
    fn an_application_and_its_service_principal_are_one_finding_as_weighty_as_what_the_principal_may_do() {
        let estate = Estate::tenant().app("sync", |_| {}).role_of(&tenant::principal("sync"), "r", Tier::T1);
        let findings = check(&UnownedIdentity, &estate, &[("sync", Severity::Medium)]);
        assert_eq!(findings[0].subject, tenant::application("sync"));
        assert!(findings[0].reach.as_deref().unwrap().ends_with("writes production data, secrets or pipelines"));
        let mut alone = estate.clone();
        alone.nodes.retain(|node| node.id != tenant::application("sync"));
        check(&UnownedIdentity, &alone, &[("sync", Severity::Medium)]);
        not_assessable(&UnownedIdentity, &alone.denied(Facet::Identities));
        let foreign = Estate::tenant().foreign("vendor", true, |_| {});
        check(&UnownedIdentity, &foreign, &[("vendor", Severity::Low)]);
    }

    #[test]
    fn a_cost_centre_answers_for_nothing() {
        let estate =
            Estate::new().role("reindex", &[], |node| drop(node.tags.insert("CostCenter".into(), "4711".into())));
        let findings = check(&UnownedIdentity, &estate, &[("reindex", Severity::Low)]);
        assert_eq!(findings[0].title, "Nobody answers for role reindex");
    }

    #[test]
    fn unread_tags_are_not_the_lack_of_an_owner() {
        let estate = Estate::new().role("etl", &[], |_| {});
        not_assessable(&UnownedIdentity, &estate.clone().denied(Facet::OwnerSignals));
        not_assessable(&UnownedIdentity, &estate.unread(Facet::OwnerSignals, &role("etl")));
    }

    fn set(node: &mut whose_model::Node, change: impl FnOnce(&mut whose_model::IdentityDetail)) {
        if let whose_model::What::Identity(detail) = &mut node.what {
            change(detail);
        }
    }
}
