//! JSON Lines: one object a line, each with the scan that it belongs to, for log pipelines and `jq`.

use crate::catalogue::buffered;
use crate::inert::InertJson;
use crate::{FormatError, FormatInfo, ReportFormat};
use serde::Serialize;
use std::io::{self, Write};
use whose_model::{Report, ScanInfo, Summary};

/// The report as one JSON object a line.
pub struct JsonLines;

const INFO: FormatInfo = FormatInfo { id: "jsonl", title: "one object a line, for log pipelines", extension: "jsonl" };

/// One line. The record stands in a member of its own because records have a `kind` themselves.
#[derive(Serialize)]
struct Line<'a, T> {
    kind: &'static str,
    scan: &'a str,
    record: &'a T,
}

/// What the first line says.
#[derive(Serialize)]
struct Head<'a> {
    version: u32,
    info: &'a ScanInfo,
    summary: &'a Summary,
}

impl ReportFormat for JsonLines {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        buffered(&INFO, out, |out| write_lines(report, out))
    }
}

fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let scan = report.scan.id.as_str();
    let head = Head { version: report.version, info: &report.scan, summary: &report.summary };
    write_records(out, scan, "scan", &[head])?;
    write_records(out, scan, "finding", &report.findings)?;
    write_records(out, scan, "identity", &report.identities)?;
    write_records(out, scan, "credential", &report.credentials)?;
    write_records(out, scan, "secret", &report.secrets)?;
    write_records(out, scan, "grant", &report.grants)?;
    write_records(out, scan, "owner", &report.owners)?;
    write_records(out, scan, "node", &report.others)?;
    write_records(out, scan, "edge", &report.edges)?;
    write_records(out, scan, "coverage", &report.coverage)?;
    write_records(out, scan, "assessment", &report.assessments)
}

fn write_records<T: Serialize>(out: &mut dyn Write, scan: &str, kind: &'static str, records: &[T]) -> io::Result<()> {
    for record in records {
        let formatter = InertJson(serde_json::ser::CompactFormatter);
        Line { kind, scan, record }.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use serde_json::Value;

    #[test]
    fn every_record_of_the_report_is_one_line() {
        let report = sample::hostile();
        let mut out = Vec::new();
        JsonLines.write(&report, &mut out).unwrap();
        let lines: Vec<Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of_kind = |kind: &str| -> Value {
            lines.iter().filter(|line| line["kind"] == kind).map(|line| line["record"].clone()).collect()
        };
        let whole = serde_json::to_value(&report).unwrap();
        assert_eq!(lines[0]["kind"], "scan");
        assert_eq!(lines[0]["record"]["info"], whole["scan"]);
        for (kind, list) in [
            ("finding", "findings"),
            ("identity", "identities"),
            ("credential", "credentials"),
            ("secret", "secrets"),
            ("grant", "grants"),
            ("owner", "owners"),
            ("node", "others"),
            ("edge", "edges"),
            ("coverage", "coverage"),
            ("assessment", "assessments"),
        ] {
            assert_eq!(of_kind(kind), whole[list], "{kind}");
        }
        assert!(lines.iter().all(|line| line["scan"] == report.scan.id.as_str()));
    }
}
