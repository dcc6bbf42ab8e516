//! The command lines of GitHub's own tool that do a step. Syntax: <https://cli.github.com/manual/>.

use super::Step;
use super::quote::shell;
use whose_graph::{Graph, Ix};
use whose_model::Node;

/// The commands for a step; none when there is none that is safe to paste.
pub(super) fn commands(graph: &Graph, step: Step<'_>, ix: Ix) -> Vec<String> {
    let node = graph.node(ix);
    let list = match step {
        Step::CreateSuccessor => one(successor(node)),
        // None of these can be switched off by its keepers, only taken away.
        Step::Deactivate | Step::Delete => one(delete(node)),
        Step::Suspend | Step::DeleteIdentity => holder(graph, ix),
        Step::Restrict => one(restrict(node)),
        Step::NarrowForks => one(narrow_forks(node)),
        Step::RecordOwner
        | Step::RecordLifecycle
        | Step::TakeGrant(_)
        | Step::ShowTrust
        | Step::ReplaceTrust
        | Step::CutWay(_) => None,
    };
    list.unwrap_or_default()
}

fn one(command: Option<String>) -> Option<Vec<String>> {
    command.map(|command| vec![command])
}

/// A call of the API on the node's host.
fn api(node: &Node, verb: &str, path: &str) -> Option<String> {
    let own = Some(&node.id).filter(|id| id.provider() == "github");
    let host = own.or(node.scope.as_ref().filter(|scope| scope.provider() == "github"))?.realm();
    let at = if host == "github.com" { String::new() } else { format!(" --hostname {}", word(host)?) };
    Some(format!("gh api -X {verb}{at} {}", shell(path)?))
}

/// A part of a path, or a word that stands by itself.
fn word(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (!text.is_empty() && !text.starts_with(['-', '.']) && text.bytes().all(plain)).then(|| text.to_owned())
}

/// The login of the organisation.
fn organization(node: &Node) -> Option<String> {
    let scope = node.scope.as_ref().filter(|scope| scope.type_name() == "organization");
    word(&scope?.local())
}

/// Owner and name of the repository whose settings the node's address is.
fn repository(node: &Node) -> Option<(String, String)> {
    let rest = node.address.as_deref()?.strip_prefix("https://")?;
    let mut parts = rest.split('/').skip(1);
    Some((word(parts.next()?)?, word(parts.next()?)?))
}

fn delete(node: &Node) -> Option<String> {
    let number = || word(node.native_id.as_deref().unwrap_or(&node.id.local()));
    match node.r#type.as_str() {
        "deploy-key" => {
            let (owner, name) = repository(node)?;
            api(node, "DELETE", &format!("/repos/{owner}/{name}/keys/{}", number()?))
        }
        "credential-authorization" => {
            api(node, "DELETE", &format!("/orgs/{}/credential-authorizations/{}", organization(node)?, number()?))
        }
        "personal-access-token" => {
            // It is revoked by the id of its grant, with which its page's address ends.
            let grant = word(node.address.as_deref()?.rsplit('/').next()?)?;
            let path = format!("/orgs/{}/personal-access-tokens/{grant}", organization(node)?);
            Some(format!("{} -f action=revoke", api(node, "POST", &path)?))
        }
        "actions-secret" => Some(format!("gh secret delete {} --org {}", word(&node.name)?, organization(node)?)),
        _ => None,
    }
}

fn successor(node: &Node) -> Option<String> {
    let (owner, name) = repository(node).filter(|_| node.r#type == "deploy-key")?;
    Some(format!("gh repo deploy-key add NEW-KEY.pub --repo {owner}/{name} --title NEW-TITLE"))
}

/// Whoever holds a deploy key is nothing but its keys.
fn holder(graph: &Graph, ix: Ix) -> Option<Vec<String>> {
    let is_holder = graph.node(ix).r#type == "deploy-key-access";
    is_holder.then_some(())?;
    graph.credentials_of(ix).map(|credential| delete(graph.node(credential))).collect()
}

/// What is set to the safe side: the token of workflows, and the secret and TLS check of a hook.
fn restrict(node: &Node) -> Option<String> {
    match node.r#type.as_str() {
        "organization" => {
            let path = format!("/orgs/{}/actions/permissions/workflow", word(&node.id.local())?);
            let settings = "-f default_workflow_permissions=read -F can_approve_pull_request_reviews=false";
            Some(format!("{} {settings}", api(node, "PUT", &path)?))
        }
        "repository" => {
            let path = format!("{}/actions/permissions/workflow", repository_path(node)?);
            let settings = "-f default_workflow_permissions=read -F can_approve_pull_request_reviews=false";
            Some(format!("{} {settings}", api(node, "PUT", &path)?))
        }
        "webhook" => {
            let path = format!("/orgs/{}/hooks/{}/config", organization(node)?, word(&node.id.local())?);
            Some(format!("{} -f secret=\"$NEW_SECRET\" -f insecure_ssl=0", api(node, "PATCH", &path)?))
        }
        _ => None,
    }
}

fn narrow_forks(node: &Node) -> Option<String> {
    let path = format!("{}/actions/permissions/fork-pr-contributor-approval", repository_path(node)?);
    Some(format!("{} -f approval_policy=first_time_contributors", api(node, "PUT", &path)?))
}

