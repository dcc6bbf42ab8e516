//! Allow policies: each binding becomes a grant with its holders, and roles that let somebody act as service
//! accounts become ways to them.

use crate::ids;
use crate::members::{self, Member};
use crate::roles::{self, Role};
use crate::session::{Estate, Failed};
use serde::Deserialize;
use std::collections::BTreeSet;
use whose_connect::Recorder;
use whose_model::{
    Condition, ConditionClass, Edge, EdgeKind, Effect, Evidence, GrantDetail, GrantOrigin, Node, NodeId, Power,
    Statement, What,
};

/// What the policy version 3, which alone shows conditions, is asked for with.
pub(crate) const VERSION_3: &str = r#"{"options":{"requestedPolicyVersion":3}}"#;

/// An allow policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Policy {
    bindings: Vec<Binding>,
}

/// One binding of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Binding {
    pub(crate) role: String,
    pub(crate) members: Vec<String>,
    condition: Option<Expr>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Expr {
    expression: String,
}

/// What a policy stands on.
pub(crate) struct Resource {
    /// The resource name, for example `projects/shop`.
    pub(crate) name: String,
    /// The scope in which its bindings lie.
    pub(crate) scope: NodeId,
    /// The full resource name.
    pub(crate) address: String,
    /// In words.
    pub(crate) words: String,
    /// The service account that it is, when it is one.
    pub(crate) account: Option<NodeId>,
}

impl Resource {
    /// An organisation, folder or project.
    pub(crate) fn container(name: &str) -> Self {
        Self {
            name: name.into(),
            scope: ids::scope(name),
            address: format!("//cloudresourcemanager.googleapis.com/{name}"),
            words: name.replacen("s/", " ", 1),
            account: None,
        }
    }

    /// A service account.
    pub(crate) fn account(project: &str, email: &str) -> Self {
        Self {
            name: format!("serviceAccounts/{email}"),
            scope: ids::scope(project),
            address: format!("//iam.googleapis.com/{project}/serviceAccounts/{email}"),
            words: format!("service account {email}"),
            account: Some(ids::service_account(email)),
        }
    }
}

/// One way by which a member becomes a service account.
pub(crate) struct Way {
    pub(crate) member: String,
    pub(crate) parsed: Member,
    pub(crate) role: String,
}

/// What a policy came to.
#[derive(Default)]
pub(crate) struct Read {
    /// Who may act as service accounts by it.
    pub(crate) ways: Vec<Way>,
    /// Custom roles that could not be read.
    pub(crate) failed: Vec<Failed>,
}

/// Tells what a policy says.
pub(crate) async fn observe(estate: &Estate, policy: &Policy, resource: &Resource, out: &mut Recorder) -> Read {
    let (mut read, mut told) = (Read::default(), BTreeSet::new());
    for binding in policy.bindings.iter().filter(|binding| !binding.role.is_empty()) {
        let (role, known) = match role(estate, &binding.role, resource).await {
            Ok(role) => (role, true),
            Err(failed) => {
                read.failed.push(failed);
                (Role { tier: None, impersonates: None }, false)
            }
        };
        let grant = grant(binding, resource, role, known);
        let grant_id = grant.id.clone();
        out.node(grant).await;
        for text in &binding.members {
            let parsed = members::member(text);
            if let Some(node) = parsed.node.clone().filter(|node| told.insert(node.id.clone())) {
                out.node(placed(estate, node, &parsed)).await;
            }
            let mut holds = Edge::stated(parsed.id.clone(), EdgeKind::HasGrant, grant_id.clone());
            holds.condition = class(binding, ConditionClass::None);
            out.edge(holds).await;
            let Some(condition) = role.impersonates else { continue };
            out.edge(way(binding, resource, &parsed, text, condition)).await;
            read.ways.push(Way { member: text.clone(), parsed, role: binding.role.clone() });
        }
    }
    if resource.account.is_none() && !read.ways.is_empty() {
        let name = format!("whoever may act as all service accounts of {}", resource.words);
        let mut group = Node::new(ids::impersonators(&resource.name), What::Group, "impersonators", &name);
        group.scope = Some(resource.scope.clone());
        out.node(group).await;
    }
    read
}

async fn role(estate: &Estate, name: &str, resource: &Resource) -> Result<Role, Failed> {
    let on_account = resource.account.is_some();
    if roles::is_custom(name) {
        return estate.permissions(name).await.map(|permissions| roles::custom(&permissions, on_account));
    }
    Ok(if on_account { roles::on_service_account(name) } else { roles::predefined(name) })
}

fn grant(binding: &Binding, resource: &Resource, role: Role, known: bool) -> Node {
    let condition = binding.condition.as_ref().map(|condition| condition.expression.as_str());
    let limit = if condition.is_some() { ", under a condition" } else { "" };
    let power =
        role.tier.map(|tier| Power { tier, why: format!("role {} on {}{limit}", binding.role, resource.words) });
    let conditions =
        condition.map(|text| Condition { operator: "CEL".into(), key: "condition".into(), values: vec![text.into()] });
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        actions: vec![binding.role.clone()],
        not_actions: Vec::new(),
        resources: vec![resource.address.clone()],
        not_resources: Vec::new(),
        principals: Vec::new(),
        not_principals: Vec::new(),
        conditions: conditions.into_iter().collect(),
    };
    let detail =
        GrantDetail { statements: vec![statement], read: known, power, ..GrantDetail::new(GrantOrigin::Customer) };
    let id = ids::binding(&resource.name, &binding.role, condition);
    let mut node =
        Node::new(id, What::Grant(detail), "iam-binding", &format!("{} on {}", binding.role, resource.words));
    node.scope = Some(resource.scope.clone());
    node
}

/// On one account it is a way to that account; above, one to the group that may act as all accounts below.
fn way(binding: &Binding, resource: &Resource, member: &Member, text: &str, condition: ConditionClass) -> Edge {
    let mut edge = match &resource.account {
        Some(account) => Edge::stated(member.id.clone(), EdgeKind::CanAssume, account.clone()),
        None => Edge::stated(member.id.clone(), EdgeKind::MemberOf, ids::impersonators(&resource.name)),
    };
    edge.qualifier = binding.role.clone();
    edge.condition = class(binding, condition);
    edge.shown_by(Evidence::new(format!("{text} holds {} on {}", binding.role, resource.words), "IAM policy"))
}

fn class(binding: &Binding, otherwise: ConditionClass) -> ConditionClass {
    if binding.condition.is_some() { ConditionClass::Unknown } else { otherwise }
}

/// A member lies in the project that its name tells, and otherwise in the organisation.
fn placed(estate: &Estate, mut node: Node, member: &Member) -> Node {
    let project = member.pooled.as_ref().map(|pooled| pooled.project.as_str()).or_else(|| named_project(member));
    node.scope = match project {
        Some(project) => estate.project(project),
        None => estate.organization(),
    };
    node
}

fn named_project(member: &Member) -> Option<&str> {
    let name = member.node.as_ref().map(|node| node.name.as_str())?;
    match member.id.type_name() {
        "workload" => name.split(".svc.id.goog").next(),
        "agent" => name.split_once("/projects/").and_then(|(_, rest)| rest.split('/').next()),
        _ => None,
    }
}
