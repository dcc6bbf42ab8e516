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
            "Description": "Reads role assignments and the age of keys; changes nothing.",
            "Actions": actions,
            "NotActions": [],
            "AssignableScopes": ["/providers/Microsoft.Management/managementGroups/MANAGEMENT_GROUP_ID"],
        },
    });
    format!("{grant:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grant_allows_the_declared_calls_and_nothing_that_writes() {
        let grant: serde_json::Value = serde_json::from_str(&least_privilege_grant()).unwrap();
        let texts = |list: &serde_json::Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        let mut granted = texts(&grant["microsoftGraphApplicationPermissions"]);
        assert!(granted.iter().all(|permission| permission.contains(".Read.")), "{granted:?}");
        let actions = texts(&grant["azureCustomRole"]["Actions"]);
        assert!(actions.iter().all(|action| action.ends_with("/read")), "{actions:?}");
        granted.extend(actions);
        let declared: BTreeSet<&str> = crate::AZURE.calls().iter().map(|call| call.permission).collect();
        assert_eq!(granted.iter().map(String::as_str).collect::<BTreeSet<_>>(), declared);
    }
}