/// Where the API knows a repository, whose id is `HOST/OWNER/NAME`.
fn repository_path(node: &Node) -> Option<String> {
    let local = node.id.local();
    let host = node.scope.as_ref()?.realm();
    let mut parts = local.strip_prefix(host)?.strip_prefix('/')?.split('/');
    let (owner, name) = (word(parts.next()?)?, word(parts.next()?)?);
    parts.next().is_none().then(|| format!("/repos/{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Estate;
    use whose_model::{CredentialDetail, CredentialKind, EdgeKind, NodeId, What};

    fn thing(host: &str, kind: &str, local: &str) -> NodeId {
        NodeId::new("github", host, kind, local)
    }

    fn credential(host: &str, kind: &str, address: &str) -> Node {
        let detail = What::Credential(CredentialDetail::new(CredentialKind::Token));
        let mut node = Node::new(thing(host, kind, "77"), detail, kind, "a name");
        node.scope = Some(thing(host, "organization", "acme"));
        node.address = Some(address.into());
        node
    }

    #[track_caller]
    fn check(node: Node, step: Step<'_>, expected: &[&str]) {
        let id = node.id.clone();
        let graph = Estate::new().node(node).build();
        assert_eq!(commands(&graph, step, graph.find(&id).unwrap()), expected);
    }

    #[test]
    fn each_kind_of_credential_is_taken_away_in_its_own_way() {
        let page = "https://github.com/acme/web/settings/keys";
        let key = || credential("github.com", "deploy-key", page);
        check(key(), Step::Deactivate, &["gh api -X DELETE /repos/acme/web/keys/77"]);
        let new = "gh repo deploy-key add NEW-KEY.pub --repo acme/web --title NEW-TITLE";
        check(key(), Step::CreateSuccessor, &[new]);
        let page = "https://github.com/organizations/acme/settings/personal-access-tokens/12";
        let revoke = "gh api -X POST /orgs/acme/personal-access-tokens/12 -f action=revoke";
        check(credential("github.com", "personal-access-token", page), Step::Delete, &[revoke]);
        let line = "gh api -X DELETE --hostname git.acme.example /orgs/acme/credential-authorizations/77";
        check(credential("git.acme.example", "credential-authorization", ""), Step::Delete, &[line]);
    }

    #[test]
    fn settings_are_set_to_the_safe_side() {
        let scope = Node::new(thing("github.com", "organization", "acme"), What::Scope, "organization", "Acme");
        let line = "gh api -X PUT /orgs/acme/actions/permissions/workflow -f default_workflow_permissions=read -F \
                    can_approve_pull_request_reviews=false";
        check(scope, Step::Restrict, &[line]);
        let mut hook = Node::new(thing("github.com", "webhook", "9"), What::Resource, "webhook", "https://x.example");
        hook.scope = Some(thing("github.com", "organization", "acme"));
        let line = "gh api -X PATCH /orgs/acme/hooks/9/config -f secret=\"$NEW_SECRET\" -f insecure_ssl=0";
        check(hook, Step::Restrict, &[line]);
    }

    #[test]
    fn settings_of_a_repository_are_set_where_it_is_kept() {
        let repository = |host: &str, local: &str| {
            let id = NodeId::new("git", "", "repository", local);
            let mut node = Node::new(id, What::Repo(whose_model::RepoDetail::default()), "repository", "web");
            node.scope = Some(thing(host, "organization", "acme"));
            node
        };
        let line = "gh api -X PUT --hostname git.acme.example \
                    /repos/acme/web/actions/permissions/fork-pr-contributor-approval -f \
                    approval_policy=first_time_contributors";
        check(repository("git.acme.example", "git.acme.example/acme/web"), Step::NarrowForks, &[line]);
        for hostile in ["github.com/acme/$(reboot)", "github.com/acme", "github.com/acme/web/more", "/src/web"] {
            check(repository("github.com", hostile), Step::NarrowForks, &[]);
        }
        let mut cloned = repository("github.com", "gitlab.com/acme/web");
        cloned.scope = None;
        check(cloned, Step::Restrict, &[]);
    }

    #[test]
    fn whoever_holds_a_deploy_key_goes_with_it() {
        let key = credential("github.com", "deploy-key", "https://github.com/acme/web/settings/keys");
        let holder = thing("github.com", "deploy-key-access", "77");
        let what = What::Identity(Box::default());
        let graph = Estate::new()
            .edge(&key.id, EdgeKind::AuthenticatesAs, &holder)
            .node(key)
            .node(Node::new(holder.clone(), what, "deploy-key-access", "acme/web (x)"))
            .build();
        let found = commands(&graph, Step::Suspend, graph.find(&holder).unwrap());
        assert_eq!(found, ["gh api -X DELETE /repos/acme/web/keys/77"]);
    }

    #[test]
    fn hostile_names_yield_no_command() {
        for page in
            ["https://github.com/acme/$(reboot)/settings", "https://github.com/../web/x", "https://github.com/a"]
        {
            check(credential("github.com", "deploy-key", page), Step::Delete, &[]);
        }
        let mut secret = credential("github.com", "actions-secret", "");
        secret.name = "X; reboot".into();
        check(secret, Step::Delete, &[]);
    }
}
