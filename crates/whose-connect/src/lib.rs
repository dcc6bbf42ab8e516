//! The connector kit: sessions, declared calls, paging, retries, limits, coverage and replay.

mod call;
mod connector;
mod error;
mod info;
mod settings;
mod sink;

pub use call::ApiCall;
pub use connector::{Connector, ScanContext};
pub use error::{CallError, ConnectError, FailureKind};
pub use info::{CollectorInfo, ConnectorInfo};
pub use settings::NetworkSettings;
pub use sink::{Event, Sink};
pub use tokio_util::sync::CancellationToken;
