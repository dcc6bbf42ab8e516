//! What named roles give: our own list of what amounts to administrating the tenant, with the reason for each, made
//! from Microsoft's permission and role references by three questions: can its holder give itself or others a role,
//! sign in as a more powerful identity (by a credential, an owner, a password), or change who may sign in at all?

use whose_model::Tier;

/// The client id of Microsoft Graph in every tenant.
pub(crate) const MICROSOFT_GRAPH: &str = "00000003-0000-0000-c000-000000000000";

const GRANTS_ROLES: &str = "gives itself any role";
const ACTS_AS_OTHERS: &str = "adds credentials to applications that hold more power";
const RESETS_ADMINS: &str = "resets what administrators sign in with";
const CHANGES_SIGN_IN: &str = "changes who may sign in, and how";
const RUNS_ON_DEVICES: &str = "runs code on the devices of administrators";

/// Application permissions of Microsoft Graph.
/// <https://learn.microsoft.com/en-us/graph/permissions-reference>
const TIER_ZERO_PERMISSIONS: &[(&str, &str)] = &[
    ("AppRoleAssignment.ReadWrite.All", GRANTS_ROLES),
    ("RoleManagement.ReadWrite.Directory", GRANTS_ROLES),
    ("RoleAssignmentSchedule.ReadWrite.Directory", GRANTS_ROLES),
    ("RoleEligibilitySchedule.ReadWrite.Directory", GRANTS_ROLES),
    ("RoleManagementPolicy.ReadWrite.Directory", GRANTS_ROLES),
    ("PrivilegedAccess.ReadWrite.AzureADGroup", GRANTS_ROLES),
    ("PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup", GRANTS_ROLES),
    ("PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup", GRANTS_ROLES),
    ("RoleManagementPolicy.ReadWrite.AzureADGroup", GRANTS_ROLES),
    ("Policy.ReadWrite.PermissionGrant", GRANTS_ROLES),
    ("Application.ReadWrite.All", ACTS_AS_OTHERS),
    ("Directory.ReadWrite.All", ACTS_AS_OTHERS),
    ("ServicePrincipalEndpoint.ReadWrite.All", ACTS_AS_OTHERS),
    ("AgentIdentityBlueprint.AddRemoveCreds.All", ACTS_AS_OTHERS),
    ("UserAuthenticationMethod.ReadWrite.All", RESETS_ADMINS),
    ("User-PasswordProfile.ReadWrite.All", RESETS_ADMINS),
    ("Policy.ReadWrite.ConditionalAccess", CHANGES_SIGN_IN),
    ("Policy.ReadWrite.AuthenticationMethod", CHANGES_SIGN_IN),
    ("Policy.ReadWrite.CrossTenantAccess", CHANGES_SIGN_IN),
    ("Domain.ReadWrite.All", CHANGES_SIGN_IN),
    ("IdentityProvider.ReadWrite.All", CHANGES_SIGN_IN),
    ("Organization.ReadWrite.All", CHANGES_SIGN_IN),
    ("Synchronization.ReadWrite.All", CHANGES_SIGN_IN),
    ("DeviceManagementConfiguration.ReadWrite.All", RUNS_ON_DEVICES),
    ("DeviceManagementScripts.ReadWrite.All", RUNS_ON_DEVICES),
];

