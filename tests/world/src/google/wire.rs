//! The estate in the JSON of Google's APIs. Field names are those of the discovery documents of `iam.v1`,
//! `cloudresourcemanager.v3`, `cloudasset.v1`, `apikeys.v2` and `policyanalyzer.v1`.

use super::estate::{ApiKey, Binding, Folder, GoogleEstate, Pool, Project, ServiceAccount, ServiceAccountKey};
use super::route::Route;
use serde_json::{Map, Value, json};
use whose_model::Timestamp;

/// What a method answers.
pub(crate) enum Answer {
    /// One thing.
    One(Value),
    /// A listing: the field that holds its items, and these.
    Many(&'static str, Vec<Value>),
}

impl GoogleEstate {
    /// The answer to a call; `None`: there is no such thing.
    pub(crate) fn answer(&self, route: &Route, parent: &str) -> Option<Answer> {
        let project = || self.project(&route.resource);
        let account = || project()?.accounts.iter().find(|account| account.email == route.within);
        Some(match route.method {
            "GetOrganization" => Answer::One(self.own(&route.resource)?),
            "GetOrganizationIamPolicy" => self.own(&route.resource).map(|_| policy(&self.policy))?,
            "GetFolder" => Answer::One(self.folder(self.find_folder(&route.resource)?)),
            "GetFolderIamPolicy" => policy(&self.find_folder(&route.resource)?.policy),
            "ListFolders" => Answer::Many("folders", self.folders_of(parent)),
            "GetProject" => Answer::One(self.one_project(project()?)),
            "GetProjectIamPolicy" => policy(&project()?.policy),
            "ListProjects" => {
                let held = self.projects.iter().filter(|project| self.parent(project) == parent);
                Answer::Many("projects", held.map(|project| self.one_project(project)).collect())
            }
            "GetRole" => {
                let permissions = self.roles.get(&route.resource)?;
                Answer::One(json!({"name": route.resource, "stage": "GA", "includedPermissions": permissions}))
            }
            "ListServiceAccounts" => {
                let project = project()?;
                Answer::Many("accounts", project.accounts.iter().map(|one| service_account(project, one)).collect())
            }
            "ListServiceAccountKeys" => {
                let (account, id) = (account()?, &project()?.id);
                Answer::One(
                    json!({"keys": account.keys.iter().map(|key| one_key(id, account, key)).collect::<Vec<_>>()}),
                )
            }
            "GetServiceAccountIamPolicy" => policy(&account()?.policy),
            "ListWorkloadIdentityPools" => {
                let project = project()?;
                Answer::Many(
                    "workloadIdentityPools",
                    project.pools.iter().map(|pool| one_pool(project, pool)).collect(),
                )
            }
            "ListWorkloadIdentityPoolProviders" => {
                let project = project()?;
                let pool = project.pools.iter().find(|pool| pool.id == route.within)?;
                Answer::Many("workloadIdentityPoolProviders", vec![provider(project, pool)])
            }
            "ListAssets" => Answer::Many("assets", self.assets(&route.resource, &route.within)?),
            "ListAssetIamPolicies" => Answer::Many("assets", self.asset_policies(&route.resource, &route.within)?),
            "ListUsers" => self.directory.users(false),
            "ListDeletedUsers" => self.directory.users(true),
            "ListTokens" => self.directory.tokens(&route.resource)?,
            "ListKeys" => {
                let project = project()?;
                Answer::Many("keys", project.api_keys.iter().map(|key| api_key(project, key)).collect())
            }
            "ListServiceAccountLastAuthentications" => {
                let project = project()?;
                let uses = project.accounts.iter().map(|account| self.account_use(project, account));
                Answer::Many("activities", uses.collect())
            }
            "ListServiceAccountKeyLastAuthentications" => {
                let project = project()?;
                let keys =
                    project.accounts.iter().flat_map(|account| account.keys.iter().map(move |key| (account, key)));
                Answer::Many("activities", keys.map(|(account, key)| self.key_use(project, account, key)).collect())
            }
            _ => return None,
        })
    }

    fn own(&self, number: &str) -> Option<Value> {
        let name = format!("organizations/{}", self.organization);
        (number == self.organization).then(|| {
            json!({"name": name, "displayName": "tallowmere.example", "state": "ACTIVE",
                "directoryCustomerId": self.directory.customer})
        })
    }

