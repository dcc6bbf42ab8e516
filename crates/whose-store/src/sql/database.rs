//! What the two databases have in common, as far as the SQL of this crate needs it: a transaction that answers
//! queries and takes writes, values that go in, and cells that come out.

use crate::{Kind, StoreError};
use std::error::Error;

/// A database that one thread works on.
pub(crate) trait Database: Send + 'static {
    /// Reads, with all queries on one snapshot.
    fn reading<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, Failure>) -> Result<T, Failure>;

    /// Writes, alone, and keeps what was written when `work` ends well.
    fn writing<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, Failure>) -> Result<T, Failure>;
}

/// A transaction under way. Statements number their parameters `?1`, `?2`.
pub(crate) trait Transaction {
    /// Hands each row that the query finds to `row`.
    fn query(
        &mut self,
        query: &str,
        arguments: &[Value<'_>],
        row: &mut dyn FnMut(&dyn Cells) -> Result<(), Failure>,
    ) -> Result<(), Failure>;

    /// Writes, after all earlier writes and before any later query. An error may come with a later call.
    fn write(&mut self, statement: &str, arguments: &[Value<'_>]) -> Result<(), Failure>;
}

/// A row that was found.
pub(crate) trait Cells {
    fn cell(&self, index: usize) -> Result<Cell, Failure>;
}

/// A value on its way into a statement.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Integer(Option<i64>),
    Text(Option<&'a str>),
}

/// A value on its way out of a row.
pub(crate) enum Cell {
    Null,
    Truth(bool),
    Integer(i64),
    Text(String),
}

/// What ends the work inside a transaction.
pub(crate) enum Failure {
    /// It has its words already.
    Store(StoreError),
    /// Another process is writing.
    Busy,
    /// It is no store.
    NotAStore(&'static str),
    /// The database failed otherwise.
    Database(Box<dyn Error + Send + Sync>),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// The error for the user, who wants to know what was tried, and where.
    pub(crate) fn explain(self, operation: &'static str, store: &str) -> StoreError {
        let store = store.to_owned();
        match self {
            Self::Store(error) => error,
            Self::Busy => StoreError::Locked { operation, store },
            Self::NotAStore(why) => StoreError::NotAStore { store, why },
            Self::Database(source) => StoreError::Database { operation, store, source },
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(Some(number.into()))
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Self::Integer(Some(number.into()))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

/// Neither database has a column of this type that both know.
impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Integer(Some(truth.into()))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

/// The arguments of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Value::from($value)),*] };
}
pub(super) use values;

/// What a cell can be read as. A cell of another type than the table promises is damage.
pub(crate) trait FromCell: Sized {
    fn from_cell(cell: Cell) -> Option<Self>;
}

impl FromCell for i64 {
    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Integer(number) => Some(number),
            _ => None,
        }
    }
}

impl FromCell for u32 {
    fn from_cell(cell: Cell) -> Option<Self> {
        i64::from_cell(cell).and_then(|number| Self::try_from(number).ok())
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Truth(truth) => Some(truth),
            Cell::Integer(number) => Some(number != 0),
            _ => None,
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl FromCell for Kind {
    fn from_cell(cell: Cell) -> Option<Self> {
        let word = String::from_cell(cell)?;
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

impl dyn Cells + '_ {
    /// The cell as what it must be.
    pub(crate) fn get<T: FromCell>(&self, index: usize) -> Result<T, Failure> {
        T::from_cell(self.cell(index)?).ok_or_else(|| {
            let what = format!("column {} of a row has another type than its table promises", index + 1);
            StoreError::Damaged { what, source: None }.into()
        })
    }
}

impl dyn Transaction + '_ {
    /// Every row that the query finds, read by `read`.
    pub(crate) fn all<T>(
        &mut self,
        query: &str,
        arguments: &[Value<'_>],
        mut read: impl FnMut(&dyn Cells) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let mut found = Vec::new();
        self.query(query, arguments, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row that the query finds.
    pub(crate) fn first<T>(
        &mut self,
        query: &str,
        arguments: &[Value<'_>],
        read: impl FnMut(&dyn Cells) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        Ok(self.all(query, arguments, read)?.into_iter().next())
    }

    /// The row that the query cannot but find.
    pub(crate) fn one<T>(
        &mut self,
        query: &str,
        arguments: &[Value<'_>],
        read: impl FnMut(&dyn Cells) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.first(query, arguments, read)?.ok_or_else(|| {
            let what = "a row is missing to which another one points".to_owned();
            StoreError::Damaged { what, source: None }.into()
        })
    }
}
