//! Leaked secret ↔ live credential, or the resource that it opens, by the ladder of join strengths. A hint that several
//! credentials share never makes an edge, and neither do two different candidates at the same strength: ambiguous is
//! not found.

use crate::nodes::kind_of_type;
use crate::{Graph, Ix};
use std::collections::BTreeSet;
use whose_model::{
    ConditionClass, Edge, EdgeKind, Evidence, Join, JoinStrength, JoinTarget, NodeId, NodeKind, SecretDetail,
};

impl Graph {
    /// Everything in the inventory that a secret may be the value of, the surest first. More than one at the top
    /// means that the match is ambiguous, and then no edge was made.
    pub fn candidates_of_secret(&self, secret: Ix) -> Vec<(Ix, JoinStrength)> {
        self.matches(secret).into_iter().map(|found| (found.node, found.strength)).collect()
    }

    /// Why a secret is taken for what it is joined with, in words.
    pub fn link_of_secret(&self, secret: Ix) -> Option<&str> {
        let (_, edge) = self.out(secret, EdgeKind::IsValueOf).next()?;
        Some(&edge.evidence.first()?.what)
    }

    /// The scopes that a secret says it belongs to, by itself, by the resource that it opens, or by the identities that
    /// stand beside it.
    pub fn scopes_of_secret(&self, secret: Ix) -> Vec<&NodeId> {
        let mut scopes = Vec::new();
        for join in self.joins(secret).iter().filter(|join| join.strength != JoinStrength::SharedHint) {
            scopes.extend(&join.scope);
            if let JoinTarget::Node(id) = &join.target {
                let resource = self.find(id).map(|ix| self.node(ix)).filter(|node| node.kind() == NodeKind::Resource);
                scopes.extend(resource.and_then(|node| node.scope.as_ref()));
            }
            if let JoinTarget::Hint { within, .. } = &join.target {
                scopes.extend(within.iter().filter_map(|id| self.node(self.find(id)?).scope.as_ref()));
            }
        }
        scopes
    }

    /// Whether a secret names an identity at most, and no credential.
    pub fn names_identity(&self, secret: Ix) -> bool {
        self.joins(secret).iter().any(|join| match &join.target {
            JoinTarget::Node(id) => kind_of_type(id.type_name()) == Some(NodeKind::Identity),
            JoinTarget::Subject { .. } => true,
            JoinTarget::PublicHalf(_) | JoinTarget::Hint { .. } => false,
        })
    }

    fn joins(&self, secret: Ix) -> &[Join] {
        self.node(secret).secret().map(|detail| detail.joins.as_slice()).unwrap_or_default()
    }

