//! The policies of the organisation and its folders, which hold for every project below.

use crate::api::{Operation, Service, segment};
use crate::ids;
use crate::policy::{self, Policy, Resource, VERSION_3};
use crate::session::{Above, Estate, Failed};
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};

/// <https://cloud.google.com/resource-manager/reference/rest/v3/organizations/getIamPolicy>
const OF_ORGANIZATION: Operation = Operation {
    call: ApiCall::read(
        "resourcemanager:GetOrganizationIamPolicy",
        "resourcemanager.organizations.getIamPolicy",
        "Reads who holds which role on the organization, and so on everything in it.",
        "https://cloud.google.com/resource-manager/reference/rest/v3/organizations/getIamPolicy",
    ),
    service: Service::ResourceManager,
};
/// <https://cloud.google.com/resource-manager/reference/rest/v3/folders/getIamPolicy>
const OF_FOLDER: Operation = Operation {
    call: ApiCall::read(
        "resourcemanager:GetFolderIamPolicy",
        "resourcemanager.folders.getIamPolicy",
        "Reads who holds which role on a folder, and so on everything in it. One call for each folder.",
        "https://cloud.google.com/resource-manager/reference/rest/v3/folders/getIamPolicy",
    ),
    service: Service::ResourceManager,
};

/// What this listing is. It tells nothing of any one scope by itself: what is missing here is told again for the
/// grants of each project below.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "container-policies",
    title: "policies of the organization and folders",
    provides: &[],
    types: &[],
    calls: &[OF_ORGANIZATION.call, OF_FOLDER.call, crate::session::GET_ROLE.call],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct ContainerPolicies;

#[async_trait]
impl Collector<Estate> for ContainerPolicies {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, estate: &Estate, out: &mut Recorder) -> Result<(), CallError> {
        let Some(tree) = estate.tree.get() else {
            let reason = "not asked: the organization and its folders were not listed";
            return Err(CallError::new(OF_FOLDER.call, FailureKind::Other, reason));
        };
        let mut above = Above::default();
        for name in tree.containers.keys() {
            let operation = if name.starts_with("folders/") { OF_FOLDER } else { OF_ORGANIZATION };
            let path: Vec<String> = name.split('/').map(segment).collect();
            let path = format!("v3/{}:getIamPolicy", path.join("/"));
            match estate.api.post::<Policy>(operation, &path, &[], Some(VERSION_3)).await {
                Ok(policy) => {
                    let read = policy::observe(estate, &policy, &Resource::container(name), out).await;
                    if !read.ways.is_empty() {
                        above.impersonated.insert(name.clone());
                    }
                    for failed in read.failed {
                        out.failed_for(&failed.error(""), ids::scope(name));
                        above.failed.insert(name.clone(), failed);
                    }
                }
                Err(error) => {
                    missed(&error, name, out);
                    above.failed.insert(name.clone(), Failed::of(&error));
                }
            }
        }
        // Set once, since this listing runs once a scan.
        let _ = estate.policies.set(above);
        Ok(())
    }
}

fn missed(error: &CallError, name: &str, out: &mut Recorder) {
    let scope = ids::scope(name);
    if *out.scope() == scope { out.failed(error) } else { out.failed_for(error, scope) }
}
