//! A credential that works and that somebody has, or had in his hands, who is no longer there.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{
    Class, EdgeKind, Evidence, Facet, NodeId, NodeKind, OwnerDetail, PartyStatus, Severity, day, days_between,
};

static INFO: RuleInfo = RuleInfo {
    slug: "credential-of-leaver",
    title: "A credential that somebody who left knows still works",
    group: Group::Ownership,
    base: Severity::High,
    finds: "Working credentials that were made by somebody who is gone (deploy keys by who added them), and working keys and \
            tokens of a person's own account that is on although another source says that the person left. Passwords of \
            people are left out.",
    matters: "Whoever made a key saw it, and may have it still. Switching the leaver's own account off does not stop what \
              does not act in the leaver's name, and an account that nobody switched off stops nothing.",
    fix: "Make a successor of the credential, move what uses it, and delete the old one, as a step of the offboarding. \
          Switch off the accounts of whoever left, on every provider.",
    blind_spots: "Who made a credential is known where the provider tells it: GitHub does so of deploy keys. One that was \
                  handed on to somebody who left is not seen. A credential that was rotated since the day of leaving, \
                  where that day is known, is left alone.",
    needs: &[],
    reads: &[Facet::Credentials, Facet::Identities, Facet::OwnerStatus],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "GV.RR-04"),
        control("nist-800-53r5", "PS-4"),
        control("nist-800-53r5", "IA-5"),
        control("pci-dss-4.0.1", "8.2.5"),
    ],
    references: &[link(
        "OWASP NHI1:2025 Improper Offboarding",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/1-improper-offboarding/",
    )],
};

/// See the rule's page.
pub(crate) struct CredentialOfLeaver;

impl PostureRule for CredentialOfLeaver {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::working_credentials(graph) {
            let leaver = maker(graph, ix).or_else(|| holder(graph, ix));
            if let Some(leaver) = leaver.filter(|leaver| !is_renewed(graph, ix, leaver)) {
                findings.report(ix, draft(graph, ix, &leaver));
            }
        }
    }
}

/// Somebody who is gone, and what he has to do with a credential.
struct Leaver<'g> {
    name: &'g str,
    owner: &'g OwnerDetail,
    says: &'static str,
    shown: Evidence,
}

/// Who made a credential, when that party is gone. Who made the identity made the credential when both are one thing,
/// made at one moment.
fn maker(graph: &Graph, ix: Ix) -> Option<Leaver<'_>> {
    let made = graph.node(ix).created;
    let holder = graph.identity_of(ix).filter(|holder| made.is_some() && graph.node(*holder).created == made);
    let mut makers = std::iter::once(ix).chain(holder).flat_map(|of| graph.out(of, EdgeKind::CreatedBy));
    makers.find_map(|(maker, edge)| {
        let node = graph.node(maker);
        let name = node.name.as_str();
        let party = if node.kind() == NodeKind::Owner { node.id.clone() } else { party(name) };
        let shown = edge.evidence.first().cloned();
        let shown = shown.unwrap_or_else(|| Evidence::new(format!("made by {name}"), "inventory").at(made));
        Some(Leaver { name, owner: gone(graph, &party)?, says: "was made by", shown })
    })
}

/// The person whose own account a credential opens, when that person is gone by another source than the account.
fn holder(graph: &Graph, ix: Ix) -> Option<Leaver<'_>> {
    let holder = graph.identity_of(ix).filter(|holder| graph.class(*holder).class == Class::Human)?;
    let node = graph.node(holder);
    let mails =
        node.tags.iter().filter(|(key, _)| key.eq_ignore_ascii_case("email") || key.eq_ignore_ascii_case("mail"));
    let owner =
        std::iter::once(&node.name).chain(mails.map(|(_, mail)| mail)).find_map(|name| gone(graph, &party(name)))?;
    let shown = Evidence::new(format!("{} is switched on", wording::named(graph, holder)), "inventory");
    Some(Leaver { name: &node.name, owner, says: "opens the account of", shown })
}

/// The party of a name.
fn party(name: &str) -> NodeId {
    NodeId::new("whose", "", "owner", &name.trim().to_lowercase())
}

/// What is known of a party, when it is that the party is gone.
fn gone<'g>(graph: &'g Graph, party: &NodeId) -> Option<&'g OwnerDetail> {
    let ix = graph.find(party)?;
    graph.node(ix).owner().filter(|owner| owner.status == PartyStatus::Inactive)
}

/// Whether its secret part was made after the leaver had gone.
fn is_renewed(graph: &Graph, ix: Ix, leaver: &Leaver<'_>) -> bool {
    let node = graph.node(ix);
    let made = node.credential().and_then(|detail| detail.rotated).or(node.created);
    made.zip(leaver.owner.left).is_some_and(|(made, left)| days_between(left, made) > 0)
}

