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
        // Which statement gives the way is told with the evidence; no one command takes it out of a policy.
        Step::Restrict | Step::NarrowForks | Step::CutWay(_) => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, allows, role, user};
    use whose_model::CredentialKind;

    #[track_caller]
    fn check(estate: &Estate, step: Step<'_>, id: &NodeId, expected: &[&str]) {
        let graph = estate.build();
        assert_eq!(commands(&graph, step, graph.find(id).unwrap()), expected);
    }

    fn holding(kind: &str, local: &str) -> (Estate, NodeId) {
        let id = NodeId::new("aws", ACCOUNT, kind, local);
        let estate = Estate::new().user("Svc", |_| {});
        (estate.credential(&user("Svc"), id.clone(), CredentialKind::ApiKey, |_| {}), id)
    }

    #[test]
    fn each_kind_of_credential_has_its_own_command() {
        for (kind, thing, option) in [
            ("access-key", "access-key", "--access-key-id"),
            ("signing-certificate", "signing-certificate", "--certificate-id"),
            ("ssh-public-key", "ssh-public-key", "--ssh-public-key-id"),
            ("service-specific-credential", "service-specific-credential", "--service-specific-credential-id"),
        ] {
            let (estate, id) = holding(kind, "X1");
            let off = format!("aws iam update-{thing} --user-name Svc {option} X1 --status Inactive");
            check(&estate, Step::Deactivate, &id, &[&off]);
            check(&estate, Step::Delete, &id, &[&format!("aws iam delete-{thing} --user-name Svc {option} X1")]);
        }
        let (estate, id) = holding("console-password", "svc");
        check(&estate, Step::Deactivate, &id, &["aws iam delete-login-profile --user-name Svc"]);
        check(&estate, Step::CreateSuccessor, &id, &[]);
        let (estate, id) = holding("api-key-of-tomorrow", "X1");
        check(&estate, Step::Deactivate, &id, &[]);
    }

    #[test]
    fn a_role_is_deleted_after_its_policies_and_suspended_in_its_own_partition() {
        let estate = Estate::new()
            .role("Old", &[], |node| node.address = Some("arn:aws-us-gov:iam::111122223333:role/Old".into()))
            .grant(&role("Old"), "Read", &[allows(&["s3:Get*"], &["*"])]);
        check(
            &estate,
            Step::DeleteIdentity,
            &role("Old"),
            &[
                "aws iam detach-role-policy --role-name Old --policy-arn arn:aws:iam::111122223333:policy/Read",
                "aws iam delete-role --role-name Old",
            ],
        );
        let deny = "aws iam attach-role-policy --role-name Old --policy-arn arn:aws-us-gov:iam::aws:policy/AWSDenyAll";
        check(&estate, Step::Suspend, &role("Old"), &[deny]);
    }

    #[test]
    fn a_grant_is_taken_from_whoever_holds_it() {
        let group = NodeId::new("aws", ACCOUNT, "iam-group", "admins");
        let grant = NodeId::new("aws", ACCOUNT, "iam-policy", "All");
        let estate = Estate::new()
            .user("svc", |_| {})
            .node(Node::new(group.clone(), whose_model::What::Group, "iam-group", "Admins"))
            .edge(&user("svc"), EdgeKind::MemberOf, &group)
            .grant(&group, "All", &[allows(&["*"], &["*"])]);
        let expected =
            "aws iam detach-group-policy --group-name Admins --policy-arn arn:aws:iam::111122223333:policy/All";
        check(&estate, Step::TakeGrant(&grant), &user("svc"), &[expected]);
    }

    #[test]
    fn hostile_names_stay_arguments_or_yield_no_command() {
        for (name, expected) in [
            ("a'; rm -rf / #", Some(r"aws iam tag-user --user-name 'a'\''; rm -rf / #' ")),
            ("$(reboot)", Some("aws iam tag-user --user-name '$(reboot)' ")),
            ("-x", Some("aws iam tag-user --user-name=-x ")),
            ("file:///etc/passwd", None),
            ("a\u{202e}b", None),
            ("a\nb", None),
        ] {
            let id = user(name);
            let graph = Estate::new().user(name, |_| {}).build();
            let found = commands(&graph, Step::RecordOwner, graph.find(&id).unwrap());
            match expected {
                Some(start) => assert!(found[0].starts_with(start), "{found:?}"),
                None => assert!(found.is_empty(), "{found:?}"),
            }
        }
    }
}
