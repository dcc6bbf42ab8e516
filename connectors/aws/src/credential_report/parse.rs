//! The report's CSV. Columns are found by name, since AWS adds new ones, and other servers leave some out.

use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// The report.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// When it was made; what is younger cannot be in it.
    pub(crate) generated: Option<Timestamp>,
    /// The users, the root user included, by the name that the report gives them.
    pub(crate) rows: BTreeMap<String, Row>,
    /// Rows that could not be read.
    pub(crate) faults: Vec<String>,
}

/// One user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) arn: Option<String>,
    pub(crate) created: Option<Timestamp>,
    pub(crate) password: Option<Password>,
    /// When the password was last used, which the report also tells of the root user.
    pub(crate) password_used: Option<Timestamp>,
    pub(crate) mfa: Option<bool>,
    /// The two places for keys, as far as they hold one.
    pub(crate) keys: [Option<Slot>; 2],
    /// The two places for signing certificates.
    pub(crate) certificates: [Option<Certificate>; 2],
}

/// A console password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Password {
    pub(crate) changed: Option<Timestamp>,
    pub(crate) next_rotation: Option<Timestamp>,
}

/// A place that holds an access key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) active: bool,
    /// When the key was made or last changed.
    pub(crate) rotated: Option<Timestamp>,
    pub(crate) used: Option<Timestamp>,
    /// For what it was last used: a service, and in which region.
    pub(crate) what: Option<String>,
}

/// A place that holds a signing certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) active: bool,
    pub(crate) rotated: Option<Timestamp>,
}

/// Why a report cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("the credential report is not CSV")]
    NotCsv(#[source] csv::Error),
    #[error("the credential report lacks the column `{0}`")]
    NoColumn(&'static str),
}

/// A field that should hold a date.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` holds neither a date nor one of AWS's words for none")]
struct NoDate(String);

impl Row {
    /// Whether the user holds an access key, switched on or not.
    pub(crate) fn holds_key(&self) -> bool {
        self.keys.iter().any(Option::is_some)
    }

    /// The latest moment that the row speaks of.
    fn latest(&self) -> Option<Timestamp> {
        let keys = self.keys.iter().flatten().flat_map(|slot| [slot.rotated, slot.used]);
        keys.chain([self.created, self.password_used]).flatten().max()
    }

    /// Whether the user holds a signing certificate.
    pub(crate) fn holds_certificate(&self) -> bool {
        self.certificates.iter().any(Option::is_some)
    }
}

/// Reads a report.
pub(crate) fn parse(content: &[u8], generated: Option<Timestamp>) -> Result<Report, ReportError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content);
    let headers = reader.headers().map_err(ReportError::NotCsv)?;
    let columns: HashMap<String, usize> =
        headers.iter().enumerate().map(|(index, name)| (name.trim().to_owned(), index)).collect();
    for needed in ["user", "access_key_1_active", "access_key_2_active"] {
        if !columns.contains_key(needed) {
            return Err(ReportError::NoColumn(needed));
        }
    }
    let width = columns.len();
    let mut report = Report::default();
    for (index, record) in reader.records().enumerate() {
        let line = index + 2;
        match record {
            Ok(record) if record.len() < width => report
                .faults
                .push(format!("row {line} of the credential report has {} of {width} fields", record.len())),
            Ok(record) => {
                let fields = Fields { columns: &columns, record: &record };
                match (fields.text("user"), row(&fields)) {
                    (None, _) => report.faults.push(format!("row {line} of the credential report names no user")),
                    (_, Err(odd)) => report.faults.push(format!("row {line} of the credential report: {odd}")),
                    (Some(user), Ok(row)) => drop(report.rows.insert(user.to_owned(), row)),
                }
            }
            Err(_) => report.faults.push(format!("row {line} of the credential report is not CSV")),
        }
    }
    // A report cannot know what came after it. Some servers give a fixed date of the past.
    let latest = report.rows.values().filter_map(Row::latest).max();
    report.generated = generated.filter(|generated| latest.is_none_or(|latest| latest <= *generated));
    Ok(report)
}

