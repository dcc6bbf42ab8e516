//! The data folder: the store and the key with which leaked values are fingerprinted.

use anyhow::{Context, bail};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use whose_detect::FingerprintKey;

/// The key's file.
const KEY_FILE: &str = "fingerprint.key";

/// A folder of this user alone.
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder that was named, or the platform's folder for user data. Made when it is not there.
    pub(crate) fn open(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = match named {
            Some(path) => path.to_path_buf(),
            None => directories::ProjectDirs::from("", "", "whose")
                .context("this user has no home folder; name one with --data-dir")?
                .data_dir()
                .to_path_buf(),
        };
        create_private(&path).with_context(|| format!("the data folder {} cannot be made", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The default store.
    pub(crate) fn store_url(&self) -> String {
        format!("sqlite:{}", self.0.join("whose.db").display())
    }

    /// The fingerprint key, made on first use. Fingerprints of two folders cannot be compared: that is the point.
    pub(crate) fn fingerprint_key(&self) -> anyhow::Result<FingerprintKey> {
        let path = self.0.join(KEY_FILE);
        match fs::read(&path) {
            Ok(bytes) => return key_of(&bytes, &path),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(&path) {
            Ok(_) => key_of(&bytes, &path),
            // Another process was first: its key is the key.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => key_of(&fs::read(&path)?, &path),
            Err(error) => Err(error.error).with_context(|| format!("{} cannot be written", path.display())),
        }
    }
}

fn key_of(bytes: &[u8], path: &Path) -> anyhow::Result<FingerprintKey> {
    let Ok(bytes) = <[u8; 32]>::try_from(bytes) else {
        bail!(
            "{} is damaged: it has {} bytes and not 32; move it away to begin with a new key",
            path.display(),
            bytes.len()
        );
    };
    Ok(FingerprintKey::new(bytes))
}

#[cfg(unix)]
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(Some(&folder.path().join("a/b"))).unwrap();
        data.fingerprint_key().unwrap();
        let path = folder.path().join("a/b").join(KEY_FILE);
        let first = fs::read(&path).unwrap();
        data.fingerprint_key().unwrap();
        assert_eq!(fs::read(&path).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_is_an_error_with_a_way_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(KEY_FILE), b"short").unwrap();
        let error = DataFolder::open(Some(folder.path())).unwrap().fingerprint_key().err().unwrap();
        assert!(error.to_string().contains("5 bytes"), "{error}");
    }
}
