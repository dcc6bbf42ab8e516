//! What one target may be asked at once and in a second, and the pauses that it asks for itself.

use crate::NetworkSettings;
use governor::{DefaultDirectRateLimiter, Jitter, Quota, RateLimiter};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// What suits a provider when the user says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultLimits {
    /// Requests under way at once.
    pub max_concurrency: NonZeroUsize,
    /// Requests that start in a second.
    pub requests_per_second: NonZeroU32,
}

/// The limits of one target.
pub(crate) struct Limits {
    rate: DefaultDirectRateLimiter,
    permits: Semaphore,
    paused_until: Mutex<Option<Instant>>,
}

impl Limits {
    pub(crate) fn new(settings: &NetworkSettings, default: DefaultLimits) -> Self {
        let concurrency = settings.max_concurrency.unwrap_or(default.max_concurrency);
        let rate = settings.requests_per_second.unwrap_or(default.requests_per_second);
        Self {
            rate: RateLimiter::direct(Quota::per_second(rate)),
            permits: Semaphore::new(concurrency.get().min(Semaphore::MAX_PERMITS)),
            paused_until: Mutex::new(None),
        }
    }

    /// Waits until a request may start. It is under way until the permit is dropped.
    pub(crate) async fn admit(&self) -> SemaphorePermit<'_> {
        let permit = self.permits.acquire().await.expect("the semaphore is never closed");
        while let Some(until) = self.pause() {
            tokio::time::sleep_until(until).await;
        }
        self.rate.until_ready_with_jitter(Jitter::up_to(Duration::from_millis(5))).await;
        permit
    }

    /// Holds all requests to this target back for a while.
    pub(crate) fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut held = self.paused_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *held = Some(held.map_or(until, |before| before.max(until)));
    }

    fn pause(&self) -> Option<Instant> {
        let held = self.paused_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.filter(|until| *until > Instant::now())
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").field("free_permits", &self.permits.available_permits()).finish_non_exhaustive()
    }
}
