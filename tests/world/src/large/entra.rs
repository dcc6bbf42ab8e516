//! A large tenant of Entra: which path is which listing, and its pages.

use super::answer::Listing;
use super::entra_listings as listings;
use super::server::{Ask, LargeEstate, Reply};
use crate::entra::Query;
use serde_json::{Value, json};

/// What there is of each kind, in proportion to the service principals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Service principals of the tenant's own applications, which come first, and their applications.
    pub(super) own: usize,
    /// Those of other companies' applications, which follow.
    pub(super) foreign: usize,
    /// Managed identities, which follow.
    pub(super) managed: usize,
    /// AI agents, which come last.
    pub(super) agents: usize,
    /// People.
    pub(super) people: usize,
    /// Groups that hold roles.
    pub(super) groups: usize,
    /// Subscriptions.
    pub(super) subscriptions: usize,
}

impl Sizes {
    pub(super) fn of(estate: &LargeEstate) -> Self {
        let all = estate.objects;
        let (foreign, managed, agents) = (all * 3 / 10, all / 10, all / 100);
        Self {
            own: all - foreign - managed - agents,
            foreign,
            managed,
            agents,
            people: all / 10 + 10,
            groups: all.div_ceil(5_000),
            subscriptions: all.div_ceil(2_000),
        }
    }
}

/// The id of the tenant.
pub(super) fn tenant(estate: &LargeEstate) -> String {
    listings::guid(estate, "tenant", 0)
}

/// The answer to a request.
pub(super) fn reply(estate: &LargeEstate, ask: &Ask<'_>) -> Option<Reply> {
    if ask.verb != "GET" {
        return None;
    }
    let query = Query::parse(ask.query);
    let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
    let listing = match parts[..] {
        ["v1.0" | "beta", ref rest @ ..] => directory(estate, rest, &query)?,
        ["subscriptions", ref rest @ ..] => manager(estate, rest)?,
        _ => return None,
    };
    let (start, size) = (query.start(), query.size(999));
    let page: Vec<Value> = listing.page(start, size).iter().map(|object| query.shape(object)).collect();
    let mut body = json!({"value": page});
    let end = start.saturating_add(size);
    if end < listing.total {
        let name = if parts[0] == "subscriptions" { "nextLink" } else { "@odata.nextLink" };
        let kept = ask.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("$skiptoken"));
        let kept: String = kept.map(|pair| format!("{pair}&")).collect();
        body[name] = json!(format!("{}{}?{kept}$skiptoken={end}", ask.endpoint, ask.path));
    }
    Some(Reply { body, link: None })
}

fn directory<'a>(estate: &'a LargeEstate, parts: &[&str], query: &Query) -> Option<Listing<'a>> {
    let sizes = Sizes::of(estate);
    let many =
        |total, make: fn(&LargeEstate, usize) -> Value| Some(Listing::new(total, move |number| make(estate, number)));
    let graph = |id: &str| id == listings::guid(estate, "principal", listings::GRAPH);
    match parts {
        ["organization"] => many(1, listings::organization),
        ["users"] => many(sizes.people, listings::user),
        ["directory", "deletedItems", "microsoft.graph.user"] => many(sizes.people / 50, listings::deleted_user),
        ["applications"] => many(sizes.own, listings::application),
        ["servicePrincipals"] => many(estate.objects + 1, listings::service_principal),
        ["servicePrincipals", "microsoft.graph.agentIdentity"] => many(sizes.agents, listings::agent),
        ["servicePrincipals", id, "appRoleAssignedTo"] => {
            many(if graph(id) { estate.objects / 4 } else { 0 }, listings::app_role_assignment)
        }
        ["oauth2PermissionGrants"] => many(sizes.foreign, listings::consent),
        ["roleManagement", "directory", "roleDefinitions"] => many(2, listings::directory_role),
        ["roleManagement", "directory", "roleAssignments"] => {
            many(estate.objects / 1_000 + sizes.groups, listings::directory_role_assignment)
        }
        ["groups"] => {
            let wanted = query.fields.get("$filter").cloned().unwrap_or_default();
            let all = (0..sizes.groups).map(|number| listings::group(estate, number));
            let named = |group: &Value| group["id"].as_str().is_some_and(|id| wanted.contains(&format!("'{id}'")));
            Some(Listing::of(all.filter(named).collect()))
        }
        ["groups", _, "transitiveMembers"] => many(sizes.people / 20, listings::member),
        ["reports", "servicePrincipalSignInActivities"] => many(sizes.own, listings::principal_activity),
        ["reports", "appCredentialSignInActivities"] => many(sizes.own, listings::credential_activity),
        _ => None,
    }
}

fn manager<'a>(estate: &'a LargeEstate, parts: &[&str]) -> Option<Listing<'a>> {
    let sizes = Sizes::of(estate);
    let number = |id: &str| (0..sizes.subscriptions).find(|one| listings::subscription_id(estate, *one) == id);
    let many = |total, subscription, make: fn(&LargeEstate, usize, usize) -> Value| {
        Some(Listing::new(total, move |number| make(estate, subscription, number)))
    };
    match parts {
        [""] | [] => many(sizes.subscriptions, 0, |estate, _, number| listings::subscription(estate, number)),
        [id, "resources"] => many(1_000, number(id)?, listings::resource),
        [id, "providers", "Microsoft.Authorization", "roleDefinitions"] => {
            many(3, number(id)?, listings::role_definition)
        }
        [id, "providers", "Microsoft.Authorization", "roleAssignments"] => {
            many(400, number(id)?, listings::role_assignment)
        }
        [id, "providers", "Microsoft.Storage", "storageAccounts"] => many(100, number(id)?, listings::storage_account),
        _ => None,
    }
}
