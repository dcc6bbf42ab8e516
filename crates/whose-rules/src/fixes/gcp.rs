//! The gcloud command lines that do a step. Syntax: <https://cloud.google.com/sdk/gcloud/reference>.

use super::Step;
use super::quote::shell;
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Node, NodeId};

/// The command for a step; none when there is none that is safe to paste.
pub(super) fn commands(graph: &Graph, step: Step<'_>, ix: Ix) -> Vec<String> {
    let node = graph.node(ix);
    let command = match step {
        Step::RecordOwner => describe(node, "Owner: TEAM-OR-PERSON"),
        Step::RecordLifecycle => describe(node, "Purpose: WHAT-IT-IS-FOR; Expires: YYYY-MM-DD"),
        Step::CreateSuccessor => successor(graph, ix),
        Step::Deactivate => key(graph, ix, "disable"),
        Step::Delete => key(graph, ix, "delete"),
        Step::Suspend => account(node, "disable", ""),
        Step::DeleteIdentity => account(node, "delete", ""),
        Step::TakeGrant(grant) => take_grant(graph, node, grant),
        Step::ShowTrust => account(node, "get-iam-policy", " --format=json > policy.json"),
        Step::ReplaceTrust => account(node, "set-iam-policy", " policy.json"),
        Step::Restrict => restrict(node),
        Step::NarrowForks => None,
        Step::CutWay(to) => cut_way(graph, ix, to),
    };
    command.into_iter().collect()
}

/// A word that stands by itself: one that begins with a dash would be read as an option.
fn word(text: &str) -> Option<String> {
    shell(text).filter(|_| !text.starts_with('-'))
}

fn flag(name: &str, value: &str) -> Option<String> {
    Some(format!("{name}={}", shell(value)?))
}

fn account(node: &Node, verb: &str, rest: &str) -> Option<String> {
    let email = word(&email(node)?)?;
    Some(format!("gcloud iam service-accounts {verb} {email}{rest}"))
}

fn email(node: &Node) -> Option<String> {
    (node.r#type == "service-account").then(|| node.id.local())
}

/// Service accounts bear no labels: what is declared of them stands in the description, behind what is there already.
fn describe(node: &Node, declared: &str) -> Option<String> {
    let before = node.description.as_deref().map(|text| format!("{}; ", text.trim_end_matches([';', '.', ' '])));
    let text = format!("{}{declared}", before.unwrap_or_default());
    account(node, "update", &format!(" {}", flag("--description", &text)?))
}

fn successor(graph: &Graph, ix: Ix) -> Option<String> {
    let owner = email(graph.node(graph.identity_of(ix)?))?;
    let is_key = graph.node(ix).r#type == "service-account-key";
    is_key.then_some(())?;
    Some(format!("gcloud iam service-accounts keys create key.json {}", flag("--iam-account", &owner)?))
}

/// A deleted API key can be restored for 30 days, so deleting it is also how to switch it off.
fn key(graph: &Graph, ix: Ix, verb: &str) -> Option<String> {
    let node = graph.node(ix);
    match node.r#type.as_str() {
        "service-account-key" => {
            let owner = flag("--iam-account", &email(graph.node(graph.identity_of(ix)?))?)?;
            Some(format!("gcloud iam service-accounts keys {verb} {} {owner}", word(&node.id.local())?))
        }
        "api-key" => Some(format!("gcloud services api-keys delete {}", api_key(node)?)),
        _ => None,
    }
}

fn api_key(node: &Node) -> Option<String> {
    word(node.address.as_deref()?.strip_prefix("//apikeys.googleapis.com/")?)
}

