//! Cloud Asset Inventory: all service accounts with their keys and policies in pages of a thousand, instead of two
//! calls for each account. Where it may not be read, IAM itself is asked. It tells nothing by itself: what it holds is
//! told by the listings of each project, so that the same things are told either way.

use crate::api::{Operation, Page, Service, segment};
use crate::ids;
use crate::policy::Policy;
use crate::service_account_keys::Key;
use crate::service_accounts::ServiceAccount;
use crate::session::{Estate, Project};
use crate::target::Root;
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};

/// <https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list>
const LIST_RESOURCES: Operation = Operation {
    call: ApiCall::read(
        "cloudasset:ListAssets",
        "cloudasset.assets.listResource",
        "Reads all service accounts and all their keys at once, in pages of a thousand.",
        "https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list",
    ),
    service: Service::AssetInventory,
};
/// <https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list>
const LIST_POLICIES: Operation = Operation {
    call: ApiCall::read(
        "cloudasset:ListAssetIamPolicies",
        "cloudasset.assets.listIamPolicy",
        "Reads who holds which role on projects and service accounts, in pages of a thousand.",
        "https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list",
    ),
    service: Service::AssetInventory,
};

/// What this listing is. What it does not hold, or holds in another form, is always asked for where it lies: folders,
/// policies of folders and of the organisation, pools, API keys, roles and last use.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "asset-inventory",
    title: "service accounts, keys and policies from Cloud Asset Inventory",
    provides: &[],
    types: &[],
    calls: &[LIST_RESOURCES.call, LIST_POLICIES.call],
    switched_on_by: None,
};

