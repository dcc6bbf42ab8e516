//! JSON: the whole report, as the published schema describes it.

use crate::catalogue::buffered;
use crate::inert::InertJson;
use crate::{FormatError, FormatInfo, ReportFormat};
use serde::Serialize;
use std::io::{self, Write};
use whose_model::Report;

/// The report as one pretty-printed JSON document.
pub struct Json;

const INFO: FormatInfo = FormatInfo { id: "json", title: "the whole report, for programs", extension: "json" };

impl ReportFormat for Json {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> Result<(), FormatError> {
        buffered(&INFO, out, |out| write_json(report, out))
    }
}

/// Writes any value as pretty-printed JSON that a terminal shows safely.
///
/// # Errors
/// When `out` does not take it.
pub fn write_json<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let formatter = InertJson(serde_json::ser::PrettyFormatter::new());
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        Json.write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_follows_the_published_schema() {
        let schema = serde_json::to_value(whose_model::report_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for report in [sample::report(), sample::empty(), sample::hostile()] {
            let json = serde_json::from_str(&written(&report)).unwrap();
            let errors: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        let mut broken: serde_json::Value = serde_json::from_str(&written(&sample::report())).unwrap();
        broken["findings"][0]["severity"] = "severe".into();
        assert!(!validator.is_valid(&broken));
    }

    #[test]
    fn it_reads_back_as_the_same_report_and_is_safe_to_print() {
        let hostile = sample::hostile();
        let json = written(&hostile);
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), hostile);
        assert!(!json.chars().any(|character| character != '\n' && whose_model::is_unseen(character)));
    }
}
