//! The list of formats, in the order in which help texts show them, and what each of them promises.

use crate::{
    Csv, FormatError, Html, InventoryCsv, Json, JsonLines, Markdown, Ocsf, OcsfIam, OpenGraph, OpenGraphSchema, Sarif,
    Terminal,
};
use std::io::{self, BufWriter, Write};
use whose_model::Report;

/// What a format is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatInfo {
    /// The word after `--format`.
    pub id: &'static str,
    /// What it is and what it is good for, in a few words.
    pub title: &'static str,
    /// The file extension, without a dot.
    pub extension: &'static str,
}

/// A form in which a report leaves the house.
pub trait ReportFormat: Sync {
    /// What it is called.
    fn info(&self) -> &'static FormatInfo;

    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` does not take it.
    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError>;
}

/// All formats. The terminal format stands here without colour; a caller that knows its terminal builds a
/// [`Terminal`] of its own.
pub const FORMATS: &[&dyn ReportFormat] = &[
    &Terminal::PLAIN,
    &Html,
    &Markdown,
    &Json,
    &JsonLines,
    &Csv,
    &InventoryCsv,
    &Sarif,
    &Ocsf,
    &OcsfIam,
    &OpenGraph,
    &OpenGraphSchema,
];

/// Runs a format's own writing behind a buffer, for formats write many small pieces.
pub(crate) fn buffered(
    info: &'static FormatInfo,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), FormatError> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    write(&mut out).and_then(|()| out.flush()).map_err(|source| FormatError::new(info, source))
}

/// The format of an id.
pub fn format(id: &str) -> Option<&'static dyn ReportFormat> {
    FORMATS.iter().copied().find(|format| format.info().id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use std::collections::BTreeSet;

    #[test]
    fn every_format_is_found_by_its_own_id_and_no_other() {
        let ids: BTreeSet<_> = FORMATS.iter().map(|format| format.info().id).collect();
        assert_eq!(ids.len(), FORMATS.len());
        for id in ids {
            assert_eq!(format(id).unwrap().info().id, id);
        }
        assert!(format("pdf").is_none());
    }

    #[test]
    fn a_full_disk_is_an_error_that_names_the_format() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in FORMATS {
            let error = format.write(&sample::report(), &mut Full).unwrap_err();
            assert!(error.to_string().contains(format.info().id), "{error}");
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{}", format.info().id);
        }
    }

    #[test]
    fn every_format_takes_an_empty_report() {
        for format in FORMATS {
            let mut out = Vec::new();
            format.write(&sample::empty(), &mut out).unwrap();
            // A stream of events is empty when there is nothing to tell.
            assert!(!out.is_empty() || format.info().id.starts_with("ocsf"), "{}", format.info().id);
        }
    }
}
