//! The least-privilege grant: the manifest of a GitHub App with exactly the permissions of the declared calls.

use serde_json::json;
use std::collections::BTreeMap;

/// The manifest of an app to register for scanning, as JSON. All of it is reading.
///
/// An app is the way to sign in, since GitHub lists fine-grained tokens to apps alone.
pub fn least_privilege_app() -> String {
    let permissions: BTreeMap<&str, &str> =
        crate::GITHUB.calls().iter().filter_map(|call| call.permission.split_once(':')).collect();
    let manifest = json!({
        "name": "whose-read-only",
        "url": "https://docs.github.com/apps",
        "public": false,
        "default_events": [],
        "default_permissions": permissions,
    });
    format!("{manifest:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_may_read_what_the_declared_calls_read_and_nothing_else() {
        let manifest: serde_json::Value = serde_json::from_str(&least_privilege_app()).unwrap();
        let expected = json!({
            "administration": "read",
            "contents": "read",
            "members": "read",
            "metadata": "read",
            "organization_administration": "read",
            "organization_hooks": "read",
            "organization_personal_access_tokens": "read",
            "organization_secrets": "read",
        });
        assert_eq!(manifest["default_permissions"], expected);
        assert!(crate::GITHUB.calls().iter().all(|call| call.permission.ends_with(":read")));
    }
}
