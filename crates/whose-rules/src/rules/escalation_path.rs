//! A machine's identity that is no administrator and can make itself one, step by step.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{ConditionClass, Edge, Evidence, Facet, Severity, Step, Tier};

static INFO: RuleInfo = RuleInfo {
    slug: "escalation-path",
    title: "A non-human identity can make its way to an administrator",
    group: Group::Privilege,
    base: Severity::High,
    finds: "Non-human identities that are not admin-equivalent by their own grants, and that can become one that is: by \
            assuming or impersonating it, by making a credential of it or writing its policy, directly or through others.",
    matters: "Its credentials are worth as much as the administrator's, and nobody guards them so: a list of \
              administrators does not name it. Each step is allowed by somebody who saw that step alone.",
    fix: "Take away the first step, or the one that most ways share; the evidence names each. Let what needs the \
          administrator's rights ask for them for one run at a time, with an approval.",
    blind_spots: "Rights to read a secret store, to change code that a stronger identity runs, or to start a machine are \
                  followed only where their connector tells of them. Bounds that are set above the account are not read.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("owasp-agentic-2026", "ASI03"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("nist-800-53r5", "AC-6(1)"),
        control("cis-gcp-5.0.0", "1.6"),
        control("pci-dss-4.0.1", "7.2.5"),
        control("csa-maestro", "cross-layer/privilege-escalation"),
    ],
    references: &[
        link(
            "Google Cloud: service account impersonation",
            "https://cloud.google.com/iam/docs/service-account-impersonation",
        ),
        link("AWS: roles terms and concepts", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html"),
    ],
};

/// Of a way that rests on conditions which could not be evaluated, so much is sure.
const UNSURE: f64 = 0.7;

/// See the rule's page.
pub(crate) struct EscalationPath;

impl PostureRule for EscalationPath {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            if graph.privilege(ix).tier == Tier::T0 {
                continue;
            }
            let reach = graph.reach(ix);
            if leads_to_its_own(graph, ix, &reach.path) {
                continue;
            }
            let Some(admin) = reach.path.last().and_then(|step| graph.find(&step.to)) else { continue };
            let mut draft = draft(graph, ix, &reach.path, admin);
            draft.premises.extend(subjects::machine_premises(graph, ix));
            findings.report(ix, draft);
        }
    }
}

/// An application is the same thing as the service principal that was made from it, which speaks for itself.
fn leads_to_its_own(graph: &Graph, ix: Ix, path: &[Step]) -> bool {
    let first = path.first().and_then(|step| graph.find(&step.to));
    first.and_then(|to| subjects::made_from(graph, to)) == Some(ix)
}

fn draft(graph: &Graph, ix: Ix, path: &[Step], admin: Ix) -> Draft {
    let name = wording::named_first(graph, ix);
    let steps = wording::count(path.len() as u64, "step");
    let title = format!("{name} can become the administrator {} in {steps}", graph.node(admin).name);
    let ways: Vec<Way<'_>> = path.iter().filter_map(|step| Way::of(graph, step)).collect();
    let sure = ways.iter().all(|way| way.edge.condition != ConditionClass::Unknown);
    let draft = Draft::new(title)
        .power_in_base()
        .confidence(if sure { 1.0 } else { UNSURE })
        .shown_by_all((1..).zip(&ways).map(|(number, way)| way.shown(graph, number)))
        .shown_by_all(graph.privilege(admin).basis.first().map(|basis| {
            Evidence::new(format!("{} is admin-equivalent: {}", graph.node(admin).name, basis.what), "grants")
        }));
    let first = path.first().map(|step| fixes::step(graph, fixes::Step::CutWay(&step.to), ix));
    draft.fixed_by(first.into_iter().flatten())
}

/// One step, with the surest edge that makes it.
struct Way<'g> {
    from: Ix,
    to: Ix,
    edge: &'g Edge,
}

impl<'g> Way<'g> {
    fn of(graph: &'g Graph, step: &Step) -> Option<Self> {
        let (from, to) = (graph.find(&step.from)?, graph.find(&step.to)?);
        let edges = graph.out(from, step.kind).filter(|(end, _)| *end == to).map(|(_, edge)| edge);
        let edge = edges.min_by(|a, b| (a.condition, &a.qualifier).cmp(&(b.condition, &b.qualifier)))?;
        Some(Self { from, to, edge })
    }