fn draft(graph: &Graph, ix: Ix, leaver: &Leaver<'_>) -> Draft {
    let Leaver { name, owner, says, shown } = leaver;
    let since = owner.left.map(|at| format!(" since {}", day(at))).unwrap_or_default();
    let status = owner.status_source.clone().unwrap_or_else(|| "status of owners".into());
    let used = wording::last_use(graph.node(ix).last_used.as_ref(), graph.as_of());
    Draft::new(format!("{} {says} {name}, who is gone{since}, and still works", wording::named_first(graph, ix)))
        .shown_by(shown.clone())
        .shown_by(Evidence::new(format!("{name} is gone"), status).at(owner.left))
        .shown_by(Evidence::new(used, "inventory"))
        .fixed_by(fixes::step(graph, fixes::Step::CreateSuccessor, ix))
        .fixed_by(fixes::step(graph, fixes::Step::Deactivate, ix))
        .fixed_by(fixes::step(graph, fixes::Step::Delete, ix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, key, not_assessable, organization, user};
    use whose_model::{
        Classified, CredentialDetail, CredentialKind, IdentityDetail, Node, PartyKind, State, Timestamp, What,
    };

    const RULE: &dyn PostureRule = &CredentialOfLeaver;

    /// What a source of people says of somebody.
    fn person(name: &str, status: PartyStatus, left: Option<Timestamp>) -> Node {
        let source = Some("people.csv line 3".into());
        let detail = OwnerDetail { party: PartyKind::Person, status, status_source: source, left };
        Node::new(NodeId::new("whose", "", "owner", name), What::Owner(detail), "person", name)
    }

    fn account(name: &str, state: State) -> Node {
        let class = Some(Classified { class: Class::Human, reasons: vec!["it is a person".into()] });
        let what = What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }));
        let mut node = Node::new(NodeId::new("github", "github.com", "user", name), what, "user", name);
        (node.state, node.scope) = (state, Some(organization("acme")));
        node
    }

    /// A deploy key that somebody added, as GitHub's connector tells it.
    fn deploy_key(by: &Node) -> Estate {
        let of = |kind: &str| NodeId::new("github", "github.com", kind, "7");
        let class = Some(Classified { class: Class::NonHuman, reasons: vec!["it is a deploy key".into()] });
        let holder = What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }));
        let common = |what: What, kind: &str, name: &str| {
            let mut node = Node::new(of(kind), what, kind, name);
            (node.scope, node.state, node.created) = (Some(organization("acme")), State::Enabled, Some(ago(300)));
            node
        };
        let key = common(What::Credential(CredentialDetail::new(CredentialKind::DeployKey)), "deploy-key", "mirror");
        Estate::new()
            .organization("acme")
            .node(common(holder, "deploy-key-access", "acme/web (mirror)"))
            .node(key)
            .node(by.clone())
            .edge(&of("deploy-key"), EdgeKind::AuthenticatesAs, &of("deploy-key-access"))
            .edge(&of("deploy-key-access"), EdgeKind::CreatedBy, &by.id)
    }

    fn own_key(status: PartyStatus, left: Option<Timestamp>) -> Estate {
        let human = |node: &mut Node| drop(node.tags.insert("type".into(), "human".into()));
        Estate::new().user("eve@example.com", human).key("eve@example.com", "AK1", |_| {}).node(person(
            "eve@example.com",
            status,
            left,
        ))
    }

    #[test]
    fn a_key_that_a_leaver_made_is_found() {
        let findings = check(RULE, &deploy_key(&account("eve", State::Deleted)), &[("mirror", Severity::Medium)]);
        assert_eq!(findings[0].title, "Deploy key mirror was made by eve, who is gone, and still works");
        assert!(findings[0].evidence[1].source.contains("user eve is disabled or deleted"), "{findings:?}");
        // Who is still there, or of whom nobody knows, has not left.
        check(RULE, &deploy_key(&account("ana", State::Enabled)), &[]);
        check(RULE, &deploy_key(&account("bob", State::Unknown)), &[]);
        let back = account("eve", State::Deleted);
        let elsewhere = Node { id: NodeId::new("azure", "t", "user", "eve"), ..account("eve", State::Enabled) };
        check(RULE, &deploy_key(&back).node(elsewhere), &[]);
    }

    #[test]
    fn what_was_made_after_the_leaver_had_gone_is_left_alone() {
        let by = account("eve", State::Enabled);
        let left = |days| deploy_key(&by).node(person("eve", PartyStatus::Inactive, Some(ago(days))));
        let findings = check(RULE, &left(100), &[("mirror", Severity::Medium)]);
        assert!(findings[0].title.contains("eve, who is gone since 2026-08-16,"), "{}", findings[0].title);
        check(RULE, &left(400), &[]);
        // A maker of the identity alone did not make what its holder made later.
        let mut later = left(100);
        later.nodes.iter_mut().filter(|node| node.id.type_name() == "deploy-key").for_each(|node| {
            node.created = Some(ago(200));
        });
        check(RULE, &later, &[]);
    }

    #[test]
    fn the_key_of_an_account_that_outlived_its_holder_is_found() {
        let findings = check(RULE, &own_key(PartyStatus::Inactive, None), &[("AK1", Severity::High)]);
        assert!(findings[0].title.contains("opens the account of eve@example.com"), "{}", findings[0].title);
        check(RULE, &own_key(PartyStatus::Active, None), &[]);
        let mut off = own_key(PartyStatus::Inactive, None);
        off.nodes.iter_mut().filter(|node| node.id == user("eve@example.com")).for_each(|node| {
            node.state = State::Disabled;
        });
        check(RULE, &off, &[]);
        // A machine's key is nobody's own.
        let machine = Estate::new().user("svc", |_| {}).key("svc", "AK1", |_| {});
        check(RULE, &machine.node(person("svc", PartyStatus::Inactive, None)), &[]);
        assert!(own_key(PartyStatus::Inactive, None).build().find(&key("AK1")).is_some());
    }

    #[test]
    fn a_holder_of_whom_nobody_said_that_the_account_is_on_may_be_off() {
        let mut unsaid = own_key(PartyStatus::Inactive, None);
        unsaid.nodes.iter_mut().filter(|node| node.id == user("eve@example.com")).for_each(|node| {
            node.state = State::Unknown;
        });
        not_assessable(RULE, &unsaid.denied(Facet::Identities));
        check(RULE, &own_key(PartyStatus::Inactive, None).denied(Facet::OwnerStatus), &[("AK1", Severity::High)]);
    }
}
