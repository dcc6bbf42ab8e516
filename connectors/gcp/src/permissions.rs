//! The least-privilege role: exactly the permissions of the declared calls.

use std::collections::BTreeSet;

/// A custom role, in the form that `gcloud iam roles create whoseReader --organization=O --file=FILE` takes. It is to
/// be granted on the organization, or on the single project that is scanned.
pub fn least_privilege_role() -> String {
    let all: BTreeSet<&str> = crate::GCP.calls().iter().map(|call| call.permission).collect();
    // The directory of Google Workspace is no matter of roles: its scopes are granted to a client id.
    let (scopes, permissions): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|one| one.starts_with("https://"));
    let mut role = format!(
        "# To read people and their consents too (subject=ADMIN), allow the client id of the service account in the \
         Admin\n# console, under Security, Access and data control, API controls, Domain-wide delegation, these \
         scopes:\n# {}\n",
        scopes.join(",")
    );
    role.push_str(
        "title: Whose reader\ndescription: Reads identities and their credentials, and changes nothing.\nstage: GA\n\
         includedPermissions:\n",
    );
    for permission in permissions {
        role.push_str(&format!("- {permission}\n"));
    }
    role
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_holds_the_permissions_of_the_declared_calls_and_nothing_else() {
        let role = least_privilege_role();
        let (_, listed) = role.split_once("includedPermissions:\n").unwrap();
        let listed: Vec<&str> = listed.lines().map(|line| line.trim_start_matches("- ")).collect();
        assert_eq!(
            listed,
            [
                "apikeys.keys.list",
                "cloudasset.assets.listIamPolicy",
                "cloudasset.assets.listResource",
                "iam.roles.get",
                "iam.serviceAccountKeys.list",
                "iam.serviceAccounts.getIamPolicy",
                "iam.serviceAccounts.list",
                "iam.workloadIdentityPoolProviders.list",
                "iam.workloadIdentityPools.list",
                "policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query",
                "policyanalyzer.serviceAccountLastAuthenticationActivities.query",
                "resourcemanager.folders.get",
                "resourcemanager.folders.getIamPolicy",
                "resourcemanager.folders.list",
                "resourcemanager.organizations.get",
                "resourcemanager.organizations.getIamPolicy",
                "resourcemanager.projects.get",
                "resourcemanager.projects.getIamPolicy",
                "resourcemanager.projects.list",
            ]
        );
    }
}
