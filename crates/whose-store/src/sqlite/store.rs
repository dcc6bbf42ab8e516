//! The store's face: each method does its work on a thread that may block, in one transaction.

use super::{connect, history, load, save};
use crate::footing::ReadScopes;
use crate::rows::{Head, Row, rows};
use crate::{Found, History, InventoryStore, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use whose_model::{Report, ScanInfo};

/// How long to wait for another process before saying that it is there.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many rows are handed over at a time, and how many such batches may wait.
const BATCH: usize = 512;
const WAITING: usize = 8;

/// A store in one SQLite file.
pub(crate) struct SqliteStore {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
}

/// What ends the work inside a transaction.
pub(super) enum Failure {
    Sql(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// The error for the user, who wants to know what was tried, and where.
    pub(super) fn explain(self, operation: &'static str, path: &Path) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::Store(error) => error,
            Self::Sql(source) => match source.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { operation, path },
                Some(ErrorCode::NotADatabase) => StoreError::NotAStore { path, why: "it is not a SQLite database" },
                _ => StoreError::Database { operation, path, source },
            },
        }
    }
}

impl SqliteStore {
    /// Opens the file, makes it when it is not there, and brings it to the newest version.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_patiently(path, PATIENCE).await
    }

    pub(super) async fn open_patiently(path: &Path, patience: Duration) -> Result<Self, StoreError> {
        let operation = "open the store";
        let file = path.to_owned();
        let connection = spawn_blocking(move || connect::connect(&file, patience))
            .await
            .map_err(|_| StoreError::BrokenOff { operation })??;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), path: path.to_owned() })
    }

    fn start<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> JoinHandle<Result<T, StoreError>> {
        let (connection, path) = (Arc::clone(&self.connection), self.path.clone());
        spawn_blocking(move || {
            // A panic inside a transaction rolled it back, so that the connection is as good as before.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection).map_err(|failure| failure.explain(operation, &path))
        })
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.start(operation, work).await.map_err(|_| StoreError::BrokenOff { operation })?
    }

    /// Starts to save what comes through the channel. When the channel ends early, nothing is saved.
    pub(super) fn start_saving(
        &self,
        head: Head,
        batches: mpsc::Receiver<Vec<Row>>,
    ) -> JoinHandle<Result<(), StoreError>> {
        self.start("save the scan", move |connection| save::save(connection, &head, batches))
    }
}

#[async_trait]
impl InventoryStore for SqliteStore {
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
        self.run("list the scans", |connection| load::scans(connection)).await
    }

    async fn load(&self, scan_id: &str) -> Result<Report, StoreError> {
        let id = scan_id.to_owned();
        self.run("load the scan", move |connection| load::load(connection, &id)).await
    }

    async fn latest(&self) -> Result<Option<String>, StoreError> {
        self.run("find the last scan", |connection| load::latest(connection)).await
    }

    async fn previous(&self, scan_id: &str) -> Result<Option<String>, StoreError> {
        let id = scan_id.to_owned();
        self.run("find the scan before", move |connection| load::previous(connection, &id)).await
    }

    async fn history(&self, id: &str) -> Result<History, StoreError> {
        let id = id.to_owned();
        self.run("read the history", move |connection| history::history(connection, &id)).await
    }

    async fn find(&self, text: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        let text = text.to_owned();
        self.run("search", move |connection| history::find(connection, &text, limit)).await
    }
}
