//! Observations files: one JSON record a line. A file that was cut off is read as far as it goes: a listing's
//! coverage is written after what it saw, so what is missing is missing from the coverage too.

use crate::Gathered;
use std::io::{BufRead, Write};
use whose_connect::Event;
use whose_model::{Coverage, CoverageState, Gap, NodeId, Record, RecordHeader, Source};

/// Why an observations file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// Reading failed.
    #[error("{name}: line {line} could not be read")]
    Read {
        /// The file's name.
        name: String,
        /// The line.
        line: usize,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not a record.
    #[error("{name}: line {line} is not a record of an observations file; was the file edited or is it another kind?")]
    Malformed {
        /// The file's name.
        name: String,
        /// The line.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// The first line is not a header.
    #[error("{name}: the first line is not a header; `whose scan --save-observations FILE` writes such files")]
    NoHeader {
        /// The file's name.
        name: String,
    },
    /// A newer version wrote it.
    #[error("{name}: it has version {found}, and this build reads up to {}; update whose", RecordHeader::VERSION)]
    Newer {
        /// The file's name.
        name: String,
        /// Its version.
        found: u32,
    },
}

/// Writes an observations file while a scan runs.
pub struct RecordWriter<W: Write> {
    out: W,
    records: u64,
}

impl<W: Write> RecordWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn begin(out: W, header: RecordHeader) -> std::io::Result<Self> {
        let mut writer = Self { out, records: 0 };
        writer.line(&Record::Header(header))?;
        Ok(writer)
    }

    /// Writes one event; progress is not part of the file.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub fn write(&mut self, event: &Event) -> std::io::Result<()> {
        let record = match event {
            Event::Seen { source, observation } => {
                Record::Seen { source: source.clone(), observation: observation.clone() }
            }
            Event::Coverage(coverage) => Record::Coverage(coverage.clone()),
            Event::Progress { .. } => return Ok(()),
        };
        self.records += 1;
        self.line(&record)
    }

    /// Ends the file, which says that it is whole.
    ///
    /// # Errors
    /// When the last line cannot be written or flushed.
    pub fn end(mut self) -> std::io::Result<()> {
        let records = self.records;
        self.line(&Record::End { records })?;
        self.out.flush()
    }

    fn line(&mut self, record: &Record) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.out, record)?;
        self.out.write_all(b"\n")
    }
}

/// Reads an observations file. `name` is used in messages.
///
/// # Errors
/// When it is not such a file, is of a newer version, or a line before the last is damaged. A damaged or missing
/// end is no error: it becomes a gap in the coverage.
pub fn read_records(input: impl BufRead, name: &str) -> Result<Gathered, RecordsError> {
    let mut gathered: Option<Gathered> = None;
    let mut damaged: Option<RecordsError> = None;
    let mut records = 0;
    let mut ended = None;
    for (index, line) in input.split(b'\n').enumerate() {
        let line_number = index + 1;
        let bytes = line.map_err(|source| RecordsError::Read { name: name.into(), line: line_number, source })?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if let Some(error) = damaged.take() {
            return Err(error);
        }
        let record: Record = match serde_json::from_slice(&bytes) {
            Ok(record) => record,
            Err(_) if gathered.is_none() => return Err(RecordsError::NoHeader { name: name.into() }),
            Err(source) => {
                damaged = Some(RecordsError::Malformed { name: name.into(), line: line_number, source });
                continue;
            }
        };
        match (record, gathered.as_mut()) {
            (Record::Header(header), None) => {
                if header.version > RecordHeader::VERSION {
                    return Err(RecordsError::Newer { name: name.into(), found: header.version });
                }
                gathered = Some(Gathered::new(header.as_of, header.targets));
            }
            (_, None) => return Err(RecordsError::NoHeader { name: name.into() }),
            (Record::Seen { observation, .. }, Some(so_far)) => {
                records += 1;
                so_far.observations.push(observation);
            }
            (Record::Coverage(coverage), Some(so_far)) => {
                records += 1;
                so_far.coverage.push(coverage);
            }
            (Record::End { records }, Some(_)) => ended = Some(records),
            (Record::Header(header), Some(so_far)) => {
                // Files may be joined with `cat`: each part begins with its own header.
                so_far.absorb(Gathered::new(header.as_of, header.targets));
            }
        }
    }
    let mut gathered = gathered.ok_or_else(|| RecordsError::NoHeader { name: name.into() })?;
    if ended.is_none() || damaged.is_some() {
        gathered.coverage.push(cut_off(name, records));
    }
    Ok(gathered)
}

