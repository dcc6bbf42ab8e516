//! The working tree: every file but git's own, ignored ones too, since secrets hide in `.env`. Links are not followed.

use crate::gaps::{Gaps, Missed};
use crate::git_folder::has_working_tree;
use crate::read::{Finds, Reader};
use crate::search::Searched;
use ignore::WalkBuilder;
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use whose_detect::Detection;
use whose_model::Place;

/// How many files are searched between two looks at whether the user stopped the scan.
const BATCH: usize = 256;

/// Searches all files under `root`, and returns how many were read.
/// A folder that is a repository of its own (a submodule, a clone within a clone) is not entered, but added to `nested`.
pub(crate) fn read(reader: &Reader, root: &Path, finds: &mut Finds, gaps: &mut Gaps, nested: &mut Vec<PathBuf>) -> u64 {
    let mut files = 0;
    let mut batch = Vec::with_capacity(BATCH);
    // Standard filters would skip hidden and ignored files. Links stay links, so that no cycle and no file outside
    // is reached.
    let found = Arc::new(Mutex::new(Vec::new()));
    let others = found.clone();
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if entry.depth() > 0 && is_folder && has_working_tree(entry.path()) {
                others.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_owned());
                return false;
            }
            entry.file_name() != ".git"
        })
        .build();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink()) => {
                batch.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => gaps.add(Missed::File, error.to_string()),
        }
        if batch.len() == BATCH {
            files += search(reader, root, "", &std::mem::take(&mut batch), finds, gaps);
            reader.progress(&format!("{files} files"));
        }
        if reader.is_stopped() {
            gaps.add(Missed::Stopped, "all files of the working tree were read");
            return files;
        }
    }
    nested.append(&mut found.lock().unwrap_or_else(PoisonError::into_inner));
    files + search(reader, root, "", &batch, finds, gaps)
}

/// Searches some files under `root`, whose paths are told behind `prefix`, and returns how many were read.
pub(crate) fn search(
    reader: &Reader,
    root: &Path,
    prefix: &str,
    batch: &[PathBuf],
    finds: &mut Finds,
    gaps: &mut Gaps,
) -> u64 {
    let searched: Vec<_> = batch.par_iter().map(|path| search_one(reader, path)).collect();
    let mut files = 0;
    for (path, found) in batch.iter().zip(searched) {
        let path = format!("{prefix}{}", relative(root, path));
        match found {
            Ok(found) => {
                files += 1;
                found.hits.iter().for_each(|hit| stand(finds, format!("{path}{}", hit.member), &hit.detection));
                found.tell(&path, gaps);
            }
            Err((kind, why)) => gaps.add(kind, format!("{path} ({why})")),
        }
    }
    files
}

fn search_one(reader: &Reader, path: &Path) -> Result<Searched, (Missed, String)> {
    let failed = |error: std::io::Error| (Missed::File, error.to_string());
    // Of a link the text is read, as git does, and never what it leads to.
    if path.is_symlink() {
        let target = std::fs::read_link(path).map_err(failed)?;
        return Ok(reader.search_file(target.as_os_str().as_encoded_bytes()));
    }
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut content = Vec::new();
    // One byte more than allowed tells a file that grew, or whose size was not true.
    file.take(reader.max_bytes.saturating_add(1)).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > reader.max_bytes {
        return Err((Missed::TooLarge, format!("{size} bytes")));
    }
    Ok(reader.search_file(&content))
}

/// The path with `/` between folders.
fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A secret that the history has at this path stands there still; any other is not committed.
fn stand(finds: &mut Finds, path: String, detection: &Detection) {
    let fingerprint = detection.fingerprint.clone();
    finds.secret(fingerprint.clone(), detection.detail.clone());
    let place = finds.places.entry((path.clone(), fingerprint)).or_insert_with(|| Place {
        path,
        line: Some(detection.line),
        ..Place::default()
    });
    place.at_head = true;
    place.secret_half |= detection.detail.has_secret_half;
    place.removed_in = None;
    place.removed_at = None;
}
