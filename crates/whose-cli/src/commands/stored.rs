//! What several commands need of the store: opening it, choosing a scan, giving a new one its id.

use crate::args::Global;
use crate::config::Config;
use crate::data::DataFolder;
use crate::exit::Failure;
use anyhow::{Context, anyhow};
use whose_model::{Report, Timestamp};
use whose_store::{InventoryStore, StoreError};

/// Opens the store that the arguments, the configuration or the data folder name.
pub(crate) async fn open(global: &Global, config: &Config) -> Result<Box<dyn InventoryStore>, Failure> {
    let url = match (&global.store, &config.store) {
        (Some(url), _) | (None, Some(url)) => url.clone(),
        (None, None) => DataFolder::open(global.data_dir.as_deref())?.store_url(),
    };
    whose_store::open(&url).await.map_err(failure)
}

/// A store's error with its exit code: what the user named wrongly is the user's to mend.
pub(crate) fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::Url { .. }
        | StoreError::NotAStore { .. }
        | StoreError::Newer { .. }
        | StoreError::NoScan { .. }
        | StoreError::AmbiguousScan { .. }
        | StoreError::NoObject { .. } => Failure::request(error),
        _ => Failure::from(error),
    }
}

/// Loads the scan that was named, or the latest.
pub(crate) async fn load(store: &dyn InventoryStore, scan: Option<&str>) -> Result<Report, Failure> {
    let id = match scan {
        Some(id) => id.to_string(),
        None => store.latest().await.map_err(failure)?.ok_or_else(|| {
            Failure::request(anyhow!("the store holds no scan yet; `whose scan` makes one, `whose demo` shows one"))
        })?,
    };
    store.load(&id).await.map_err(failure)
}

/// Keeps a report. When another scan of the same second was faster, it gets the next free id.
pub(crate) async fn keep(store: &dyn InventoryStore, report: &mut Report) -> Result<(), Failure> {
    loop {
        match store.save(report).await {
            Err(StoreError::ScanExists { .. }) => report.scan.id = new_id(Some(store), report.scan.started).await?,
            other => return other.map_err(failure),
        }
    }
}

/// The id of a scan that begins now: its moment, with a number when the store holds that moment already.
pub(crate) async fn new_id(store: Option<&dyn InventoryStore>, started: Timestamp) -> Result<String, Failure> {
    let base = started.strftime("%Y%m%dT%H%M%SZ").to_string();
    let Some(store) = store else { return Ok(base) };
    let known = store.scans().await.map_err(failure)?;
    let free = |id: &String| !known.iter().any(|scan| scan.id == *id);
    std::iter::once(base.clone())
        .chain((2..).map(|number| format!("{base}-{number}")))
        .find(free)
        .context("no free id")
        .map_err(Failure::from)
}
