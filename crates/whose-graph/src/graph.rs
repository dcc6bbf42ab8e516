//! The graph and the questions that rules and reports ask of it.

use crate::attributes::Attributes;
use crate::column::Column;
use crate::gaps::GapIndex;
use crate::links::Links;
use crate::nodes::{Ix, Nodes};
use crate::reach::ReachTable;
use std::collections::BTreeSet;
use whose_model::{
    Classified, Coverage, Edge, EdgeKind, Lifecycle, Node, NodeId, NodeKind, Ownership, Place, Privilege, Reach, Step,
    Timestamp,
};

/// What was seen, joined, with what follows from it. It does not change once it is built.
#[derive(Debug)]
pub struct Graph {
    pub(crate) as_of: Timestamp,
    pub(crate) coverage: Vec<Coverage>,
    /// Rows of `coverage` by scope, in the order of scope ids.
    pub(crate) scanned: Vec<(Ix, Vec<u32>)>,
    /// Credentials and trusts by what leaked values say of them.
    pub(crate) attributes: Attributes,
    /// The scopes whose listings tell the state of people, by id.
    pub(crate) people: Vec<Ix>,
    /// The gaps of each row of `coverage`.
    pub(crate) gaps: Vec<GapIndex>,
    pub(crate) nodes: Nodes,
    /// All nodes in the order of ids.
    pub(crate) order: Vec<Ix>,
    pub(crate) links: Links,
    pub(crate) classes: Column<Classified>,
    pub(crate) ownership: Column<Ownership>,
    pub(crate) privilege: Column<Privilege>,
    pub(crate) lifecycle: Column<Lifecycle>,
    pub(crate) reach: ReachTable,
}

impl Graph {
    /// The moment against which all ages are measured.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// All edges, when nothing else is asked of the graph any more.
    pub fn into_edges(self) -> Vec<Edge> {
        self.links.edges
    }

    /// The node of this id, seen or only named.
    pub fn find(&self, id: &NodeId) -> Option<Ix> {
        self.nodes.find(id)
    }

    /// The node. One that nobody saw has the last part of its id as name and an unknown state.
    pub fn node(&self, ix: Ix) -> &Node {
        self.nodes.get(ix)
    }

    /// Whether the node was seen itself. `false`: it is only named by another.
    pub fn is_seen(&self, ix: Ix) -> bool {
        self.nodes.is_seen(ix)
    }