/// Directory roles by their template's id, which is the same in every tenant.
/// <https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference>
const TIER_ZERO_ROLES: &[(&str, &str)] = &[
    // Global Administrator, Privileged Role Administrator.
    ("62e90394-69f5-4237-9190-012177145e10", GRANTS_ROLES),
    ("e8611ab8-c189-46e8-94e1-60213ab1f814", GRANTS_ROLES),
    // Application Administrator, Cloud Application Administrator, Directory Synchronization Accounts.
    ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", ACTS_AS_OTHERS),
    ("158c047a-c907-4556-b7ef-446551a6b5f7", ACTS_AS_OTHERS),
    ("d29b2b05-8046-44ba-8758-1e26182fcf32", ACTS_AS_OTHERS),
    // Privileged Authentication Administrator, Partner Tier2 Support.
    ("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", RESETS_ADMINS),
    ("e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8", RESETS_ADMINS),
    // Hybrid Identity, Domain Name, Conditional Access, Security, External Identity Provider Administrator.
    ("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", CHANGES_SIGN_IN),
    ("8329153b-31d0-4727-b945-745eb3bc5f31", CHANGES_SIGN_IN),
    ("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", CHANGES_SIGN_IN),
    ("194ae4cb-b126-40b2-bd5b-6091b380977d", CHANGES_SIGN_IN),
    ("be2f45a1-457d-42af-a067-6ec1fa63bc45", CHANGES_SIGN_IN),
    // Intune Administrator.
    ("3a2c62db-5318-420d-8d74-23affee5d9d5", RUNS_ON_DEVICES),
];

/// Actions of custom directory roles that amount to the same.
const TIER_ZERO_DIRECTORY_ACTIONS: &[(&str, &str)] = &[
    ("microsoft.directory/roleassignments/", GRANTS_ROLES),
    ("microsoft.directory/applications/credentials/update", ACTS_AS_OTHERS),
    ("microsoft.directory/applications/owners/update", ACTS_AS_OTHERS),
    ("microsoft.directory/applications/alltasks", ACTS_AS_OTHERS),
    ("microsoft.directory/serviceprincipals/credentials/update", ACTS_AS_OTHERS),
    ("microsoft.directory/serviceprincipals/owners/update", ACTS_AS_OTHERS),
    ("microsoft.directory/conditionalaccesspolicies/", CHANGES_SIGN_IN),
];

/// Actions of Azure roles that let their holder give itself any role in the scope.
/// <https://learn.microsoft.com/en-us/azure/role-based-access-control/permissions/management-and-governance>
const TIER_ZERO_AZURE_ACTIONS: &[&str] = &[
    "microsoft.authorization/roleassignments/write",
    "microsoft.authorization/roledefinitions/write",
    "microsoft.authorization/elevateaccess/action",
];

/// What an application permission gives, and why.
pub(crate) fn of_permission(resource_app_id: &str, value: &str) -> (Tier, &'static str) {
    let of_graph = resource_app_id.eq_ignore_ascii_case(MICROSOFT_GRAPH);
    if let Some((_, why)) = TIER_ZERO_PERMISSIONS.iter().find(|(name, _)| of_graph && *name == value) {
        return (Tier::T0, why);
    }
    if writes(value) { (Tier::T1, "writes what others rely on") } else { (Tier::T2, "reads") }
}

/// Permissions are named by words; these are the ones that change or send something, or act as the resource itself.
fn writes(value: &str) -> bool {
    const WORDS: [&str; 9] =
        ["write", "send", "fullcontrol", "full_access", "manage", "create", "delete", "accessasapp", "update"];
    let value = value.to_ascii_lowercase();
    WORDS.iter().any(|word| value.contains(word))
}

/// What a directory role gives over the whole tenant, and why.
pub(crate) fn of_directory_role(template: &str, actions: &[String]) -> (Tier, &'static str) {
    if let Some((_, why)) = TIER_ZERO_ROLES.iter().find(|(id, _)| id.eq_ignore_ascii_case(template)) {
        return (Tier::T0, why);
    }
    let actions: Vec<String> = actions.iter().map(|action| action.to_ascii_lowercase()).collect();
    let changes = |action: &&String| !action.ends_with("/read");
    for (start, why) in TIER_ZERO_DIRECTORY_ACTIONS {
        if actions.iter().filter(changes).any(|action| action.starts_with(start)) {
            return (Tier::T0, why);
        }
    }
    if actions.iter().any(|action| changes(&action)) {
        (Tier::T1, "changes a part of the directory or of its services")
    } else {
        (Tier::T2, "reads")
    }
}

