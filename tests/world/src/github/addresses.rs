//! The addresses that GitHub puts into every user, organisation and repository. Nobody here follows them; its published
//! description requires them.

use serde_json::{Value, json};

const USER: &[&str] = &[
    "avatar",
    "events",
    "followers",
    "following",
    "gists",
    "organizations",
    "received_events",
    "repos",
    "starred",
    "subscriptions",
];
const ORGANIZATION: &[&str] = &["avatar", "events", "hooks", "issues", "members", "public_members", "repos"];
const REPOSITORY: &[&str] = &[
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
];

/// A user or organisation, as it stands in the answers about other things.
pub(super) fn account(login: &str, id: u64, kind: &str) -> Value {
    let mut value = json!({
        "login": login,
        "id": id,
        "node_id": format!("U_{id}"),
        "gravatar_id": "",
        "html_url": format!("https://github.com/{login}"),
        "type": kind,
        "site_admin": false,
    });
    add(&mut value, &format!("users/{login}"), USER);
    value
}

/// The addresses of an organisation.
pub(super) fn of_organization(value: &mut Value, login: &str) {
    add(value, &format!("orgs/{login}"), ORGANIZATION);
}

/// The addresses of a repository.
pub(super) fn of_repository(value: &mut Value, full_name: &str) {
    add(value, &format!("repos/{full_name}"), REPOSITORY);
}

fn add(value: &mut Value, path: &str, names: &[&str]) {
    let url = format!("https://api.github.com/{path}");
    for name in names {
        value[format!("{name}_url")] = json!(format!("{url}/{name}"));
    }
    value["url"] = json!(url);
}
