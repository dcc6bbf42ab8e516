//! The rows of a report, read off the resolved graph. Every list is in the order of ids.

use std::collections::{BTreeMap, HashMap};
use whose_graph::{Graph, Ix};
use whose_model::{
    Class, CoverageState, CredentialView, EdgeKind, Facet, Finding, FindingId, GrantView, IdentityView, NodeId,
    NodeKind, NodeView, OwnerBand, OwnerView, SecretView, State, Summary, Tier,
};

/// Which findings concern which node.
pub(crate) struct FindingIndex<'a>(HashMap<&'a NodeId, Vec<FindingId>>);

impl<'a> FindingIndex<'a> {
    pub(crate) fn new(findings: &'a [Finding]) -> Self {
        let mut index: HashMap<&NodeId, Vec<FindingId>> = HashMap::new();
        for finding in findings {
            let concerned = std::iter::once(&finding.subject).chain(&finding.identity);
            for node in concerned {
                let of_node = index.entry(node).or_default();
                if !of_node.contains(&finding.id) {
                    of_node.push(finding.id.clone());
                }
            }
        }
        Self(index)
    }

    fn of(&self, id: &NodeId) -> Vec<FindingId> {
        self.0.get(id).cloned().unwrap_or_default()
    }
}

/// The nodes of a kind, by id.
fn sorted(graph: &Graph, kind: NodeKind) -> Vec<Ix> {
    let mut nodes: Vec<Ix> = graph.of_kind(kind).collect();
    nodes.sort_by(|a, b| graph.node(*a).id.cmp(&graph.node(*b).id));
    nodes
}

