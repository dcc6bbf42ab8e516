//! Answers about reach for every node, computed once: counts from the sweep, admin-equivalent identities along the
//! condensed graph, and the next step of the shortest way to the nearest of them.

use super::components::Components;
use super::sweep::{Outside, Weights, sweep};
use super::ways::Ways;
use crate::{Graph, Ix};
use std::collections::BTreeMap;
use whose_model::{EdgeKind, NodeKind, Reach, Step, Tier};

/// At most so many admin-equivalent identities are named.
const NAMED: usize = 10;

/// Answers about reach.
#[derive(Debug, Default)]
pub(crate) struct ReachTable {
    component: Vec<u32>,
    identities: Vec<u64>,
    scopes: Vec<u64>,
    /// By component: the first admin-equivalent identities in it or reached from it.
    admins: Vec<Vec<Ix>>,
    /// The next step on the shortest way to the nearest admin-equivalent identity.
    next: Vec<Option<(EdgeKind, Ix)>>,
}

impl ReachTable {
    /// Computes the answers for all nodes.
    pub(crate) fn compute(graph: &Graph) -> Self {
        let ways = Ways::of(graph);
        let components = Components::find(&ways);
        let is_identity = |node: u32| graph.node(Ix(node)).kind() == NodeKind::Identity;
        let between = components.condense(&ways, is_identity);
        let (identities, scopes) = count(graph, &components, &between);
        Self {
            identities,
            scopes,
            admins: admins(graph, &components, &between),
            next: next_steps(graph),
            component: (0..ways.len() as u32).map(|node| components.of(node)).collect(),
        }
    }

    /// How far the holder of this node gets.
    pub(crate) fn of(&self, graph: &Graph, start: Ix) -> Reach {
        let is_admin = is_admin(graph, start);
        let path = if is_admin { Vec::new() } else { self.path(graph, start) };
        let nearest = if is_admin { Some(start) } else { path.last().and_then(|step| graph.find(&step.to)) };
        let others = self.admins[self.component[start.at()] as usize].iter().copied();
        let admins = nearest.into_iter().chain(others.filter(|admin| Some(*admin) != nearest));
        Reach {
            identities: self.identities[start.at()],
            scopes: self.scopes[start.at()],
            admins: admins.take(NAMED).map(|admin| graph.node(admin).id.clone()).collect(),
            path,
        }
    }

    fn path(&self, graph: &Graph, start: Ix) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = start;
        while let Some((kind, to)) = self.next[at.at()] {
            steps.push(Step { from: graph.node(at).id.clone(), kind, to: graph.node(to).id.clone() });
            at = to;
        }
        steps
    }
}

fn is_admin(graph: &Graph, ix: Ix) -> bool {
    graph.node(ix).kind() == NodeKind::Identity && graph.privilege(ix).tier == Tier::T0
}

/// How many identities, and how many scopes of identities, each node reaches; itself is not counted.
fn count(graph: &Graph, components: &Components, between: &Ways) -> (Vec<u64>, Vec<u64>) {
    let weights = weigh(graph, components);
    let all = 0..components.len() as u32;
    // Most nodes reach nothing, or are credentials that reach what one component reaches; only the rest is swept.
    let one_way = |c: u32| weights.identities[c as usize] == 0 && between.row(c).len() == 1;
    let starts: Vec<u32> = all.clone().filter(|c| !between.row(*c).is_empty() && !one_way(*c)).collect();
    let swept = sweep(components, between, &weights, &starts);
    let mut outside: Vec<Outside> = vec![Outside::default(); components.len()];
    for (start, reached) in starts.iter().zip(swept) {
        outside[*start as usize] = reached;
    }
    for component in all.clone().filter(|c| one_way(*c)) {
        let next = between.row(component)[0] as usize;
        outside[component as usize] = Outside {
            identities: outside[next].identities + u64::from(weights.identities[next]),
            scopes: outside[next].scopes + fresh(&weights.scopes[next], &outside[next]),
            own_scopes: Vec::new(),
        };
    }
    let (mut identities, mut scopes) = (vec![0; graph.nodes.len()], vec![0; graph.nodes.len()]);
    for component in all {
        let (own, outside) = (&weights.scopes[component as usize], &outside[component as usize]);
        let total = outside.identities + u64::from(weights.identities[component as usize]);
        let alone = alone_in_scope(graph, components.members(component));
        for &node in components.members(component) {
            let identity = graph.node(Ix(node)).kind() == NodeKind::Identity;
            let missing = alone.get(&node).is_some_and(|scope| !outside.own_scopes.contains(&scope.0));
            identities[node as usize] = total - u64::from(identity);
            scopes[node as usize] = outside.scopes + fresh(own, outside) - u64::from(missing);
        }
    }
    (identities, scopes)
}