    /// The candidates, each by the surest join that leads to it.
    fn matches(&self, secret: Ix) -> Vec<Match<'_>> {
        let mut found: Vec<Match<'_>> = self
            .joins(secret)
            .iter()
            .flat_map(|join| self.named_by(join))
            .filter(|found| self.is_seen(found.node))
            .filter(|found| {
                use NodeKind::{Credential, Identity, Resource};
                matches!(self.node(found.node).kind(), Credential | Identity | Resource)
            })
            .collect();
        found.sort_by(|a, b| (b.strength, a.node, a.target).cmp(&(a.strength, b.node, b.target)));
        let mut known = BTreeSet::new();
        found.retain(|found| known.insert(found.node));
        found
    }

    fn named_by<'j>(&self, join: &'j Join) -> Vec<Match<'j>> {
        let (nodes, strength) = match &join.target {
            JoinTarget::Node(id) => (self.find(id).into_iter().collect(), join.strength),
            JoinTarget::PublicHalf(half) => (self.attributes.of_public_half(half).to_vec(), join.strength),
            JoinTarget::Hint { r#type, hint, within } => {
                let of_type = |ix: &Ix| self.node(*ix).r#type == *r#type;
                let credentials = self.attributes.of_hint(hint).iter().copied().filter(of_type).collect();
                self.within(credentials, within, join.strength)
            }
            JoinTarget::Subject { issuer, subject } => {
                let issued =
                    |trust: &Ix| self.node(*trust).trust().is_some_and(|one| one.issuer.as_ref() == Some(issuer));
                let trusts = self.attributes.of_subject(subject).iter().copied().filter(issued);
                let let_in = trusts.flat_map(|trust| self.out(trust, EdgeKind::FederatesTo).map(|(to, _)| to));
                (let_in.collect(), join.strength)
            }
        };
        nodes.into_iter().map(|node| Match { node, strength, target: &join.target }).collect()
    }

    /// Those of some credentials of one hint that one of these identities or scopes holds. An identity tells more than
    /// the scope that it lies in: where one was seen and does not hold it, a credential of another identity of the
    /// same scope may have the hint by chance.
    fn within(&self, credentials: Vec<Ix>, within: &[NodeId], strength: JoinStrength) -> (Vec<Ix>, JoinStrength) {
        if within.is_empty() {
            return (credentials, strength);
        }
        let held = |ix: &Ix| within.iter().any(|identity| self.is_held_by(*ix, identity));
        let of_identity: Vec<Ix> = credentials.iter().copied().filter(held).collect();
        if !of_identity.is_empty() {
            return (of_identity, strength);
        }
        let in_scope = |ix: &Ix| self.node(*ix).scope.as_ref().is_some_and(|scope| within.contains(scope));
        let seen = |ix: Ix| self.is_seen(ix) && self.node(ix).kind() == NodeKind::Identity;
        let by_chance = within.iter().filter_map(|id| self.find(id)).any(seen);
        let strength = if by_chance { JoinStrength::SharedHint } else { strength };
        (credentials.into_iter().filter(in_scope).collect(), strength)
    }

    /// Whether a credential proves an identity, or what that identity acts as, or one that goes by its name.
    fn is_held_by(&self, credential: Ix, identity: &NodeId) -> bool {
        let named = self.find(identity);
        let acts_as = |holder: Ix| {
            let address = self.node(holder).address.as_deref();
            named == Some(holder)
                || named.is_some_and(|ix| self.out(ix, EdgeKind::CanAssume).any(|(to, _)| to == holder))
                || address.is_some_and(|address| address.eq_ignore_ascii_case(&identity.local()))
        };
        self.out(credential, EdgeKind::AuthenticatesAs).any(|(holder, _)| acts_as(holder))
    }
}

/// Something that a secret may be the value of.
struct Match<'j> {
    node: Ix,
    strength: JoinStrength,
    target: &'j JoinTarget,
}

/// The `is-value-of` edges.
pub(super) fn resolve(graph: &Graph) -> Vec<Edge> {
    let secrets = graph.of_kind(NodeKind::Secret).filter_map(|ix| Some((ix, graph.node(ix).secret()?)));
    secrets
        .flat_map(|(ix, detail)| found(graph, ix).into_iter().map(move |found| edge(graph, ix, detail, &found)))
        .collect()
}

/// What a secret is the value of: the one surest match, or all holders of the key whose private half it is.
fn found(graph: &Graph, secret: Ix) -> Vec<Match<'_>> {
    let mut top = graph.matches(secret);
    let Some(strength) = top.first().map(|found| found.strength) else { return Vec::new() };
    top.retain(|found| found.strength == strength);
    let owners: Vec<Ix> = top.iter().filter_map(|found| graph.identity_of(found.node)).collect();
    top.retain(|found| !owners.contains(&found.node));
    let one_key = top.iter().all(|found| matches!(found.target, JoinTarget::PublicHalf(_)));
    if strength == JoinStrength::SharedHint || (top.len() > 1 && !one_key) { Vec::new() } else { top }
}

fn edge(graph: &Graph, secret: Ix, detail: &SecretDetail, found: &Match<'_>) -> Edge {
    let to = graph.node(found.node);
    let noun = match to.kind() {
        NodeKind::Credential => "credential",
        NodeKind::Resource => "resource",
        _ => "identity",
    };
    let confidence = found.strength.confidence();
    let what = format!("the leaked {} {} (confidence {confidence:.2})", detail.title, words(found, noun));
    Edge {
        from: graph.node(secret).id.clone(),
        kind: EdgeKind::IsValueOf,
        to: to.id.clone(),
        qualifier: String::new(),
        condition: ConditionClass::None,
        confidence,
        derived: true,
        evidence: vec![Evidence::new(what, format!("detector {}", detail.detector))],
    }
}

