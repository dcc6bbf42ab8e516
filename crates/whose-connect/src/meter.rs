//! Counts requests on the wire, retries included, and charges them to the collector that caused them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter of requests. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<AtomicU64>);

tokio::task_local! {
    /// The meter of the collector whose task this is. A vendor's SDK calls our client from deep within, where no
    /// argument of ours can be passed; it does so on the task that called the SDK.
    static CURRENT: Meter;
}

impl Meter {
    /// How many requests were counted.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts one request.
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs a future whose requests are charged to this meter.
    pub async fn charge<F: Future>(&self, future: F) -> F::Output {
        CURRENT.scope(self.clone(), future).await
    }

    /// Counts one request for the collector whose task this is, if there is one.
    pub(crate) fn add_to_current() {
        // Sign-in happens outside of any collector; its requests count for the client alone.
        let _ = CURRENT.try_with(Self::add);
    }
}