fn restrict(node: &Node) -> Option<String> {
    let key = api_key(node).filter(|_| node.r#type == "api-key")?;
    Some(format!("gcloud services api-keys update {key} --api-target=service=SERVICE-THAT-IT-CALLS"))
}

/// Takes a binding from whoever holds it: the identity itself, or a group that it is in.
fn take_grant(graph: &Graph, holder: &Node, grant: &NodeId) -> Option<String> {
    let (ix, grant) = (graph.find(&holder.id)?, graph.find(grant)?);
    let holds = |ix: Ix| graph.out(ix, EdgeKind::HasGrant).any(|(held, _)| held == grant);
    let direct = std::iter::once(ix).chain(graph.groups_of(ix)).find(|ix| holds(*ix))?;
    unbind(graph.node(grant), graph.node(direct))
}

/// Takes the role by which one becomes another: the edge bears its name, and the binding is on the account or on what
/// contains the group of accounts.
fn cut_way(graph: &Graph, ix: Ix, to: &NodeId) -> Option<String> {
    let ways = [EdgeKind::CanAssume, EdgeKind::MemberOf].into_iter().flat_map(|kind| graph.out(ix, kind));
    let (_, edge) = ways.into_iter().find(|(end, _)| graph.node(*end).id == *to)?;
    let on = |node: &Node| {
        let statement = node.grant()?.statements.first()?;
        let resource = statement.resources.first()?;
        let within = resource.ends_with(&format!("/{}", to.local()));
        (within && statement.actions.contains(&edge.qualifier)).then_some(())
    };
    let mut held = graph.out(ix, EdgeKind::HasGrant).map(|(grant, _)| graph.node(grant));
    unbind(held.find(|node| on(node).is_some())?, graph.node(ix))
}

fn unbind(grant: &Node, holder: &Node) -> Option<String> {
    let statement = grant.grant()?.statements.first()?;
    let (role, resource) = (statement.actions.first()?, statement.resources.first()?);
    let role = flag("--role", role)?;
    let member = flag("--member", &member(holder)?)?;
    // A binding under a condition is another binding; all of this role and member go.
    let all = if statement.conditions.is_empty() { "" } else { " --all" };
    Some(format!("gcloud {} {member} {role}{all}", on_resource(resource)?))
}

fn on_resource(address: &str) -> Option<String> {
    let remove = "remove-iam-policy-binding";
    if let Some((_, email)) = address.strip_prefix("//iam.googleapis.com/").and_then(|rest| rest.rsplit_once('/')) {
        return Some(format!("iam service-accounts {remove} {}", word(email)?));
    }
    let (kind, id) = address.strip_prefix("//cloudresourcemanager.googleapis.com/")?.split_once('/')?;
    let noun = match kind {
        "projects" => "projects",
        "folders" => "resource-manager folders",
        "organizations" => "organizations",
        _ => return None,
    };
    Some(format!("{noun} {remove} {}", word(id)?))
}

/// A principal as bindings write it: <https://cloud.google.com/iam/docs/principal-identifiers>
fn member(node: &Node) -> Option<String> {
    let local = node.id.local();
    Some(match node.r#type.as_str() {
        "service-account" => format!("serviceAccount:{local}"),
        "workload" => format!("serviceAccount:{local}"),
        "user" | "group" | "domain" => format!("{}:{local}", node.r#type),
        "agent" | "workload-identity" => format!("principal://{local}"),
        "principal-set" => format!("principalSet://{local}"),
        "anyone" | "role-holders" => local,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Estate;
    use whose_model::{CredentialDetail, CredentialKind, Edge, Effect, GrantDetail, GrantOrigin, Statement, What};

    fn service_account(email: &str) -> NodeId {
        NodeId::new("gcp", "", "service-account", email)
    }

    const LOADER: &str = "loader@shop.iam.gserviceaccount.com";
    const ADMIN: &str = "admin@shop.iam.gserviceaccount.com";

    fn estate(email: &str, description: Option<&str>) -> Estate {
        let mut node = Node::new(service_account(email), What::Identity(Box::default()), "service-account", email);
        node.description = description.map(String::from);
        Estate::new().node(node)
    }

    fn binding(estate: Estate, holder: &NodeId, address: &str, role: &str) -> (Estate, NodeId) {
        let id = NodeId::new("gcp", "", "iam-binding", &format!("{address}/{role}"));
        let statement = Statement { effect: Effect::Allow, ..crate::testing::allows(&[role], &[address]) };
        let detail = GrantDetail { statements: vec![statement], ..GrantDetail::new(GrantOrigin::Customer) };
        let node = Node::new(id.clone(), What::Grant(detail), "iam-binding", role);
        (estate.node(node).edge(holder, EdgeKind::HasGrant, &id), id)
    }

    #[track_caller]
    fn check(estate: &Estate, step: Step<'_>, id: &NodeId, expected: &[&str]) {
        let graph = estate.build();
        assert_eq!(commands(&graph, step, graph.find(id).unwrap()), expected);
    }

    #[test]
    fn accounts_and_their_keys_have_their_commands() {
        let key = NodeId::new("gcp", "", "service-account-key", "0a1b");
        let detail = What::Credential(CredentialDetail::new(CredentialKind::ServiceAccountKey));
        let account = service_account(LOADER);
        let estate = estate(LOADER, Some("Loads orders."))
            .node(Node::new(key.clone(), detail, "service-account-key", "0a1b"))
            .edge(&key, EdgeKind::AuthenticatesAs, &account);
        let of = format!("--iam-account={LOADER}");
        let keys = "gcloud iam service-accounts keys";
        check(&estate, Step::Deactivate, &key, &[&format!("{keys} disable 0a1b {of}")]);
        check(&estate, Step::Delete, &key, &[&format!("{keys} delete 0a1b {of}")]);
        check(&estate, Step::CreateSuccessor, &key, &[&format!("{keys} create key.json {of}")]);
        let accounts = "gcloud iam service-accounts";
        check(&estate, Step::Suspend, &account, &[&format!("{accounts} disable {LOADER}")]);
        check(&estate, Step::DeleteIdentity, &account, &[&format!("{accounts} delete {LOADER}")]);
        let described = "--description='Loads orders; Owner: TEAM-OR-PERSON'";
        check(&estate, Step::RecordOwner, &account, &[&format!("{accounts} update {LOADER} {described}")]);
        let show = format!("{accounts} get-iam-policy {LOADER} --format=json > policy.json");
        check(&estate, Step::ShowTrust, &account, &[&show]);
        check(&estate, Step::ReplaceTrust, &account, &[&format!("{accounts} set-iam-policy {LOADER} policy.json")]);
        check(&estate, Step::Restrict, &account, &[]);
    }

    #[test]
    fn a_binding_is_taken_from_whoever_holds_it_where_it_stands() {
        let account = service_account(LOADER);
        for (address, expected) in [
            ("//cloudresourcemanager.googleapis.com/projects/shop", "projects remove-iam-policy-binding shop"),
            (
                "//cloudresourcemanager.googleapis.com/folders/12",
                "resource-manager folders remove-iam-policy-binding 12",
            ),
            ("//cloudresourcemanager.googleapis.com/organizations/1", "organizations remove-iam-policy-binding 1"),
        ] {
            let (estate, grant) = binding(estate(LOADER, None), &account, address, "roles/editor");
            let line = format!("gcloud {expected} --member=serviceAccount:{LOADER} --role=roles/editor");
            check(&estate, Step::TakeGrant(&grant), &account, &[&line]);
        }
    }

    #[test]
    fn a_way_is_cut_by_taking_its_role() {
        let (account, admin) = (service_account(LOADER), service_account(ADMIN));
        let role = "roles/iam.serviceAccountTokenCreator";
        let address = format!("//iam.googleapis.com/projects/shop/serviceAccounts/{ADMIN}");
        let (mut estate, _) = binding(estate(LOADER, None), &account, &address, role);
        let mut edge = Edge::stated(account.clone(), EdgeKind::CanAssume, admin.clone());
        edge.qualifier = role.into();
        estate.edges.push(edge);
        let accounts = "gcloud iam service-accounts remove-iam-policy-binding";
        let line = format!("{accounts} {ADMIN} --member=serviceAccount:{LOADER} --role={role}");
        check(&estate, Step::CutWay(&admin), &account, &[&line]);
        check(&estate, Step::CutWay(&account), &account, &[]);
    }

    #[test]
    fn hostile_texts_stay_arguments_or_yield_no_command() {
        let account = service_account(LOADER);
        let graph = estate(LOADER, Some("x'; reboot #")).build();
        let found = commands(&graph, Step::RecordOwner, graph.find(&account).unwrap());
        assert!(found[0].ends_with(r"--description='x'\''; reboot #; Owner: TEAM-OR-PERSON'"), "{found:?}");
        for email in ["-x", "a\u{202e}b"] {
            let id = service_account(email);
            check(&estate(email, None), Step::Suspend, &id, &[]);
        }
    }
}
