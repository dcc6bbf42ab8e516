//! Databases as SQLite itself writes them.

use super::*;
use rusqlite::Connection;

/// A database of one table with these values, written by SQLite.
fn database(page: u32, values: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch(&format!("PRAGMA page_size={page}; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);"))
        .unwrap();
    connection.execute_batch("CREATE INDEX i ON t (b);").unwrap();
    for value in values {
        connection.execute("INSERT INTO t (b) VALUES (?1)", [value]).unwrap();
    }
    drop(connection);
    std::fs::read(file).unwrap()
}

#[test]
fn value_in_pieces_is_put_together_and_others_are_left_to_the_search_of_the_bytes() {
    let long: String = (0..2500).map(|number| format!("<{number}>")).collect();
    for page in [512, 4096, 65_536] {
        let bytes = database(page, &["short", &long]);
        let pieces = bytes.windows(long.len()).any(|window| window == long.as_bytes());
        assert_eq!(pieces, page == 65_536, "{page}");
        let (members, gaps) = shown(&bytes, &small());
        assert!(gaps.is_empty(), "{gaps:?}");
        let whole = members.iter().filter(|member| member.contains(&long)).count();
        // In the table, and in the index too, of which a page must hold four values.
        assert_eq!(whole, if page == 65_536 { 0 } else { 2 }, "{page}");
        assert!(members.iter().all(|member| member.starts_with("!/(page ") && !member.contains("short")));
    }
}

#[test]
fn value_that_leads_in_a_circle_or_nowhere_ends() {
    let long = "x".repeat(20_000);
    let bytes = database(4096, &[&long]);
    let pages: Vec<usize> =
        (1..bytes.len() / 4096).filter(|page| bytes[page * 4096 + 4..][..100] == [b'x'; 100]).collect();
    assert!(pages.len() > 4);
    for next in [pages[0] as u32 + 1, u32::MAX, 0] {
        let mut bytes = bytes.clone();
        for page in &pages {
            bytes[page * 4096..][..4].copy_from_slice(&next.to_be_bytes());
        }
        let (members, gaps) = shown(&bytes, &small());
        assert!(members.iter().all(|member| member.len() < 21_000));
        assert_eq!(
            gaps.iter().filter(|gap| gap.contains("not there")).count(),
            if next == pages[0] as u32 + 1 { 0 } else { 2 }
        );
    }
}

proptest! {
    #[test]
    fn damaged_database_never_panics(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let mut bytes = database(512, &["short", &"x".repeat(3000)]);
        for (at, byte) in damage {
            let at = 16 + at.index(bytes.len() - 16);
            bytes[at] = byte;
        }
        let _ = shown(&bytes, &small());
    }
}
