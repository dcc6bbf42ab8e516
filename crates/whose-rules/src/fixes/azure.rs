//! The Azure command lines that do a step. Syntax: <https://learn.microsoft.com/en-us/cli/azure/reference-index>; what
//! the command line has no verb for is asked of Microsoft Graph through `az rest`.

use super::Step;
use super::quote::{option, shell};
use whose_graph::{Graph, Ix};
use whose_model::{CredentialKind, EdgeKind, Node, NodeId};

/// Microsoft Graph in the global cloud. National clouds have other hosts, which no node tells.
const GRAPH: &str = "https://graph.microsoft.com/v1.0";

/// The commands for a step, in order; empty when there is none that is safe to paste.
pub(super) fn commands(graph: &Graph, step: Step<'_>, ix: Ix) -> Vec<String> {
    let node = graph.node(ix);
    let list = match step {
        Step::RecordOwner => one(record_owner(node)),
        Step::RecordLifecycle => one(record_lifecycle(node)),
        Step::CreateSuccessor if is_renewed(node) => None,
        Step::Deactivate | Step::Delete if is_renewed(node) => one(renew(graph, ix)),
        Step::CreateSuccessor => one(credential(graph, ix, Action::Create)),
        Step::Deactivate | Step::Delete => one(credential(graph, ix, Action::Delete)),
        Step::Suspend => suspend(graph, ix),
        Step::DeleteIdentity => one(delete_identity(node)),
        Step::TakeGrant(grant) => one(take_grant(graph, ix, grant)),
        Step::ShowTrust => one(trust(graph, ix, Trust::Show)),
        Step::ReplaceTrust => one(trust(graph, ix, Trust::Replace)),
        Step::CutWay(to) => one(take_control(graph, node, to)),
        Step::Restrict | Step::NarrowForks => None,
    };
    list.unwrap_or_default()
}

enum Action {
    Create,
    Delete,
}

enum Trust {
    Show,
    Replace,
}

fn one(command: Option<String>) -> Option<Vec<String>> {
    command.map(|command| vec![command])
}

/// The id that the vendor gave, in the vendor's spelling: some ids tell upper from lower case.
fn native(node: &Node) -> String {
    node.native_id.clone().unwrap_or_else(|| node.id.local())
}

/// The Azure resource of a managed identity, by which it is kept.
fn resource(node: &Node) -> Option<&str> {
    node.address.as_deref().filter(|address| address.starts_with("/subscriptions/"))
}

/// A request to Microsoft Graph. `$ref` in a path must not be read by the shell.
fn rest(method: &str, path: &str, body: Option<&str>) -> Option<String> {
    let url = shell(&format!("{GRAPH}/{path}"))?;
    let request = format!("az rest --method {method} --url {url}");
    Some(match body {
        Some(body) => format!("{request} --headers Content-Type=application/json --body {}", shell(body)?),
        None => request,
    })
}

fn record_owner(node: &Node) -> Option<String> {
    let by_reference = |path: &str| {
        let body = format!(r#"{{"@odata.id":"{GRAPH}/directoryObjects/OWNER-OBJECT-ID"}}"#);
        rest("POST", path, Some(&body))
    };
    let is_agent = node.identity().is_some_and(|detail| detail.agent);
    match (node.r#type.as_str(), resource(node)) {
        ("application", _) => {
            Some(format!("az ad app owner add {} --owner-object-id OWNER-OBJECT-ID", option("--id", &node.id.local())?))
        }
        ("service-principal", Some(resource)) => tag(resource, "Owner=TEAM-OR-PERSON"),
        ("service-principal", None) if is_agent => {
            by_reference(&format!("servicePrincipals/{}/microsoft.graph.agentIdentity/sponsors/$ref", native(node)))
        }
        ("service-principal", None) => by_reference(&format!("servicePrincipals/{}/owners/$ref", native(node))),
        _ => None,
    }
}

fn record_lifecycle(node: &Node) -> Option<String> {
    let verb = match (node.r#type.as_str(), resource(node)) {
        ("application", _) => "app",
        ("service-principal", Some(resource)) => return tag(resource, "Purpose=WHAT-IT-IS-FOR Expires=YYYY-MM-DD"),
        ("service-principal", None) => "sp",
        _ => return None,
    };
    let id = option("--id", &node.id.local())?;
    Some(format!("az ad {verb} update {id} --set notes=WHAT-IT-IS-FOR --add tags Expires:YYYY-MM-DD"))
}

/// Tags are added to those that are there.
fn tag(resource: &str, tags: &str) -> Option<String> {
    Some(format!("az tag update {} --operation Merge --tags {tags}", option("--resource-id", resource)?))
}

/// The command on one credential. Entra knows no credential that is switched off: it is there or it is not.
fn credential(graph: &Graph, ix: Ix, action: Action) -> Option<String> {
    let node = graph.node(ix);
    let kind = node.credential()?.kind;
    let certificate = match kind {
        CredentialKind::ClientSecret => false,
        CredentialKind::Certificate => true,
        _ => return None,
    };
    let holder = graph.node(graph.identity_of(ix)?);
    let verb = match holder.r#type.as_str() {
        "application" => "app",
        "service-principal" => "sp",
        _ => return None,
    };
    let id = option("--id", &holder.id.local())?;
    Some(match action {
        Action::Create => {
            let made = if certificate { " --create-cert" } else { "" };
            format!("az ad {verb} credential reset {id} --append{made} --end-date YYYY-MM-DD")
        }
        Action::Delete => {
            let cert = if certificate { " --cert" } else { "" };
            format!("az ad {verb} credential delete {id} {}{cert}", option("--key-id", &native(node))?)
        }
    })
}

