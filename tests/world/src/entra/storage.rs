//! The storage accounts of a subscription, and what of their keys stands in repositories: a key that works, a signature
//! made with one, and two look-alikes that open nothing any more.

use super::plan::Plan;
use super::tenant::StorageLeak;
use serde_json::{Value, json};
use whose_model::NodeId;

/// A storage account, by what makes it different.
struct Account {
    name: &'static str,
    /// The days since it was made, and since its keys were.
    age: i64,
    keys: i64,
    /// Whether it takes its keys. It does when nobody says so.
    takes_keys: Option<bool>,
    /// After how many days its keys should be renewed.
    policy: Option<u32>,
}

const ACCOUNTS: &[Account] = &[
    Account { name: "tlwinvoices", age: 500, keys: 500, takes_keys: None, policy: None },
    Account { name: "tlwtracking", age: 420, keys: 20, takes_keys: Some(true), policy: Some(90) },
    Account { name: "tlwlabels", age: 700, keys: 30, takes_keys: Some(true), policy: None },
    Account { name: "tlwarchive", age: 900, keys: 900, takes_keys: Some(false), policy: None },
];

pub(super) fn draw(plan: &mut Plan, subscription: &str) -> Vec<Value> {
    truth(plan);
    leaks(plan);
    ACCOUNTS.iter().map(|account| object(plan, subscription, account)).collect()
}

fn object(plan: &Plan, subscription: &str, account: &Account) -> Value {
    let name = account.name;
    let group = format!("/subscriptions/{subscription}/resourceGroups/billing");
    json!({
        "id": format!("{group}/providers/Microsoft.Storage/storageAccounts/{name}"),
        "name": name,
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS", "tier": "Standard"},
        "tags": {"Owner": "ines.okafor@tallowmere.example"},
        "properties": {
            "provisioningState": "Succeeded",
            "creationTime": plan.ago(account.age),
            "keyCreationTime": {"key1": plan.ago(account.keys), "key2": plan.ago(account.keys)},
            "keyPolicy": account.policy.map(|days| json!({"keyExpirationPeriodInDays": days})),
            "sasPolicy": null,
            "allowSharedKeyAccess": account.takes_keys,
            "allowBlobPublicAccess": false,
            "publicNetworkAccess": "Enabled",
            "supportsHttpsTrafficOnly": true,
            "minimumTlsVersion": "TLS1_2",
            "primaryEndpoints": {"blob": format!("https://{name}.blob.core.windows.net/")},
        },
    })
}

fn truth(plan: &mut Plan) {
    let key = |account: &str, key: &str| NodeId::new("azure", "", "storage-account-key", &format!("{account}/{key}"));
    let old = "long-lived-credential";
    for name in ["key1", "key2"] {
        plan.fault(old, key("tlwinvoices", name), "It was made with the account and never renewed.");
        plan.healthy(old, key("tlwtracking", name), "It was renewed three weeks ago.");
        plan.healthy(old, key("tlwarchive", name), "The account takes no keys.");
    }
}

/// What stands in the repository of the fleet's settings.
fn leaks(plan: &mut Plan) {
    let key = |account: &str| {
        let value = plan.draw.base64(&format!("storage/{account}"), 64) + "==";
        let line = format!(
            "STORAGE=DefaultEndpointsProtocol=https;AccountName={account};AccountKey={value};EndpointSuffix=core.windows.net"
        );
        (value, line)
    };
    let signature = plan.draw.base64("storage/signature", 32).replace('+', "%2B").replace('/', "%2F") + "%3D";
    let until = plan.ago(-100).strftime("%Y-%m-%dT%H:%M:%SZ").to_string().replace(':', "%3A");
    let signed = format!(
        "url: https://tlwtracking.blob.core.windows.net/labels?sv=2024-11-04&sr=c&sp=rcwl&se={until}&sig={signature}"
    );
    let (live, dead) = ("leaked-live-credential", "leaked-dead-credential");
    let leak = |rule, path, days, (secret, line): (String, String), story| StorageLeak {
        rule,
        path,
        days,
        secret,
        line,
        story,
    };
    let leaks = vec![
        leak(live, "invoices/storage.env", 44, key("tlwinvoices"), "Neither key was renewed since it leaked."),
        leak(live, "labels/upload.yml", 12, (signature, signed), "A signature that holds for months to come."),
        leak(dead, "labels/storage.env", 90, key("tlwlabels"), "Both keys were renewed after it leaked."),
        leak(dead, "archive/storage.env", 210, key("tlwarchive"), "The account takes no keys any more."),
    ];
    plan.tenant.storage_leaks = leaks;
}
