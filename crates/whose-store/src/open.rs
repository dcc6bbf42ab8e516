//! From a URL to a store: the one place that knows which stores there are.

use crate::sqlite::SqliteStore;
use crate::{InventoryStore, StoreError};
use std::path::Path;

/// Opens the store that `url` names, and makes it when it is not there: `sqlite:PATH`, or a plain path.
///
/// # Errors
/// When the URL names no store that this build has, or the store cannot be opened.
pub async fn open(url: &str) -> Result<Box<dyn InventoryStore>, StoreError> {
    let error = |why| StoreError::Url { url: without_credentials(url), why };
    let path = match url.split_once(':') {
        Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
        Some(("postgres" | "postgresql", _)) => return Err(error("this build has no PostgreSQL store")),
        Some((_, rest)) if rest.starts_with("//") => return Err(error("there is no store of this kind")),
        _ => url,
    };
    match path {
        "" => Err(error("it names no file")),
        ":memory:" => Err(error("a store keeps history, so that it needs a file")),
        path => Ok(Box::new(SqliteStore::open(Path::new(path)).await?)),
    }
}

/// A URL may carry a password, which no message repeats.
fn without_credentials(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}