/// A storage account always has its two keys: a key is not deleted, it gets another value.
pub(super) fn is_renewed(node: &Node) -> bool {
    node.id.provider() == "azure" && node.r#type == "storage-account-key"
}

fn renew(graph: &Graph, ix: Ix) -> Option<String> {
    let (account, _) = graph.out(ix, EdgeKind::HasPermission).next()?;
    let account = graph.node(account);
    let subscription = account.address.as_deref()?.split('/').nth(2)?;
    let (subscription, name) =
        (option("--subscription", subscription)?, option("--account-name", &account.id.local())?);
    Some(format!("az storage account keys renew {subscription} {name} {}", option("--key", &native(graph.node(ix)))?))
}

/// An application is switched off where it signs in: at its service principal in this tenant.
fn suspend(graph: &Graph, ix: Ix) -> Option<Vec<String>> {
    let off = |node: &Node| {
        let id = option("--id", &node.id.local())?;
        Some(format!("az ad sp update {id} --set accountEnabled=false"))
    };
    match graph.node(ix).r#type.as_str() {
        "service-principal" => off(graph.node(ix)).map(|command| vec![command]),
        "application" => {
            let instances = graph.out(ix, EdgeKind::CanAssume).map(|(to, _)| graph.node(to));
            let own = instances.filter(|to| {
                to.identity().and_then(|detail| detail.instance_of.as_ref()) == Some(&graph.node(ix).id)
                    && !is_agent(to)
            });
            own.map(off).collect()
        }
        _ => None,
    }
}

fn is_agent(node: &Node) -> bool {
    node.identity().is_some_and(|detail| detail.agent)
}

fn delete_identity(node: &Node) -> Option<String> {
    match (node.r#type.as_str(), resource(node)) {
        ("application", _) => Some(format!("az ad app delete {}", option("--id", &node.id.local())?)),
        ("service-principal", None) => Some(format!("az ad sp delete {}", option("--id", &node.id.local())?)),
        // One that Azure made for a single resource goes when that resource goes.
        ("service-principal", Some(resource)) => {
            let own = resource.to_ascii_lowercase().contains("/providers/microsoft.managedidentity/");
            own.then(|| option("--ids", resource)).flatten().map(|ids| format!("az identity delete {ids}"))
        }
        _ => None,
    }
}

fn take_grant(graph: &Graph, holder: Ix, grant: &NodeId) -> Option<String> {
    let grant = graph.node(graph.find(grant)?);
    let id = native(grant);
    match grant.r#type.as_str() {
        "oauth2-permission-grant" => rest("DELETE", &format!("oauth2PermissionGrants/{id}"), None),
        "app-role-assignment" => {
            let holder = native(direct_holder(graph, holder, &grant.id)?);
            rest("DELETE", &format!("servicePrincipals/{holder}/appRoleAssignments/{id}"), None)
        }
        "directory-role-assignment" => rest("DELETE", &format!("roleManagement/directory/roleAssignments/{id}"), None),
        "azure-role-assignment" => Some(format!("az role assignment delete {}", option("--ids", &id)?)),
        _ => None,
    }
}

