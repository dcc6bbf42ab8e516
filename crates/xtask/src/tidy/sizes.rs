//! How long a source file may be. A long file is a question whether it holds two rooms; the answer stands here.

use super::{Fault, File};
use std::path::Path;

/// Source files may have this many lines.
const MOST_LINES: usize = 600;

/// Files that are longer, each with the reason. An entry that is no longer needed is a fault too.
const LONG: &[(&str, &str)] = &[];

pub(super) fn check(files: &[File], faults: &mut Vec<Fault>) {
    judge(files, LONG, faults);
}

fn judge(files: &[File], long: &[(&str, &str)], faults: &mut Vec<Fault>) {
    let reason = |path: &Path| long.iter().find(|(name, _)| path == Path::new(name));
    for file in files.iter().filter(|file| file.extension() == "rs") {
        let lines = file.text.as_deref().unwrap_or_default().lines().count();
        match (lines > MOST_LINES, reason(&file.path)) {
            (true, None) => faults.push(Fault::new(
                &file.path,
                0,
                format!("{lines} lines, more than {MOST_LINES}: split it, or name the reason in xtask's tidy/sizes.rs"),
            )),
            (false, Some(_)) => {
                faults.push(Fault::new(&file.path, 0, "is short enough now: take it off the list in tidy/sizes.rs"));
            }
            _ => {}
        }
    }
    for (name, _) in long {
        if !files.iter().any(|file| file.path == Path::new(name)) {
            faults.push(Fault::new(Path::new(name), 0, "does not exist: take it off the list in tidy/sizes.rs"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_needs_a_reason_and_a_reason_needs_a_long_file() {
        let file = |path: &str, lines: usize| File::new(path, "//! x\n".repeat(lines).into_bytes());
        let files = [file("long.rs", 601), file("excused.rs", 601), file("short.rs", 600), file("long.md", 900)];
        let mut faults = Vec::new();
        judge(&files, &[("excused.rs", "why"), ("short.rs", "why"), ("gone.rs", "why")], &mut faults);
        let named: Vec<_> = faults.iter().map(|fault| fault.file.to_str().unwrap()).collect();
        assert_eq!(named, ["long.rs", "short.rs", "gone.rs"]);
    }
}
