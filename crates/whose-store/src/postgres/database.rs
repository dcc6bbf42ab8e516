//! One connection to the server as a [`Database`]. Writes are sent without waiting for the answer to each, so that
//! a far server costs a round trip a batch and not one a row.

use super::address::Address;
use super::migrate::{lock, migrate};
use super::tls::tls;
use crate::StoreError;
use crate::sql::{Cell, Cells, Database, Failure, SqlStore, Transaction, Value};
use futures_util::{TryStreamExt, future::poll_immediate, pin_mut};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, IsolationLevel, Row, Statement};

/// How long to wait for another process that saves: a big estate takes minutes.
const PATIENCE: Duration = Duration::from_secs(300);

/// How many writes may be under way.
const BATCH: usize = 512;

/// A store in a PostgreSQL database.
pub(crate) type PostgresStore = SqlStore<Server>;

/// A connection, and the statements that it has prepared.
pub(crate) struct Server {
    client: Client,
    runtime: Handle,
    statements: HashMap<String, Statement>,
    patience: Duration,
}

impl PostgresStore {
    /// Connects, makes the schema when it is not there, and brings it to the newest version.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_patiently(url, PATIENCE).await
    }

    pub(super) async fn open_patiently(url: &str, patience: Duration) -> Result<Self, StoreError> {
        let address = Address::parse(url).map_err(|why| StoreError::Url { url: "postgres://…".to_owned(), why })?;
        let store = address.name();
        let refused = |source| StoreError::Connect { store: store.clone(), source };
        let tls = tls(&address.proof).map_err(refused)?;
        let (mut client, connection) = address.config.connect(tls).await.map_err(|error| refused(error.into()))?;
        tokio::spawn(async move {
            // What breaks the connection is told by the request that waits for it.
            let _ = connection.await;
        });
        let prepared = async {
            migrate(&mut client, &store, patience).await?;
            client.batch_execute("SET search_path TO whose").await?;
            Ok(())
        };
        prepared.await.map_err(|failure: Failure| failure.explain("open the store", &store))?;
        let server = Server { client, runtime: Handle::current(), statements: HashMap::new(), patience };
        Ok(Self::new(server, store))
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE) => Self::Busy,
            _ => Self::Database(Box::new(error)),
        }
    }
}

impl Database for Server {
    fn reading<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, Failure>) -> Result<T, Failure> {
        let snapshot = self.client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let transaction = self.runtime.block_on(snapshot.start())?;
        let statements = &mut self.statements;
        work(&mut Work { transaction, runtime: &self.runtime, statements, waiting: Vec::new() })
    }

    fn writing<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, Failure>) -> Result<T, Failure> {
        let transaction = self.runtime.block_on(self.client.transaction())?;
        self.runtime.block_on(lock(&transaction, self.patience))?;
        let statements = &mut self.statements;
        let mut under_way = Work { transaction, runtime: &self.runtime, statements, waiting: Vec::new() };
        let done = work(&mut under_way)?;
        under_way.send()?;
        self.runtime.block_on(under_way.transaction.commit())?;
        Ok(done)
    }
}

/// A transaction under way; what is dropped without a commit is rolled back.
struct Work<'c> {
    transaction: tokio_postgres::Transaction<'c>,
    runtime: &'c Handle,
    statements: &'c mut HashMap<String, Statement>,
    waiting: Vec<(Statement, Vec<Argument>)>,
}

