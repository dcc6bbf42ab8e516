//! From observations to a graph: merge, number, link, then resolve.

use crate::attributes::Attributes;
use crate::column::Column;
use crate::coverage::{by_scope, listing_people};
use crate::gaps::GapIndex;
use crate::links::Links;
use crate::nodes::Nodes;
use crate::reach::ReachTable;
use crate::{Graph, resolve};
use whose_model::{
    Class, Classified, Coverage, Edge, Lifecycle, Node, NodeKind, Observation, OwnerBand, Ownership, Privilege, Tier,
    Timestamp,
};

impl Graph {
    /// Builds the graph of everything that was seen and draws the conclusions. The order of the observations does
    /// not matter; ends of edges that nobody saw become nodes that are not seen.
    pub fn build(
        observations: impl IntoIterator<Item = Observation>,
        mut coverage: Vec<Coverage>,
        as_of: Timestamp,
    ) -> Self {
        let (mut seen, mut edges) = (Vec::new(), Vec::new());
        for observation in observations {
            match observation {
                Observation::Node(node) => seen.push(node),
                Observation::Edge(edge) => edges.push(*edge),
            }
        }
        let mut nodes = Nodes::merge(seen);
        name_what_is_mentioned(&mut nodes, &coverage);
        nodes.share_scopes();
        coverage.sort_by(|a, b| (&a.scope, &a.source, &a.facets).cmp(&(&b.scope, &b.source, &b.facets)));
        let links = Links::build(&mut nodes, edges);
        let order = nodes.sorted();
        let scanned = by_scope(&coverage, |id| nodes.find(id));
        let mut graph = Self {
            as_of,
            people: listing_people(&coverage, &scanned),
            gaps: coverage.iter().map(GapIndex::new).collect(),
            scanned,
            coverage,
            attributes: Attributes::of(&nodes, &order),
            order,
            nodes,
            links,
            classes: Column::new(Classified { class: Class::Unknown, reasons: Vec::new() }),
            ownership: Column::new(Ownership { band: OwnerBand::Unowned, candidates: Vec::new() }),
            privilege: Column::new(Privilege { tier: Tier::Unknown, basis: Vec::new() }),
            lifecycle: Column::new(Lifecycle::default()),
            reach: ReachTable::default(),
        };
        resolve::resolve(&mut graph);
        graph.reach = ReachTable::compute(&graph);
        graph
    }

    /// Adds what was concluded and numbers the edges anew. Numbers of nodes stay. Virtual nodes stand for many and
    /// are not things that were seen; owners are, in what keepers wrote.
    pub(crate) fn extend(&mut self, virtual_nodes: Vec<Node>, owners: Vec<Node>, derived: Vec<Edge>) {
        for node in virtual_nodes {
            self.nodes.push(node, false);
        }
        for node in owners {
            self.nodes.push(node, true);
        }
        let mut edges = std::mem::take(&mut self.links).edges;
        edges.extend(derived);
        self.links = Links::build(&mut self.nodes, edges);
        self.order = self.nodes.sorted();
    }
}

