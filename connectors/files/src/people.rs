//! The people of an organisation, from a CSV file: an export of a directory or of the staff system. The first row
//! names the columns, in any order and case; others than these are left aside.

use std::collections::HashMap;
use whose_connect::{CollectorInfo, Recorder};
use whose_model::{Facet, Gap, Node, NodeId, OwnerDetail, PartyKind, PartyStatus, Timestamp, What};

/// The listing.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "people",
    title: "People who are there and people who left",
    provides: &[Facet::OwnerStatus],
    types: &[],
    calls: &[],
    switched_on_by: None,
};

/// Everybody: a file of people speaks of the owners of every account.
pub(crate) fn scope() -> NodeId {
    NodeId::new("whose", "", "scope", "people")
}

/// Reads the rows. A row that cannot be understood is a gap that names its line, and the others count.
pub(crate) async fn observe(text: &[u8], as_of: Timestamp, out: &mut Recorder) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text);
    let columns: HashMap<String, usize> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_lowercase).zip(0..).collect(),
        Err(error) => return out.missing(gap(format!("the file of people is no CSV: {error}"))),
    };
    if !columns.contains_key("email") {
        return out.missing(gap("the file of people has no column `email`".into()));
    }
    out.node(Node::new(scope(), What::Scope, "people", "people")).await;
    for (row, line) in reader.records().zip(2_u64..) {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                out.missing(gap(format!("line {line} of the file of people cannot be read: {error}")));
                continue;
            }
        };
        let cell = |name: &str| columns.get(name).and_then(|at| row.get(*at)).filter(|cell| !cell.is_empty());
        let Some(email) = cell("email") else {
            out.missing(gap(format!("line {line} of the file of people has no e-mail address")));
            continue;
        };
        let left = match cell("left").map(date).transpose() {
            Ok(left) => left,
            Err(text) => {
                out.missing(gap(format!("line {line} of the file of people: `{text}` is no date")));
                continue;
            }
        };
        let Some(status) = status(cell("status"), left, as_of) else {
            let text = cell("status").unwrap_or_default();
            out.missing(gap(format!("line {line} of the file of people: the status `{text}` is not known")));
            continue;
        };
        for name in [Some(email), cell("login")].into_iter().flatten() {
            let detail = OwnerDetail {
                party: PartyKind::Person,
                status,
                status_source: Some(format!("line {line} of the file of people")),
                left,
            };
            let id = NodeId::new("whose", "", "owner", &name.to_lowercase());
            out.node(Node::new(id, What::Owner(detail), "person", name)).await;
        }
    }
}

/// A status in the words of directories and staff systems; without one, the day of leaving tells.
fn status(word: Option<&str>, left: Option<Timestamp>, as_of: Timestamp) -> Option<PartyStatus> {
    match word.map(str::to_lowercase).as_deref() {
        Some("active" | "enabled" | "employed" | "true" | "yes") => Some(PartyStatus::Active),
        Some(
            "inactive" | "left" | "leaver" | "terminated" | "disabled" | "suspended" | "deleted" | "departed" | "false"
            | "no",
        ) => Some(PartyStatus::Inactive),
        Some(_) => None,
        None if left.is_some_and(|day| day <= as_of) => Some(PartyStatus::Inactive),
        None => Some(PartyStatus::Active),
    }
}

fn date(text: &str) -> Result<Timestamp, &str> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let day: jiff::civil::Date = text.parse().map_err(|_| text)?;
    day.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| text)
}

fn gap(reason: String) -> Gap {
    let remedy = "mend the file and scan again; a header like `email,login,status,left` is understood".into();
    Gap { subject: None, call: None, reason, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FILES;
    use whose_connect::{Event, Sink};
    use whose_model::{Coverage, CoverageState, Observation};

    async fn read(text: &str) -> (Vec<(String, PartyStatus)>, Coverage) {
        let (sink, mut events) = Sink::channel(100);
        let mut recorder = Recorder::new(&FILES, &INFO, scope(), sink);
        observe(text.as_bytes(), "2026-11-24T00:00:00Z".parse().unwrap(), &mut recorder).await;
        let coverage = recorder.into_coverage(0);
        let mut people = Vec::new();
        while let Ok(Event::Seen { observation: Observation::Node(node), .. }) = events.try_recv() {
            people.extend(node.owner().map(|detail| (node.name.clone(), detail.status)));
        }
        (people, coverage)
    }

    #[tokio::test]
    async fn people_are_there_or_left_by_a_word_or_a_day() {
        let (people, coverage) = read(
            "Status,EMAIL,left,login\nactive,Ana@example.com,,ana\nLeft,bo@example.com,2026-01-31,\n\
             ,cy@example.com,2026-01-31,\n,di@example.com,2027-01-31,\n",
        )
        .await;
        let expected = [
            ("Ana@example.com", PartyStatus::Active),
            ("ana", PartyStatus::Active),
            ("bo@example.com", PartyStatus::Inactive),
            ("cy@example.com", PartyStatus::Inactive),
            ("di@example.com", PartyStatus::Active),
        ];
        assert_eq!(people, expected.map(|(name, status)| (name.to_string(), status)));
        assert_eq!(coverage.state, CoverageState::Complete);
    }

    #[tokio::test]
    async fn a_row_that_is_not_understood_is_a_gap_with_its_line_and_the_others_count() {
        let (people, coverage) =
            read("email,status,left\nana@example.com,sleeping,\nbo@example.com,,someday\n,active,\ncy@example.com,,\n")
                .await;
        assert_eq!(people, [("cy@example.com".to_string(), PartyStatus::Active)]);
        let reasons: Vec<&str> = coverage.gaps.iter().map(|gap| gap.reason.as_str()).collect();
        assert!(reasons[0].starts_with("line 2") && reasons[1].starts_with("line 3"), "{reasons:?}");
        assert_eq!((coverage.state, reasons.len()), (CoverageState::Partial, 3));
    }

    #[tokio::test]
    async fn a_file_without_addresses_tells_nothing() {
        for text in ["", "name,status\nana,active\n", "\u{0}\u{1}"] {
            let (people, coverage) = read(text).await;
            assert!(people.is_empty() && coverage.state != CoverageState::Complete, "{text:?}");
        }
    }
}
