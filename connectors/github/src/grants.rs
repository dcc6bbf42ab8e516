//! A grant from permissions that GitHub names, held by one identity.

use crate::ids::Organization;
use crate::power::{Extent, Permissions, power};
use whose_model::{Effect, GrantDetail, GrantOrigin, Node, NodeId, Power, Statement, What};

/// The grant that permissions on repositories, or on the organisation, are.
pub(crate) fn of_permissions(
    organization: &Organization,
    id: NodeId,
    name: &str,
    permissions: &Permissions,
    extent: Extent,
) -> Node {
    let actions = permissions.iter().map(|(permission, access)| format!("{permission}:{access}")).collect();
    let resources = match extent {
        Extent::All => vec![organization.repository_name("*")],
        // Which ones, another listing tells, a call for each installation or token.
        Extent::Selected | Extent::Nothing => Vec::new(),
    };
    node(organization, id, name, actions, resources, power(permissions, extent))
}

/// A grant with what it gives.
pub(crate) fn node(
    organization: &Organization,
    id: NodeId,
    name: &str,
    actions: Vec<String>,
    resources: Vec<String>,
    power: Power,
) -> Node {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        actions,
        not_actions: Vec::new(),
        resources,
        not_resources: Vec::new(),
        principals: Vec::new(),
        not_principals: Vec::new(),
        conditions: Vec::new(),
    };
    let detail = GrantDetail {
        statements: vec![statement],
        read: true,
        power: Some(power),
        ..GrantDetail::new(GrantOrigin::Inline)
    };
    let kind = id.type_name().to_owned();
    let mut node = Node::new(id, What::Grant(detail), &kind, name);
    node.scope = Some(organization.scope());
    node
}
