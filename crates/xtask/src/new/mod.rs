//! Skeletons. Each compiles as it is written, stands in its list, and has a test that fails until it is filled in,
//! so that a half-finished thing cannot pass for a finished one.

mod edit;
mod name;
mod skeletons;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What can be made.
#[derive(Subcommand)]
pub(crate) enum What {
    /// A posture rule, named for the fault: `stale-access-key`
    Rule { slug: String },
    /// A detector, `vendor.thing`: `acme.api-key`
    Detector { id: String },
    /// A report format: `sarif`
    Format { id: String },
    /// A connector for a provider, with one listing: `okta users`
    Connector { id: String, listing: String },
    /// One more listing of a connector, named as the vendor names it: `aws saml-providers`
    Listing { connector: String, listing: String },
}

/// Writes the skeleton and says which files it touched and what to do next.
pub(crate) fn run(root: &Path, what: &What) -> Result<()> {
    let mut work = Work { root, files: BTreeMap::new() };
    let next = match what {
        What::Rule { slug } => skeletons::rule(&mut work, slug),
        What::Detector { id } => skeletons::detector(&mut work, id),
        What::Format { id } => skeletons::format(&mut work, id),
        What::Connector { id, listing } => skeletons::connector(&mut work, id, listing),
        What::Listing { connector, listing } => skeletons::listing(&mut work, connector, listing),
    }?;
    for path in work.write()? {
        println!("{}", path.display());
    }
    println!("next: {next}");
    Ok(())
}

/// The files that a skeleton makes or changes, written only when all of them could be worked out.
struct Work<'r> {
    root: &'r Path,
    files: BTreeMap<PathBuf, String>,
}

impl Work<'_> {
    /// A new file.
    fn create(&mut self, path: impl Into<PathBuf>, text: String) -> Result<()> {
        let path = path.into();
        if self.root.join(&path).exists() {
            bail!("{} exists already", path.display());
        }
        let text = self.laid_out(&path, text)?;
        self.files.insert(path, text);
        Ok(())
    }

    /// A change to a file that exists.
    fn edit(&mut self, path: &str, change: impl FnOnce(&str) -> Result<String>) -> Result<()> {
        let path = PathBuf::from(path);
        let text = match self.files.get(&path) {
            Some(text) => text.clone(),
            None => {
                std::fs::read_to_string(self.root.join(&path)).with_context(|| format!("reading {}", path.display()))?
            }
        };
        let changed = change(&text).with_context(|| format!("editing {}", path.display()))?;
        let changed = self.laid_out(&path, changed)?;
        self.files.insert(path, changed);
        Ok(())
    }

    fn laid_out(&self, path: &Path, text: String) -> Result<String> {
        if path.extension().is_some_and(|extension| extension == "rs") {
            edit::formatted(self.root, &text).with_context(|| format!("laying out {}", path.display()))
        } else {
            Ok(text)
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    fn write(self) -> Result<Vec<PathBuf>> {
        for (path, text) in &self.files {
            let whole = self.root.join(path);
            if let Some(parent) = whole.parent() {
                std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
            }
            std::fs::write(&whole, text).with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(self.files.into_keys().collect())
    }
}