/// The coverage of a file that ends too early.
fn cut_off(name: &str, records: u64) -> Coverage {
    Coverage {
        source: Source { connector: "observations".into(), collector: "file".into() },
        scope: NodeId::new("whose", "", "observations-file", name),
        facets: Vec::new(),
        types: Vec::new(),
        state: CoverageState::Partial,
        seen: records,
        calls: 0,
        gaps: vec![Gap {
            subject: None,
            call: None,
            reason: format!("{name} ends too early: {records} records were read, and its last line is missing"),
            remedy: "scan again with --save-observations, or copy the file again; what was read is judged".into(),
        }],
        horizon: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whose_model::{Node, Observation, TargetInfo, What};

    fn file(events: &[Event], end: bool) -> Vec<u8> {
        let header = RecordHeader {
            version: RecordHeader::VERSION,
            as_of: "2026-11-24T12:00:00Z".parse().unwrap(),
            tool_version: "0.1.0".into(),
            targets: vec![TargetInfo { connector: "aws".into(), target: "aws".into() }],
        };
        let mut bytes = Vec::new();
        let mut writer = RecordWriter::begin(&mut bytes, header).unwrap();
        for event in events {
            writer.write(event).unwrap();
        }
        if end {
            writer.end().unwrap();
        }
        bytes
    }

    fn seen(name: &str) -> Event {
        let node = Node::new(NodeId::new("aws", "1", "iam-group", name), What::Group, "iam-group", name);
        Event::Seen {
            source: Source { connector: "aws".into(), collector: "authorization-details".into() },
            observation: Observation::Node(Box::new(node)),
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let gathered = read_records(&file(&[seen("a"), seen("b")], true)[..], "x").unwrap();
        assert_eq!((gathered.observations.len(), gathered.coverage.len()), (2, 0));
        assert_eq!(gathered.targets[0].connector, "aws");
    }

    #[test]
    fn a_file_without_its_end_is_kept_and_reported_as_a_gap() {
        let whole = file(&[seen("a"), seen("b")], false);
        for cut in [whole.len(), whole.len() - 1, whole.len() - 9] {
            let gathered = read_records(&whole[..cut], "x").unwrap();
            assert!(!gathered.observations.is_empty());
            assert_eq!(gathered.coverage[0].state, CoverageState::Partial);
        }
    }

    #[test]
    fn damage_in_the_middle_is_an_error_that_names_the_line() {
        let mut bytes = file(&[seen("a")], false);
        bytes.extend_from_slice(b"{half\n");
        bytes.extend_from_slice(&file(&[], true));
        let error = read_records(&bytes[..], "x").unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
    }

    #[test]
    fn other_files_are_refused() {
        for text in ["", "{}", "hello", "[1]\n", "{\"end\":{\"records\":0}}\n"] {
            assert!(matches!(read_records(text.as_bytes(), "x"), Err(RecordsError::NoHeader { .. })), "{text}");
        }
        let newer = String::from_utf8(file(&[], true)).unwrap().replacen("\"version\":1", "\"version\":99", 1);
        assert!(matches!(read_records(newer.as_bytes(), "x"), Err(RecordsError::Newer { found: 99, .. })));
    }
}
