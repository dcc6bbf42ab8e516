//! The house rules that no compiler checks. Each says what is wrong, where, and what to do instead.

mod lists;
mod manifests;
mod secrets;
mod sizes;
mod supply;
mod text;

use anyhow::{Context, Result, bail};
use std::fmt;
use std::path::{Path, PathBuf};

/// One breach of a house rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// The file, relative to the root.
    file: PathBuf,
    /// The line, from 1; 0 when the file as a whole is meant.
    line: usize,
    /// What is wrong and what to do.
    says: String,
}

impl Fault {
    pub(crate) fn new(file: &Path, line: usize, says: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line, says: says.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.says),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.says),
        }
    }
}

/// One file of the project. `text` is `None` when it is not UTF-8.
pub(crate) struct File {
    path: PathBuf,
    bytes: Vec<u8>,
    text: Option<String>,
}

impl File {
    fn new(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes.clone()).ok();
        Self { path: path.into(), bytes, text }
    }

    fn extension(&self) -> &str {
        self.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
    }
}

/// Checks the whole workspace and prints every fault.
pub(crate) fn run(root: &Path) -> Result<()> {
    let faults = faults(root)?;
    for fault in &faults {
        eprintln!("{fault}");
    }
    match faults.len() {
        0 => Ok(()),
        1 => bail!("tidy found 1 fault"),
        many => bail!("tidy found {many} faults"),
    }
}

/// Every breach in the workspace, by file and line.
pub(crate) fn faults(root: &Path) -> Result<Vec<Fault>> {
    let files: Vec<File> = crate::workspace::files(root)?
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(root.join(&path)).with_context(|| format!("reading {}", path.display()))?;
            Ok(File::new(path, bytes))
        })
        .collect::<Result<_>>()?;
    let mut faults = judge(&files)?;
    faults.extend(crate::layers::faults(root)?);
    faults.extend(supply::faults(root)?);
    faults.sort();
    Ok(faults)
}

fn judge(files: &[File]) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for file in files {
        text::check(file, &mut faults);
        manifests::check(file, &mut faults);
    }
    sizes::check(files, &mut faults);
    lists::check(files, &mut faults);
    secrets::check(files, &mut faults)?;
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let faults = faults(&crate::workspace::root().unwrap()).unwrap();
        let shown: Vec<String> = faults.iter().map(Fault::to_string).collect();
        assert!(shown.is_empty(), "`cargo xtask tidy` finds:\n{}", shown.join("\n"));
    }

    #[test]
    fn a_fault_names_file_and_line() {
        let file = Path::new("a/b.rs");
        assert_eq!(Fault::new(file, 3, "why").to_string(), "a/b.rs:3: why");
        assert_eq!(Fault::new(file, 0, "why").to_string(), "a/b.rs: why");
    }
}