fn words(found: &Match<'_>, noun: &str) -> String {
    match (found.target, found.strength) {
        (JoinTarget::PublicHalf(half), _) => format!("is the private half of this {noun}, whose public half is {half}"),
        (JoinTarget::Subject { .. }, _) => format!("names an issuer and a subject that may act as this {noun}"),
        (_, JoinStrength::SharedHint) => format!("shares a hint with this {noun}"),
        (_, JoinStrength::PrefixSuffix) => {
            format!("has the part that its vendor shows of this {noun}, and of no other that was seen")
        }
        (_, JoinStrength::HintInContext) => {
            format!("has the hint of this {noun}, and stands beside its application or tenant")
        }
        (_, JoinStrength::EmbeddedSubject) => format!("names, in its own text, this {noun}"),
        (_, JoinStrength::TokenHash) => format!("has the hash of this {noun}"),
        (_, JoinStrength::ExactId) => format!("carries the id of this {noun}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{ACCOUNT, Estate, account, credential, identity, key, names, user};
    use whose_model::{
        CredentialKind, EdgeKind, Join, JoinStrength, JoinTarget, Node, NodeId, SecretConfidence, SecretDetail,
        TrustDetail, What,
    };

    fn secret() -> NodeId {
        NodeId::new("whose", "", "secret", "00ff")
    }

    fn leak(joins: &[(NodeId, JoinStrength)]) -> Node {
        let join = |(node, strength): &(NodeId, JoinStrength)| Join {
            target: JoinTarget::Node(node.clone()),
            scope: Some(account(ACCOUNT)),
            strength: *strength,
        };
        let detail = SecretDetail {
            detector: "aws.access-key".into(),
            title: "AWS access key".into(),
            hint: "AKIA…".into(),
            confidence: SecretConfidence::High,
            has_secret_half: true,
            encrypted: false,
            expires: None,
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
        assert_eq!(
            edge.evidence[0].what,
            "the leaked AWS access key carries the id of this credential (confidence 1.00)"
        );
    }

    #[test]
    fn a_value_that_names_what_it_opens_leads_there_and_to_its_keys() {
        let account = NodeId::new("azure", "", "storage-account", "logs");
        let keys = ["logs/key1", "logs/key2"].map(|key| NodeId::new("azure", "", "storage-account-key", key));
        let mut node = Node::new(account.clone(), What::Resource, "storage-account", "logs");
        node.scope = Some(azure("tenant", TENANT));
        let estate = keys.iter().fold(Estate::read().node(node), |estate, key| {
            let node = credential(key.clone(), CredentialKind::ApiKey, &key.local());
            estate.node(node).edge(key, EdgeKind::HasPermission, &account)
        });
        let leaked = leak(&[(account.clone(), JoinStrength::EmbeddedSubject)]);
        let graph = estate.clone().node(leaked.clone()).build();
        let from = graph.find(&secret()).unwrap();
        let resource = graph.resource_of_secret(from).unwrap();
        assert_eq!(names(&graph, graph.keys_of(resource)), ["logs/key1", "logs/key2"]);
        assert_eq!((graph.credential_of_secret(from), graph.identity_of(from)), (None, None));
        assert!(graph.scopes_of_secret(from).contains(&&azure("tenant", TENANT)));
        let link = graph.link_of_secret(from).unwrap();
        assert!(link.ends_with("names, in its own text, this resource (confidence 0.95)"), "{link}");
        let unseen = Estate::read().node(leaked).build();
        assert_eq!(unseen.resource_of_secret(unseen.find(&secret()).unwrap()), None);
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

    const TENANT: &str = "11111111-0000-4000-8000-000000000001";

    fn azure(kind: &str, id: &str) -> NodeId {
        NodeId::new("azure", if kind == "application" || kind == "tenant" { "" } else { TENANT }, kind, id)
    }

    fn by(target: JoinTarget, strength: JoinStrength) -> Node {
        let mut node = leak(&[]);
        if let What::Secret(detail) = &mut node.what {
            detail.joins = vec![Join { target, scope: None, strength }];
        }
        node
    }

    /// A client secret of this hint that proves these identities.
    fn client_secret(estate: Estate, id: &str, hint: &str, of: &[NodeId]) -> Estate {
        let id = azure("client-secret", id);
        let mut node = credential(id.clone(), CredentialKind::ClientSecret, id.as_str());
        node.scope = Some(azure("tenant", TENANT));
        if let What::Credential(detail) = &mut node.what {
            detail.hint = Some(hint.into());
        }
        of.iter().fold(estate.node(node), |estate, of| estate.edge(&id, EdgeKind::AuthenticatesAs, of))
    }

    /// A tenant with two applications, one of which acts as a service principal, and a foreign one that is only a
    /// service principal.
    fn tenant() -> Estate {
        let mut foreign = identity(azure("service-principal", "sp-foreign"), "service-principal", "foreign");
        foreign.address = Some("APP-FOREIGN".into());
        let estate = Estate::default()
            .node(identity(azure("application", "app-pay"), "application", "pay"))
            .node(identity(azure("application", "app-web"), "application", "web"))
            .node(identity(azure("service-principal", "sp-pay"), "service-principal", "pay"))
            .node(foreign)
            .edge(&azure("application", "app-pay"), EdgeKind::CanAssume, &azure("service-principal", "sp-pay"));
        let estate = client_secret(estate, "k-web", "abc", &[azure("application", "app-web")]);
        client_secret(estate, "k-foreign", "xyz", &[azure("service-principal", "sp-foreign")])
    }

    fn hinted(estate: Estate, hint: &str, within: &[NodeId], expected: Option<&str>, candidates: usize) {
        use JoinStrength::{HintInContext, SharedHint};
        let strength = if within.is_empty() { SharedHint } else { HintInContext };
        let target = JoinTarget::Hint { r#type: "client-secret".into(), hint: hint.into(), within: within.to_vec() };
        let graph = estate.node(by(target, strength)).build();
        let from = graph.find(&secret()).unwrap();
        let found = graph.credential_of_secret(from).map(|ix| graph.node(ix).id.local());
        assert_eq!(found.as_deref(), expected, "{hint} {within:?}");
        assert_eq!(graph.candidates_of_secret(from).len(), candidates, "{hint} {within:?}");
        if found.is_some() {
            let link = graph.link_of_secret(from).unwrap();
            assert!(link.ends_with("stands beside its application or tenant (confidence 0.85)"), "{link}");
        }
    }

    #[test]
    fn a_hint_counts_beside_its_application_or_its_tenant_alone() {
        let pay = || client_secret(tenant(), "k-pay", "abc", &[azure("application", "app-pay")]);
        hinted(pay(), "abc", &[azure("application", "app-pay")], Some("k-pay"), 1);
        hinted(pay(), "abc", &[azure("application", "app-pay"), azure("tenant", TENANT)], Some("k-pay"), 1);
        hinted(tenant(), "abc", &[azure("tenant", TENANT)], Some("k-web"), 1);
        hinted(tenant(), "xyz", &[azure("application", "app-foreign")], Some("k-foreign"), 1);
        // The tenant alone, where two secrets have the hint, or none at all, where one has.
        hinted(pay(), "abc", &[azure("tenant", TENANT)], None, 2);
        hinted(pay(), "abc", &[], None, 2);
        hinted(tenant(), "abc", &[], None, 1);
        // Another application stands beside it: that one's secret may have the hint by chance.
        hinted(tenant(), "abc", &[azure("application", "app-pay"), azure("tenant", TENANT)], None, 1);
        hinted(tenant(), "abc", &[azure("application", "app-pay")], None, 0);
        hinted(tenant(), "nop", &[azure("tenant", TENANT)], None, 0);
    }

    #[test]
    fn a_secret_that_application_and_service_principal_share_is_one_credential() {
        let both = [azure("application", "app-pay"), azure("service-principal", "sp-pay")];
        hinted(client_secret(tenant(), "k", "pay", &both), "pay", &[azure("application", "app-pay")], Some("k"), 1);
        // A secret of the service principal is found by the application that acts as it.
        let on_principal = client_secret(tenant(), "k", "pay", &both[1..]);
        hinted(on_principal, "pay", &[azure("application", "app-pay")], Some("k"), 1);
    }

    #[test]
    fn a_private_half_is_joined_with_the_credentials_of_its_public_half() {
        let key = |id: &str, thumbprint: Option<&str>, public_key: Option<&str>| {
            let mut node = credential(azure("certificate", id), CredentialKind::Certificate, id);
            if let What::Credential(detail) = &mut node.what {
                detail.thumbprint = thumbprint.map(String::from);
                detail.public_key = public_key.map(String::from);
            }
            node
        };
        let check = |estate: Estate, expected: &[&str]| {
            let target = JoinTarget::PublicHalf("SHA256:half".into());
            let graph = estate.node(by(target, JoinStrength::ExactId)).build();
            let from = graph.find(&secret()).unwrap();
            assert_eq!(names(&graph, graph.credentials_of_secret(from)), expected);
            graph.link_of_secret(from).map(String::from)
        };
        let other = || Estate::default().node(key("other", Some("SHA256:other"), None));
        let link = check(other().node(key("one", Some("SHA256:half"), None)), &["one"]);
        let words = "the leaked AWS access key is the private half of this credential, whose public half is SHA256:half \
                     (confidence 1.00)";
        assert_eq!(link.as_deref(), Some(words));
        check(other().node(key("two", None, Some("SHA256:half"))), &["two"]);
        check(other(), &[]);
        // One key may serve several, and then it is the value of each.
        let shared =
            Estate::default().node(key("a", Some("SHA256:half"), None)).node(key("b", Some("SHA256:half"), None));
        check(shared, &["a", "b"]);
    }

    #[test]
    fn a_token_is_joined_with_what_a_trust_lets_its_subject_act_as() {
        let trust = |issuer: &str, subject: &str| {
            let detail =
                TrustDetail { issuer: Some(issuer.into()), subject: Some(subject.into()), ..TrustDetail::default() };
            Node::new(azure("federated-identity-credential", issuer), What::Trust(detail), "trust", issuer)
        };
        let check = |issuer: &str, subject: &str, expected: Option<&NodeId>| {
            let target = JoinTarget::Subject { issuer: issuer.into(), subject: subject.into() };
            let app = azure("application", "app-pay");
            let graph = tenant()
                .node(trust("idp.test", "repo:acme/pay:ref:refs/heads/main"))
                .edge(&azure("federated-identity-credential", "idp.test"), EdgeKind::FederatesTo, &app)
                .node(by(target, JoinStrength::EmbeddedSubject))
                .build();
            let from = graph.find(&secret()).unwrap();
            assert_eq!(graph.identity_of(from).map(|ix| &graph.node(ix).id), expected, "{issuer} {subject}");
            assert_eq!(graph.credential_of_secret(from), None);
        };
        let main = "repo:acme/pay:ref:refs/heads/main";
        check("idp.test", main, Some(&azure("application", "app-pay")));
        check("other.test", main, None);
        check("idp.test", "repo:acme/pay:ref:refs/heads/mainly", None);
    }

    #[test]
    fn scopes_are_those_that_it_names_and_those_of_the_identities_beside_it() {
        let within = vec![azure("application", "app-pay"), azure("application", "nobody")];
        let target = JoinTarget::Hint { r#type: "client-secret".into(), hint: "nop".into(), within };
        let graph = tenant().node(by(target, JoinStrength::HintInContext)).build();
        let from = graph.find(&secret()).unwrap();
        assert_eq!(graph.scopes_of_secret(from), [&account(ACCOUNT)]);
    }
}