    fn shown(&self, graph: &Graph, number: usize) -> Evidence {
        let (from, to) = (wording::named(graph, self.from), wording::named(graph, self.to));
        let why = self.edge.evidence.first();
        let said = why.map(|shown| format!(": {}", shown.what)).unwrap_or_default();
        let open = match self.edge.condition {
            ConditionClass::Unknown => ", under a condition that could not be evaluated",
            ConditionClass::External => ", when a party outside agrees",
            ConditionClass::None | ConditionClass::Satisfiable => "",
        };
        let source = why.map_or_else(|| "the graph".into(), |shown| shown.source.clone());
        Evidence::new(format!("step {number}, {from} → {to}{said}{open}"), source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::principal;
    use crate::testing::{ACCOUNT, Estate, allows, check, role, trusts, user};
    use whose_model::{Class, Classified, EdgeKind, IdentityDetail, Node, NodeId, Principal, What};

    const RULE: &dyn PostureRule = &EscalationPath;

    fn aws(sources: &[&str]) -> Estate {
        let admin = "arn:aws:iam::111122223333:role/admin";
        sources.iter().fold(
            Estate::new()
                .role("admin", &[trusts(&[Principal::Scope(crate::testing::account(ACCOUNT))], &[])], |_| {})
                .grant(&role("admin"), "All", &[allows(&["*"], &["*"])]),
            |estate, name| {
                let grant = format!("become-{name}");
                estate.user(name, |_| {}).key(name, &format!("AK{name}"), |_| {}).grant(
                    &user(name),
                    &grant,
                    &[allows(&["sts:AssumeRole"], &[admin])],
                )
            },
        )
    }

    #[test]
    fn a_user_that_may_assume_an_administrator_is_found() {
        let findings = check(RULE, &aws(&["svc"]), &[("svc", Severity::High)]);
        assert_eq!(findings[0].title, "User svc can become the administrator admin in 1 step");
        assert!(
            findings[0].evidence[0].what.starts_with("step 1, user svc → role admin"),
            "{:?}",
            findings[0].evidence
        );
    }

    fn account(name: &str) -> NodeId {
        NodeId::new("gcp", "", "service-account", name)
    }

    /// `loader` acts as `batch`, which acts as all accounts of a project, of which one is an administrator.
    fn chain(condition: ConditionClass) -> Estate {
        let group = NodeId::new("gcp", "", "impersonators", "projects/p");
        let class = Classified { class: Class::NonHuman, reasons: vec!["it is a service account".into()] };
        let identity = |name: &str| {
            let detail = IdentityDetail { class: Some(class.clone()), ..IdentityDetail::default() };
            let mut node = Node::new(account(name), What::Identity(Box::new(detail)), "service-account", name);
            node.scope = Some(crate::testing::account(ACCOUNT));
            node
        };
        let mut first = Edge::stated(account("loader"), EdgeKind::CanAssume, account("batch"));
        first.condition = condition;
        let mut estate = Estate::new()
            .node(identity("loader"))
            .node(identity("batch"))
            .node(identity("org"))
            .node(Node::new(group.clone(), What::Group, "impersonators", "whoever may act in p"))
            .power(&account("org"), Tier::T0, "role Owner on organization 1")
            .edge(&account("batch"), EdgeKind::MemberOf, &group)
            .edge(&group, EdgeKind::CanAssume, &account("org"));
        estate.edges.push(first.shown_by(Evidence::new("loader holds TokenCreator on batch", "IAM policy")));
        estate
    }

    #[test]
    fn every_step_of_a_longer_way_is_named() {
        let findings =
            check(RULE, &chain(ConditionClass::None), &[("batch", Severity::High), ("loader", Severity::High)]);
        let steps: Vec<&str> = findings[1].evidence.iter().map(|shown| shown.what.as_str()).collect();
        assert_eq!(
            steps,
            [
                "step 1, service account loader → service account batch: loader holds TokenCreator on batch",
                "step 2, service account batch → impersonators whoever may act in p",
                "step 3, impersonators whoever may act in p → service account org",
                "org is admin-equivalent: role Owner on organization 1",
            ]
        );
        let unsure =
            check(RULE, &chain(ConditionClass::Unknown), &[("batch", Severity::High), ("loader", Severity::High)]);
        assert!((unsure[1].confidence - UNSURE).abs() < f64::EPSILON, "{unsure:?}");
    }

    #[test]
    fn administrators_people_and_those_that_lead_nowhere_are_left_alone() {
        let estate = Estate::new()
            .role("admin", &[], |_| {})
            .grant(&role("admin"), "All", &[allows(&["*"], &["*"])])
            .user("svc", |_| {})
            .key("svc", "AK1", |_| {});
        check(RULE, &estate, &[]);
        check(RULE, &aws(&["ana@example.com"]), &[]);
        let tenant = Estate::tenant().app("steward", |_| {});
        check(RULE, &tenant.role_of(&principal("steward"), "roles", Tier::T0), &[]);
    }

    #[test]
    fn grants_that_were_not_read_open_no_way() {
        let estate = Estate::new().user("svc", |_| {}).key("svc", "AK1", |_| {}).denied(Facet::Grants);
        check(RULE, &estate, &[]);
    }
}
