//! What identities can do by their own grants, and whom they can become. Each provider evaluates in its own way and
//! has a room of its own; identities of a provider without one stay unknown.

use super::aws;
use crate::{Graph, Ix};
use std::collections::BTreeSet;
use whose_model::{Basis, Edge, Facet, Node, NodeKind, Privilege, Tier};

/// Sets the privilege of every identity, and gives the edges that follow with the virtual nodes that they need.
pub(super) fn resolve(graph: &mut Graph) -> (Vec<Node>, Vec<Edge>) {
    let estate = aws::Estate::gather(graph);
    let tiers = aws::tiers(&estate);
    let admins: BTreeSet<Ix> =
        tiers.iter().filter(|(_, privilege)| privilege.tier == Tier::T0).map(|(ix, _)| *ix).collect();
    let (mut nodes, mut edges) = aws::can_assume(&estate);
    let (groups, escalations) = aws::can_escalate(&estate, &admins);
    nodes.extend(groups);
    edges.extend(escalations);
    for (ix, privilege) in tiers.into_iter().chain(elsewhere(graph)) {
        graph.privilege.set(ix, privilege);
    }
    (nodes, edges)
}

/// Identities of providers that name what their roles and scopes give: the strongest of their grants counts.
fn elsewhere(graph: &Graph) -> Vec<(Ix, Privilege)> {
    let others = graph.of_kind(NodeKind::Identity).filter(|ix| graph.node(*ix).id.provider() != "aws");
    others.map(|ix| (ix, stated(graph, ix))).collect()
}

fn stated(graph: &Graph, ix: Ix) -> Privilege {
    let mut powers: Vec<(Tier, Basis)> = graph
        .grants_of(ix)
        .into_iter()
        .filter_map(|grant| {
            let node = graph.node(grant);
            let power = node.grant()?.power.as_ref()?;
            Some((power.tier, Basis { what: power.why.clone(), grant: Some(node.id.clone()) }))
        })
        .collect();
    powers.sort_by(|(a, first), (b, second)| (a, &first.what).cmp(&(b, &second.what)));
    let strongest = powers.first().map_or(Tier::T3, |(tier, _)| *tier);
    // What was not read could only give more: what is proven to be the most already stands.
    if strongest != Tier::T0
        && let Some(gap) = graph.gap(ix, Facet::Grants)
    {
        return Privilege { tier: Tier::Unknown, basis: vec![Basis { what: gap.reason, grant: None }] };
    }
    let basis = powers.into_iter().filter(|(tier, _)| *tier == strongest).map(|(_, basis)| basis).collect();
    Privilege { tier: strongest, basis }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Estate, account, identity};
    use whose_model::{CoverageState, EdgeKind, Gap, GrantDetail, GrantOrigin, NodeId, Power, What};

    #[test]
    fn the_strongest_named_role_counts_and_unread_roles_leave_it_open() {
        let scope = account("tenant");
        let app = NodeId::new("azure", "tenant", "service-principal", "app");
        let tier = |powers: &[Tier], read: bool| {
            let gap = Gap { subject: None, call: None, reason: "denied".into(), remedy: "allow it".into() };
            let state = if read { CoverageState::Complete } else { CoverageState::Denied };
            let gaps = if read { vec![] } else { vec![gap] };
            let mut node = identity(app.clone(), "service-principal", "app");
            node.scope = Some(scope.clone());
            let mut estate = Estate::default().node(node).covered(scope.clone(), &[Facet::Grants], state, &gaps);
            for (number, tier) in powers.iter().enumerate() {
                let grant = NodeId::new("azure", "tenant", "role-assignment", &number.to_string());
                let detail = GrantDetail {
                    power: Some(Power { tier: *tier, why: format!("role {number}") }),
                    ..GrantDetail::new(GrantOrigin::Provider)
                };
                let node = Node::new(grant.clone(), What::Grant(detail), "role-assignment", "role");
                estate = estate.node(node).edge(&app, EdgeKind::HasGrant, &grant);
            }
            let graph = estate.build();
            graph.privilege(graph.find(&app).unwrap()).tier
        };
        assert_eq!(tier(&[Tier::T2, Tier::T1], true), Tier::T1);
        assert_eq!(tier(&[], true), Tier::T3);
        assert_eq!(tier(&[Tier::T1], false), Tier::Unknown);
        assert_eq!(tier(&[Tier::T2, Tier::T0], false), Tier::T0);
    }
}