impl Work<'_> {
    fn statement(&mut self, query: &str, arguments: &[Argument]) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(query) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = arguments.iter().map(Argument::r#type).collect();
        let numbered = query.replace('?', "$");
        let statement = self.runtime.block_on(self.transaction.prepare_typed(&numbered, &types))?;
        self.statements.insert(query.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Sends what waits, in its order, and then reads the answers.
    fn send(&mut self) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let transaction = &self.transaction;
        self.runtime.block_on(async {
            let mut sent = Vec::with_capacity(waiting.len());
            for (statement, arguments) in &waiting {
                // Polled for the first time, a request is sent; the server works on requests in the order in which
                // they come, so that polling in order keeps it.
                let mut request = Box::pin(transaction.execute_raw(statement, arguments));
                match poll_immediate(&mut request).await {
                    Some(answer) => drop(answer?),
                    None => sent.push(request),
                }
            }
            for request in sent {
                request.await?;
            }
            Ok(())
        })
    }
}

impl Transaction for Work<'_> {
    fn query(
        &mut self,
        query: &str,
        arguments: &[Value<'_>],
        row: &mut dyn FnMut(&dyn Cells) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.send()?;
        let arguments: Vec<Argument> = arguments.iter().map(Argument::of).collect();
        let statement = self.statement(query, &arguments)?;
        self.runtime.block_on(async {
            let rows = self.transaction.query_raw(&statement, &arguments).await?;
            pin_mut!(rows);
            while let Some(cells) = rows.try_next().await? {
                row(&cells)?;
            }
            Ok(())
        })
    }

    fn write(&mut self, statement: &str, arguments: &[Value<'_>]) -> Result<(), Failure> {
        let arguments: Vec<Argument> = arguments.iter().map(Argument::of).collect();
        let statement = self.statement(statement, &arguments)?;
        self.waiting.push((statement, arguments));
        if self.waiting.len() < BATCH { Ok(()) } else { self.send() }
    }
}

/// A value that waits to be sent.
#[derive(Debug)]
enum Argument {
    Integer(Option<i64>),
    Text(Option<String>),
}

impl Argument {
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Integer(number) => Self::Integer(*number),
            Value::Text(text) => Self::Text(text.map(without_nul)),
        }
    }

    fn r#type(&self) -> Type {
        match self {
            Self::Integer(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
        }
    }
}

impl ToSql for Argument {
    fn to_sql(&self, r#type: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Integer(number) => number.to_sql(r#type, out),
            Self::Text(text) => text.to_sql(r#type, out),
        }
    }

    fn accepts(r#type: &Type) -> bool {
        [Type::INT8, Type::TEXT].contains(r#type)
    }

    to_sql_checked!();
}

impl Cells for Row {
    fn cell(&self, index: usize) -> Result<Cell, Failure> {
        let cell = match self.columns().get(index).map(|column| column.type_()) {
            Some(&Type::BOOL) => self.try_get::<_, Option<bool>>(index)?.map(Cell::Truth),
            Some(&Type::TEXT) => self.try_get::<_, Option<&str>>(index)?.map(|text| Cell::Text(with_nul(text))),
            _ => self.try_get::<_, Option<i64>>(index)?.map(Cell::Integer),
        };
        Ok(cell.unwrap_or(Cell::Null))
    }
}

/// A character that no text has: Unicode keeps it for the inner use of programs.
const ESCAPE: char = '\u{FDD0}';

/// PostgreSQL keeps no NUL, and names are data, whatever is in them.
fn without_nul(text: &str) -> String {
    if text.contains(['\0', ESCAPE]) {
        text.replace(ESCAPE, "\u{FDD0}1").replace('\0', "\u{FDD0}0")
    } else {
        text.to_owned()
    }
}

fn with_nul(text: &str) -> String {
    if text.contains(ESCAPE) {
        text.replace("\u{FDD0}0", "\0").replace("\u{FDD0}1", "\u{FDD0}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_survives_a_database_that_keeps_none() {
        for text in ["", "plain", "a\0b", "\u{FDD0}", "\u{FDD0}0", "\u{FDD0}1\0", "\0\u{FDD0}\0", "\u{FDD0}\0\u{FDD0}"]
        {
            let kept = without_nul(text);
            assert!(!kept.contains('\0'), "{kept:?}");
            assert_eq!(with_nul(&kept), text);
        }
    }
}