/// Scopes, boundaries and scanned places that nobody saw as such become nodes too.
fn name_what_is_mentioned(nodes: &mut Nodes, coverage: &[Coverage]) {
    let mut mentioned = Vec::new();
    for ix in nodes.sorted() {
        let node = nodes.get(ix);
        mentioned.extend(node.scope.clone().map(|scope| (scope, NodeKind::Scope)));
        let boundary = node.identity().and_then(|identity| identity.boundary.clone());
        mentioned.extend(boundary.map(|grant| (grant, NodeKind::Grant)));
    }
    mentioned.extend(coverage.iter().map(|row| (row.scope.clone(), NodeKind::Scope)));
    mentioned.sort();
    for (id, kind) in mentioned {
        nodes.named(&id, kind);
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::sample::{
        ACCOUNT, ELSEWHERE, Estate, account, allow, as_of, grant, group, identity, key, names, role, trusts, user,
    };
    use proptest::prelude::*;
    use whose_model::{
        EdgeKind, Join, JoinStrength, JoinTarget, Node, NodeId, NodeKind, Observation, Principal, SecretConfidence,
        SecretDetail, What,
    };

    fn small() -> Estate {
        Estate::read()
            .user("alice")
            .user("bob")
            .key("AKIAONE", &user("alice"))
            .key("AKIATWO", &user("alice"))
            .grant("read", &group("staff"), Vec::new())
            .grant("own", &user("alice"), Vec::new())
            .edge(&user("alice"), EdgeKind::MemberOf, &group("staff"))
            .edge(&group("staff"), EdgeKind::MemberOf, &group("all"))
            .edge(&group("all"), EdgeKind::MemberOf, &group("staff"))
    }

    /// The small estate with something for every conclusion: a trust, admins, owners, a leak.
    fn judged() -> Estate {
        let mut owned = identity(user("svc-pay"), "iam-user", "svc-pay");
        owned.tags.insert("Owner".into(), "alice@example.com, team-pay".into());
        let detail = SecretDetail {
            detector: "aws.access-key".into(),
            title: "AWS access key".into(),
            hint: "AKIA".into(),
            confidence: SecretConfidence::High,
            has_secret_half: true,
            encrypted: false,
            expires: None,
            reveals: Vec::new(),
            joins: vec![Join {
                target: JoinTarget::Node(key("AKIAONE")),
                scope: None,
                strength: JoinStrength::ExactId,
            }],
        };
        small()
            .node(owned)
            .node(Node::new(NodeId::new("whose", "", "secret", "00ff"), What::Secret(detail), "s", "s"))
            .role("deploy", vec![trusts(&[Principal::Scope(account(ACCOUNT)), Principal::Scope(account(ELSEWHERE))])])
            .grant("keys", &user("bob"), vec![allow(&["iam:CreateAccessKey", "sts:AssumeRole"], &["*"])])
            .grant("admin", &role("deploy"), vec![allow(&["*"], &["*"])])
    }

    #[test]
    fn accessors_follow_credentials_groups_and_grants() {
        let graph = small().build();
        let alice = graph.find(&user("alice")).unwrap();
        assert_eq!(names(&graph, graph.credentials_of(alice)), ["AKIAONE", "AKIATWO"]);
        assert_eq!(graph.identity_of(graph.find(&key("AKIAONE")).unwrap()), Some(alice));
        assert_eq!(names(&graph, graph.grants_of(alice)), ["own", "read"]);
        assert_eq!(names(&graph, graph.groups_of(alice)), ["all", "staff"]);
        assert_eq!(names(&graph, graph.of_kind(NodeKind::Identity)), ["alice", "bob"]);
        assert_eq!(graph.scope_of(alice), graph.find(&account(ACCOUNT)));
    }

    #[test]
    fn what_nobody_saw_becomes_a_stub_of_the_right_kind() {
        let graph = small().build();
        let staff = graph.find(&group("staff")).unwrap();
        assert!(!graph.is_seen(staff));
        assert_eq!((graph.node(staff).kind(), graph.node(staff).name.as_str()), (NodeKind::Group, "staff"));
        assert_eq!(graph.of_kind(NodeKind::Group).count(), 0);
        assert!(graph.nodes().any(|ix| ix == staff));
    }

    #[test]
    fn duplicate_edges_and_self_loops_do_no_harm() {
        let estate = small()
            .edge(&key("AKIAONE"), EdgeKind::AuthenticatesAs, &user("alice"))
            .edge(&user("alice"), EdgeKind::CanAssume, &user("alice"))
            .edge(&user("alice"), EdgeKind::MemberOf, &user("alice"));
        let graph = estate.build();
        let alice = graph.find(&user("alice")).unwrap();
        assert_eq!(graph.credentials_of(alice).count(), 2);
        assert_eq!(graph.reach(alice).identities, 0);
    }

    #[test]
    fn an_empty_scan_is_a_graph() {
        let graph = Graph::build([], Vec::new(), as_of());
        assert_eq!(graph.nodes().count() + graph.edges().count(), 0);
        assert_eq!(graph.find(&NodeId::new("aws", "", "access-key", "none")), None);
    }

    fn fingerprint(graph: &Graph) -> String {
        let all = |ix| {
            let concluded = (graph.class(ix), graph.ownership(ix), graph.privilege(ix), graph.lifecycle(ix));
            (graph.node(ix), graph.is_seen(ix), graph.reach(ix), concluded)
        };
        let nodes: Vec<_> = graph.nodes().map(all).collect();
        format!("{nodes:?} {:?}", graph.edges().collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_order_of_observations_does_not_matter(order in Just(twice(judged().observations)).prop_shuffle()) {
            let (coverage, sorted) = (judged().coverage, twice(judged().observations));
            let graph = Graph::build(order, coverage.clone(), as_of());
            prop_assert_eq!(fingerprint(&graph), fingerprint(&Graph::build(sorted, coverage, as_of())));
        }

        #[test]
        fn no_shape_of_edges_breaks_the_graph(edges in prop::collection::vec((0usize..12, 0usize..16, 0usize..12), 0..80)) {
            let (mut estate, ends, kinds) = (judged(), ends(), kinds());
            for (from, kind, to) in edges {
                estate = estate.edge(&ends[from], kinds[kind], &ends[to]);
            }
            let graph = estate.build();
            for ix in graph.nodes() {
                let found = (graph.credentials_of(ix).count(), graph.secrets_of(ix).count(), graph.places_of(ix).len());
                prop_assert!(found.0 + found.1 + found.2 <= graph.edges().count());
                prop_assert_eq!(graph.path(ix, ix), Some(Vec::new()));
                let _ = (graph.identity_of(ix), graph.credential_of_secret(ix), graph.candidates_of_secret(ix));
                prop_assert!(graph.grants_of(ix).len() + graph.groups_of(ix).len() <= graph.nodes().count());
                prop_assert!(graph.reach(ix).identities <= graph.nodes().count() as u64);
            }
        }
    }

    /// Things of every kind, seen and unseen, to draw any edge between.
    fn ends() -> Vec<NodeId> {
        vec![
            account(ACCOUNT),
            account(ELSEWHERE),
            user("alice"),
            user("nobody"),
            role("deploy"),
            key("AKIAONE"),
            key("AKIAUNSEEN"),
            group("staff"),
            grant("admin"),
            NodeId::new("whose", "", "secret", "00ff"),
            NodeId::new("whose", "", "owner", "alice@example.com"),
            NodeId::new("git", "a", "location", "f#1"),
        ]
    }

    fn kinds() -> [EdgeKind; 16] {
        use EdgeKind::{
            AuthenticatesAs, CanAssume, CanEscalateTo, CanReadSecret, Contains, Controls, CreatedBy, DeclaredIn,
            FederatesTo, HasGrant, HasPermission, IsValueOf, LeakedIn, MemberOf, OwnedBy, RunsAs,
        };
        [
            AuthenticatesAs,
            CanAssume,
            FederatesTo,
            MemberOf,
            CanEscalateTo,
            Controls,
            RunsAs,
            CanReadSecret,
            IsValueOf,
            HasGrant,
            HasPermission,
            Contains,
            LeakedIn,
            DeclaredIn,
            OwnedBy,
            CreatedBy,
        ]
    }

    /// Everything again with another description, so that merging has a choice to make.
    fn twice(observations: Vec<Observation>) -> Vec<Observation> {
        let again = observations.clone().into_iter().map(|observation| match observation {
            Observation::Node(mut node) => {
                node.description = Some(format!("{} again", grant(&node.name)));
                Observation::Node(node)
            }
            edge @ Observation::Edge(_) => edge,
        });
        observations.into_iter().chain(again).collect()
    }
}
