//! Cloud Asset Inventory: the same resources in one listing, each wrapped in an asset. Names of assets hold an account's
//! number where the resource itself holds its e-mail, and the keys that Google turns over by itself are among them.

use super::estate::{GoogleEstate, Project, ServiceAccount};
use super::wire::{account_name, bound, one_key, service_account};
use serde_json::{Value, json};

const ACCOUNT: &str = "iam.googleapis.com/ServiceAccount";
const KEY: &str = "iam.googleapis.com/ServiceAccountKey";
const PROJECT: &str = "cloudresourcemanager.googleapis.com/Project";

impl GoogleEstate {
    /// The resources of these types below a parent; `None`: there is no such parent.
    pub(super) fn assets(&self, parent: &str, types: &str) -> Option<Vec<Value>> {
        let mut found = Vec::new();
        for project in self.below(parent)? {
            for account in &project.accounts {
                let name =
                    format!("//iam.googleapis.com/projects/{}/serviceAccounts/{}", project.id, account.unique_id);
                if has(types, ACCOUNT) {
                    found.push(self.asset(project, ACCOUNT, &name, service_account(project, account)));
                }
                for key in keys(project, account).into_iter().filter(|_| has(types, KEY)) {
                    let id = key["name"].as_str().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
                    found.push(self.asset(project, KEY, &format!("{name}/keys/{id}"), key.clone()));
                }
            }
        }
        Some(found)
    }

    /// The policies of these types below a parent. What has none is no asset of this kind.
    pub(super) fn asset_policies(&self, parent: &str, types: &str) -> Option<Vec<Value>> {
        let mut found = Vec::new();
        let mut add = |project: &Project, kind: &str, name: String, policy: &[super::Binding]| {
            if has(types, kind) && !policy.is_empty() {
                let about = json!({"name": name, "assetType": kind, "ancestors": self.ancestors(project)});
                found.push(with(about, "iamPolicy", bound(policy)));
            }
        };
        for project in self.below(parent)? {
            let name = format!("//cloudresourcemanager.googleapis.com/projects/{}", project.number);
            add(project, PROJECT, name, &project.policy);
            for account in &project.accounts {
                let name =
                    format!("//iam.googleapis.com/projects/{}/serviceAccounts/{}", project.id, account.unique_id);
                add(project, ACCOUNT, name, &account.policy);
            }
        }
        Some(found)
    }

    fn below(&self, parent: &str) -> Option<Vec<&Project>> {
        match parent.split_once('/')? {
            ("organizations", number) => (number == self.organization).then(|| self.projects.iter().collect()),
            (_, id) => self.project(id).map(|project| vec![project]),
        }
    }

    fn ancestors(&self, project: &Project) -> Vec<String> {
        let mut names = vec![format!("projects/{}", project.number)];
        names.extend(project.folder.iter().map(|folder| format!("folders/{folder}")));
        names.push(format!("organizations/{}", self.organization));
        names
    }

    fn asset(&self, project: &Project, kind: &str, name: &str, data: Value) -> Value {
        let about = json!({
            "name": name,
            "assetType": kind,
            "ancestors": self.ancestors(project),
            "updateTime": project.created,
        });
        let resource = json!({
            "version": "v1",
            "discoveryDocumentUri": "https://iam.googleapis.com/$discovery/rest",
            "discoveryName": kind.rsplit('/').next(),
            "parent": format!("//cloudresourcemanager.googleapis.com/projects/{}", project.number),
            "data": data,
        });
        with(about, "resource", resource)
    }
}

fn has(types: &str, wanted: &str) -> bool {
    types.split(' ').any(|kind| kind == wanted)
}

fn with(mut value: Value, field: &str, content: Value) -> Value {
    value[field] = content;
    value
}

/// The keys of an account, and the one that Google keeps for itself.
fn keys(project: &Project, account: &ServiceAccount) -> Vec<Value> {
    let own = json!({
        "name": format!("{}/keys/{}", account_name(project, account), account.unique_id.chars().rev().collect::<String>()),
        "validAfterTime": project.created,
        "validBeforeTime": "2099-01-01T00:00:00Z",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "SYSTEM_MANAGED",
    });
    let of_users = account.keys.iter().map(|key| one_key(&project.id, account, key));
    of_users.chain([own]).collect()
}
