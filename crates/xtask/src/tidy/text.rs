//! What a file's text and name must be: a header, clean whitespace, no unfinished marks, no path of one machine,
//! no name that says nothing, no link that leads nowhere.

use super::{Fault, File};
use std::path::Path;

/// Extensions of the texts that people write here.
const WRITTEN: &[&str] = &["rs", "toml", "md", "sh", "sql", "css", "template", ""];

/// Folders whose files keep the bytes that a program wrote.
const KEPT: &[&str] = &["golden", "fixtures", "snapshots"];

/// File names that tell nothing about what lives there.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager", "handler"];

/// Marks of unfinished work, in pieces so that this file does not hold them itself.
const UNFINISHED: &[&str] = &[concat!("to", "do!("), concat!("unimple", "mented!(")];

/// Words that mark it in comments.
const UNFINISHED_WORDS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// Roots of paths that exist on one machine only, in pieces for the same reason.
const MACHINE_ROOTS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/fa", "rm/"),
    concat!("/tm", "p/target"),
];

/// Texts of others that we keep as they are.
const FOREIGN: &[&str] = &["LICENSE", "Cargo.lock"];

pub(super) fn check(file: &File, faults: &mut Vec<Fault>) {
    name(&file.path, faults);
    let Some(text) = &file.text else { return };
    if FOREIGN.iter().any(|foreign| file.path == Path::new(foreign)) {
        return;
    }
    header(file, text, faults);
    lines(file, text, faults);
}

fn name(path: &Path, faults: &mut Vec<Fault>) {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_lowercase();
    if EMPTY_NAMES.contains(&stem.as_str()) {
        faults.push(Fault::new(path, 0, format!("`{stem}` says nothing: name the file for what lives in it")));
    }
}

fn header(file: &File, text: &str, faults: &mut Vec<Fault>) {
    if file.extension() == "rs" && !text.starts_with("//! ") {
        faults.push(Fault::new(
            &file.path,
            1,
            "a file opens with `//! `: what lives here and why, in one to four lines",
        ));
    }
}

fn lines(file: &File, text: &str, faults: &mut Vec<Fault>) {
    let kept = file.path.components().any(|part| KEPT.iter().any(|folder| part.as_os_str() == *folder));
    let written = WRITTEN.contains(&file.extension()) && !kept;
    for (index, line) in text.lines().enumerate() {
        let mut fault = |says: String| faults.push(Fault::new(&file.path, index + 1, says));
        if written && line.contains('\t') {
            fault("a tab: indent with spaces".into());
        }
        if written && line.ends_with([' ', '\r']) {
            fault("whitespace at the end of the line".into());
        }
        // In Rust the words count in comments: a string may quote what others write.
        let comment = if file.extension() == "rs" { line.find("//").map_or("", |at| &line[at..]) } else { line };
        let mark = UNFINISHED_WORDS.iter().find(|mark| holds_word(comment, mark));
        if written && let Some(mark) = mark.or_else(|| UNFINISHED.iter().find(|mark| holds_word(line, mark))) {
            fault(format!("`{mark}`: finish it, or write an issue and say here what is missing and why"));
        }
        if let Some(root) = MACHINE_ROOTS.iter().find(|root| holds_path(line, root)) {
            fault(format!("a path under `{root}` exists on one machine only"));
        }
    }
    if written && !text.is_empty() && !text.ends_with('\n') {
        faults.push(Fault::new(&file.path, text.lines().count(), "the last line has no end"));
    }
    if written && text.ends_with("\n\n") {
        faults.push(Fault::new(&file.path, text.lines().count(), "an empty line at the end of the file"));
    }
}

/// Whether `mark` stands in `line` as a word of its own.
fn holds_word(line: &str, mark: &str) -> bool {
    let word = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(mark).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + mark.len()..].chars().next();
        !before.is_some_and(word) && (mark.ends_with('(') || !after.is_some_and(word))
    })
}

/// Whether a path begins with `root` in `line`: not a part of a longer path or address.
fn holds_path(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || "._-/~}>*".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines at which `text` is found at fault, as a file of that name.
    fn found(path: &str, text: &str) -> Vec<usize> {
        let mut faults = Vec::new();
        check(&File::new(path, text.as_bytes().to_vec()), &mut faults);
        faults.into_iter().map(|fault| fault.line).collect()
    }

    const NOWHERE: [usize; 0] = [];

    #[test]
    fn clean_files_pass() {
        assert_eq!(found("a.rs", "//! What lives here.\nfn main() {}\n"), NOWHERE);
        assert_eq!(found("a.md", "See https://example.com/home/page and ~/.aws.\n"), NOWHERE);
        assert_eq!(found("a.snap", "tab\there  \n"), NOWHERE, "snapshots keep their bytes");
        assert_eq!(found("a.rs", "//! A todo_list is a name, and so is todo.\n"), NOWHERE);
        assert_eq!(found("a.rs", &format!("//! Here.\nconst A: &str = \"# {}\";\n", UNFINISHED_WORDS[0])), NOWHERE);
    }

    #[test]
    fn each_breach_is_found_at_its_line() {
        assert_eq!(found("a.rs", "fn main() {}\n"), [1]);
        assert_eq!(found("a.rs", "//! Here.\n\tfn main() {} \n"), [2, 2]);
        assert_eq!(found("a.rs", "//! Here.\nfn main() {}"), [2]);
        assert_eq!(found("a.rs", "//! Here.\n\n"), [2]);
        assert_eq!(found("src/utils.rs", "//! Here.\n"), [0]);
        for mark in UNFINISHED.iter().chain(UNFINISHED_WORDS) {
            assert_eq!(found("a.rs", &format!("//! Here.\nlet a = 1; // {mark}\n")), [2], "{mark}");
        }
        for root in MACHINE_ROOTS {
            assert_eq!(found("a.json", &format!("{{}}\n\"{root}x\"\n")), [2], "{root}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_left_alone() {
        let mut faults = Vec::new();
        check(&File::new("a.png", vec![0xff, 0xfe, b'\t']), &mut faults);
        assert_eq!(faults, []);
    }
}
