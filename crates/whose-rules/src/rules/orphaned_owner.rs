//! An identity whose recorded owners are all gone.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, OwnerBand, OwnerCandidate, PartyStatus, Severity, SignalClass, day};

static INFO: RuleInfo = RuleInfo {
    slug: "orphaned-owner",
    title: "Everybody who answered for the identity is gone",
    group: Group::Ownership,
    base: Severity::High,
    finds: "Non-human identities for which at least one owner is on record, and every one of them is deprovisioned, \
            suspended or deleted by evidence of an identity provider or a people file. AI agents whose provider knows \
            sponsors are judged by unsponsored-agent.",
    matters: "The one who knew what it does can no longer be asked, and may have taken its credentials along. \
              NIST AC-2(3) asks to disable accounts that are no longer associated with a user.",
    fix: "Name a new owner, then rotate every credential that the old one could have known.",
    blind_spots: "A name that no source of people knows counts as unresolved, not as gone. Someone who changed teams \
                  is still active, and still counts as owner.",
    needs: &[],
    reads: &[Facet::Identities, Facet::OwnerSignals, Facet::OwnerStatus],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("owasp-agentic-2026", "ASI10"),
        control("nist-csf-2.0", "GV.RR-04"),
        control("nist-800-53r5", "AC-2(3)"),
        control("nist-800-53r5", "PS-4"),
        control("pci-dss-4.0.1", "8.2.5"),
    ],
    references: &[link(
        "NIST SP 800-53 Rev. 5, AC-2(3) Disable Accounts",
        "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    )],
};

/// See the rule's page.
pub(crate) struct OrphanedOwner;

impl PostureRule for OrphanedOwner {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let told_elsewhere = |ix: Ix| subjects::is_agent(graph, ix) || subjects::is_told_at_source(graph, ix);
        let concerned = subjects::machines(graph).filter(|ix| !told_elsewhere(*ix));
        for ix in concerned.filter(|ix| graph.ownership(*ix).band == OwnerBand::Orphaned) {
            let gone: Vec<&OwnerCandidate> = inactive(graph, ix);
            let names: Vec<&str> = gone.iter().map(|party| party.name.as_str()).collect();
            let title = format!(
                "{} has lost its owner: {} gone",
                wording::named_first(graph, ix),
                match names[..] {
                    [] => "everybody on record is".into(),
                    [one] => format!("{one} is"),
                    _ => format!("{} are", names.join(", ")),
                }
            );
            let mut draft = Draft::new(title)
                .confidence(confidence(&gone))
                .shown_by_all(gone.iter().map(|party| evidence(graph, party)))
                .fixed_by(fixes::step(graph, fixes::Step::RecordOwner, ix));
            for credential in graph.credentials_of(ix).filter(|credential| subjects::works(graph, *credential)) {
                draft = draft.fixed_by(fixes::step(graph, fixes::Step::CreateSuccessor, credential));
                draft = draft.fixed_by(fixes::step(graph, fixes::Step::Deactivate, credential));
            }
            draft.premises.extend(subjects::machine_premises(graph, ix));
            draft.premises.extend(subjects::source_premise(graph, ix));
            findings.report(ix, draft);
        }
    }
}

fn inactive(graph: &Graph, ix: Ix) -> Vec<&OwnerCandidate> {
    graph.ownership(ix).candidates.iter().filter(|party| party.status == PartyStatus::Inactive).collect()
}

/// Whether the record of who owned it was declared, or only concluded from traces.
fn confidence(gone: &[&OwnerCandidate]) -> f64 {
    let declared = |class| matches!(class, SignalClass::Attested | SignalClass::Declared | SignalClass::Iac);
    let any = gone.iter().flat_map(|party| &party.signals).any(|signal| declared(signal.class));
    if any { 1.0 } else { 0.7 }
}

fn evidence(graph: &Graph, party: &OwnerCandidate) -> Evidence {
    let signals: Vec<&str> = party.signals.iter().map(|signal| signal.what.as_str()).collect();
    let owner = graph.find(&party.owner).and_then(|ix| graph.node(ix).owner());
    let left = owner.and_then(|detail| detail.left);
    let since = left.map(|at| format!(" since {}", day(at))).unwrap_or_default();
    let source = owner.and_then(|detail| detail.status_source.clone()).unwrap_or_else(|| "status of owners".into());
    Evidence::new(format!("{} is inactive{since}; on record by {}", party.name, signals.join(", ")), source).at(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check};
    use whose_model::{Node, NodeId, OwnerDetail, PartyKind, What};

    fn with_owner(status: PartyStatus) -> Estate {
        let owner = OwnerDetail {
            party: PartyKind::Person,
            status,
            status_source: Some("people.csv line 4".into()),
            left: (status == PartyStatus::Inactive).then(|| ago(120)),
        };
        let id = NodeId::new("whose", "", "owner", "m.ruiz@example.com");
        Estate::new()
            .user("svc-sync", |node| drop(node.tags.insert("Owner".into(), "m.ruiz@example.com".into())))
            .key("svc-sync", "AK1", |_| {})
            .node(Node::new(id, What::Owner(owner), "person", "m.ruiz@example.com"))
    }

    #[test]
    fn an_identity_whose_only_owner_left_is_found_with_the_evidence() {
        let findings = check(&OrphanedOwner, &with_owner(PartyStatus::Inactive), &[("svc-sync", Severity::High)]);
        let evidence = &findings[0].evidence[0];
        assert!(evidence.what.contains("inactive since 2026-07-27"), "{evidence:?}");
        assert_eq!(evidence.source, "people.csv line 4");
        assert!(findings[0].fix.iter().any(|fix| fix.command.as_deref().is_some_and(|c| c.contains("AK1"))));
    }

    #[test]
    fn an_active_or_unknown_owner_is_no_orphan() {
        check(&OrphanedOwner, &with_owner(PartyStatus::Active), &[]);
        check(&OrphanedOwner, &with_owner(PartyStatus::Unresolved), &[]);
    }

    #[test]
    fn a_gap_elsewhere_leaves_positive_evidence_standing() {
        let estate = with_owner(PartyStatus::Inactive).denied(Facet::OwnerSignals);
        check(&OrphanedOwner, &estate, &[("svc-sync", Severity::High)]);
    }
}
