//! Zip: the members that its directory lists, or, where the directory is lost, those that lie in it one after the
//! other.

use super::kind::Kind;
use super::streams::{Unpacker, bzipped, deflated, unpacker};
use super::walk::Walk;
use flate2::Crc;
use gix::bstr::ByteSlice;
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive, ZipVerification};
use std::io::{Error, ErrorKind, Read, Result};
use std::ops::ControlFlow;

/// What stands before each member.
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_HEADER: usize = 30;

/// Shows all members.
pub(super) fn members(walk: &mut Walk<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let archive = match ZipArchive::from_slice(bytes) {
        Ok(archive) => archive,
        Err(error) => {
            walk.gap(&format!("damaged: {error}"))?;
            return without_directory(walk, bytes);
        }
    };
    for entry in archive.entries() {
        match entry {
            Ok(entry) if entry.is_dir() => {}
            Ok(entry) => listed(walk, &archive, &entry)?,
            Err(error) => {
                walk.gap(&format!("damaged: {error}"))?;
                return without_directory(walk, bytes);
            }
        }
    }
    ControlFlow::Continue(())
}

fn listed(walk: &mut Walk<'_>, archive: &ZipSliceArchive<&[u8]>, record: &ZipFileHeaderRecord<'_>) -> ControlFlow<()> {
    let path = record.file_path();
    let name = path.as_bytes();
    let method = record.compression_method();
    if record.flags().is_encrypted() || method == CompressionMethod::AES {
        return walk.gap_at(name, "encrypted");
    }
    let entry = match archive.get_entry(record.wayfinder()) {
        Ok(entry) => entry,
        Err(error) => return walk.gap_at(name, &format!("damaged: {error}")),
    };
    match reader(method, entry.data()) {
        Some(content) => {
            let mut content = walk.metered(Verified::new(content, entry.claim_verifier()));
            walk.member(name, &mut content)
        }
        None => walk.gap_at(name, &format!("compressed by method {method}, which is not read")),
    }
}

/// Checks size and checksum at the end, when all that was there has been given: what is damaged is searched all the same.
struct Verified<R> {
    inner: R,
    sum: Crc,
    size: u64,
    expected: ZipVerification,
}

impl<R: Read> Verified<R> {
    fn new(inner: R, expected: ZipVerification) -> Self {
        Self { inner, sum: Crc::new(), size: 0, expected }
    }
}

impl<R: Read> Read for Verified<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sum.update(&buffer[..read]);
        self.size += read as u64;
        if read == 0 && !buffer.is_empty() {
            let seen = ZipVerification { crc: self.sum.sum(), uncompressed_size: self.size };
            self.expected.valid(seen).map_err(|error| Error::new(ErrorKind::InvalidData, error.to_string()))?;
        }
        Ok(read)
    }
}

/// The unpacker of a member; none for a method that is rare.
fn reader(method: CompressionMethod, bytes: &[u8]) -> Option<Unpacker<'_>> {
    match method {
        CompressionMethod::STORE => Some(Box::new(bytes)),
        CompressionMethod::DEFLATE => Some(deflated(bytes)),
        CompressionMethod::BZIP2 => Some(bzipped(bytes)),
        CompressionMethod::XZ => unpacker(Kind::Xz, bytes),
        CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => unpacker(Kind::Zstd, bytes),
        _ => None,
    }
}

/// Shows what can be found of a zip that was cut off, by what stands before each member.
fn without_directory(walk: &mut Walk<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let mut at = 0;
    while let Some(found) = bytes[at..].find(LOCAL) {
        at += found;
        let Some(local) = Local::read(&bytes[at..]) else {
            at += LOCAL.len();
            continue;
        };
        at += LOCAL_HEADER + local.skipped;
        let rest = &bytes[at..];
        // Where the size was not known yet, a stored member ends before whatever comes next.
        let size = if local.size > 0 || local.method != CompressionMethod::STORE {
            local.size
        } else {
            rest.find(b"PK").unwrap_or(rest.len())
        };
        let content = if size == 0 { rest } else { &rest[..size.min(rest.len())] };
        if local.is_encrypted {
            walk.gap_at(local.name, "encrypted")?;
        } else if let Some(unpacker) = reader(local.method, content) {
            let mut unpacker = walk.metered(unpacker);
            walk.member(local.name, &mut unpacker)?;
        }
        at += size.min(rest.len());
    }
    ControlFlow::Continue(())
}

/// What stands before a member.
struct Local<'b> {
    name: &'b [u8],
    method: CompressionMethod,
    is_encrypted: bool,
    /// Zero where it was not known when the member was written.
    size: usize,
    /// The bytes of the name and what follows it.
    skipped: usize,
}

impl<'b> Local<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let header = bytes.get(..LOCAL_HEADER)?;
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let size = u32::from_le_bytes([header[18], header[19], header[20], header[21]]);
        let name = usize::from(short(26));
        let skipped = name + usize::from(short(28));
        bytes.get(..LOCAL_HEADER + skipped)?;
        Some(Self {
            name: &bytes[LOCAL_HEADER..LOCAL_HEADER + name],
            method: CompressionMethod::new(short(8)),
            is_encrypted: short(6) & 1 != 0,
            // The largest number says that the size stands elsewhere.
            size: if size == u32::MAX { 0 } else { size as usize },
            skipped,
        })
    }
}
