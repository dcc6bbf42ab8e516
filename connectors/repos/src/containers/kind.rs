//! What a file is, by its first bytes. The name tells nothing: a blob has many, and a hidden archive a wrong one.

/// The kinds of files that hold other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Also jar, whl, apk, nupkg, docx, xlsx and whatever else is a zip inside.
    Zip,
    Tar,
    Gzip,
    Xz,
    Zstd,
    Bzip2,
    /// Debian's packages and static libraries.
    Ar,
    /// A database, of which values are put together that lie in pieces.
    Sqlite,
    /// A kind that is known and not opened.
    Unread(&'static str),
}

/// Where a tar says that it is one.
const USTAR: usize = 257;

/// First bytes that suffice.
const MAGIC: [(&[u8], Kind); 20] = [
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x07\x08PK\x03\x04", Kind::Zip),
    (b"PK00PK\x03\x04", Kind::Zip),
    (b"\x1f\x8b\x08", Kind::Gzip),
    (b"\xfd7zXZ\0", Kind::Xz),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"!<arch>\n", Kind::Ar),
    (b"SQLite format 3\0", Kind::Sqlite),
    (b"7z\xbc\xaf\x27\x1c", Kind::Unread("7z")),
    (b"Rar!\x1a\x07", Kind::Unread("RAR")),
    (b"MSCF\0\0\0\0", Kind::Unread("cabinet")),
    (b"\x04\x22\x4d\x18", Kind::Unread("LZ4")),
    (b"LZIP\x01", Kind::Unread("lzip")),
    (b"070701", Kind::Unread("cpio")),
    (b"070702", Kind::Unread("cpio")),
    (b"\xed\xab\xee\xdb", Kind::Unread("RPM")),
    (b"# v2 git bundle\n", Kind::Unread("git bundle")),
    (b"# v3 git bundle\n", Kind::Unread("git bundle")),
    (b"PACK\0\0\0\x02", Kind::Unread("git pack")),
    (b"\x89LZO\0\r\n\x1a\n", Kind::Unread("LZO")),
];

impl Kind {
    /// The first bytes of a file by which its kind is told.
    pub(crate) const HEAD: usize = 512;

    /// What a file is, of which the first [`Kind::HEAD`] bytes suffice; none when it holds no other files.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Some(*kind);
        }
        if head.strip_prefix(b"BZh").is_some_and(|rest| {
            rest.first().is_some_and(|level| (b'1'..=b'9').contains(level)) && rest[1..].starts_with(b"1AY&SY")
        }) {
            return Some(Self::Bzip2);
        }
        is_tar(head).then_some(Self::Tar)
    }
}

/// Whether a tar begins here: it says so, or is so old that only its checksum does.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    if header[USTAR..].starts_with(b"ustar") {
        return true;
    }
    // Digits, then a zero and a space: no text has that, so that the sum is rarely computed.
    let stated = &header[148..156];
    let digits = stated.iter().take_while(|byte| matches!(byte, b'0'..=b'7' | b' ')).count();
    if header[0] == 0 || digits < 6 || !stated[digits..].contains(&0) {
        return false;
    }
    let sum: u32 =
        header.iter().enumerate().map(|(at, &byte)| if (148..156).contains(&at) { 32 } else { u32::from(byte) }).sum();
    let stated = stated[..digits].iter().filter(|byte| **byte != b' ');
    stated.fold(0, |sum, digit| sum * 8 + u32::from(digit - b'0')) == sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b"PK\x03\x04\x14\0"[..], Some(Kind::Zip)),
            (b"\x1f\x8b\x08\0", Some(Kind::Gzip)),
            (b"BZh91AY&SY", Some(Kind::Bzip2)),
            (b"BZh91AY", None),
            (b"BZh", None),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Some(Kind::Unread("7z"))),
            (b"PK of a text", None),
            (b"", None),
        ] {
            assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn tar_of_the_seventh_edition_is_told_by_its_sum() {
        let mut header = [0; 512];
        header[..5].copy_from_slice(b"a.txt");
        header[124..136].copy_from_slice(b"00000000012\0");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(Kind::of(&header), Some(Kind::Tar));
        header[0] = b'b';
        assert_eq!(Kind::of(&header), None);
        assert_eq!(Kind::of(&header[..511]), None);
    }
}
