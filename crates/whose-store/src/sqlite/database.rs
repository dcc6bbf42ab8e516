//! One connection to the file as a [`Database`].

use super::connect;
use crate::StoreError;
use crate::sql::{Cell, Cells, Database, Failure, SqlStore, Transaction, Value};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Row, TransactionBehavior, params_from_iter};
use std::path::Path;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// How long to wait for another process before saying that it is there.
const PATIENCE: Duration = Duration::from_secs(10);

/// A store in one SQLite file.
pub(crate) type SqliteStore = SqlStore<Connection>;

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
        Ok(Self::new(connection, path.display().to_string()))
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::NotADatabase) => Self::NotAStore("it is not a SQLite database"),
            _ => Self::Database(Box::new(error)),
        }
    }
}

impl Database for Connection {
    fn reading<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut transaction = self.transaction()?;
        work(&mut transaction)
    }

    fn writing<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut transaction = self.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&mut transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

impl Transaction for rusqlite::Transaction<'_> {
    fn query(
        &mut self,
        query: &str,
        arguments: &[Value<'_>],
        row: &mut dyn FnMut(&dyn Cells) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut statement = self.prepare_cached(query)?;
        let mut found = statement.query(params_from_iter(arguments))?;
        while let Some(cells) = found.next()? {
            row(cells)?;
        }
        Ok(())
    }

    fn write(&mut self, statement: &str, arguments: &[Value<'_>]) -> Result<(), Failure> {
        self.prepare_cached(statement)?.execute(params_from_iter(arguments))?;
        Ok(())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Integer(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

impl Cells for Row<'_> {
    fn cell(&self, index: usize) -> Result<Cell, Failure> {
        match self.get_ref(index)? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(number) => Ok(Cell::Integer(number)),
            text @ ValueRef::Text(_) => Ok(Cell::Text(text.as_str().map_err(rusqlite::Error::from)?.to_owned())),
            other => Err(rusqlite::Error::InvalidColumnType(index, "a cell".to_owned(), other.data_type()).into()),
        }
    }
}
