//! One secret for all agents that were made from a blueprint.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{CredentialKind, Evidence, Facet, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "agent-blueprint-secret",
    title: "The blueprint of AI agents holds a secret",
    group: Group::Strength,
    base: Severity::High,
    finds: "Working client secrets of an identity that AI agents were made from. The agents have no credentials of their \
            own: whoever holds the blueprint's can act as each of them.",
    matters: "One copied text opens all agents of that kind, those of tomorrow included, and nothing tells afterwards which \
              of them acted.",
    fix: "Let the blueprint prove itself by a federated credential or a managed identity, and delete the secret.",
    blind_spots: "Certificates are not counted, although the one who holds the private key can do the same. Agents of \
                  other tenants that were made from the blueprint are not seen.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI7:2025"),
        control("owasp-agentic-2026", "ASI03"),
        control("nist-800-53r5", "IA-5"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("cis-m365-7.0.0", "5.1.5.3"),
    ],
    references: &[link(
        "Microsoft: agent identity blueprints",
        "https://learn.microsoft.com/en-us/entra/agent-id/identity-platform/agent-blueprint",
    )],
};

/// See the rule's page.
pub(crate) struct AgentBlueprintSecret;

impl PostureRule for AgentBlueprintSecret {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for (blueprint, agents) in blueprints(graph) {
            let secrets = graph.credentials_of(blueprint).filter(|ix| {
                subjects::kind(graph.node(*ix)) == Some(CredentialKind::ClientSecret) && subjects::works(graph, *ix)
            });
            for secret in secrets {
                let title = format!(
                    "{} opens {} of blueprint {}",
                    wording::named_first(graph, secret),
                    wording::count(agents.len() as u64, "AI agent"),
                    graph.node(blueprint).name
                );
                let made = agents.iter().take(10).map(|agent| {
                    let name = wording::named(graph, *agent);
                    Evidence::new(format!("{name} was made from it"), "agents").at(graph.node(*agent).created)
                });
                let draft = Draft::new(title)
                    .shown_by_all(made)
                    .fixed_by([fixes::advice("Let the blueprint prove itself by a federated credential")])
                    .fixed_by(fixes::step(graph, fixes::Step::Delete, secret));
                findings.report(secret, draft);
            }
        }
    }
}

/// The identities that agents were made from, with these agents by id.
fn blueprints(graph: &Graph) -> BTreeMap<Ix, Vec<Ix>> {
    let mut made: BTreeMap<Ix, Vec<Ix>> = BTreeMap::new();
    for agent in subjects::machines(graph).filter(|ix| subjects::is_agent(graph, *ix)) {
        if let Some(source) = subjects::made_from(graph, agent) {
            made.entry(source).or_default().push(agent);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, ends, principal, secret};
    use crate::testing::{Estate, check};
    use whose_model::Tier;

    fn estate() -> Estate {
        Estate::tenant()
            .app("blueprint", |_| {})
            .app("plain", |_| {})
            .agent("a", "blueprint", |_| {})
            .agent("b", "blueprint", |_| {})
            .role_of(&application("blueprint"), "r", Tier::T1)
    }

    #[test]
    fn a_secret_of_a_blueprint_is_found_with_its_agents() {
        let findings = check(
            &AgentBlueprintSecret,
            &estate().secret(&application("blueprint"), "k1", |_| {}),
            &[("k1", Severity::High)],
        );
        assert_eq!(findings[0].title, "Client secret k1 opens 2 AI agents of blueprint blueprint");
    }

    #[test]
    fn other_applications_and_what_ended_are_left_alone() {
        let estate = estate()
            .secret(&application("plain"), "k1", |_| {})
            .secret(&principal("plain"), "k2", |_| {})
            .secret(&application("blueprint"), "k3", |node| ends(node, -3));
        check(&AgentBlueprintSecret, &estate, &[]);
    }

    #[test]
    fn a_gap_hides_findings_and_makes_none() {
        let mut estate = estate().secret(&application("blueprint"), "k1", |_| {}).denied(Facet::Credentials);
        check(&AgentBlueprintSecret, &estate, &[("k1", Severity::High)]);
        estate.nodes.retain(|node| node.id != secret("k1"));
        check(&AgentBlueprintSecret, &estate, &[]);
    }
}
