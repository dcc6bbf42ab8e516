//! OCSF 1.6: one finding event a line, for log lakes and SIEMs. A leak is a Detection Finding and any other fault a
//! Compliance Finding, which all of them take; the IAM Analysis Finding, which few take yet, is a format of its own.

mod event;
mod iam;
mod objects;
mod subject;

use crate::catalogue::buffered;
use crate::inert::InertJson;
use crate::{FormatError, FormatInfo, ReportFormat};
use serde::Serialize;
use std::io::{self, Write};
use subject::Subjects;
use whose_model::Report;

/// The findings as Compliance Findings (2003) and Detection Findings (2004).
pub struct Ocsf;

/// The findings that concern an identity as IAM Analysis Findings (2008).
pub struct OcsfIam;

const FINDINGS: FormatInfo =
    FormatInfo { id: "ocsf", title: "the findings as OCSF 1.6 events, for a SIEM", extension: "jsonl" };

const IAM: FormatInfo = FormatInfo {
    id: "ocsf-iam",
    title: "the findings about identities as OCSF IAM Analysis Findings",
    extension: "jsonl",
};

impl ReportFormat for Ocsf {
    fn info(&self) -> &'static FormatInfo {
        &FINDINGS
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let subjects = Subjects::of(report);
        buffered(&FINDINGS, out, |out| {
            report.findings.iter().try_for_each(|finding| write_line(&event::finding(report, &subjects, finding), out))
        })
    }
}

impl ReportFormat for OcsfIam {
    fn info(&self) -> &'static FormatInfo {
        &IAM
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let subjects = Subjects::of(report);
        buffered(&IAM, out, |out| {
            let mut events = report.findings.iter().filter_map(|finding| iam::analysis(report, &subjects, finding));
            events.try_for_each(|event| write_line(&event, out))
        })
    }
}

fn write_line(event: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let formatter = InertJson(serde_json::ser::CompactFormatter);
    event.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    writeln!(out)
}

#[cfg(test)]
mod tests;
