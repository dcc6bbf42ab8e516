//! Files that are one compressed stream, a tar within or one content, and the unpackers that archives use too.

use super::kind::Kind;
use super::tar;
use super::walk::Walk;
use bzip2::bufread::{BzDecoder, MultiBzDecoder};
use flate2::bufread::{DeflateDecoder, GzDecoder};
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use std::io::{Error, ErrorKind, Read, Result};
use std::ops::ControlFlow;

/// The most memory that a stream may ask for to look back in: what the strongest levels of the usual tools need.
const LOOK_BACK: u32 = 128 << 20;

/// An unpacker over bytes in memory.
pub(super) type Unpacker<'b> = Box<dyn Read + 'b>;

/// Shows what a compressed stream holds. A tar within shows its members as if they stood in the file itself.
pub(super) fn content(walk: &mut Walk<'_>, kind: Kind, bytes: &[u8]) -> ControlFlow<()> {
    let name = if kind == Kind::Gzip { name_in_gzip(bytes) } else { Vec::new() };
    let Some(unpacker) = unpacker(kind, bytes) else { return walk.gap("it cannot be unpacked") };
    let mut unpacker = walk.metered(unpacker);
    let mut head = Vec::new();
    if let Err(error) = (&mut unpacker).take(Kind::HEAD as u64).read_to_end(&mut head) {
        return walk.member(&name, &mut head.chain(Failing(Some(error))));
    }
    let mut whole = head.chain(unpacker);
    if Kind::of(&head) == Some(Kind::Tar) { tar::members(walk, &mut whole) } else { walk.member(&name, &mut whole) }
}

/// The unpacker of a stream of this kind; none for an archive.
pub(super) fn unpacker(kind: Kind, bytes: &[u8]) -> Option<Unpacker<'_>> {
    Some(match kind {
        Kind::Gzip => Box::new(Gzip(GzDecoder::new(bytes))),
        Kind::Bzip2 => Box::new(MultiBzDecoder::new(bytes)),
        Kind::Xz => Box::new(XzReader::new_mem_limit(bytes, true, LOOK_BACK >> 10)),
        Kind::Zstd => Box::new(Zstd::Next(bytes)),
        Kind::Zip | Kind::Tar | Kind::Ar | Kind::Sqlite | Kind::Unread(_) => return None,
    })
}

/// The unpacker of a zip's member, whose stream has no header.
pub(super) fn deflated(bytes: &[u8]) -> Unpacker<'_> {
    Box::new(DeflateDecoder::new(bytes))
}

/// The unpacker of a zip's member that is one bzip2 stream.
pub(super) fn bzipped(bytes: &[u8]) -> Unpacker<'_> {
    Box::new(BzDecoder::new(bytes))
}

fn name_in_gzip(bytes: &[u8]) -> Vec<u8> {
    GzDecoder::new(bytes).header().and_then(|header| header.filename()).map(<[u8]>::to_vec).unwrap_or_default()
}

/// Gives one error, where a stream broke off in its first bytes.
struct Failing(Option<Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Gzip streams one after the other. What follows and is none, such as the zeros of a tape, is left.
struct Gzip<'b>(GzDecoder<&'b [u8]>);

impl Read for Gzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            let rest = *self.0.get_ref();
            if read > 0 || buffer.is_empty() || Kind::of(rest) != Some(Kind::Gzip) {
                return Ok(read);
            }
            self.0.reset(rest);
        }
    }
}

/// Zstandard frames one after the other, and skippable ones between them.
enum Zstd<'b> {
    Next(&'b [u8]),
    Frame(Box<StreamingDecoder<&'b [u8], ruzstd::decoding::FrameDecoder>>),
}

impl<'b> Zstd<'b> {
    /// Past frames that hold nothing for a reader: a number of sixteen, then their length.
    fn without_skippable(mut bytes: &'b [u8]) -> &'b [u8] {
        while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] = bytes {
            let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            bytes = rest.get(length..).unwrap_or_default();
        }
        bytes
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match self {
                Self::Next(bytes) => {
                    let bytes = Self::without_skippable(bytes);
                    if Kind::of(bytes) != Some(Kind::Zstd) {
                        *self = Self::Next(&[]);
                        return Ok(0);
                    }
                    // Whatever fails from here on fails for good.
                    *self = Self::Next(&[]);
                    let frame = StreamingDecoder::new_with_max_window_size(bytes, u64::from(LOOK_BACK))
                        .map_err(|error| Error::new(ErrorKind::InvalidData, error.to_string()))?;
                    *self = Self::Frame(Box::new(frame));
                }
                Self::Frame(frame) => {
                    let read = frame.read(buffer)?;
                    if read > 0 || buffer.is_empty() {
                        return Ok(read);
                    }
                    *self = Self::Next(frame.get_ref());
                }
            }
        }
    }
}
