//! Opens the file: private to its user, safe against a crash, and refused when it is something else.

use super::migrate;
use crate::StoreError;
use crate::sql::Failure;
use rusqlite::{Connection, OpenFlags};
use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

pub(super) fn connect(path: &Path, patience: Duration) -> Result<Connection, StoreError> {
    create(path)?;
    prepare(path, patience).map_err(|failure| failure.explain("open the store", &path.display().to_string()))
}

/// Makes the file, readable by its user alone: it names every key of an estate. SQLite gives the files beside it
/// the same mode.
fn create(path: &Path) -> Result<(), StoreError> {
    let error = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Create { path, source }
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder).map_err(error(folder))?;
    }
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.write(true).create_new(true).open(path) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => Err(error(path)(source)),
        _ => Ok(()),
    }
}

fn prepare(path: &Path, patience: Duration) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(patience)?;
    migrate::refuse_others(&connection, path)?;
    // Readers go on while a scan is saved, and a saved scan survives a loss of power.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate::migrate(&mut connection, path)?;
    Ok(connection)
}
