//! An identity of a machine that can do everything, or can make itself able to.

use super::default_account_with_editor;
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Basis, Evidence, Facet, Severity, Tier};

static INFO: RuleInfo = RuleInfo {
    slug: "admin-equivalent-identity",
    title: "A non-human identity is admin-equivalent",
    group: Group::Privilege,
    base: Severity::High,
    finds: "Non-human identities whose own grants, those of their groups included, allow everything in their scope, or \
            allow them to give themselves everything.",
    matters: "Whoever gets one of its credentials owns the scope. Hardly any workload needs that: it was easier to \
              grant everything than to find out what it needs.",
    fix: "Grant what it uses, as the provider's access advisor shows, and take the rest away. Where a pipeline must be \
          able to do everything, let it become admin for one run at a time, with an approval.",
    blind_spots: "Bounds that are set outside the account (service control policies) are not read. Ways that need \
                  several identities are told of by reach, not here, and default service accounts that Google made \
                  editors by default-account-with-editor.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("owasp-agentic-2026", "ASI03"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("nist-800-53r5", "AC-6(5)"),
        control("cis-aws-7.0.0", "2.14"),
        control("pci-dss-4.0.1", "7.2.5"),
        control("csa-maestro", "cross-layer/privilege-escalation"),
    ],
    references: &[link(
        "AWS: grant least privilege",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    )],
};

/// See the rule's page.
pub(crate) struct AdminEquivalentIdentity;

impl PostureRule for AdminEquivalentIdentity {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            let privilege = graph.privilege(ix);
            if privilege.tier != Tier::T0 || is_told_as_default(graph, ix, &privilege.basis) {
                continue;
            }
            let why = privilege.basis.first().map(|basis| format!(": {}", basis.what)).unwrap_or_default();
            let mut draft = Draft::new(format!("{} is admin-equivalent{why}", wording::named_first(graph, ix)))
                .power_in_base()
                .shown_by_all(privilege.basis.iter().map(|basis| shown(graph, basis)));
            if subjects::is_agent(graph, ix) {
                draft = draft.lift("agent", 1, "it is an AI agent: whoever can write what it reads can move it to act");
            }
            draft = draft.fixed_by(taken(graph, ix, &privilege.basis));
            draft.premises.extend(subjects::machine_premises(graph, ix));
            findings.report(ix, draft);
        }
    }
}

/// Whether a default account has nothing but the role that Google gave it: another rule tells of that.
fn is_told_as_default(graph: &Graph, ix: Ix, basis: &[Basis]) -> bool {
    let told = default_account_with_editor::grants(graph, ix);
    let found = |basis: &Basis| basis.grant.as_ref().and_then(|grant| graph.find(grant));
    !told.is_empty() && basis.iter().all(|basis| found(basis).is_some_and(|grant| told.contains(&grant)))
}

fn shown(graph: &Graph, basis: &Basis) -> Evidence {
    let grant = basis.grant.as_ref().and_then(|grant| graph.find(grant));
    let source = grant.map_or_else(|| "grants".into(), |ix| wording::named(graph, ix));
    Evidence::new(basis.what.clone(), source)
}

/// Each grant that gives it once.
fn taken(graph: &Graph, ix: Ix, basis: &[Basis]) -> Vec<whose_model::Fix> {
    let mut grants: Vec<_> = basis.iter().filter_map(|basis| basis.grant.as_ref()).collect();
    grants.sort();
    grants.dedup();
    grants.into_iter().flat_map(|grant| fixes::step(graph, fixes::Step::TakeGrant(grant), ix)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, allows, check, role, tenant, user};

    #[test]
    fn everything_on_everything_is_found_with_the_command_that_takes_it() {
        let estate =
            Estate::new().role("deployer", &[], |_| {}).grant(&role("deployer"), "All", &[allows(&["*"], &["*"])]);
        let findings = check(&AdminEquivalentIdentity, &estate, &[("deployer", Severity::High)]);
        let command = findings[0].fix[0].command.as_deref().unwrap();
        assert_eq!(
            command,
            "aws iam detach-role-policy --role-name deployer --policy-arn arn:aws:iam::111122223333:policy/All"
        );
        assert_eq!(findings[0].reach.as_deref(), Some("is admin-equivalent"));
    }

    #[test]
    fn an_agent_that_rules_everything_is_worse() {
        let estate = Estate::tenant().app("blueprint", |_| {}).agent("helper", "blueprint", |_| {});
        let estate = estate.role_of(&tenant::principal("helper"), "roles", Tier::T0);
        check(&AdminEquivalentIdentity, &estate, &[("helper", Severity::Critical)]);
    }

    #[test]
    fn one_service_and_an_administrator_who_is_a_person_are_left_alone() {
        let estate = Estate::new()
            .role("backup", &[], |_| {})
            .grant(&role("backup"), "Backup", &[allows(&["s3:*", "backup:*"], &["*"])])
            .user("ana@example.com", |_| {})
            .grant(&user("ana@example.com"), "Admin", &[allows(&["*"], &["*"])]);
        check(&AdminEquivalentIdentity, &estate, &[]);
    }

    #[test]
    fn unread_grants_make_nobody_an_administrator() {
        let estate = Estate::new().role("deployer", &[], |_| {}).denied(Facet::Grants);
        check(&AdminEquivalentIdentity, &estate, &[]);
    }
}