struct Fields<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Fields<'_> {
    /// A field, unless it says in one of AWS's ways that there is nothing to say.
    fn text(&self, column: &str) -> Option<&str> {
        let text = self.record.get(*self.columns.get(column)?)?.trim();
        (!matches!(text, "" | "N/A" | "no_information" | "not_supported")).then_some(text)
    }

    /// A date. One that cannot be read must not pass for "never".
    fn date(&self, column: &str) -> Result<Option<Timestamp>, NoDate> {
        let Some(text) = self.text(column) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| NoDate(column.to_owned()))
    }

    fn truth(&self, column: &str) -> Option<bool> {
        match self.text(column)? {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

fn row(fields: &Fields<'_>) -> Result<Row, NoDate> {
    let password = Password {
        changed: fields.date("password_last_changed")?,
        next_rotation: fields.date("password_next_rotation")?,
    };
    Ok(Row {
        arn: fields.text("arn").map(Into::into),
        created: fields.date("user_creation_time")?,
        password: (fields.truth("password_enabled") == Some(true)).then_some(password),
        password_used: fields.date("password_last_used")?,
        mfa: fields.truth("mfa_active"),
        keys: [slot(fields, 1)?, slot(fields, 2)?],
        certificates: [certificate(fields, 1)?, certificate(fields, 2)?],
    })
}

/// A place holds a key when it is active, or has a date of making or of use.
fn slot(fields: &Fields<'_>, number: u8) -> Result<Option<Slot>, NoDate> {
    let column = |name: &str| format!("access_key_{number}_{name}");
    let active = fields.truth(&column("active")) == Some(true);
    let rotated = fields.date(&column("last_rotated"))?;
    let used = fields.date(&column("last_used_date"))?;
    let service = fields.text(&column("last_used_service"));
    let region = fields.text(&column("last_used_region"));
    let what = match (service, region) {
        (Some(service), Some(region)) => Some(format!("{service} in {region}")),
        (Some(service), None) => Some(service.to_owned()),
        _ => None,
    };
    Ok((active || rotated.is_some() || used.is_some()).then_some(Slot { active, rotated, used, what }))
}

fn certificate(fields: &Fields<'_>, number: u8) -> Result<Option<Certificate>, NoDate> {
    let active = fields.truth(&format!("cert_{number}_active")) == Some(true);
    let rotated = fields.date(&format!("cert_{number}_last_rotated"))?;
    Ok((active || rotated.is_some()).then_some(Certificate { active, rotated }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
        password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
        access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
        cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info";

    fn read(rows: &str) -> Report {
        parse(format!("{HEAD}\n{rows}").as_bytes(), None).unwrap()
    }

    fn date(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_user_with_everything_is_read() {
        let report = read(
            "alice,arn:aws:iam::111122223333:user/alice,2025-01-01T00:00:00+00:00,true,2026-01-01T00:00:00+00:00,\
             2025-06-01T00:00:00+00:00,2026-09-01T00:00:00+00:00,true,true,2025-02-01T00:00:00+00:00,\
             2026-11-01T00:00:00+00:00,eu-west-1,s3,false,2024-02-01T00:00:00+00:00,N/A,N/A,N/A,true,\
             2025-03-01T00:00:00+00:00,false,N/A,N/A",
        );
        let row = &report.rows["alice"];
        assert_eq!(row.password.as_ref().unwrap().next_rotation, date("2026-09-01T00:00:00Z"));
        assert_eq!((row.mfa, row.password_used), (Some(true), date("2026-01-01T00:00:00Z")));
        let first = row.keys[0].as_ref().unwrap();
        assert_eq!((first.active, first.used), (true, date("2026-11-01T00:00:00Z")));
        assert_eq!(first.what.as_deref(), Some("s3 in eu-west-1"));
        let second = row.keys[1].as_ref().unwrap();
        assert_eq!((second.active, second.used, second.what.as_deref()), (false, None, None));
        assert!(row.certificates[0].is_some() && row.certificates[1].is_none());
    }

    #[test]
    fn all_ways_of_saying_nothing_are_nothing() {
        for nothing in ["N/A", "no_information", "not_supported", ""] {
            let report = read(&format!(
                "<root_account>,a,2020-01-01T00:00:00+00:00,not_supported,{nothing},not_supported,not_supported,false,\
                 false,{nothing},{nothing},{nothing},{nothing},false,N/A,N/A,N/A,N/A,false,{nothing},false,N/A,"
            ));
            let row = &report.rows["<root_account>"];
            assert!(!row.holds_key() && !row.holds_certificate() && row.password.is_none(), "{nothing}");
            assert_eq!((row.mfa, row.password_used), (Some(false), None));
        }
    }

    #[test]
    fn a_row_that_is_cut_off_is_a_fault_and_the_others_stay() {
        let mut rows = "bob,arn,2020-01-01T00:00:00+00:00".to_owned();
        rows.push_str(&format!("\nalice{}", ",N/A".repeat(22)));
        let report = read(&rows);
        assert_eq!(report.rows.keys().collect::<Vec<_>>(), ["alice"]);
        assert_eq!(report.faults.len(), 1);
        assert!(report.faults[0].contains("row 2"), "{:?}", report.faults);
    }

    #[test]
    fn a_date_that_cannot_be_read_is_a_fault_and_never_a_never() {
        let fields: Vec<&str> = std::iter::once("alice").chain(std::iter::repeat_n("N/A", 22)).collect();
        let mut odd = fields.clone();
        odd[10] = "yesterday";
        let report = read(&odd.join(","));
        assert!(report.rows.is_empty());
        assert!(report.faults[0].contains("access_key_1_last_used_date"), "{:?}", report.faults);
    }

    #[test]
    fn a_report_that_knows_the_future_has_no_date() {
        let mut fields: Vec<&str> = std::iter::once("alice").chain(std::iter::repeat_n("N/A", 22)).collect();
        fields[9] = "2026-11-24T20:00:00+00:00";
        let table = format!("{HEAD}\n{}", fields.join(","));
        let made = |at: &str| parse(table.as_bytes(), date(at)).unwrap().generated;
        assert_eq!(made("2015-02-02T20:02:02Z"), None);
        assert_eq!(made("2026-11-24T21:00:00Z"), date("2026-11-24T21:00:00Z"));
    }

    #[test]
    fn another_table_is_no_report() {
        assert!(matches!(parse(b"<html>\n", None), Err(ReportError::NoColumn("user"))));
        assert!(matches!(parse(b"", None), Err(ReportError::NoColumn(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, None);
            let _ = parse(&[HEAD.as_bytes(), b"\n", &bytes].concat(), None);
        }
    }
}
