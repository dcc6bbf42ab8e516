//! The index: which path a staged blob has. It is read here and not by gix, whose reader follows the trees that an
//! index caches by recursion, as deep as the file says: deeper than a thread's stack, which ends the whole process.
//! The layout: <https://git-scm.com/docs/index-format>. A split index gives the entries of its own file alone.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use std::collections::HashMap;
use std::io::Read;

/// The largest part of an index that is read.
const MOST_BYTES: u64 = 256 << 20;
/// The longest path that is believed.
const LONGEST_PATH: usize = 4096;
/// Times, device, inode, mode, owner and size: ten numbers.
const STAT: usize = 40;
const EXTENDED: u16 = 0x4000;

/// The first path of each staged blob that is wanted. What cannot be read is left out.
pub(crate) fn paths(repo: &gix::Repository, wanted: impl Fn(&ObjectId) -> bool) -> HashMap<ObjectId, String> {
    let mut index = Vec::new();
    let Ok(file) = std::fs::File::open(repo.index_path()) else { return HashMap::new() };
    if file.take(MOST_BYTES).read_to_end(&mut index).is_err() {
        return HashMap::new();
    }
    let mut paths = HashMap::new();
    let mut entries = Entries::new(&index, repo.object_hash().len_in_bytes());
    while let Some(id) = entries.as_mut().and_then(Entries::next) {
        let path = entries.as_ref().map(|entries| entries.path.to_str_lossy().into_owned());
        if let Some(path) = path.filter(|_| wanted(&id)) {
            paths.entry(id).or_insert(path);
        }
    }
    paths
}

/// The entries of an index, one after the other.
struct Entries<'i> {
    rest: &'i [u8],
    left: u32,
    version: u32,
    hash: usize,
    /// The path of the entry that was read last.
    path: Vec<u8>,
}

impl<'i> Entries<'i> {
    /// Reads the header; none when this is no index of a known version.
    fn new(index: &'i [u8], hash: usize) -> Option<Self> {
        let rest = index.strip_prefix(b"DIRC")?;
        let (version, rest) = number(rest)?;
        let (left, rest) = number(rest)?;
        (2..=4).contains(&version).then_some(Self { rest, left, version, hash, path: Vec::new() })
    }

    /// The next entry's object; none at the end and where the file is damaged.
    fn next(&mut self) -> Option<ObjectId> {
        self.left = self.left.checked_sub(1)?;
        let id = ObjectId::try_from(self.rest.get(STAT..STAT + self.hash)?).ok()?;
        let mut head = STAT + self.hash + 2;
        let flags = self.rest.get(head - 2..head)?;
        if u16::from_be_bytes([flags[0], flags[1]]) & EXTENDED != 0 {
            head += 2;
        }
        let mut name = self.rest.get(head..)?;
        if self.version == 4 {
            let (dropped, rest) = offset(name)?;
            self.path.truncate(self.path.len().checked_sub(dropped)?);
            name = rest;
        } else {
            self.path.clear();
        }
        let end = name.find_byte(0)?;
        self.path.extend_from_slice(&name[..end]);
        if self.path.len() > LONGEST_PATH {
            return None;
        }
        self.rest = if self.version == 4 {
            &name[end + 1..]
        } else {
            // One to eight zeros fill up to a multiple of eight.
            self.rest.get((head + end + 8) & !7..)?
        };
        Some(id)
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

/// A number in the variable width that packs use for offsets.
fn offset(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
        value = value.checked_add(1)?;
    }
    None
}
