//! Workload identity pools and their providers: which issuers outside of Google Cloud are trusted, and on which
//! condition.

use crate::api::{Operation, Page, Service, segment};
use crate::ids;
use crate::session::Session;
use crate::trust::Provider;
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Facet, Node, State, TrustDetail, What};

/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/list>
const LIST_POOLS: Operation = Operation {
    call: ApiCall::read(
        "iam:ListWorkloadIdentityPools",
        "iam.workloadIdentityPools.list",
        "Finds the workload identity pools of a project.",
        "https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/list",
    ),
    service: Service::Iam,
};
/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers/list>
const LIST_PROVIDERS: Operation = Operation {
    call: ApiCall::read(
        "iam:ListWorkloadIdentityPoolProviders",
        "iam.workloadIdentityPoolProviders.list",
        "Reads the issuers that a pool trusts, and on which conditions. One call for each pool.",
        "https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers/list",
    ),
    service: Service::Iam,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "workload-identity-pools",
    title: "workload identity pools and providers",
    provides: &[Facet::Trusts],
    types: &[],
    calls: &[LIST_POOLS.call, LIST_PROVIDERS.call],
    switched_on_by: None,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pool {
    name: String,
    disabled: bool,
    state: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PoolsPage {
    workload_identity_pools: Vec<Pool>,
    next_page_token: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireProvider {
    name: String,
    display_name: String,
    description: String,
    disabled: bool,
    state: String,
    attribute_mapping: BTreeMap<String, String>,
    attribute_condition: String,
    oidc: Option<Oidc>,
    aws: Option<Aws>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Oidc {
    issuer_uri: String,
    allowed_audiences: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Aws {
    account_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ProvidersPage {
    workload_identity_pool_providers: Vec<WireProvider>,
    next_page_token: String,
}

impl Page for PoolsPage {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

impl Page for ProvidersPage {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// The listing.
pub(crate) struct WorkloadIdentityPools;

#[async_trait]
impl Collector<Session> for WorkloadIdentityPools {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let path = format!("v1/projects/{}/locations/global/workloadIdentityPools", segment(&session.project.id));
        let mut listing = session.estate.api.list::<PoolsPage>(LIST_POOLS, path, &[("pageSize", "100")]);
        while let Some(page) = listing.page().await? {
            for pool in page.workload_identity_pools {
                let Some(id) = pool.name.rsplit_once("/workloadIdentityPools/").map(|(_, id)| id.to_owned()) else {
                    continue;
                };
                // A pool without all its providers is not told to the trusts: nothing may be concluded from a part.
                match read(session, &id, &pool, out).await {
                    Ok(providers) => {
                        let number = session.project.number.as_deref().unwrap_or(&session.project.id);
                        session.estate.learn_pool(number, &id, providers);
                    }
                    Err(error) => out.failed(&error),
                }
            }
        }
        Ok(())
    }
}

async fn read(session: &Session, id: &str, pool: &Pool, out: &mut Recorder) -> Result<Vec<Provider>, CallError> {
    let project = segment(&session.project.id);
    let path = format!("v1/projects/{project}/locations/global/workloadIdentityPools/{}/providers", segment(id));
    let mut listing = session.estate.api.list::<ProvidersPage>(LIST_PROVIDERS, path, &[("pageSize", "100")]);
    let mut providers = Vec::new();
    while let Some(page) = listing.page().await? {
        for wire in page.workload_identity_pool_providers {
            let Some(name) = wire.name.rsplit_once("/providers/").map(|(_, name)| name.to_owned()) else { continue };
            let provider = provider(session, id, &name, pool, &wire);
            out.node(node(session, &provider, &name, &wire)).await;
            providers.push(provider);
        }
    }
    Ok(providers)
}

fn provider(session: &Session, pool_id: &str, name: &str, pool: &Pool, wire: &WireProvider) -> Provider {
    let issuer = wire.oidc.as_ref().map(|oidc| oidc.issuer_uri.trim_start_matches("https://"));
    let off = pool.disabled || wire.disabled || pool.state == "DELETED" || wire.state == "DELETED";
    Provider {
        id: ids::provider(&session.project.id, pool_id, name),
        issuer: issuer.map(|issuer| issuer.trim_end_matches('/').to_owned()),
        mapping: wire.attribute_mapping.clone(),
        condition: Some(wire.attribute_condition.clone()).filter(|text| !text.trim().is_empty()),
        enabled: !off,
    }
}

fn node(session: &Session, provider: &Provider, name: &str, wire: &WireProvider) -> Node {
    let of_aws = wire.aws.as_ref().map(|aws| format!("AWS account {}", aws.account_id));
    let detail = TrustDetail {
        issuer: provider.issuer.clone().or(of_aws),
        condition: provider.condition.clone(),
        audiences: wire.oidc.as_ref().map(|oidc| oidc.allowed_audiences.clone()).unwrap_or_default(),
        ..TrustDetail::default()
    };
    let title = if wire.display_name.is_empty() { name } else { &wire.display_name };
    let mut node = Node::new(provider.id.clone(), What::Trust(detail), "workload-identity-provider", title);
    node.address = Some(format!("//iam.googleapis.com/{}", wire.name));
    node.scope = Some(session.scope());
    node.state = match (provider.enabled, wire.state.as_str()) {
        (_, "DELETED") => State::Deleted,
        (true, _) => State::Enabled,
        (false, _) => State::Disabled,
    };
    node.description = Some(wire.description.clone()).filter(|text| !text.is_empty());
    node
}
