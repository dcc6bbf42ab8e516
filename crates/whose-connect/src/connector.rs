//! The seam to the outside: what a connector is, and what it gets from whoever runs it.

use crate::{ConnectError, ConnectorInfo, NetworkSettings, Sink};
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use whose_model::Timestamp;

/// A provider that can be scanned.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What it is.
    fn info(&self) -> &'static ConnectorInfo;

    /// Whether a target is written as the connector expects. Nothing is read yet.
    ///
    /// # Errors
    /// When it is not: [`ConnectError::Target`].
    fn check(&self, target: &str) -> Result<(), ConnectError>;

    /// Reads one target into the sink of `context`. `target` is what the user wrote after `<id>:`, and empty when
    /// the user wrote the id alone.
    ///
    /// A listing that cannot be read is not an error: it is reported as coverage.
    ///
    /// # Errors
    /// When nothing of the target can be read: it is written wrongly, or signing in fails.
    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError>;
}

/// What a scan gives to its connectors.
#[derive(Clone, Debug)]
pub struct ScanContext {
    /// The one moment for which the scan speaks.
    pub as_of: Timestamp,
    /// Where observations and coverage go.
    pub sink: Sink,
    /// Cancelled when the user stops the scan. What was gathered by then is kept.
    pub cancel: CancellationToken,
    /// How to reach the network.
    pub network: NetworkSettings,
}
