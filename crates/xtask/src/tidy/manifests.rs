//! What a crate's manifest must say: versions, lints and package fields are written once, in the root.

use super::{Fault, File};
use toml::{Table, Value};

/// Fields that every crate takes from the workspace.
const SHARED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

pub(super) fn check(file: &File, faults: &mut Vec<Fault>) {
    let inner = file.path.components().count() > 1;
    if !inner || file.path.file_name().is_none_or(|name| name != "Cargo.toml") {
        return;
    }
    let mut fault = |says: String| faults.push(Fault::new(&file.path, 0, says));
    let table: Table = match file.text.as_deref().unwrap_or_default().parse() {
        Ok(table) => table,
        Err(error) => return fault(format!("is not TOML: {error}")),
    };
    let package = table.get("package").and_then(Value::as_table);
    for field in SHARED {
        if !inherits(package.and_then(|package| package.get(*field))) {
            fault(format!("write `{field}.workspace = true`, so that it is set once"));
        }
    }
    if package.and_then(|package| package.get("description")).and_then(Value::as_str).is_none_or(str::is_empty) {
        fault("say in `description` what the crate is for".into());
    }
    if !inherits(table.get("lints")) {
        fault("write `[lints]` with `workspace = true`, so that all crates meet the same bar".into());
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (name, value) in table.get(section).and_then(Value::as_table).into_iter().flatten() {
            // Tests of a crate may switch on features of the crate itself; that names no version.
            let itself = package.and_then(|package| package.get("name")).and_then(Value::as_str) == Some(name.as_str());
            if !inherits(Some(value)) && !itself {
                fault(format!("name the version of `{name}` in the root's [workspace.dependencies], and inherit it"));
            }
        }
    }
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        check(&File::new("crates/a/Cargo.toml", text.as_bytes().to_vec()), &mut faults);
        faults.into_iter().map(|fault| fault.says).collect()
    }

    const GOOD: &str = "[package]\nname = \"a\"\ndescription = \"A.\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
        publish.workspace = true\n[lints]\nworkspace = true\n[dependencies]\nb.workspace = true\n";

    #[test]
    fn a_manifest_that_inherits_all_passes() {
        assert_eq!(says(GOOD), Vec::<String>::new());
        let itself = format!("{GOOD}[dev-dependencies]\na = {{ path = \".\", features = [\"x\"] }}\n");
        assert_eq!(says(&itself), Vec::<String>::new());
    }

    #[test]
    fn each_own_setting_is_named() {
        for (from, to, expected) in [
            ("edition.workspace = true", "edition = \"2021\"", "edition.workspace"),
            ("[lints]\nworkspace = true", "", "[lints]"),
            ("b.workspace = true", "b = \"1\"", "`b`"),
            ("b.workspace = true", "b = { version = \"1\" }", "`b`"),
            ("description = \"A.\"", "description = \"\"", "description"),
            ("[lints]", "[lints", "is not TOML"),
        ] {
            let says = says(&GOOD.replace(from, to));
            assert!(says.len() == 1 && says[0].contains(expected), "{to}: {says:?}");
        }
    }
}
