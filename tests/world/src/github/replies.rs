//! The replies: which call a path is, and what GitHub would answer. The fields are those of GitHub's published
//! description of its API.

use super::addresses;
use super::organization::{
    GithubAuthorization, GithubDeployKey, GithubInstallation, GithubOrganization, GithubRepository, GithubToken,
    GithubUser, GithubWebhook,
};
use serde_json::{Value, json};
use whose_model::Timestamp;

/// What a call answers.
pub(crate) enum Answer {
    /// One thing.
    One(Value),
    /// A listing.
    List(Vec<Value>),
    /// A listing in an object, under this name, beside its length.
    Counted(&'static str, Vec<Value>),
    /// Nothing that the caller may see.
    NotFound,
}

/// The call that a path is, and its answer.
pub(crate) fn answer(organization: &GithubOrganization, path: &str) -> (&'static str, Answer) {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let ours = |login: &str| login.eq_ignore_ascii_case(&organization.login);
    match parts[..] {
        ["orgs", login] if ours(login) => ("GetOrganization", Answer::One(about(organization))),
        ["orgs", login, ref rest @ ..] if ours(login) => of_organization(organization, rest),
        ["repos", login, name, "keys"] if ours(login) => {
            let found = organization.repositories.iter().find(|repository| repository.name == name);
            let keys = |repository: &GithubRepository| repository.deploy_keys.iter().map(deploy_key).collect();
            ("ListDeployKeys", found.map_or(Answer::NotFound, |repository| Answer::List(keys(repository))))
        }
        ["repos", login, name, "actions", "permissions", setting] if ours(login) => {
            let found = organization.repositories.iter().find(|repository| repository.name == name);
            let (call, value): (_, fn(&GithubRepository) -> Value) = match setting {
                "workflow" => ("GetRepositoryWorkflowPermissions", workflow_permissions),
                "fork-pr-contributor-approval" => ("GetForkApprovalPolicy", fork_approval),
                _ => return ("Unknown", Answer::NotFound),
            };
            (call, found.map_or(Answer::NotFound, |repository| Answer::One(value(repository))))
        }
        _ => ("Unknown", Answer::NotFound),
    }
}

fn workflow_permissions(repository: &GithubRepository) -> Value {
    json!({
        "default_workflow_permissions": if repository.workflows_write { "write" } else { "read" },
        "can_approve_pull_request_reviews": false,
    })
}

fn fork_approval(repository: &GithubRepository) -> Value {
    json!({"approval_policy": repository.fork_approval})
}

fn of_organization(organization: &GithubOrganization, rest: &[&str]) -> (&'static str, Answer) {
    match rest {
        ["members"] => ("ListOrganizationMembers", users(&organization.members)),
        ["outside_collaborators"] => ("ListOutsideCollaborators", users(&organization.outside_collaborators)),
        ["repos"] => {
            let one = |repository| self::repository(organization, repository);
            ("ListOrganizationRepositories", Answer::List(organization.repositories.iter().map(one).collect()))
        }
        ["installations"] => {
            let one = |installation| self::installation(organization, installation);
            let all = organization.installations.iter().map(one).collect();
            ("ListAppInstallations", Answer::Counted("installations", all))
        }
        ["personal-access-tokens"] => {
            ("ListPersonalAccessTokens", Answer::List(organization.tokens.iter().map(token).collect()))
        }
        ["credential-authorizations"] => {
            let all = organization.authorizations.as_ref();
            let all = all.map_or(Answer::NotFound, |all| Answer::List(all.iter().map(authorization).collect()));
            ("ListCredentialAuthorizations", all)
        }
        ["actions", "secrets"] => {
            ("ListOrganizationSecrets", Answer::Counted("secrets", organization.secrets.iter().map(secret).collect()))
        }
        ["hooks"] => ("ListOrganizationWebhooks", Answer::List(organization.webhooks.iter().map(webhook).collect())),
        ["actions", "permissions", "workflow"] => {
            let permissions = json!({
                "default_workflow_permissions": organization.default_workflow_permissions,
                "can_approve_pull_request_reviews": true,
            });
            ("GetDefaultWorkflowPermissions", Answer::One(permissions))
        }
        _ => ("Unknown", Answer::NotFound),
    }
}

fn about(organization: &GithubOrganization) -> Value {
    let mut value = json!({
        "login": organization.login,
        "id": organization.id,
        "node_id": format!("O_{}", organization.id),
        "name": "Tallowmere Freight",
        "description": "Parcels, on time.",
        "type": "Organization",
        "html_url": format!("https://github.com/{}", organization.login),
        "created_at": organization.created,
        "updated_at": organization.created,
        "archived_at": null,
        "two_factor_requirement_enabled": true,
        "default_repository_permission": "read",
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "has_organization_projects": true,
        "has_repository_projects": true,
    });
    addresses::of_organization(&mut value, &organization.login);
    value
}

fn users(users: &[GithubUser]) -> Answer {
    Answer::List(users.iter().map(user).collect())
}

fn user(user: &GithubUser) -> Value {
    addresses::account(&user.login, user.id, "User")
}

fn repository(organization: &GithubOrganization, repository: &GithubRepository) -> Value {
    let full_name = format!("{}/{}", organization.login, repository.name);
    let clone_url = repository.clone_url.clone().unwrap_or_else(|| format!("{}/{full_name}.git", organization.git));
    let mut value = json!({
        "id": repository.id,
        "node_id": format!("R_{}", repository.id),
        "name": repository.name,
        "full_name": full_name,
        "private": !repository.public,
        "visibility": if repository.public { "public" } else { "private" },
        "html_url": format!("https://github.com/{full_name}"),
        "clone_url": clone_url,
        "description": null,
        "fork": repository.fork,
        "size": repository.size,
        "archived": repository.archived,
        "disabled": false,
        "default_branch": "main",
        "created_at": repository.created,
        "updated_at": repository.created,
        "pushed_at": repository.created,
        "owner": addresses::account(&organization.login, organization.id, "Organization"),
    });
    addresses::of_repository(&mut value, &full_name);
    value
}

fn deploy_key(key: &GithubDeployKey) -> Value {
    json!({
        "id": key.id,
        "key": key.key,
        "url": format!("https://api.github.com/keys/{}", key.id),
        "title": key.title,
        "verified": true,
        "created_at": key.created,
        "read_only": key.read_only,
        "added_by": key.added_by,
        "last_used": key.last_used,
        "enabled": key.enabled,
    })
}

fn installation(organization: &GithubOrganization, installation: &GithubInstallation) -> Value {
    let page = format!("organizations/{}/settings/installations/{}", organization.login, installation.id);
    json!({
        "id": installation.id,
        "account": addresses::account(&organization.login, organization.id, "Organization"),
        "repository_selection": installation.repository_selection,
        "access_tokens_url": format!("https://api.github.com/app/installations/{}/access_tokens", installation.id),
        "repositories_url": "https://api.github.com/installation/repositories",
        "html_url": format!("https://github.com/{page}"),
        "app_id": installation.app_id,
        "app_slug": installation.app_slug,
        "target_id": organization.id,
        "target_type": "Organization",
        "permissions": installation.permissions,
        "events": [],
        "created_at": installation.created,
        "updated_at": installation.created,
        "single_file_name": null,
        "suspended_by": null,
        "suspended_at": installation.suspended,
    })
}

fn token(token: &GithubToken) -> Value {
    json!({
        "id": token.id,
        "owner": addresses::account(&token.owner, token.id, "User"),
        "repository_selection": token.repository_selection,
        "repositories_url": format!("https://api.github.com/organizations/1/personal-access-tokens/{}", token.id),
        "permissions": {"repository": token.permissions},
        "access_granted_at": token.granted,
        "token_id": token.token_id,
        "token_name": token.name,
        "token_expired": token.expired,
        "token_expires_at": token.expires,
        "token_last_used_at": token.last_used,
    })
}

fn authorization(authorization: &GithubAuthorization) -> Value {
    let mut value = json!({
        "login": authorization.login,
        "credential_id": authorization.id,
        "credential_type": authorization.kind,
        "credential_authorized_at": authorization.authorized,
        "credential_accessed_at": authorization.accessed,
        "authorized_credential_id": authorization.id,
    });
    // Each kind of credential has fields of its own, which the others do not show.
    match &authorization.last_eight {
        Some(last) => {
            value["token_last_eight"] = json!(last);
            value["scopes"] = json!(["repo", "read:org"]);
            value["authorized_credential_note"] = json!(authorization.title);
            value["authorized_credential_expires_at"] = Value::Null;
        }
        None => {
            value["fingerprint"] = json!(format!("SHA256:{}", authorization.id));
            value["authorized_credential_title"] = json!(authorization.title);
        }
    }
    value
}

fn secret((name, visibility, created): &(String, String, Timestamp)) -> Value {
    json!({"name": name, "created_at": created, "updated_at": created, "visibility": visibility})
}

fn webhook(webhook: &GithubWebhook) -> Value {
    let mut config = json!({"url": webhook.url, "content_type": "json", "insecure_ssl": "0"});
    if webhook.signed {
        config["secret"] = json!("********");
    }
    json!({
        "id": webhook.id,
        "type": "Organization",
        "name": "web",
        "url": format!("https://api.github.com/orgs/tallowmere/hooks/{}", webhook.id),
        "ping_url": format!("https://api.github.com/orgs/tallowmere/hooks/{}/pings", webhook.id),
        "active": true,
        "events": ["push"],
        "config": config,
        "created_at": webhook.created,
        "updated_at": webhook.created,
    })
}
