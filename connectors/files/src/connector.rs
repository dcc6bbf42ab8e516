//! One scan of one file: the kind of file is the first word of the target.

use crate::people;
use async_trait::async_trait;
use std::path::Path;
use whose_connect::{ConnectError, Connector, ConnectorInfo, Recorder, ScanContext};

/// What the connector is.
pub static FILES: ConnectorInfo = ConnectorInfo {
    id: "people",
    title: "A file of people",
    target_syntax: "people:FILE, a CSV file with a column `email` and, if you have them, `login`, `status` and `left`",
    collectors: &[people::INFO],
    hands_over: None,
    least_privilege: None,
};

/// Reads files that people keep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

#[async_trait]
impl Connector for Files {
    fn info(&self) -> &'static ConnectorInfo {
        &FILES
    }

    fn check(&self, target: &str) -> Result<(), ConnectError> {
        if Path::new(target).is_file() {
            return Ok(());
        }
        Err(ConnectError::Target {
            target: target.into(),
            reason: "there is no such file".into(),
            syntax: FILES.target_syntax,
        })
    }

    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
        let path = Path::new(target);
        let text =
            tokio::fs::read(path).await.map_err(|source| ConnectError::File { path: path.to_path_buf(), source })?;
        let mut recorder = Recorder::new(&FILES, &people::INFO, people::scope(), context.sink.clone());
        people::observe(&text, context.as_of, &mut recorder).await;
        context.sink.coverage(recorder.into_coverage(0)).await;
        Ok(())
    }
}
