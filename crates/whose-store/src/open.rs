//! From a URL to a store: the one place that knows which stores there are.

use crate::postgres::PostgresStore;
use crate::sqlite::SqliteStore;
use crate::{InventoryStore, StoreError};
use std::path::Path;

/// Opens the store that `url` names, and makes it when it is not there: `sqlite:PATH`, a plain path, or
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE` with `sslmode` (disable, prefer, require, verify-full) and
/// `sslrootcert` as parameters. It connects from within a tokio runtime that stays for as long as the store is used.
///
/// # Errors
/// When the URL names no store that this build has, or the store cannot be opened.
pub async fn open(url: &str) -> Result<Box<dyn InventoryStore>, StoreError> {
    let error = |why| StoreError::Url { url: without_credentials(url), why };
    let path = match url.split_once(':') {
        Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
        Some(("postgres" | "postgresql", _)) => return Ok(Box::new(PostgresStore::open(url).await?)),
        Some((kind, rest)) if rest.starts_with("//") || is_scheme(kind) && !Path::new(url).exists() => {
            return Err(error("there is no store of this kind"));
        }
        _ => url,
    };
    match path {
        "" => Err(error("it names no file")),
        ":memory:" => Err(error("a store keeps history, so that it needs a file")),
        path => Ok(Box::new(SqliteStore::open(Path::new(path)).await?)),
    }
}

/// Whether a text before a colon is the scheme of a URL (RFC 3986) and no drive of Windows.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// A URL may carry a password, which no message repeats: of a URL of an unknown kind, that kind is told.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://…"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_url_of_an_unknown_kind_is_refused_and_makes_no_file() {
        for url in ["bogus:x", "file:whose.db", "mysql://me@host/db", "sqlite:", ":memory:", "sqlite::memory:"] {
            assert!(matches!(open(url).await, Err(StoreError::Url { .. })), "{url}");
        }
        assert!(!Path::new("bogus:x").exists() && !Path::new("file:whose.db").exists());
    }
}
