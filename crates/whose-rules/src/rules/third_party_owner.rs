//! An identity of the own organisation that somebody of another one controls.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Class, EdgeKind, Evidence, Facet, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "third-party-owner",
    title: "A guest or another company's application owns the identity",
    group: Group::Ownership,
    base: Severity::Medium,
    finds: "Non-human identities of the own organisation with an owner who belongs to another one: a guest's account, or \
            another company's application. An owner can add credentials to what it owns.",
    matters: "Nobody here decides when that person leaves, how the account is protected, or who may use the application. \
              Whoever gets hold of it gets a credential that works here.",
    fix: "Make somebody of the own organisation the owner, and take the other one off. A partner who must manage the \
          identity gets a role for that, for a time.",
    blind_spots: "A consultant with an ordinary account of the own organisation looks like an employee.",
    needs: &[],
    reads: &[Facet::Identities, Facet::OwnerSignals],
    maps_to: &[
        control("owasp-nhi-2025", "NHI3:2025"),
        control("nist-csf-2.0", "GV.RR-02"),
        control("nist-800-53r5", "AC-6(6)"),
        control("nist-800-53r5", "AC-20"),
    ],
    references: &[link(
        "Microsoft: owners of an enterprise application",
        "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/overview-assign-app-owners",
    )],
};

/// See the rule's page.
pub(crate) struct ThirdPartyOwner;

impl PostureRule for ThirdPartyOwner {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph).filter(|ix| is_own(graph, *ix)) {
            let strangers = strangers(graph, ix);
            let Some(first) = strangers.first() else { continue };
            let (name, more) = (wording::named(graph, *first), strangers.len() - 1);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let verb = if strangers.len() == 1 { "controls" } else { "control" };
            let draft = strangers.iter().fold(
                Draft::new(format!(
                    "{}{more}, of another organisation, {verb} {}",
                    wording::capital(name),
                    wording::named(graph, ix)
                )),
                |draft, stranger| draft.shown_by(shown(graph, ix, *stranger)),
            );
            findings.report(
                ix,
                draft
                    .fixed_by(fixes::step(graph, fixes::Step::RecordOwner, ix))
                    .fixed_by(strangers.iter().flat_map(|stranger| cut(graph, ix, *stranger))),
            );
        }
    }
}

/// What others make is theirs to own. What was made from an application of the own organisation is told of there.
fn is_own(graph: &Graph, ix: Ix) -> bool {
    graph
        .node(ix)
        .identity()
        .is_some_and(|detail| detail.third_party == Some(false) && (detail.instance_of.is_none() || detail.agent))
}

/// Who of another organisation can add a credential to the identity, or to what was made from it.
fn strangers(graph: &Graph, ix: Ix) -> Vec<Ix> {
    let instances = graph.out(ix, EdgeKind::CanAssume).map(|(to, _)| to);
    let made = instances.filter(|to| {
        let detail = graph.node(*to).identity();
        detail.is_some_and(|detail| !detail.agent && detail.instance_of.as_ref() == Some(&graph.node(ix).id))
    });
    let things = std::iter::once(ix).chain(made);
    let mut controllers: Vec<Ix> =
        things.flat_map(|thing| graph.incoming(thing, EdgeKind::Controls)).map(|(from, _)| from).collect();
    controllers.retain(|from| graph.node(*from).identity().is_some_and(|detail| detail.third_party == Some(true)));
    controllers.sort_by(|a, b| graph.node(*a).id.cmp(&graph.node(*b).id));
    controllers.dedup();
    controllers
}

/// A stranger may own the application, its service principal, or both.
fn cut(graph: &Graph, ix: Ix, stranger: Ix) -> Vec<whose_model::Fix> {
    let owned = graph.out(stranger, EdgeKind::Controls).map(|(to, _)| to);
    let here = owned.filter(|to| *to == ix || subjects::made_from(graph, *to) == Some(ix));
    here.flat_map(|to| fixes::step(graph, fixes::Step::CutWay(&graph.node(to).id), stranger)).collect()
}

fn shown(graph: &Graph, ix: Ix, stranger: Ix) -> Evidence {
    let kind = if graph.class(stranger).class == Class::Human { "a guest" } else { "another company's application" };
    let what = format!("{} is {kind} and owner of {}", wording::named(graph, stranger), wording::named(graph, ix));
    Evidence::new(what, "owners")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, detail, person, principal};
    use crate::testing::{Estate, check};
    use whose_model::Tier;

    fn estate() -> Estate {
        Estate::tenant()
            .person("ana", |_| {})
            .person("guest", |node| detail(node, |detail| detail.third_party = Some(true)))
            .foreign("vendor", true, |_| {})
            .app("forms", |_| {})
            .role_of(&principal("forms"), "r", Tier::T1)
    }

    #[test]
    fn a_guest_and_a_foreign_application_as_owners_are_found_once_for_application_and_service_principal() {
        let guest = estate().owned(&application("forms"), &person("guest"), "owner");
        let guest = guest.owned(&principal("forms"), &person("guest"), "owner");
        let findings = check(&ThirdPartyOwner, &guest, &[("forms", Severity::Medium)]);
        assert_eq!(findings[0].subject, application("forms"));
        assert!(findings[0].title.starts_with("User guest@acme.example, of another organisation, controls"));
        let vendor = estate().owned(&principal("forms"), &principal("vendor"), "owner");
        check(&ThirdPartyOwner, &vendor, &[("forms", Severity::Medium)]);
    }

    #[test]
    fn own_people_and_the_owners_of_foreign_applications_are_left_alone() {
        check(&ThirdPartyOwner, &estate().owned(&application("forms"), &person("ana"), "owner"), &[]);
        check(&ThirdPartyOwner, &estate().owned(&principal("vendor"), &person("guest"), "owner"), &[]);
    }

    #[test]
    fn a_guest_who_was_seen_counts_however_the_rest_was_read() {
        let guest = estate().owned(&application("forms"), &person("guest"), "owner").denied(Facet::OwnerSignals);
        check(&ThirdPartyOwner, &guest, &[("forms", Severity::Medium)]);
    }
}