/// Whoever owns an application or service principal can act as it, and no longer once taken off its owners.
fn take_control(graph: &Graph, owner: &Node, thing: &NodeId) -> Option<String> {
    let thing = graph.find(thing)?;
    let owns = graph.incoming(thing, EdgeKind::Controls).any(|(from, _)| graph.node(from).id == owner.id);
    let (node, owner) = (graph.node(thing), native(owner));
    if !owns {
        return None;
    }
    match node.r#type.as_str() {
        "application" => {
            let (id, owner) = (option("--id", &node.id.local())?, option("--owner-object-id", &owner)?);
            Some(format!("az ad app owner remove {id} {owner}"))
        }
        "service-principal" => rest("DELETE", &format!("servicePrincipals/{}/owners/{owner}/$ref", native(node)), None),
        _ => None,
    }
}

/// Roles of applications hang on whom they were given to, which a group's cannot be taken from one member.
fn direct_holder<'g>(graph: &'g Graph, ix: Ix, grant: &NodeId) -> Option<&'g Node> {
    let holds = graph.out(ix, EdgeKind::HasGrant).any(|(held, _)| graph.node(held).id == *grant);
    holds.then(|| graph.node(ix))
}

/// Trust stands on the application. Where it trusts one issuer alone, that one is named.
fn trust(graph: &Graph, ix: Ix, trust: Trust) -> Option<String> {
    let node = graph.node(ix);
    let id = option("--id", &node.id.local()).filter(|_| node.r#type == "application")?;
    Some(match trust {
        Trust::Show => format!("az ad app federated-credential list {id} --output json > federated-credentials.json"),
        Trust::Replace => {
            let mut trusts = graph.incoming(ix, EdgeKind::FederatesTo).map(|(from, _)| native(graph.node(from)));
            let which = match (trusts.next(), trusts.next()) {
                (Some(only), None) => option("--federated-credential-id", &only)?,
                _ => "--federated-credential-id ID-FROM-THE-LIST".into(),
            };
            format!("az ad app federated-credential update {id} {which} --parameters federated-credential.json")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{application, principal, secret};
    use crate::testing::{Estate, tenant};
    use whose_model::{GrantDetail, GrantOrigin, What};

    #[track_caller]
    fn check(estate: &Estate, step: Step<'_>, id: &NodeId, expected: &[&str]) {
        let graph = estate.build();
        assert_eq!(commands(&graph, step, graph.find(id).unwrap()), expected);
    }

    #[test]
    fn secrets_and_certificates_are_removed_from_whatever_holds_them() {
        let estate = Estate::tenant().app("sync", |_| {});
        for (holder, verb, id) in [(application("sync"), "app", "sync"), (principal("sync"), "sp", "sync")] {
            let held = estate.clone().secret(&holder, "k1", |_| {});
            let expected = format!("az ad {verb} credential delete --id {id} --key-id k1");
            check(&held, Step::Deactivate, &secret("k1"), &[&expected]);
            check(&held, Step::Delete, &secret("k1"), &[&expected]);
            let made = format!("az ad {verb} credential reset --id {id} --append --end-date YYYY-MM-DD");
            check(&held, Step::CreateSuccessor, &secret("k1"), &[&made]);
        }
        let id = NodeId::new("azure", tenant::TENANT, "certificate", "c1");
        let held = estate.credential(&application("sync"), id.clone(), CredentialKind::Certificate, |_| {});
        check(&held, Step::Delete, &id, &["az ad app credential delete --id sync --key-id c1 --cert"]);
    }

    #[test]
    fn a_key_of_a_storage_account_is_renewed_since_it_cannot_be_deleted() {
        let estate = Estate::tenant().storage("logs", [400, 400], whose_model::State::Enabled);
        let key = NodeId::new("azure", "", "storage-account-key", "logs/key2");
        let renew = "az storage account keys renew --subscription s1 --account-name logs --key key2";
        check(&estate, Step::Delete, &key, &[renew]);
        check(&estate, Step::Deactivate, &key, &[renew]);
        check(&estate, Step::CreateSuccessor, &key, &[]);
    }

    #[test]
    fn an_application_is_switched_off_at_its_service_principal() {
        let estate = Estate::tenant().app("sync", |_| {}).agent("helper", "sync", |_| {});
        let off = "az ad sp update --id sync --set accountEnabled=false";
        check(&estate, Step::Suspend, &application("sync"), &[off]);
        check(&estate, Step::Suspend, &principal("sync"), &[off]);
        check(&estate, Step::DeleteIdentity, &application("sync"), &["az ad app delete --id sync"]);
    }

    #[test]
    fn owners_stand_on_the_application_sponsors_on_the_agent_and_tags_on_the_resource() {
        let resource = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
        let estate = Estate::tenant().app("sync", |_| {}).agent("helper", "sync", |_| {}).app("machine", |node| {
            node.address = Some(resource.into());
        });
        let start = |id: &NodeId| {
            let graph = estate.build();
            commands(&graph, Step::RecordOwner, graph.find(id).unwrap()).remove(0)
        };
        assert_eq!(start(&application("sync")), "az ad app owner add --id sync --owner-object-id OWNER-OBJECT-ID");
        let sponsors = start(&principal("helper"));
        assert!(sponsors.contains("--url 'https://graph.microsoft.com/v1.0/servicePrincipals/helper/"), "{sponsors}");
        assert!(sponsors.contains("sponsors/$ref' --headers"), "{sponsors}");
        let tag = format!("az tag update --resource-id {resource} --operation Merge --tags Owner=TEAM-OR-PERSON");
        assert_eq!(start(&principal("machine")), tag);
        let delete = format!("az identity delete --ids {resource}");
        check(&estate, Step::DeleteIdentity, &principal("machine"), &[&delete]);
    }

    #[test]
    fn each_kind_of_grant_is_taken_where_it_stands() {
        for (kind, expected) in [
            (
                "oauth2-permission-grant",
                "az rest --method DELETE --url https://graph.microsoft.com/v1.0/oauth2PermissionGrants/Ab_1",
            ),
            (
                "app-role-assignment",
                "az rest --method DELETE --url \
                 https://graph.microsoft.com/v1.0/servicePrincipals/sync/appRoleAssignments/Ab_1",
            ),
            (
                "directory-role-assignment",
                "az rest --method DELETE --url \
                 https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments/Ab_1",
            ),
            ("azure-role-assignment", "az role assignment delete --ids Ab_1"),
        ] {
            let id = NodeId::new("azure", tenant::TENANT, kind, "ab_1");
            let mut node = Node::new(id.clone(), What::Grant(GrantDetail::new(GrantOrigin::Customer)), kind, "grant");
            node.native_id = Some("Ab_1".into());
            let estate =
                Estate::tenant().app("sync", |_| {}).node(node).edge(&principal("sync"), EdgeKind::HasGrant, &id);
            check(&estate, Step::TakeGrant(&id), &principal("sync"), &[expected]);
        }
    }

    #[test]
    fn an_owner_is_taken_off_the_application_or_the_service_principal() {
        use crate::testing::tenant::person;
        let estate = Estate::tenant().app("sync", |_| {}).person("ana", |_| {}).person("ben", |_| {});
        let estate = estate.owned(&application("sync"), &person("ana"), "owner");
        let estate = estate.owned(&principal("sync"), &person("ana"), "owner");
        let off = "az ad app owner remove --id sync --owner-object-id ana";
        check(&estate, Step::CutWay(&application("sync")), &person("ana"), &[off]);
        let off =
            "az rest --method DELETE --url 'https://graph.microsoft.com/v1.0/servicePrincipals/sync/owners/ana/$ref'";
        check(&estate, Step::CutWay(&principal("sync")), &person("ana"), &[off]);
        check(&estate, Step::CutWay(&application("sync")), &person("ben"), &[]);
    }

    #[test]
    fn the_one_trust_of_an_application_is_named() {
        let estate = Estate::tenant().app("sync", |_| {}).federated("sync", "gitlab.com", "project_path:acme/*");
        let show = "az ad app federated-credential list --id sync --output json > federated-credentials.json";
        check(&estate, Step::ShowTrust, &application("sync"), &[show]);
        let replace = "az ad app federated-credential update --id sync --federated-credential-id sync-1 \
                       --parameters federated-credential.json";
        check(&estate, Step::ReplaceTrust, &application("sync"), &[replace]);
    }

    #[test]
    fn hostile_ids_stay_arguments_or_yield_no_command() {
        for (id, expected) in [
            ("a'; reboot #", Some(r"az ad app delete --id 'a'\''; reboot #'")),
            ("-x", Some("az ad app delete --id=-x")),
            ("https://evil.example", None),
            ("a\u{202e}b", None),
        ] {
            let graph = Estate::tenant().app(id, |_| {}).build();
            let found = commands(&graph, Step::DeleteIdentity, graph.find(&application(id)).unwrap());
            assert_eq!(found.first().map(String::as_str), expected, "{id}");
        }
    }
}