/// How many of a component's own scopes are not reached outside of it.
fn fresh(own: &[u32], outside: &Outside) -> u64 {
    (own.len() - outside.own_scopes.len()) as u64
}

/// The identities that no other of their component shares a scope with: without them the scope is not reached there.
fn alone_in_scope(graph: &Graph, members: &[u32]) -> BTreeMap<u32, Ix> {
    let mut by_scope: BTreeMap<Ix, (u32, usize)> = BTreeMap::new();
    for &node in members.iter().filter(|node| graph.node(Ix(**node)).kind() == NodeKind::Identity) {
        if let Some(scope) = graph.scope_of(Ix(node)) {
            by_scope.entry(scope).or_insert((node, 0)).1 += 1;
        }
    }
    by_scope.into_iter().filter(|(_, (_, count))| *count == 1).map(|(scope, (node, _))| (node, scope)).collect()
}

fn weigh(graph: &Graph, components: &Components) -> Weights {
    let mut weights = Weights {
        identities: vec![0; components.len()],
        scopes: vec![Vec::new(); components.len()],
        scope_count: graph.nodes.len(),
    };
    for component in 0..components.len() as u32 {
        let scopes = &mut weights.scopes[component as usize];
        for &node in components.members(component) {
            if graph.node(Ix(node)).kind() == NodeKind::Identity {
                weights.identities[component as usize] += 1;
                scopes.extend(graph.scope_of(Ix(node)).map(|scope| scope.0));
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
    }
    weights
}

/// The first admin-equivalent identities of each component and of all that it leads to. The first of a union are among
/// the first of its parts, so no more than that many are ever carried on.
fn admins(graph: &Graph, components: &Components, between: &Ways) -> Vec<Vec<Ix>> {
    let mut admins: Vec<Vec<Ix>> = Vec::with_capacity(components.len());
    for component in 0..components.len() as u32 {
        let own = components.members(component).iter().map(|node| Ix(*node)).filter(|ix| is_admin(graph, *ix));
        let mut found: Vec<Ix> = own.take(NAMED + 1).collect();
        for next in between.row(component) {
            found.extend(&admins[*next as usize]);
            found.sort_unstable();
            found.dedup();
            found.truncate(NAMED + 1);
        }
        admins.push(found);
    }
    admins
}

/// One search backwards from all admin-equivalent identities at once.
fn next_steps(graph: &Graph) -> Vec<Option<(EdgeKind, Ix)>> {
    let mut next = vec![None; graph.nodes.len()];
    let mut found: Vec<Ix> = graph.nodes().filter(|ix| is_admin(graph, *ix)).collect();
    let mut seen = vec![false; graph.nodes.len()];
    found.iter().for_each(|admin| seen[admin.at()] = true);
    let mut at = 0;
    while at < found.len() {
        let to = found[at];
        at += 1;
        for (kind, from, _) in graph.links.reverse.row(to).filter(|(kind, ..)| kind.is_traversable()) {
            if !std::mem::replace(&mut seen[from.at()], true) {
                next[from.at()] = Some((kind, to));
                found.push(from);
            }
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use crate::sample::as_of;
    use crate::{Graph, Ix};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use whose_model::{
        CredentialDetail, CredentialKind, Edge, EdgeKind, IdentityDetail, Node, NodeId, NodeKind, Observation, Reach,
        What,
    };

    /// A graph of numbered nodes: every fifth is a credential, every seventh an admin, scopes go round by three.
    fn graph(nodes: u32, edges: &[(u32, u32)]) -> Graph {
        let mut observations: Vec<Observation> = (0..nodes)
            .map(|number| {
                let what = if number % 5 == 4 {
                    What::Credential(CredentialDetail::new(CredentialKind::AccessKey))
                } else {
                    let root = number % 7 == 6;
                    What::Identity(Box::new(IdentityDetail { root, ..IdentityDetail::default() }))
                };
                let mut node = Node::new(id(number), what, "thing", &number.to_string());
                node.scope = (number % 4 != 3).then(|| NodeId::new("aws", "aws", "account", &(number % 3).to_string()));
                Observation::Node(Box::new(node))
            })
            .collect();
        observations.extend(
            edges
                .iter()
                .map(|(from, to)| Observation::Edge(Box::new(Edge::stated(id(*from), EdgeKind::CanAssume, id(*to))))),
        );
        Graph::build(observations, Vec::new(), as_of())
    }

    fn id(number: u32) -> NodeId {
        NodeId::new("aws", "1", "thing", &format!("{number:08}"))
    }

    /// The definition, slowly: everything that can be got to, one start at a time.
    fn closure(graph: &Graph, start: Ix) -> BTreeSet<Ix> {
        let mut found = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            open.extend(graph.out(at, EdgeKind::CanAssume).map(|(to, _)| to).filter(|to| found.insert(*to)));
        }
        found
    }

    fn check(graph: &Graph, start: Ix) {
        let found = closure(graph, start);
        let identity = |ix: &&Ix| graph.node(**ix).kind() == NodeKind::Identity;
        let others: Vec<Ix> = found.iter().filter(identity).copied().filter(|ix| *ix != start).collect();
        let scopes: BTreeSet<_> = others.iter().filter_map(|ix| graph.node(*ix).scope.clone()).collect();
        let is_admin = |ix: &&Ix| graph.node(**ix).identity().is_some_and(|detail| detail.root);
        let admins: BTreeSet<_> = found.iter().filter(is_admin).map(|ix| graph.node(*ix).id.clone()).collect();
        let reach = graph.reach(start);
        assert_eq!((reach.identities, reach.scopes), (others.len() as u64, scopes.len() as u64));
        assert_eq!(reach.admins.len(), admins.len().min(10));
        assert!(reach.admins.iter().all(|admin| admins.contains(admin)));
        check_path(graph, start, &reach, &admins);
    }

    fn check_path(graph: &Graph, start: Ix, reach: &Reach, admins: &BTreeSet<NodeId>) {
        let own = graph.node(start).id.clone();
        assert_eq!(reach.path.is_empty(), admins.is_empty() || admins.contains(&own));
        let mut at = own;
        for step in &reach.path {
            assert_eq!(step.from, at);
            assert!(graph.out(graph.find(&at).unwrap(), step.kind).any(|(to, _)| graph.node(to).id == step.to));
            at = step.to.clone();
        }
        if !reach.path.is_empty() {
            assert_eq!(reach.admins[0], at);
            let shortest = admins.iter().filter_map(|admin| graph.path(start, graph.find(admin).unwrap()));
            assert_eq!(shortest.map(|path| path.len()).min(), Some(reach.path.len()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn reach_agrees_with_the_definition(edges in prop::collection::vec((0u32..24, 0u32..24), 0..60)) {
            let graph = graph(24, &edges);
            for start in graph.nodes() {
                check(&graph, start);
            }
        }

        #[test]
        fn sparse_graphs_agree_too(edges in prop::collection::vec((0u32..60, 0u32..60), 0..60)) {
            let graph = graph(60, &edges);
            for start in graph.nodes() {
                check(&graph, start);
            }
        }
    }

    #[test]
    fn more_starts_than_lanes_are_swept_in_parts() {
        let edges: Vec<(u32, u32)> = (0..1500).flat_map(|n| [(n, n + 1), (n, (n * 7 + 13) % 1500)]).collect();
        let downhill: Vec<(u32, u32)> = edges.into_iter().filter(|(from, to)| from < to).collect();
        let graph = graph(1501, &downhill);
        for start in graph.nodes().step_by(97) {
            check(&graph, start);
        }
    }

    #[test]
    fn a_long_chain_is_counted_at_every_step() {
        let nodes = 5_000;
        let chain = graph(nodes, &(0..nodes - 1).map(|n| (n, n + 1)).collect::<Vec<_>>());
        let first = chain.find(&id(0)).unwrap();
        assert_eq!(chain.reach(first).identities, u64::from(nodes / 5 * 4 - 1));
        assert_eq!(chain.path(first, chain.find(&id(nodes - 1)).unwrap()).unwrap().len(), nodes as usize - 1);
    }

    #[test]
    fn a_giant_cycle_is_no_trouble() {
        let nodes = 20_000;
        let cycle = graph(nodes, &(0..nodes).map(|n| (n, (n + 1) % nodes)).collect::<Vec<_>>());
        assert!(cycle.nodes().filter(|ix| cycle.node(*ix).kind() == NodeKind::Credential).all(|ix| {
            let reach = cycle.reach(ix);
            (reach.identities, reach.admins.len()) == (u64::from(nodes / 5 * 4), 10)
        }));
    }
}
