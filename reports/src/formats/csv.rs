//! CSV of the findings, one row each, for spreadsheets and ticket systems. No cell is ever a formula.

use crate::catalogue::buffered;
use crate::inert::csv_cell;
use crate::names::{self, Names};
use crate::{FormatError, FormatInfo, ReportFormat};
use std::io::{self, Write};
use whose_model::{Finding, Report, day};

/// The findings as CSV.
pub struct Csv;

const INFO: FormatInfo = FormatInfo { id: "csv", title: "the findings, one row each", extension: "csv" };

const HEADER: [&str; 18] = [
    "severity",
    "rule",
    "title",
    "subject",
    "subject_type",
    "provider",
    "scope",
    "identity",
    "owner",
    "reach",
    "confidence",
    "evidence",
    "places",
    "fix",
    "controls",
    "references",
    "finding_id",
    "as_of",
];

impl ReportFormat for Csv {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        let names = Names::of(report);
        let as_of = day(report.scan.as_of);
        let rows = report.findings.iter().map(|finding| row(finding, &names, &as_of));
        buffered(&INFO, out, |out| write_table(&HEADER, rows, out))
    }
}

/// A table of inert cells. Every cell is quoted, so that a program which splits at another separator still
/// sees one cell.
pub(super) fn write_table<const N: usize>(
    header: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(out);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| csv_cell(cell)))?;
    }
    writer.flush()
}

fn row(finding: &Finding, names: &Names, as_of: &str) -> [String; HEADER.len()] {
    let name = |id: &Option<whose_model::NodeId>| id.as_ref().map(|id| names.name(id)).unwrap_or_default();
    let fix = finding.fix.iter().map(|fix| match &fix.command {
        Some(command) => format!("{}: {command}", fix.what),
        None => fix.what.clone(),
    });
    [
        finding.severity.word().to_owned(),
        finding.rule.clone(),
        finding.title.clone(),
        finding.subject_name.clone(),
        finding.subject.type_name().to_owned(),
        finding.subject.provider().to_owned(),
        name(&finding.scope),
        name(&finding.identity),
        finding.owner.clone().unwrap_or_default(),
        finding.reach.clone().unwrap_or_default(),
        format!("{:.2}", finding.confidence),
        joined(finding.evidence.iter().map(|evidence| format!("{} ({})", evidence.what, evidence.source))),
        joined(finding.places.iter().map(names::place)),
        joined(fix),
        joined(finding.maps_to.iter().map(|control| format!("{} {}", control.framework, control.control))),
        joined(finding.references.iter().map(|reference| reference.url.clone())),
        finding.id.to_string(),
        as_of.to_owned(),
    ]
}

/// Several texts in one cell.
pub(super) fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InventoryCsv, sample};

    /// The rows that a reader of CSV sees.
    fn read(format: &dyn ReportFormat, report: &Report) -> Vec<csv::StringRecord> {
        let mut out = Vec::new();
        format.write(report, &mut out).unwrap();
        csv::Reader::from_reader(out.as_slice()).records().map(Result::unwrap).collect()
    }

    #[test]
    fn hostile_cells_are_neither_formulas_nor_extra_fields() {
        let report = sample::hostile();
        for (format, rows) in
            [(&Csv as &dyn ReportFormat, report.findings.len()), (&InventoryCsv, report.identities.len())]
        {
            let table = read(format, &report);
            assert_eq!(table.len(), rows, "{}", format.info().id);
            for cell in table.iter().flatten() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{cell:?}");
                assert!(!cell.chars().any(whose_model::is_unseen), "{cell:?}");
            }
        }
    }

    #[test]
    fn every_finding_is_one_row_with_its_owner_and_fix() {
        let report = sample::report();
        let rows = read(&Csv, &report);
        for (row, finding) in rows.iter().zip(&report.findings) {
            assert_eq!(&row[0], finding.severity.word());
            assert_eq!(row[8], *finding.owner.as_deref().unwrap_or_default());
            let command = finding.fix.first().and_then(|fix| fix.command.as_deref());
            assert!(row[13].contains(command.unwrap_or_default()));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_cells_read_back_as_one_row(cells in proptest::array::uniform4(".{0,20}")) {
            let mut out = Vec::new();
            write_table(&["a", "b", "c", "d"], [cells.clone()].into_iter(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let rows: Vec<_> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
            proptest::prop_assert_eq!(rows.len(), 1);
            proptest::prop_assert_eq!(rows[0].iter().collect::<Vec<_>>(), cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>());
        }
    }
}