fn ids(graph: &Graph, nodes: impl IntoIterator<Item = Ix>) -> Vec<NodeId> {
    let mut ids: Vec<NodeId> = nodes.into_iter().map(|ix| graph.node(ix).id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

pub(crate) fn identities(graph: &Graph, findings: &FindingIndex<'_>) -> Vec<IdentityView> {
    let view = |ix: Ix| {
        let node = graph.node(ix);
        let ownership = graph.ownership(ix);
        // "Unowned" is an argument from absence; where the signals were not read, nothing is claimed.
        let unknown = ownership.band == OwnerBand::Unowned && graph.gap(ix, Facet::OwnerSignals).is_some();
        IdentityView {
            id: node.id.clone(),
            r#type: node.r#type.clone(),
            name: node.name.clone(),
            native_id: node.native_id.clone(),
            address: node.address.clone(),
            scope: node.scope.clone(),
            state: node.state,
            class: graph.class(ix).clone(),
            created: node.created,
            last_used: node.last_used.clone(),
            description: node.description.clone(),
            tags: node.tags.clone(),
            lifecycle: graph.lifecycle(ix).clone(),
            ownership: (!unknown).then(|| ownership.clone()),
            privilege: graph.privilege(ix).clone(),
            reach: graph.reach(ix),
            credentials: ids(graph, graph.credentials_of(ix)),
            grants: ids(graph, graph.grants_of(ix)),
            findings: findings.of(&node.id),
        }
    };
    sorted(graph, NodeKind::Identity).into_iter().map(view).collect()
}

pub(crate) fn credentials(graph: &Graph, findings: &FindingIndex<'_>) -> Vec<CredentialView> {
    let view = |ix: Ix| {
        let node = graph.node(ix);
        let detail = node.credential()?;
        Some(CredentialView {
            id: node.id.clone(),
            kind: detail.kind,
            r#type: node.r#type.clone(),
            name: node.name.clone(),
            identity: graph.identity_of(ix).map(|identity| graph.node(identity).id.clone()),
            scope: node.scope.clone(),
            state: node.state,
            created: node.created,
            rotated: detail.rotated,
            expires: detail.expires,
            last_used: node.last_used.clone(),
            thumbprint: detail.thumbprint.clone(),
            public_key: detail.public_key.clone(),
            leaked: ids(graph, graph.secrets_of(ix)),
            findings: findings.of(&node.id),
        })
    };
    sorted(graph, NodeKind::Credential).into_iter().filter_map(view).collect()
}

pub(crate) fn secrets(graph: &Graph, findings: &FindingIndex<'_>) -> Vec<SecretView> {
    let view = |ix: Ix| {
        let node = graph.node(ix);
        let detail = node.secret()?;
        Some(SecretView {
            id: node.id.clone(),
            detector: detail.detector.clone(),
            title: detail.title.clone(),
            hint: detail.hint.clone(),
            confidence: detail.confidence,
            has_secret_half: detail.has_secret_half,
            reveals: detail.reveals.clone(),
            credential: graph.credential_of_secret(ix).map(|credential| graph.node(credential).id.clone()),
            identity: graph.identity_of(ix).map(|identity| graph.node(identity).id.clone()),
            link: graph.link_of_secret(ix).map(String::from),
            places: graph.places_of(ix).into_iter().cloned().collect(),
            findings: findings.of(&node.id),
        })
    };
    sorted(graph, NodeKind::Secret).into_iter().filter_map(view).collect()
}

pub(crate) fn grants(graph: &Graph) -> Vec<GrantView> {
    let view = |ix: Ix| {
        let node = graph.node(ix);
        let detail = node.grant()?;
        Some(GrantView {
            id: node.id.clone(),
            r#type: node.r#type.clone(),
            name: node.name.clone(),
            origin: detail.origin,
            scope: node.scope.clone(),
            holders: ids(graph, graph.incoming(ix, EdgeKind::HasGrant).map(|(holder, _)| holder)),
            read: detail.read,
        })
    };
    sorted(graph, NodeKind::Grant).into_iter().filter_map(view).collect()
}

pub(crate) fn owners(graph: &Graph, identities: &[IdentityView]) -> Vec<OwnerView> {
    let mut owned: BTreeMap<&NodeId, Vec<NodeId>> = BTreeMap::new();
    for identity in identities {
        let Some(ownership) = &identity.ownership else { continue };
        if let (OwnerBand::Owned | OwnerBand::Probable, Some(best)) = (ownership.band, ownership.candidates.first()) {
            owned.entry(&best.owner).or_default().push(identity.id.clone());
        }
    }
    let view = |ix: Ix| {
        let node = graph.node(ix);
        let detail = node.owner()?;
        Some(OwnerView {
            id: node.id.clone(),
            name: node.name.clone(),
            party: detail.party,
            status: detail.status,
            owns: owned.get(&node.id).cloned().unwrap_or_default(),
        })
    };
    sorted(graph, NodeKind::Owner).into_iter().filter_map(view).collect()
}

/// Scopes, groups, trusts, resources and repositories; locations are shown as places of their secrets.
pub(crate) fn others(graph: &Graph) -> Vec<NodeView> {
    let shown = [NodeKind::Scope, NodeKind::Trust, NodeKind::Group, NodeKind::Resource, NodeKind::Repo];
    let mut views: Vec<NodeView> = graph
        .nodes()
        .filter(|ix| shown.contains(&graph.node(*ix).kind()) || !graph.is_seen(*ix))
        .map(|ix| {
            let node = graph.node(ix);
            NodeView {
                id: node.id.clone(),
                kind: node.kind(),
                r#type: node.r#type.clone(),
                name: node.name.clone(),
                address: node.address.clone(),
                scope: node.scope.clone(),
                seen: graph.is_seen(ix),
            }
        })
        .collect();
    views.sort_by(|a, b| a.id.cmp(&b.id));
    views
}

pub(crate) fn summary(
    graph: &Graph,
    identities: &[IdentityView],
    credentials: &[CredentialView],
    secrets: &[SecretView],
    findings: &[Finding],
) -> Summary {
    let non_human: Vec<&IdentityView> =
        identities.iter().filter(|identity| identity.class.class != Class::Human).collect();
    let count =
        |test: &dyn Fn(&IdentityView) -> bool| non_human.iter().filter(|identity| test(identity)).count() as u64;
    let is_owned = |identity: &IdentityView| {
        identity
            .ownership
            .as_ref()
            .is_some_and(|ownership| matches!(ownership.band, OwnerBand::Owned | OwnerBand::Probable))
    };
    let mut summary = Summary {
        non_human_identities: non_human.len() as u64,
        human_identities: (identities.len() - non_human.len()) as u64,
        credentials: credentials.len() as u64,
        secrets: secrets.len() as u64,
        owned: count(&is_owned),
        with_purpose: count(&|identity| identity.lifecycle.purpose.is_some()),
        with_expiry: count(&|identity| identity.lifecycle.expiry.is_some()),
        admins: count(&|identity| identity.privilege.tier == Tier::T0),
        leaked_and_live: credentials
            .iter()
            .filter(|credential| credential.state == State::Enabled && !credential.leaked.is_empty())
            .count() as u64,
        coverage_complete: graph.coverage().iter().filter(|row| row.state == CoverageState::Complete).count() as u64,
        coverage_total: graph.coverage().len() as u64,
        ..Summary::default()
    };
    for finding in findings {
        *summary.by_severity.entry(finding.severity).or_default() += 1;
        *summary.by_rule.entry(finding.rule.clone()).or_default() += 1;
    }
    summary
}
