//! Leaked secret ↔ live credential, by the ladder of join strengths. A hint that several credentials share never
//! makes an edge, and neither do two different candidates at the same strength: ambiguous is not found.

use crate::{Graph, Ix};
use whose_model::{ConditionClass, Edge, EdgeKind, Evidence, JoinStrength, NodeKind, SecretDetail};

impl Graph {
    /// Everything in the inventory that a secret may be the value of, the surest first. More than one at the top
    /// means that the match is ambiguous, and then no edge was made.
    pub fn candidates_of_secret(&self, secret: Ix) -> Vec<(Ix, JoinStrength)> {
        let joins = self.node(secret).secret().map(|detail| detail.joins.as_slice()).unwrap_or_default();
        let mut candidates: Vec<(Ix, JoinStrength)> = joins
            .iter()
            .filter_map(|join| Some((self.find(&join.node)?, join.strength)))
            .filter(|(ix, _)| self.is_seen(*ix))
            .filter(|(ix, _)| matches!(self.node(*ix).kind(), NodeKind::Credential | NodeKind::Identity))
            .collect();
        candidates.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        let mut known = Vec::new();
        candidates.retain(|(ix, _)| {
            let first = !known.contains(ix);
            known.push(*ix);
            first
        });
        candidates
    }
}

/// The `is-value-of` edges.
pub(super) fn resolve(graph: &Graph) -> Vec<Edge> {
    let secrets = graph.of_kind(NodeKind::Secret);
    secrets.filter_map(|ix| join(graph, ix, graph.node(ix).secret()?)).collect()
}

fn join(graph: &Graph, secret: Ix, detail: &SecretDetail) -> Option<Edge> {
    let candidates = graph.candidates_of_secret(secret);
    let strength = candidates.first()?.1;
    if strength == JoinStrength::SharedHint {
        return None;
    }
    let top: Vec<Ix> = candidates.iter().filter(|(_, other)| *other == strength).map(|(ix, _)| *ix).collect();
    let owner_of_another = |ix: Ix| top.iter().any(|other| graph.identity_of(*other) == Some(ix));
    let distinct: Vec<Ix> = top.iter().copied().filter(|ix| !owner_of_another(*ix)).collect();
    let [found] = distinct[..] else { return None };
    let what = format!("the leaked {} {} this {}", detail.title, words(strength), noun(graph, found));
    Some(Edge {
        from: graph.node(secret).id.clone(),
        kind: EdgeKind::IsValueOf,
        to: graph.node(found).id.clone(),
        qualifier: String::new(),
        condition: ConditionClass::None,
        confidence: strength.confidence(),
        derived: true,
        evidence: vec![Evidence::new(what, format!("detector {}", detail.detector))],
    })
}

fn noun(graph: &Graph, ix: Ix) -> &'static str {
    if graph.node(ix).kind() == NodeKind::Credential { "credential" } else { "identity" }
}

fn words(strength: JoinStrength) -> &'static str {
    match strength {
        JoinStrength::SharedHint => "shares a hint with",
        JoinStrength::PrefixSuffix => "has the unique prefix and suffix of",
        JoinStrength::HintInContext => "has the hint, and stands beside the application, of",
        JoinStrength::EmbeddedSubject => "names, under a checksum that holds,",
        JoinStrength::TokenHash => "has the hash of",
        JoinStrength::ExactId => "carries the id of",
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{ACCOUNT, Estate, account, key, user};
    use whose_model::{EdgeKind, Join, JoinStrength, Node, NodeId, SecretConfidence, SecretDetail, What};

    fn secret() -> NodeId {
        NodeId::new("whose", "", "secret", "00ff")
    }

    fn leak(joins: &[(NodeId, JoinStrength)]) -> Node {
        let join = |(node, strength): &(NodeId, JoinStrength)| Join {
            node: node.clone(),
            scope: Some(account(ACCOUNT)),
            strength: *strength,
        };
        let detail = SecretDetail {
            detector: "aws.access-key".into(),
            title: "AWS access key".into(),
            hint: "AKIA…".into(),
            confidence: SecretConfidence::High,
            has_secret_half: true,
            reveals: Vec::new(),
            joins: joins.iter().map(join).collect(),
        };
        Node::new(secret(), What::Secret(detail), "aws.access-key", "AKIA…")
    }

    fn check(joins: &[(NodeId, JoinStrength)], expected: Option<&NodeId>) {
        let graph = Estate::read()
            .user("alice")
            .key("AKIAONE", &user("alice"))
            .key("AKIATWO", &user("bob"))
            .edge(&key("AKIAGONE"), EdgeKind::AuthenticatesAs, &user("alice"))
            .node(leak(joins))
            .build();
        let from = graph.find(&secret()).unwrap();
        let found: Vec<&NodeId> = graph.out(from, EdgeKind::IsValueOf).map(|(to, _)| &graph.node(to).id).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{joins:?}");
    }

    #[test]
    fn the_surest_single_match_makes_the_edge() {
        use JoinStrength::{EmbeddedSubject, ExactId, HintInContext, PrefixSuffix, SharedHint};
        check(&[(key("AKIAONE"), ExactId)], Some(&key("AKIAONE")));
        check(&[(key("AKIATWO"), PrefixSuffix), (key("AKIAONE"), ExactId)], Some(&key("AKIAONE")));
        check(&[(user("alice"), EmbeddedSubject)], Some(&user("alice")));
        check(&[(user("alice"), EmbeddedSubject), (key("AKIAONE"), EmbeddedSubject)], Some(&key("AKIAONE")));
        check(&[(key("AKIAONE"), SharedHint)], None);
        check(&[(key("AKIAONE"), HintInContext), (key("AKIATWO"), HintInContext)], None);
        check(&[(key("AKIAGONE"), ExactId)], None);
        check(&[(key("AKIANOBODYS"), ExactId)], None);
        check(&[(account(ACCOUNT), ExactId)], None);
    }

    #[test]
    fn a_joined_secret_leads_to_its_identity() {
        let graph = Estate::read()
            .user("alice")
            .key("AKIAONE", &user("alice"))
            .node(leak(&[(key("AKIAONE"), JoinStrength::ExactId)]))
            .build();
        let from = graph.find(&secret()).unwrap();
        let credential = graph.find(&key("AKIAONE"));
        assert_eq!(graph.credential_of_secret(from), credential);
        assert_eq!(graph.identity_of(from), graph.find(&user("alice")));
        assert_eq!(graph.secrets_of(credential.unwrap()).collect::<Vec<_>>(), [from]);
        assert_eq!(graph.reach(from).identities, 1);
        let (_, edge) = graph.out(from, EdgeKind::IsValueOf).next().unwrap();
        assert!(edge.derived && edge.confidence == 1.0);
        assert_eq!(edge.evidence[0].what, "the leaked AWS access key carries the id of this credential");
    }

    #[test]
    fn an_ambiguous_match_lists_its_candidates() {
        let joins = [(key("AKIAONE"), JoinStrength::SharedHint), (key("AKIATWO"), JoinStrength::SharedHint)];
        let graph =
            Estate::read().key("AKIAONE", &user("alice")).key("AKIATWO", &user("bob")).node(leak(&joins)).build();
        let from = graph.find(&secret()).unwrap();
        assert_eq!(graph.candidates_of_secret(from).len(), 2);
        assert_eq!(graph.credential_of_secret(from), None);
    }
}