const ACCOUNT: &str = "iam.googleapis.com/ServiceAccount";
const KEY: &str = "iam.googleapis.com/ServiceAccountKey";
const PROJECT: &str = "cloudresourcemanager.googleapis.com/Project";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Asset {
    name: String,
    asset_type: String,
    resource: Option<Resource>,
    iam_policy: Option<Policy>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    /// The resource in the form of its own API.
    data: Value,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Assets {
    assets: Vec<Asset>,
    next_page_token: String,
}

impl Page for Assets {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// What the inventory holds of everything. Accounts are named by e-mail or by number, as the inventory pleases.
#[derive(Default)]
pub(crate) struct Inventory {
    accounts: HashMap<String, Vec<ServiceAccount>>,
    keys: HashMap<String, Vec<Key>>,
    of_accounts: HashMap<String, Policy>,
    of_projects: HashMap<String, Policy>,
}

/// What the inventory holds of one project.
pub(crate) struct Held {
    /// The service accounts.
    pub(crate) accounts: Vec<ServiceAccount>,
    /// The policy of the project; `None`: it has to be asked for.
    pub(crate) policy: Option<Policy>,
    keys: HashMap<String, Vec<Key>>,
    policies: HashMap<String, Policy>,
}

impl Inventory {
    /// Hands out what belongs to a project.
    pub(crate) fn take(&mut self, project: &Project) -> Held {
        let names = [Some(&project.id), project.number.as_ref()];
        let mut held = Held {
            accounts: names.into_iter().flatten().find_map(|name| self.accounts.remove(name)).unwrap_or_default(),
            policy: names.into_iter().flatten().find_map(|name| self.of_projects.remove(name)),
            keys: HashMap::new(),
            policies: HashMap::new(),
        };
        for account in &held.accounts {
            for name in [&account.email, &account.unique_id] {
                if let Some(keys) = self.keys.remove(name) {
                    held.keys.entry(account.email.clone()).or_default().extend(keys);
                }
                if let Some(policy) = self.of_accounts.remove(name) {
                    held.policies.insert(account.email.clone(), policy);
                }
            }
        }
        held
    }

    /// Puts aside the keys of accounts that are not listed, of which nobody could say whose they are.
    fn strays(&mut self) -> Vec<Key> {
        let known: HashSet<&str> = self
            .accounts
            .values()
            .flatten()
            .flat_map(|account| [account.email.as_str(), account.unique_id.as_str()])
            .collect();
        let strays: Vec<String> = self.keys.keys().filter(|name| !known.contains(name.as_str())).cloned().collect();
        strays.iter().filter_map(|name| self.keys.remove(name)).flatten().collect()
    }

    fn account(&mut self, asset: Asset) -> Option<()> {
        let account = ServiceAccount::deserialize(asset.resource?.data).ok()?;
        let project = account.name.strip_prefix("projects/")?.split('/').next()?.to_owned();
        (!account.email.is_empty()).then_some(())?;
        self.accounts.entry(project).or_default().push(account);
        Some(())
    }

    fn key(&mut self, asset: Asset) -> Option<()> {
        let key = Key::deserialize(asset.resource?.data).ok()?;
        let (account, _) = key.name.split_once("/serviceAccounts/")?.1.split_once("/keys/")?;
        // The inventory holds the keys that Google makes and turns over by itself as well.
        if key.is_of_user() {
            self.keys.entry(account.to_owned()).or_default().push(key);
        }
        Some(())
    }

    fn policy(&mut self, asset: Asset) -> Option<()> {
        let place = match asset.asset_type.as_str() {
            ACCOUNT => &mut self.of_accounts,
            PROJECT => &mut self.of_projects,
            _ => return None,
        };
        place.insert(asset.name.rsplit('/').next()?.to_owned(), asset.iam_policy?);
        Some(())
    }
}

impl Held {
    /// The keys of an account.
    pub(crate) fn keys(&self, email: &str) -> &[Key] {
        self.keys.get(email).map(Vec::as_slice).unwrap_or_default()
    }

    /// The policy of an account; the inventory has none where none was ever set.
    pub(crate) fn policy_of(&self, email: &str) -> Option<&Policy> {
        self.policies.get(email)
    }
}

/// The listing.
pub(crate) struct AssetInventory;

#[async_trait]
impl Collector<Estate> for AssetInventory {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, estate: &Estate, out: &mut Recorder) -> Result<(), CallError> {
        let mut inventory = read(estate, out).await.map_err(instead)?;
        for key in inventory.strays() {
            let reason = "the inventory holds a key of a service account that it does not hold";
            let id = key.name.rsplit('/').next().unwrap_or_default();
            let error = CallError::new(LIST_RESOURCES.call, FailureKind::Malformed, reason);
            out.failed_for(&error, ids::service_account_key(id));
        }
        estate.learn_inventory(inventory);
        Ok(())
    }
}

/// Puts an asset where it belongs; `None`: it lacks what was asked for.
type Keep = fn(&mut Inventory, Asset) -> Option<()>;

/// All of it or nothing: a part would have to be told apart from the whole in every project.
async fn read(estate: &Estate, out: &Recorder) -> Result<Inventory, CallError> {
    let mut inventory = Inventory::default();
    let listings: [(Operation, &str, &[&str], Keep); 3] = [
        (LIST_RESOURCES, "RESOURCE", &[ACCOUNT], Inventory::account),
        (LIST_RESOURCES, "RESOURCE", &[KEY], Inventory::key),
        (LIST_POLICIES, "IAM_POLICY", &[ACCOUNT, PROJECT], Inventory::policy),
    ];
    let parent = match &estate.root {
        Root::Project(id) => format!("projects/{}", segment(id)),
        Root::Organization(number) => format!("organizations/{number}"),
    };
    let mut read = 0;
    for (operation, content, types, keep) in listings {
        let mut query = vec![("contentType", content), ("pageSize", "1000")];
        query.extend(types.iter().map(|kind| ("assetTypes", *kind)));
        let mut listing = estate.api.list::<Assets>(operation, format!("v1/{parent}/assets"), &query);
        while let Some(page) = listing.page().await? {
            for asset in page.assets {
                read += 1;
                keep(&mut inventory, asset).ok_or_else(|| {
                    let reason = "the answer cannot be read: it holds an asset without what was asked for";
                    CallError::new(operation.call, FailureKind::Malformed, reason)
                })?;
            }
            out.progress(&format!("{read} assets"));
        }
    }
    Ok(inventory)
}

/// A refusal is no gap: all that the inventory holds can be had from IAM as well, at the price of more calls.
fn instead(error: CallError) -> CallError {
    let (kind, needed) = match error.kind {
        FailureKind::Denied => (FailureKind::NotEnabled, format!(" (it needs {})", error.call.permission)),
        kind => (kind, String::new()),
    };
    let reason = "nothing is missing for it: IAM was asked instead, for each service account";
    CallError::new(error.call, kind, &format!("{}{needed}; {reason}", error.message))
}
