//! The AWS command lines that do a step. Syntax: <https://docs.aws.amazon.com/cli/latest/reference/iam/>.

use super::Step;
use super::quote::{option, shell};
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, GrantOrigin, Node, NodeId, State};

/// The commands for a step, in order; empty when there is none that is safe to paste.
pub(super) fn commands(graph: &Graph, step: Step<'_>, ix: Ix) -> Vec<String> {
    let node = graph.node(ix);
    let list = match step {
        Step::RecordOwner => one(tag(node, &["Key=Owner,Value=TEAM-OR-PERSON"])),
        Step::RecordLifecycle => {
            one(tag(node, &["Key=Purpose,Value=WHAT-IT-IS-FOR", "Key=ExpiresOn,Value=YYYY-MM-DD"]))
        }
        Step::CreateSuccessor => one(credential(graph, ix, Action::Create)),
        Step::Deactivate => one(credential(graph, ix, Action::Deactivate)),
        Step::Delete => one(credential(graph, ix, Action::Delete)),
        Step::Suspend => suspend(graph, ix),
        Step::DeleteIdentity => delete_identity(graph, ix),
        Step::TakeGrant(grant) => one(take_grant(graph, node, grant)),
        Step::ShowTrust => one(trust(node, Trust::Show)),
        Step::ReplaceTrust => one(trust(node, Trust::Replace)),
    };
    list.unwrap_or_default()
}

enum Action {
    Create,
    Deactivate,
    Delete,
}

enum Trust {
    Show,
    Replace,
}

fn one(command: Option<String>) -> Option<Vec<String>> {
    command.map(|command| vec![command])
}

/// `user`, `role` or `group`, as the command line spells it in its verbs and options.
fn noun(node: &Node) -> Option<&'static str> {
    match node.r#type.as_str() {
        "iam-user" => Some("user"),
        "iam-role" => Some("role"),
        "iam-group" => Some("group"),
        _ => None,
    }
}

fn is_root(node: &Node) -> bool {
    node.identity().is_some_and(|detail| detail.root)
}

fn name_option(node: &Node) -> Option<String> {
    if is_root(node) {
        return None;
    }
    option(&format!("--{}-name", noun(node)?), &node.name)
}

fn tag(node: &Node, tags: &[&str]) -> Option<String> {
    let noun = noun(node).filter(|noun| *noun != "group")?;
    Some(format!("aws iam tag-{noun} {} --tags {}", name_option(node)?, tags.join(" ")))
}

fn trust(node: &Node, trust: Trust) -> Option<String> {
    let role = name_option(node).filter(|_| node.r#type == "iam-role")?;
    Some(match trust {
        Trust::Show => {
            format!("aws iam get-role {role} --query Role.AssumeRolePolicyDocument --output json > trust-policy.json")
        }
        Trust::Replace => {
            format!("aws iam update-assume-role-policy {role} --policy-document file://trust-policy.json")
        }
    })
}

/// The command on one credential. Access keys of the root user take no user name: the command must run as root.
fn credential(graph: &Graph, ix: Ix, action: Action) -> Option<String> {
    let node = graph.node(ix);
    let owner = graph.node(graph.identity_of(ix)?);
    let user = if is_root(owner) { String::new() } else { format!(" {}", name_option(owner)?) };
    let (thing, id_option) = match node.r#type.as_str() {
        "access-key" => ("access-key", "--access-key-id"),
        "signing-certificate" => ("signing-certificate", "--certificate-id"),
        "ssh-public-key" => ("ssh-public-key", "--ssh-public-key-id"),
        "service-specific-credential" => ("service-specific-credential", "--service-specific-credential-id"),
        // A console password cannot be switched off, only taken away.
        "console-password" if !matches!(action, Action::Create) => {
            return Some(format!("aws iam delete-login-profile{user}"));
        }
        _ => return None,
    };
    let id = option(id_option, &node.id.local())?;
    match action {
        Action::Create => (thing == "access-key").then(|| format!("aws iam create-access-key{user}")),
        Action::Deactivate => Some(format!("aws iam update-{thing}{user} {id} --status Inactive")),
        Action::Delete => Some(format!("aws iam delete-{thing}{user} {id}")),
    }
}

/// A user is suspended by taking its enabled credentials off; a role by a policy that denies everything.
fn suspend(graph: &Graph, ix: Ix) -> Option<Vec<String>> {
    let node = graph.node(ix);
    if node.r#type == "iam-role" {
        let policy = format!("arn:{}:iam::aws:policy/AWSDenyAll", partition(node));
        let role = name_option(node)?;
        return Some(vec![format!("aws iam attach-role-policy {role} {}", option("--policy-arn", &policy)?)]);
    }
    let enabled = graph.credentials_of(ix).filter(|credential| graph.node(*credential).state == State::Enabled);
    enabled.map(|ix| credential(graph, ix, Action::Deactivate)).collect()
}

fn partition(node: &Node) -> &str {
    let of_address = node.address.as_deref().and_then(|arn| arn.strip_prefix("arn:")?.split(':').next());
    of_address.filter(|part| part.starts_with("aws") && shell(part).as_deref() == Some(*part)).unwrap_or("aws")
}

/// IAM refuses to delete what still holds policies, so these go first.
fn delete_identity(graph: &Graph, ix: Ix) -> Option<Vec<String>> {
    let node = graph.node(ix);
    let name = name_option(node).filter(|_| node.r#type == "iam-role")?;
    let held = graph.out(ix, EdgeKind::HasGrant).map(|(grant, _)| take_grant(graph, node, &graph.node(grant).id));
    let mut commands = held.collect::<Option<Vec<String>>>()?;
    commands.push(format!("aws iam delete-role {name}"));
    Some(commands)
}

/// The command that takes a grant from an identity, or from the group through which the identity holds it.
fn take_grant(graph: &Graph, holder: &Node, grant: &NodeId) -> Option<String> {
    let holder = direct_holder(graph, holder, grant)?;
    let grant = graph.node(graph.find(grant)?);
    let (noun, name) = (noun(holder)?, name_option(holder)?);
    match (grant.grant()?.origin, grant.address.as_deref()) {
        (GrantOrigin::Inline, _) => {
            Some(format!("aws iam delete-{noun}-policy {name} {}", option("--policy-name", &grant.name)?))
        }
        (_, Some(arn)) => Some(format!("aws iam detach-{noun}-policy {name} {}", option("--policy-arn", arn)?)),
        (_, None) => None,
    }
}

fn direct_holder<'g>(graph: &'g Graph, holder: &'g Node, grant: &NodeId) -> Option<&'g Node> {
    let holds = |ix: Ix| graph.out(ix, EdgeKind::HasGrant).any(|(held, _)| graph.node(held).id == *grant);
    let ix = graph.find(&holder.id)?;
    if holds(ix) {
        return Some(holder);
    }
    graph.out(ix, EdgeKind::MemberOf).map(|(group, _)| group).find(|group| holds(*group)).map(|group| graph.node(group))
}
