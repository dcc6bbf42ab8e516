//! The connector kit: sessions, declared calls, paging, retries, limits, coverage and replay.

mod call;
mod client;
mod collector;
mod connector;
mod error;
mod handover;
mod info;
mod limits;
mod meter;
mod pages;
mod recorder;
#[cfg(any(test, feature = "replay"))]
pub mod replay;
mod retry;
mod settings;
mod sink;

pub use call::ApiCall;
pub use client::{Client, TransportError, USER_AGENT};
pub use collector::{Collector, run_collector};
pub use connector::{Connector, ScanContext};
pub use error::{CallError, ConnectError, FailureKind, with_causes};
pub use handover::{Authorize, Handover, RepositoryReader, UnfitAddress};
pub use info::{CollectorInfo, ConnectorInfo};
pub use limits::DefaultLimits;
pub use meter::Meter;
pub use pages::{PageFault, Pages};
pub use recorder::Recorder;
pub use retry::RetryPolicy;
pub use settings::NetworkSettings;
pub use sink::{Event, Sink};
pub use tokio_util::sync::CancellationToken;