/// What an Azure role gives in a scope. `whole`: the scope is a subscription or above.
pub(crate) fn of_azure_role(actions: &[String], not_actions: &[String], whole: bool) -> (Tier, &'static str) {
    let allowed = |action: &str| {
        actions.iter().any(|pattern| covers(pattern, action))
            && !not_actions.iter().any(|pattern| covers(pattern, action))
    };
    if TIER_ZERO_AZURE_ACTIONS.iter().any(|action| allowed(action)) {
        return match whole {
            true => (Tier::T0, GRANTS_ROLES),
            false => (Tier::T1, "gives itself any role in a part of a subscription"),
        };
    }
    let reads = |action: &String| action.to_ascii_lowercase().ends_with("/read");
    if actions.iter().all(reads) { (Tier::T2, "reads") } else { (Tier::T1, "changes resources or reads their keys") }
}

/// Whether a pattern covers an action. `*` stands for any text, slashes included, and case does not count.
fn covers(pattern: &str, action: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let action = action.to_ascii_lowercase();
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = action.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_told_apart_by_resource_and_words() {
        for (resource, value, tier) in [
            (MICROSOFT_GRAPH, "RoleManagement.ReadWrite.Directory", Tier::T0),
            (MICROSOFT_GRAPH, "Mail.ReadWrite", Tier::T1),
            (MICROSOFT_GRAPH, "Mail.Send", Tier::T1),
            (MICROSOFT_GRAPH, "User.Read.All", Tier::T2),
            ("an-application-of-ours", "Application.ReadWrite.All", Tier::T1),
            ("an-application-of-ours", "full_access_as_app", Tier::T1),
        ] {
            assert_eq!(of_permission(resource, value).0, tier, "{value}");
        }
    }

    #[test]
    fn custom_directory_roles_are_judged_by_their_actions() {
        for (template, actions, tier) in [
            ("62e90394-69f5-4237-9190-012177145e10", vec![], Tier::T0),
            ("x", vec!["microsoft.directory/servicePrincipals/credentials/update"], Tier::T0),
            ("x", vec!["microsoft.directory/conditionalAccessPolicies/standard/read"], Tier::T2),
            ("x", vec!["microsoft.directory/groups/members/update"], Tier::T1),
        ] {
            let actions: Vec<String> = actions.into_iter().map(String::from).collect();
            assert_eq!(of_directory_role(template, &actions).0, tier, "{actions:?}");
        }
    }

    #[test]
    fn azure_roles_are_judged_by_actions_less_what_is_excepted() {
        let authorization = "Microsoft.Authorization/*/Write";
        for (actions, except, whole, tier) in [
            (vec!["*"], vec![], true, Tier::T0),
            (vec!["*"], vec![], false, Tier::T1),
            (vec!["*"], vec![authorization, "Microsoft.Authorization/elevateAccess/Action"], true, Tier::T1),
            (vec!["*/read", "Microsoft.Authorization/roleAssignments/*"], vec![], true, Tier::T0),
            (vec!["*/read"], vec![], true, Tier::T2),
            (vec!["Microsoft.Storage/storageAccounts/listkeys/action"], vec![], true, Tier::T1),
        ] {
            let texts = |list: Vec<&str>| -> Vec<String> { list.into_iter().map(String::from).collect() };
            assert_eq!(of_azure_role(&texts(actions.clone()), &texts(except), whole).0, tier, "{actions:?}");
        }
    }

    #[test]
    fn a_star_spans_slashes() {
        for (pattern, action, expected) in [
            ("*", "a/b/c", true),
            ("A/*/Write", "a/b/c/write", true),
            ("a/*/write", "a/write", false),
            ("a/b", "a/b/c", false),
            ("*/read", "a/b/write", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(covers(pattern, action), expected, "{pattern} {action}");
        }
    }
}
