//! One scan of one tenant: sign in, learn which tenant it is, then run the collectors in order.

use crate::session::Session;
use crate::sign_in::AzureSignIn;
use crate::target::Target;
use crate::{AZURE, COLLECTORS};
use async_trait::async_trait;
use whose_connect::{ConnectError, Connector, ConnectorInfo, RetryPolicy, ScanContext, run_collector};

/// The connector for Microsoft Entra and Azure.
#[derive(Clone, Debug, Default)]
pub struct Azure {
    sign_in: AzureSignIn,
}

impl Azure {
    /// A connector that signs in with what the caller knows.
    pub fn new(sign_in: AzureSignIn) -> Self {
        Self { sign_in }
    }

    pub(crate) async fn scan_with(
        &self,
        target: &str,
        context: &ScanContext,
        retry: RetryPolicy,
    ) -> Result<(), ConnectError> {
        let target = Target::parse(target)?;
        let opening = Session::open(&self.sign_in, &target, &context.network, context.as_of, retry);
        let session = tokio::select! {
            biased;
            () = context.cancel.cancelled() => return Err(ConnectError::Stopped { target: target.describe() }),
            session = opening => session?,
        };
        let scope = session.tenant.scope();
        for collector in COLLECTORS {
            run_collector(&AZURE, *collector, &session, &scope, context).await;
        }
        Ok(())
    }
}

#[async_trait]
impl Connector for Azure {
    fn info(&self) -> &'static ConnectorInfo {
        &AZURE
    }

    fn check(&self, target: &str) -> Result<(), ConnectError> {
        Target::parse(target).map(drop)
    }

    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
        self.scan_with(target, context, RetryPolicy::default()).await
    }
}
