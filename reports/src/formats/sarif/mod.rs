//! SARIF 2.1.0: the findings that stand in files, for code scanning. One run a repository, because readers resolve
//! paths against one root and follow each repository by itself; what concerns no file is counted, not shown.

mod location;
mod rule;
mod run;
mod text;

use crate::catalogue::buffered;
use crate::{FormatError, FormatInfo, ReportFormat, write_json};
use run::Run;
use serde::Serialize;
use std::io::Write;
use whose_model::Report;

/// The findings in files as SARIF.
pub struct Sarif;

const INFO: FormatInfo =
    FormatInfo { id: "sarif", title: "the findings that stand in files, for code scanning", extension: "sarif" };

/// The whole document.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run<'a>>,
}

impl ReportFormat for Sarif {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let log = Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: run::runs(report),
        };
        buffered(&INFO, out, |out| write_json(&log, out))
    }
}

#[cfg(test)]
mod tests;
