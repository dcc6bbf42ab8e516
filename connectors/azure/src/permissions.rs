//! The least-privilege grant: exactly the permissions of the declared calls.

use serde_json::json;
use std::collections::BTreeSet;

/// The permissions to give to the application that scans, as JSON: application permissions of Microsoft Graph by
/// name, and a custom role for the subscriptions or their management group.
pub fn least_privilege_grant() -> String {
    let permissions: BTreeSet<&str> = crate::AZURE.calls().iter().map(|call| call.permission).collect();
    let (actions, application): (Vec<&str>, Vec<&str>) =
        permissions.into_iter().partition(|permission| permission.contains('/'));
    let grant = json!({
        "microsoftGraphApplicationPermissions": application,
        "azureCustomRole": {
            "Name": "Whose read-only scanner",
            "IsCustom": true,
            "Description": "Reads role assignments; changes nothing.",
            "Actions": actions,
            "NotActions": [],
            "AssignableScopes": ["/providers/Microsoft.Management/managementGroups/MANAGEMENT_GROUP_ID"],
        },
    });
    format!("{grant:#}")
}
