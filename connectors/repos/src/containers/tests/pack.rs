//! Archives for tests, packed in memory so that no tool need be installed.

use bzip2::write::BzEncoder;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, GzBuilder};
use lzma_rust2::{XzOptions, XzWriter};
use rawzip::{CompressionMethod, ZipArchiveWriter};
use std::io::Write;
use tar_core::builder::EntryBuilder;

/// A zip of these members, the first stored as it is and the others deflated.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zipped(members, false)
}

/// A zip whose members say that they are encrypted.
pub(crate) fn encrypted_zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zipped(members, true)
}

fn zipped(members: &[(&str, &[u8])], encrypted: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (at, (name, content)) in members.iter().enumerate() {
        let method = if at == 0 { CompressionMethod::STORE } else { CompressionMethod::DEFLATE };
        let file = archive.new_file(name).compression_method(method).encrypted(encrypted);
        let (mut entry, config) = file.start().unwrap();
        let descriptor = if at == 0 {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        } else {
            let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// A tar of these members in GNU's dialect, or in that of pax.
pub(crate) fn tar(members: &[(&str, &[u8])], is_pax: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in members {
        let mut entry = if is_pax { EntryBuilder::new_ustar() } else { EntryBuilder::new_gnu() };
        entry.path(name.as_bytes()).size(content.len() as u64).unwrap();
        bytes.extend(entry.finish_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// An archive of `ar`, as in Debian's packages.
pub(crate) fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        writeln!(bytes, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 644, content.len()).unwrap();
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

/// One gzip stream, that tells a name if one is given.
pub(crate) fn gzip(name: Option<&str>, content: &[u8]) -> Vec<u8> {
    let builder = name.map_or_else(GzBuilder::new, |name| GzBuilder::new().filename(name));
    let mut encoder: GzEncoder<Vec<u8>> = builder.write(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(content: &[u8]) -> Vec<u8> {
    let mut encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}
