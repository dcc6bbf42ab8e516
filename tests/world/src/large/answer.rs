//! A listing of which only the page that is asked for is made, and what a query asks for.

use serde_json::Value;

/// A listing that is made item by item.
pub(super) struct Listing<'a> {
    /// Its length.
    pub(super) total: usize,
    /// The item of a number below `total`.
    make: Box<dyn Fn(usize) -> Value + 'a>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(total: usize, make: impl Fn(usize) -> Value + 'a) -> Self {
        Self { total, make: Box::new(make) }
    }

    /// A listing that is short enough to be there.
    pub(super) fn of(items: Vec<Value>) -> Self {
        Self::new(items.len(), move |number| items[number].clone())
    }

    /// The items from `start` on, at most `size`.
    pub(super) fn page(&self, start: usize, size: usize) -> Vec<Value> {
        let end = start.saturating_add(size.max(1)).min(self.total);
        (start.min(end)..end).map(|number| (self.make)(number)).collect()
    }
}

/// A field of a query, decoded.
pub(super) fn field(query: &str, name: &str) -> Option<String> {
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    found.map(|text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned())
}

/// A number in a query.
pub(super) fn number(query: &str, name: &str) -> Option<usize> {
    field(query, name)?.parse().ok()
}