    /// All nodes, by id, those included that are only named.
    pub fn nodes(&self) -> impl Iterator<Item = Ix> + '_ {
        self.order.iter().copied()
    }

    /// The nodes of a kind that were seen, by id.
    pub fn of_kind(&self, kind: NodeKind) -> impl Iterator<Item = Ix> + '_ {
        self.nodes().filter(move |ix| self.is_seen(*ix) && self.node(*ix).kind() == kind)
    }

    /// The edges of a kind that start here, with their ends.
    pub fn out(&self, ix: Ix, kind: EdgeKind) -> impl Iterator<Item = (Ix, &Edge)> + '_ {
        self.links.forward.of_kind(ix, kind).map(|(to, edge)| (to, &self.links.edges[edge as usize]))
    }

    /// The edges of a kind that end here, with their starts.
    pub fn incoming(&self, ix: Ix, kind: EdgeKind) -> impl Iterator<Item = (Ix, &Edge)> + '_ {
        self.links.reverse.of_kind(ix, kind).map(|(from, edge)| (from, &self.links.edges[edge as usize]))
    }

    /// All edges, by start, kind and end.
    pub fn edges(&self) -> impl Iterator<Item = &Edge> + '_ {
        self.links.edges.iter()
    }

    /// Human or not; unknown for everything that is not an identity.
    pub fn class(&self, ix: Ix) -> &Classified {
        self.classes.get(ix)
    }

    /// Who answers for an identity, or for a credential's identity.
    pub fn ownership(&self, ix: Ix) -> &Ownership {
        self.ownership.get(ix)
    }

    /// What an identity can do by its own grants.
    pub fn privilege(&self, ix: Ix) -> &Privilege {
        self.privilege.get(ix)
    }

    /// The purpose, expiry and environment that a node's keepers declared.
    pub fn lifecycle(&self, ix: Ix) -> &Lifecycle {
        self.lifecycle.get(ix)
    }

    /// How far the holder of this node gets.
    pub fn reach(&self, ix: Ix) -> Reach {
        self.reach.of(self, ix)
    }

    /// The shortest way of control from one node to another; empty when they are the same.
    pub fn path(&self, from: Ix, to: Ix) -> Option<Vec<Step>> {
        crate::reach::shortest_path(self, from, to)
    }

    /// The scope that contains the node.
    pub fn scope_of(&self, ix: Ix) -> Option<Ix> {
        self.find(self.node(ix).scope.as_ref()?)
    }

    /// The credentials that prove this identity.
    pub fn credentials_of(&self, identity: Ix) -> impl Iterator<Item = Ix> + '_ {
        self.incoming(identity, EdgeKind::AuthenticatesAs)
            .map(|(from, _)| from)
            .filter(|from| self.node(*from).kind() == NodeKind::Credential)
    }

    /// The identity that a credential proves, or that a leaked secret gives away.
    pub fn identity_of(&self, credential: Ix) -> Option<Ix> {
        if self.node(credential).kind() == NodeKind::Secret {
            let (value_of, _) = self.out(credential, EdgeKind::IsValueOf).next()?;
            return match self.node(value_of).kind() {
                NodeKind::Identity => Some(value_of),
                NodeKind::Credential => self.identity_of(value_of),
                _ => None,
            };
        }
        let mut proved = self.out(credential, EdgeKind::AuthenticatesAs).map(|(to, _)| to);
        proved.find(|to| self.node(*to).kind() == NodeKind::Identity)
    }

    /// The groups that an identity is in, by way of other groups too.
    pub fn groups_of(&self, identity: Ix) -> Vec<Ix> {
        let mut found = BTreeSet::new();
        let mut open = vec![identity];
        while let Some(member) = open.pop() {
            open.extend(self.out(member, EdgeKind::MemberOf).map(|(group, _)| group).filter(|ix| found.insert(*ix)));
        }
        found.into_iter().collect()
    }

    /// The grants that an identity holds, those of its groups included.
    pub fn grants_of(&self, identity: Ix) -> Vec<Ix> {
        let holders = std::iter::once(identity).chain(self.groups_of(identity));
        let grants: BTreeSet<Ix> =
            holders.flat_map(|holder| self.out(holder, EdgeKind::HasGrant).map(|(grant, _)| grant)).collect();
        grants.into_iter().collect()
    }

    /// Where a secret stands, the oldest place first; what is in no commit comes last.
    pub fn places_of(&self, secret: Ix) -> Vec<&Place> {
        let leaks = self.out(secret, EdgeKind::LeakedIn);
        let mut places: Vec<&Place> = leaks.filter_map(|(place, _)| self.node(place).place()).collect();
        places.sort_by(|a, b| a.by_age(b));
        places.dedup();
        places
    }

    /// The credentials whose value a secret is: one, or all that hold the key whose private half it is.
    pub fn credentials_of_secret(&self, secret: Ix) -> impl Iterator<Item = Ix> + '_ {
        let values = self.out(secret, EdgeKind::IsValueOf).map(|(to, _)| to);
        values.filter(|to| self.node(*to).kind() == NodeKind::Credential)
    }

    /// The credential whose value a secret is; the first of them, when one key serves several.
    pub fn credential_of_secret(&self, secret: Ix) -> Option<Ix> {
        self.credentials_of_secret(secret).next()
    }

    /// The resource that a leaked secret opens, when it names that and not which of its keys it is.
    pub fn resource_of_secret(&self, secret: Ix) -> Option<Ix> {
        let mut values = self.out(secret, EdgeKind::IsValueOf).map(|(to, _)| to);
        values.find(|to| self.node(*to).kind() == NodeKind::Resource)
    }

    /// The credentials that open a resource by themselves, without proving an identity.
    pub fn keys_of(&self, resource: Ix) -> impl Iterator<Item = Ix> + '_ {
        let holders = self.incoming(resource, EdgeKind::HasPermission).map(|(from, _)| from);
        holders.filter(|from| self.node(*from).kind() == NodeKind::Credential)
    }

    /// The leaked secrets that are the value of this credential.
    pub fn secrets_of(&self, credential: Ix) -> impl Iterator<Item = Ix> + '_ {
        self.incoming(credential, EdgeKind::IsValueOf).map(|(secret, _)| secret)
    }
}
