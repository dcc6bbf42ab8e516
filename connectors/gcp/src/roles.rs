//! What Google's roles give: the tier of their holder, and whether they let it act as service accounts. Predefined
//! roles are told by their names, custom ones by the permissions that they hold.

use whose_model::{ConditionClass, Tier};

/// What a role gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// The tier by itself; `None`: only through what it lets its holder become.
    pub(crate) tier: Option<Tier>,
    /// Whether its holder may act as the service accounts below the resource, and on which condition.
    pub(crate) impersonates: Option<ConditionClass>,
}

/// Roles that are administrators, or can make themselves one: they set policies, edit roles, or make keys of any
/// service account. <https://cloud.google.com/iam/docs/understanding-roles>
const ADMIN: &[&str] = &[
    "roles/owner",
    "roles/editor",
    "roles/admin",
    "roles/iam.securityAdmin",
    "roles/iam.admin",
    "roles/iam.organizationRoleAdmin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/resourcemanager.organizationAdmin",
    "roles/resourcemanager.folderAdmin",
    "roles/resourcemanager.folderIamAdmin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/orgpolicy.policyAdmin",
];

/// Roles that give tokens of service accounts at once.
const TOKENS: &[&str] = &[
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountOpenIdTokenCreator",
    "roles/iam.workloadIdentityUser",
];

/// A role that lets its holder start something that runs as a service account, where it may start anything at all.
const ACT_AS: &str = "roles/iam.serviceAccountUser";

/// Roles on one service account by which a key or a policy of it can be made.
const TAKES_OVER: &[&str] =
    &["roles/owner", "roles/editor", "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountKeyAdmin"];

/// Permissions of custom roles that amount to administration.
const ADMIN_PERMISSIONS: &[&str] = &[
    "resourcemanager.organizations.setIamPolicy",
    "resourcemanager.folders.setIamPolicy",
    "resourcemanager.projects.setIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
    "iam.serviceAccountKeys.create",
    "iam.roles.update",
    "orgpolicy.policy.set",
];

/// Permissions of custom roles that give tokens of service accounts.
const TOKEN_PERMISSIONS: &[&str] = &[
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
];

/// Words that end the names of roles that only read.
const READS: &[&str] = &["viewer", "reader", "browser", "auditor", "reviewer", "get", "list", "subscriber"];

/// Whether a role is one that somebody made, and whose permissions must be read.
pub(crate) fn is_custom(role: &str) -> bool {
    role.starts_with("projects/") || role.starts_with("organizations/")
}

/// What a predefined role gives on an organisation, folder or project.
pub(crate) fn predefined(role: &str) -> Role {
    let tier = if ADMIN.contains(&role) {
        Tier::T0
    } else if reads(role) {
        Tier::T2
    } else {
        // Google has some two thousand roles that are not viewers; nearly all of them write something.
        Tier::T1
    };
    let impersonates = if TOKENS.contains(&role) {
        Some(ConditionClass::None)
    } else {
        // Whether the holder can also start something is not known here.
        (role == ACT_AS).then_some(ConditionClass::Unknown)
    };
    Role { tier: Some(tier), impersonates }
}

/// What a predefined role gives on one service account: nothing but that account.
pub(crate) fn on_service_account(role: &str) -> Role {
    let takes_over = TAKES_OVER.contains(&role).then_some(ConditionClass::None);
    Role { tier: None, impersonates: predefined(role).impersonates.or(takes_over) }
}

/// What a custom role gives, by its permissions.
pub(crate) fn custom(permissions: &[String], on_account: bool) -> Role {
    let holds = |wanted: &[&str]| permissions.iter().any(|permission| wanted.contains(&permission.as_str()));
    let writes = permissions.iter().any(|permission| {
        let verb = permission.rsplit('.').next().unwrap_or_default();
        !["get", "list", "search", "query", "view", "export"].iter().any(|read| verb.starts_with(read))
            || permission == "secretmanager.versions.access"
    });
    let tier = if holds(ADMIN_PERMISSIONS) {
        Tier::T0
    } else if writes {
        Tier::T1
    } else {
        Tier::T2
    };
    let tokens = holds(TOKEN_PERMISSIONS)
        || (on_account && holds(&["iam.serviceAccounts.setIamPolicy", "iam.serviceAccountKeys.create"]));
    let impersonates = if tokens {
        Some(ConditionClass::None)
    } else {
        holds(&["iam.serviceAccounts.actAs"]).then_some(ConditionClass::Unknown)
    };
    Role { tier: (!on_account).then_some(tier), impersonates }
}

fn reads(role: &str) -> bool {
    let name = role.trim_start_matches("roles/").to_lowercase();
    READS.iter().any(|word| name.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predefined_roles_give_what_their_names_say() {
        for (role, tier) in [
            ("roles/owner", Tier::T0),
            ("roles/editor", Tier::T0),
            ("roles/resourcemanager.projectIamAdmin", Tier::T0),
            ("roles/storage.admin", Tier::T1),
            ("roles/secretmanager.secretAccessor", Tier::T1),
            ("roles/viewer", Tier::T2),
            ("roles/bigquery.dataViewer", Tier::T2),
            ("roles/iam.securityReviewer", Tier::T2),
        ] {
            assert_eq!(predefined(role).tier, Some(tier), "{role}");
        }
    }

    #[test]
    fn impersonation_is_told_apart_from_starting_something() {
        let of = |role| predefined(role).impersonates;
        assert_eq!(of("roles/iam.serviceAccountTokenCreator"), Some(ConditionClass::None));
        assert_eq!(of("roles/iam.serviceAccountUser"), Some(ConditionClass::Unknown));
        assert_eq!(of("roles/viewer"), None);
        assert_eq!(on_service_account("roles/iam.serviceAccountKeyAdmin").impersonates, Some(ConditionClass::None));
        assert_eq!(on_service_account("roles/owner").tier, None);
    }

    #[test]
    fn custom_roles_are_judged_by_their_permissions() {
        let role = |permissions: &[&str], on_account| {
            custom(&permissions.iter().map(ToString::to_string).collect::<Vec<_>>(), on_account)
        };
        assert_eq!(role(&["resourcemanager.projects.setIamPolicy"], false).tier, Some(Tier::T0));
        assert_eq!(role(&["storage.objects.create"], false).tier, Some(Tier::T1));
        assert_eq!(role(&["storage.objects.get", "storage.objects.list"], false).tier, Some(Tier::T2));
        assert_eq!(role(&["secretmanager.versions.access"], false).tier, Some(Tier::T1));
        assert_eq!(role(&["iam.serviceAccounts.signJwt"], false).impersonates, Some(ConditionClass::None));
        assert_eq!(role(&["iam.serviceAccounts.actAs"], true).impersonates, Some(ConditionClass::Unknown));
    }
}
