//! Domain-wide delegation, of which Google lets nobody read the list: this says so in every scan of an organisation,
//! so that nobody takes the silence for a clean bill.

use crate::session::Estate;
use async_trait::async_trait;
use whose_connect::{CallError, Collector, CollectorInfo, Recorder};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "domain-wide-delegation",
    title: "service accounts that may act as anybody in Google Workspace",
    provides: &[],
    types: &[],
    calls: &[],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct DomainWideDelegation;

#[async_trait]
impl Collector<Estate> for DomainWideDelegation {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, _estate: &Estate, out: &mut Recorder) -> Result<(), CallError> {
        out.not_offered(
            "no API of Google lists the clients that may act in the name of everybody in Google Workspace, nor their \
             scopes: a service account that holds such a right looks here like any other",
            "Read the list in the Admin console, under Security, Access and data control, API controls, Domain-wide \
             delegation, and compare its client ids with the numeric ids of the service accounts of the report.",
        );
        Ok(())
    }
}
