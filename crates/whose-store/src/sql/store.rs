//! The store's face: each method does its work on a thread that may block, in one transaction.

use super::database::{Database, Failure};
use super::{history, load, save};
use crate::footing::ReadScopes;
use crate::rows::{Head, Row, rows};
use crate::{Found, History, InventoryStore, StoreError};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use whose_model::{Report, ScanInfo};

/// How many rows are handed over at a time, and how many such batches may wait.
const BATCH: usize = 512;
const WAITING: usize = 8;

/// A store in a database.
pub(crate) struct SqlStore<D> {
    database: Arc<Mutex<D>>,
    name: String,
}

impl<D: Database> SqlStore<D> {
    /// A store in `database`, which errors call `name`.
    pub(crate) fn new(database: D, name: String) -> Self {
        Self { database: Arc::new(Mutex::new(database)), name }
    }

    fn start<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut D) -> Result<T, Failure> + Send + 'static,
    ) -> JoinHandle<Result<T, StoreError>> {
        let (database, name) = (Arc::clone(&self.database), self.name.clone());
        spawn_blocking(move || {
            // A panic inside a transaction rolled it back, so that the connection is as good as before.
            let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut database).map_err(|failure| failure.explain(operation, &name))
        })
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut D) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.start(operation, work).await.map_err(|_| StoreError::BrokenOff { operation })?
    }

    /// Starts to save what comes through the channel. When the channel ends early, nothing is saved.
    pub(crate) fn start_saving(
        &self,
        head: Head,
        batches: mpsc::Receiver<Vec<Row>>,
    ) -> JoinHandle<Result<(), StoreError>> {
        self.start("save the scan", move |database| {
            database.writing(|transaction| save::save(transaction, &head, batches))
        })
    }
}

#[async_trait]
impl<D: Database> InventoryStore for SqlStore<D> {
    async fn save(&self, report: &Report) -> Result<(), StoreError> {
        let operation = "save the scan";
        let (sender, receiver) = mpsc::channel(WAITING);
        let saving = self.start_saving(Head::of(report), receiver);
        let read = ReadScopes::of(&report.coverage);
        let mut rows = rows(report, &read);
        loop {
            let batch: Vec<Row> = rows
                .by_ref()
                .take(BATCH)
                .collect::<Result<_, _>>()
                .map_err(|source| StoreError::Encode { operation, source })?;
            // A closed channel means that saving failed, and it says why below.
            if batch.is_empty() || sender.send(batch).await.is_err() {
                break;
            }
        }
        drop(sender);
        saving.await.map_err(|_| StoreError::BrokenOff { operation })?
    }

    async fn scans(&self) -> Result<Vec<ScanInfo>, StoreError> {
        self.run("list the scans", |database| database.reading(load::scans)).await
    }

    async fn load(&self, scan_id: &str) -> Result<Report, StoreError> {
        let id = scan_id.to_owned();
        self.run("load the scan", move |database| database.reading(|transaction| load::load(transaction, &id))).await
    }

    async fn latest(&self) -> Result<Option<String>, StoreError> {
        self.run("find the last scan", |database| database.reading(load::latest)).await
    }

    async fn previous(&self, scan_id: &str) -> Result<Option<String>, StoreError> {
        let id = scan_id.to_owned();
        self.run("find the scan before", move |database| {
            database.reading(|transaction| load::previous(transaction, &id))
        })
        .await
    }

    async fn history(&self, id: &str) -> Result<History, StoreError> {
        let id = id.to_owned();
        self.run("read the history", move |database| database.reading(|transaction| history::history(transaction, &id)))
            .await
    }

    async fn find(&self, text: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        let text = text.to_owned();
        self.run("search", move |database| database.reading(|transaction| history::find(transaction, &text, limit)))
            .await
    }
}
