//! Pages: `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out.

use super::replies::ApiError;
use super::request::Request;
use super::xml::{Xml, element};
use data_encoding::BASE64URL_NOPAD;
use std::ops::Range;

/// How a listing is cut into pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    /// The most items of a page, whatever the caller asks; AWS too may send fewer than asked.
    pub(crate) at_most: usize,
    /// Whether this listing never ends: every page says that there is more, with one and the same marker.
    pub(crate) endless: bool,
}

/// One page: which items, and what is said of the rest.
pub(crate) struct Page {
    pub(crate) items: Range<usize>,
    pub(crate) trailer: Vec<Xml>,
}

impl Paging {
    /// The page that a request asks for, of `total` items.
    pub(crate) fn page(self, request: &Request, total: usize) -> Result<Page, ApiError> {
        let wanted = match request.param("MaxItems") {
            None => 100,
            Some(text) => match text.parse::<usize>() {
                Ok(number @ 1..=1000) => number,
                _ => return Err(ApiError::invalid("MaxItems must be a number from 1 to 1000")),
            },
        };
        if self.endless {
            let trailer = vec![element("IsTruncated", true), element("Marker", marker(0))];
            return Ok(Page { items: 0..total.min(wanted).min(self.at_most), trailer });
        }
        let start = match request.param("Marker") {
            None => 0,
            Some(text) => {
                offset(text).filter(|start| *start <= total).ok_or_else(|| ApiError::invalid("Invalid Marker."))?
            }
        };
        let end = total.min(start + wanted.min(self.at_most));
        let mut trailer = vec![element("IsTruncated", end < total)];
        if end < total {
            trailer.push(element("Marker", marker(end)));
        }
        Ok(Page { items: start..end, trailer })
    }
}

/// Markers are opaque to the caller.
fn marker(offset: usize) -> String {
    BASE64URL_NOPAD.encode(format!("from/{offset}").as_bytes())
}

fn offset(marker: &str) -> Option<usize> {
    let bytes = BASE64URL_NOPAD.decode(marker.as_bytes()).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("from/")?.parse().ok()
}
