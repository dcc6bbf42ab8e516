//! An administrator of a machine's kind that one person alone answers for.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, OwnerBand, OwnerCandidate, PartyKind, PartyStatus, Severity, SignalClass, Tier};

static INFO: RuleInfo = RuleInfo {
    slug: "sole-owner-of-admin",
    title: "One person alone answers for an administrator",
    group: Group::Ownership,
    base: Severity::Low,
    finds: "Admin-equivalent non-human identities for which exactly one person is on record as owner, and no team and no \
            second person.",
    matters: "The day that person leaves or is ill, nobody can rotate, explain or stop what rules the whole scope.",
    fix: "Name a second owner, or better a team, which survives leavers.",
    blind_spots: "A team that is known by a person's name only, and a backup who is written down elsewhere, are not seen.",
    needs: &[Facet::OwnerSignals],
    reads: &[Facet::Identities, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "GV.RR-02"),
        control("nist-800-53r5", "CM-8(4)"),
    ],
    references: &[link(
        "Microsoft: owners of an enterprise application",
        "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/overview-assign-app-owners",
    )],
};

/// See the rule's page.
pub(crate) struct SoleOwnerOfAdmin;

impl PostureRule for SoleOwnerOfAdmin {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph).filter(|ix| graph.privilege(*ix).tier == Tier::T0) {
            let Some(owner) = sole_owner(graph, ix) else { continue };
            let title = format!("{} alone answers for the administrator {}", owner.name, wording::named(graph, ix));
            let signals = owner.signals.iter();
            let mut draft = Draft::new(title)
                .power_in_base()
                .shown_by_all(signals.map(|signal| Evidence::new(signal.what.clone(), "ownership resolution")))
                .fixed_by([fixes::advice("Agree on a team, or on a second person, and record it beside the first")])
                .fixed_by(fixes::step(graph, fixes::Step::RecordOwner, ix));
            draft.premises.extend(subjects::machine_premises(graph, ix));
            findings.report(ix, draft);
        }
    }
}

/// The one person on record, where there is no other party. Who has left counts for nobody; who is only concluded from
/// traces, or answers for the whole account, is no second owner.
fn sole_owner(graph: &Graph, ix: Ix) -> Option<&OwnerCandidate> {
    let ownership = graph.ownership(ix);
    if !matches!(ownership.band, OwnerBand::Owned | OwnerBand::Probable) {
        return None;
    }
    let declared = |party: &&OwnerCandidate| {
        let by = |class| matches!(class, SignalClass::Attested | SignalClass::Declared | SignalClass::Iac);
        party.status != PartyStatus::Inactive && party.signals.iter().any(|signal| by(signal.class))
    };
    let mut parties = ownership.candidates.iter().filter(declared);
    let only = parties.next().filter(|_| parties.next().is_none())?;
    let kind = graph.find(&only.owner).and_then(|ix| graph.node(ix).owner()).map(|detail| detail.party);
    (kind == Some(PartyKind::Person)).then_some(only)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::allows;
    use crate::testing::tenant::{person, principal};
    use crate::testing::{Estate, check, not_assessable, role};

    fn admin(owners: &[&str]) -> Estate {
        let estate = Estate::tenant().person("ana", |_| {}).person("ben", |_| {}).app("steward", |_| {});
        let estate = estate.role_of(&principal("steward"), "r", Tier::T0);
        owners.iter().fold(estate, |estate, login| estate.owned(&principal("steward"), &person(login), "owner"))
    }

    #[test]
    fn one_person_alone_is_found() {
        let findings = check(&SoleOwnerOfAdmin, &admin(&["ana"]), &[("steward", Severity::Low)]);
        assert_eq!(findings[0].title, "ana@acme.example alone answers for the administrator service principal steward");
        let tagged = Estate::new()
            .user("ana@example.com", |_| {})
            .role("deployer", &[], |node| drop(node.tags.insert("Owner".into(), "ana@example.com".into())))
            .grant(&role("deployer"), "All", &[allows(&["*"], &["*"])]);
        check(&SoleOwnerOfAdmin, &tagged, &[("deployer", Severity::Low)]);
    }

    #[test]
    fn two_owners_a_team_and_what_is_no_administrator_are_left_alone() {
        check(&SoleOwnerOfAdmin, &admin(&["ana", "ben"]), &[]);
        check(&SoleOwnerOfAdmin, &admin(&[]), &[]);
        let small = Estate::tenant().person("ana", |_| {}).app("reader", |_| {});
        let small = small.owned(&principal("reader"), &person("ana"), "owner");
        check(&SoleOwnerOfAdmin, &small, &[]);
        let team = Estate::new()
            .user("ana@example.com", |_| {})
            .role("deployer", &[], |node| {
                node.tags.insert("Owner".into(), "ana@example.com".into());
                node.tags.insert("Team".into(), "platform".into());
            })
            .grant(&role("deployer"), "All", &[allows(&["*"], &["*"])]);
        check(&SoleOwnerOfAdmin, &team, &[]);
    }

    #[test]
    fn a_second_owner_may_stand_in_what_was_not_read() {
        not_assessable(&SoleOwnerOfAdmin, &admin(&["ana"]).denied(Facet::OwnerSignals));
    }
}
