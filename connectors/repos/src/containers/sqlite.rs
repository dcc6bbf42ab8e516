//! SQLite databases: a value larger than a page lies in pieces all over the file, so that what stands across two
//! pieces is in none. Such values are put together; all others are found in the file's bytes as they lie.
//! The layout: <https://www.sqlite.org/fileformat2.html>.

use super::walk::Walk;
use std::io::Read;
use std::ops::ControlFlow;

/// What stands before the first page's own header.
const FILE_HEADER: usize = 100;
/// The kinds of pages that hold values.
const INDEX: u8 = 0x02;
const INDEX_LEAF: u8 = 0x0a;
const TABLE_LEAF: u8 = 0x0d;

/// Shows all values that lie in more than one piece.
pub(super) fn members(walk: &mut Walk<'_>, bytes: &[u8]) -> ControlFlow<()> {
    let Some(database) = Database::of(bytes) else { return walk.gap("damaged: its header is not one of SQLite") };
    for number in 1..=bytes.len().div_ceil(database.page) {
        for (at, mut value) in database.values(number).into_iter().enumerate().filter(|(_, value)| value.next != 0) {
            let name = format!("(page {number}, value {})", at + 1);
            let mut content = walk.metered(&mut value);
            walk.member(name.as_bytes(), &mut content)?;
            if value.left > 0 {
                walk.gap_at(name.as_bytes(), "damaged: the rest of the value is not there")?;
            }
        }
    }
    ControlFlow::Continue(())
}

#[derive(Clone, Copy)]
struct Database<'b> {
    bytes: &'b [u8],
    /// The size of a page, and how much of it is used.
    page: usize,
    used: usize,
}

impl<'b> Database<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let header = bytes.get(..FILE_HEADER)?;
        let page = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => usize::from(size),
        };
        let used = page.checked_sub(usize::from(header[20]))?;
        (page.is_power_of_two() && page >= 512 && used >= 480).then_some(Self { bytes, page, used })
    }

    /// A page by its number, counted from one.
    fn page(&self, number: usize) -> Option<&'b [u8]> {
        let start = number.checked_sub(1)?.checked_mul(self.page)?;
        self.bytes.get(start..)?.get(..self.used)
    }

    /// The values of one page; none of a page that holds something else.
    fn values(&self, number: usize) -> Vec<Value<'b>> {
        let Some(page) = self.page(number) else { return Vec::new() };
        let header = if number == 1 { FILE_HEADER } else { 0 };
        let kind = page[header];
        let cells = match kind {
            INDEX => header + 12,
            INDEX_LEAF | TABLE_LEAF => header + 8,
            _ => return Vec::new(),
        };
        let count = usize::from(u16::from_be_bytes([page[header + 3], page[header + 4]]));
        let pointers = page[cells..].chunks_exact(2).take(count);
        let starts = pointers.map(|pointer| usize::from(u16::from_be_bytes([pointer[0], pointer[1]])));
        starts.filter_map(|start| self.value(kind, page.get(start..)?)).collect()
    }

    fn value(&self, kind: u8, cell: &'b [u8]) -> Option<Value<'b>> {
        let cell = if kind == INDEX { cell.get(4..)? } else { cell };
        let (size, mut content) = number(cell)?;
        if kind == TABLE_LEAF {
            content = number(content)?.1;
        }
        let size = usize::try_from(size).ok()?;
        let least = (self.used - 12) * 32 / 255 - 23;
        let most = if kind == TABLE_LEAF { self.used - 35 } else { (self.used - 12) * 64 / 255 - 23 };
        if size <= most {
            return Some(Value { database: *self, piece: content.get(..size)?, next: 0, left: 0 });
        }
        let even = least + (size - least) % (self.used - 4);
        let (piece, rest) = content.split_at_checked(if even <= most { even } else { least })?;
        let next = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        Some(Value { database: *self, piece, next, left: size - piece.len() })
    }
}

/// A value, piece after piece.
struct Value<'b> {
    database: Database<'b>,
    piece: &'b [u8],
    /// The page with the next piece; zero at the end.
    next: usize,
    /// The bytes of all further pieces. Whatever leads in a circle ends with them.
    left: usize,
}

impl Read for Value<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.piece.is_empty()
            && self.left > 0
            && let Some((next, content)) = self.database.page(self.next).and_then(<[u8]>::split_first_chunk)
        {
            self.piece = &content[..content.len().min(self.left)];
            self.left -= self.piece.len();
            self.next = u32::from_be_bytes(*next) as usize;
        }
        self.piece.read(buffer)
    }
}

/// A number of one to nine bytes.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Some(((value << 8) | u64::from(byte), &bytes[9..]));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}
