//! Every list of things is written out in one file, and each thing stands in its list exactly once. A rule that was
//! written but not listed would compile, pass its tests and never run.

use super::{Fault, File};
use std::path::Path;

/// A kind of thing, where its implementations lie, and the list that names each of them.
struct List {
    /// The trait that makes a type one of them.
    of: &'static str,
    /// The folder that holds them, to its full depth. `*` stands for one folder name, which the list's file shares.
    folder: &'static str,
    /// The file of the list, or of the lists, with the same `*`.
    file: &'static str,
}

const LISTS: &[List] = &[
    List { of: "PostureRule", folder: "crates/whose-rules/src/rules", file: "crates/whose-rules/src/rules.rs" },
    List { of: "ReportFormat", folder: "reports/src/formats", file: "reports/src/catalogue.rs" },
    List { of: "Collector", folder: "connectors/*/src", file: "connectors/*/src/lib.rs" },
];

pub(super) fn check(files: &[File], faults: &mut Vec<Fault>) {
    for list in LISTS {
        for file in files.iter().filter(|file| file.extension() == "rs") {
            let Some(star) = within(&file.path, list.folder) else { continue };
            let catalogue = list.file.replace('*', &star);
            let listed = files
                .iter()
                .find(|candidate| candidate.path == Path::new(&catalogue))
                .and_then(|candidate| candidate.text.as_deref())
                .map_or_else(Vec::new, |text| entries(text, list.of));
            for (line, name) in implementors(file.text.as_deref().unwrap_or_default(), list.of) {
                let times = listed.iter().filter(|entry| **entry == name).count();
                if times != 1 {
                    let says = format!("{name} stands {times} times in the lists of {catalogue}, and must stand once");
                    faults.push(Fault::new(&file.path, line, says));
                }
            }
        }
    }
}

/// What `*` of `folder` stands for when `path` lies in it; empty when the folder has none.
fn within(path: &Path, folder: &str) -> Option<String> {
    let mut star = String::new();
    let mut parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    for expected in folder.split('/') {
        let part = parts.next()?;
        if expected == "*" {
            star = part.into_owned();
        } else if part != expected {
            return None;
        }
    }
    Some(star)
}

/// The types that implement a trait outside of tests, with the line where they do.
fn implementors(text: &str, of: &str) -> Vec<(usize, String)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter_map(|(index, line)| {
            let (head, rest) = line.strip_prefix("impl")?.split_once(" for ")?;
            let named = words(head).any(|word| word == of);
            let name = words(rest).next()?;
            named.then(|| (index + 1, name.to_owned()))
        })
        .collect()
}

/// The words of all lists of references to the trait `of`, each from its `=` to its end.
fn entries<'t>(text: &'t str, of: &str) -> Vec<&'t str> {
    let head = format!(": &[&dyn {of}");
    let lists = text.split(head.as_str()).skip(1);
    lists.filter_map(|rest| Some(rest.split_once('=')?.1.split_once(';')?.0)).flat_map(words).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "//! A rule.\nimpl PostureRule for Mine {\n}\n#[cfg(test)]\nimpl PostureRule for Fake {}\n";

    fn faults(catalogue: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
        let rule = file("crates/whose-rules/src/rules/mine.rs", RULE);
        let catalogue = file("crates/whose-rules/src/rules.rs", catalogue);
        let mut faults = Vec::new();
        check(&[rule, catalogue], &mut faults);
        faults.into_iter().map(|fault| fault.says).collect()
    }

    #[test]
    fn a_thing_stands_in_its_list_exactly_once() {
        let list = |body: &str| format!("pub const CATALOGUE: &[&dyn PostureRule] =\n    &[{body}];\n");
        assert_eq!(faults(&list("&mine::Mine, &Other")), Vec::<String>::new());
        assert_eq!(faults(&list("&MineToo")).len(), 1);
        assert_eq!(faults(&list("&Mine, &Mine")).len(), 1);
        assert_eq!(faults("").len(), 1);
        // Where some must run before others, there are several lists.
        assert_eq!(faults(&(list("&Other") + &list("&Mine"))), Vec::<String>::new());
        assert_eq!(faults(&(list("&Mine") + &list("&Mine"))).len(), 1);
    }

    #[test]
    fn a_connectors_collectors_stand_in_its_own_list() {
        assert_eq!(within(Path::new("connectors/aws/src/iam_users.rs"), "connectors/*/src").as_deref(), Some("aws"));
        assert_eq!(within(Path::new("connectors/aws/tests/x.rs"), "connectors/*/src"), None);
        assert_eq!(implementors("impl Collector<Session> for Keys {", "Collector"), [(1, "Keys".to_owned())]);
    }
}