    fn find_folder(&self, number: &str) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.number == number)
    }

    fn folder(&self, folder: &Folder) -> Value {
        json!({
            "name": format!("folders/{}", folder.number),
            "parent": format!("organizations/{}", self.organization),
            "displayName": folder.name,
            "state": "ACTIVE",
        })
    }

    fn folders_of(&self, parent: &str) -> Vec<Value> {
        let own = parent == format!("organizations/{}", self.organization);
        self.folders.iter().filter(|_| own).map(|folder| self.folder(folder)).collect()
    }

    pub(super) fn parent(&self, project: &Project) -> String {
        match &project.folder {
            Some(folder) => format!("folders/{folder}"),
            None => format!("organizations/{}", self.organization),
        }
    }

    fn one_project(&self, project: &Project) -> Value {
        json!({
            "name": format!("projects/{}", project.number),
            "projectId": project.id,
            "parent": self.parent(project),
            "displayName": project.id.replace('-', " "),
            "state": "ACTIVE",
            "createTime": project.created,
            "labels": project.labels,
        })
    }

    fn account_use(&self, project: &Project, account: &ServiceAccount) -> Value {
        let name = format!("//iam.googleapis.com/{}", account_name(project, account));
        let about = json!({
            "fullResourceName": name, "projectNumber": project.number, "serviceAccountId": account.unique_id,
        });
        self.activity("serviceAccountLastAuthentication", "serviceAccount", name, about, account.last_used)
    }

    fn key_use(&self, project: &Project, account: &ServiceAccount, key: &ServiceAccountKey) -> Value {
        let name = format!("//iam.googleapis.com/{}/keys/{}", account_name(project, account), key.id);
        let about = json!({
            "fullResourceName": name, "projectNumber": project.number, "serviceAccountId": account.unique_id,
        });
        self.activity("serviceAccountKeyLastAuthentication", "serviceAccountKey", name, about, key.last_used)
    }

    fn activity(&self, kind: &str, what: &str, name: String, about: Value, used: Option<Timestamp>) -> Value {
        let mut activity = Map::from_iter([(what.to_owned(), about)]);
        // Not used within the period: the field is missing.
        if let Some(at) = used {
            activity.insert("lastAuthenticatedTime".into(), json!(at));
        }
        json!({
            "fullResourceName": name,
            "activityType": kind,
            "observationPeriod": {"startTime": self.observed_since, "endTime": self.observed_until},
            "activity": activity,
        })
    }
}

fn policy(bindings: &[Binding]) -> Answer {
    if bindings.is_empty() {
        // A policy that was never set has nothing but its etag.
        return Answer::One(json!({"etag": "ACAB"}));
    }
    Answer::One(bound(bindings))
}

pub(super) fn bound(bindings: &[Binding]) -> Value {
    let bindings: Vec<Value> = bindings
        .iter()
        .map(|binding| {
            let mut value = json!({"role": binding.role, "members": binding.members});
            if let Some(expression) = &binding.condition {
                value["condition"] = json!({"title": "limited", "expression": expression});
            }
            value
        })
        .collect();
    json!({"version": 3, "etag": "BwYAAAAAAAA=", "bindings": bindings})
}

pub(super) fn account_name(project: &Project, account: &ServiceAccount) -> String {
    format!("projects/{}/serviceAccounts/{}", project.id, account.email)
}

pub(super) fn service_account(project: &Project, account: &ServiceAccount) -> Value {
    let mut value = json!({
        "name": account_name(project, account),
        "projectId": project.id,
        "uniqueId": account.unique_id,
        "email": account.email,
        "displayName": account.display_name,
        "oauth2ClientId": account.unique_id,
        "etag": "MDEwMjE5MjA=",
    });
    // Google leaves out what is empty or false.
    if !account.description.is_empty() {
        value["description"] = json!(account.description);
    }
    if account.disabled {
        value["disabled"] = json!(true);
    }
    value
}

pub(super) fn one_key(project: &str, account: &ServiceAccount, key: &ServiceAccountKey) -> Value {
    let never = json!("9999-12-31T23:59:59Z");
    let mut value = json!({
        "name": format!("projects/{project}/serviceAccounts/{}/keys/{}", account.email, key.id),
        "validAfterTime": key.created,
        "validBeforeTime": key.expires.map_or(never, |at| json!(at)),
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "USER_MANAGED",
    });
    if key.exposed {
        value["disabled"] = json!(true);
        value["disableReason"] = json!("SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED");
        value["extendedStatus"] =
            json!([{"key": "SERVICE_ACCOUNT_KEY_EXTENDED_STATUS_KEY_EXPOSED", "value": "a public repository"}]);
    }
    value
}

fn pool_name(project: &Project, pool: &Pool) -> String {
    format!("projects/{}/locations/global/workloadIdentityPools/{}", project.number, pool.id)
}

fn one_pool(project: &Project, pool: &Pool) -> Value {
    json!({"name": pool_name(project, pool), "displayName": pool.id, "state": "ACTIVE", "mode": "FEDERATION_ONLY"})
}

fn provider(project: &Project, pool: &Pool) -> Value {
    let mut value = json!({
        "name": format!("{}/providers/{}", pool_name(project, pool), pool.provider),
        "displayName": pool.provider,
        "state": "ACTIVE",
        "attributeMapping": {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"},
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    });
    if let Some(condition) = &pool.condition {
        value["attributeCondition"] = json!(condition);
    }
    value
}

fn api_key(project: &Project, key: &ApiKey) -> Value {
    let mut value = json!({
        "name": format!("projects/{}/locations/global/keys/{}", project.number, key.uid),
        "uid": key.uid,
        "displayName": key.name,
        "createTime": key.created,
        "updateTime": key.created,
        "etag": "W/\"1\"",
    });
    if let Some((service, referrer)) = &key.limited_to {
        value["restrictions"] = json!({
            "apiTargets": [{"service": service}],
            "browserKeyRestrictions": {"allowedReferrers": [referrer]},
        });
    }
    value
}
