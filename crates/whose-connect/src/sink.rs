//! The way of everything that a connector sees: one bounded channel to whoever runs the scan, so that a
//! slow reader slows the connector down in place of filling the memory. Repositories that are handed over go beside it,
//! to whoever reads them.

use crate::Handover;
use tokio::sync::mpsc;
use whose_model::{Coverage, Observation, Source};

/// One message from a connector.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A thing or relation was seen.
    Seen {
        /// Who saw it.
        source: Source,
        /// What was seen.
        observation: Observation,
    },
    /// A listing has ended, well or not.
    Coverage(Coverage),
    /// A listing goes on. May be lost when the reader is slow.
    Progress {
        /// Which listing.
        source: Source,
        /// What it does, for people.
        message: String,
        /// How many things it has seen so far.
        seen: u64,
    },
}

/// The sending half. Clones feed the same channel.
#[derive(Clone, Debug)]
pub struct Sink {
    sender: mpsc::Sender<Event>,
    handovers: Option<mpsc::Sender<Handover>>,
}

impl Sink {
    /// A channel that holds at most `bound` events (at least one).
    pub fn channel(bound: usize) -> (Self, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel(bound.max(1));
        (Self { sender, handovers: None }, receiver)
    }

    /// The same sink, with a reader of repositories behind it.
    #[must_use]
    pub fn handing_over_to(mut self, reader: mpsc::Sender<Handover>) -> Self {
        self.handovers = Some(reader);
        self
    }

    /// Hands a repository to its reader, and waits while too many are waiting. `false`: there is none.
    pub async fn hand_over(&self, handover: Handover) -> bool {
        match &self.handovers {
            Some(reader) => reader.send(handover).await.is_ok(),
            None => false,
        }
    }

    /// Hands on what was seen, and waits while the channel is full.
    pub async fn observe(&self, source: &Source, observation: Observation) {
        self.send(Event::Seen { source: source.clone(), observation }).await;
    }

    /// Hands on how a listing ended.
    pub async fn coverage(&self, coverage: Coverage) {
        self.send(Event::Coverage(coverage)).await;
    }

    /// Tells how far a listing is, unless the reader is behind.
    pub fn progress(&self, source: &Source, message: &str, seen: u64) {
        // A lost progress message costs nothing: the next one tells more.
        let _ = self.sender.try_send(Event::Progress { source: source.clone(), message: message.into(), seen });
    }

    async fn send(&self, event: Event) {
        if self.sender.send(event).await.is_err() {
            // The reader is gone, so the scan was abandoned and nobody can miss the event.
            tracing::debug!("an event was dropped: the reader of the scan is gone");
        }
    }
}
