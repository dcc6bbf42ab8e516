//! A guard for listings in pages: a provider that repeats its token, or never ends, must not keep a scan
//! for ever, and one that says "more" without saying where must not pass for complete.

use std::collections::HashSet;

/// Follows the page tokens of one listing.
#[derive(Debug)]
pub struct Pages {
    tokens: HashSet<String>,
    count: usize,
    limit: usize,
}

/// Why a listing cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// The provider gave a token that it gave before.
    #[error("the provider answered page {page} with a page token that it had given before")]
    Repeated {
        /// The page, counted from one.
        page: usize,
    },
    /// The provider said that there is more, and gave no token.
    #[error("the provider answered page {page} with \"more follows\" and no page token")]
    NoToken {
        /// The page, counted from one.
        page: usize,
    },
    /// The listing is longer than any that is known.
    #[error("the listing did not end within {limit} pages")]
    TooMany {
        /// How many pages were read.
        limit: usize,
    },
}

impl Pages {
    /// A guard for at most `limit` pages.
    pub fn new(limit: usize) -> Self {
        Self { tokens: HashSet::new(), count: 0, limit }
    }

    /// Takes note of one page: `more` is what the provider said about further pages. Returns the token of the next
    /// page, or `None` at the end.
    ///
    /// # Errors
    /// When the listing cannot be read on.
    pub fn turn(&mut self, more: bool, token: Option<&str>) -> Result<Option<String>, PageFault> {
        self.count += 1;
        if !more {
            return Ok(None);
        }
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(PageFault::NoToken { page: self.count });
        };
        if !self.tokens.insert(token.to_owned()) {
            return Err(PageFault::Repeated { page: self.count });
        }
        if self.count >= self.limit {
            return Err(PageFault::TooMany { limit: self.limit });
        }
        Ok(Some(token.to_owned()))
    }

    /// How many pages were read.
    pub fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_ends_when_the_provider_says_so() {
        let mut pages = Pages::new(10);
        assert_eq!(pages.turn(true, Some("a")), Ok(Some("a".into())));
        assert_eq!(pages.turn(true, Some("b")), Ok(Some("b".into())));
        assert_eq!(pages.turn(false, Some("stale")), Ok(None));
        assert_eq!(pages.count(), 3);
    }

    #[test]
    fn a_repeated_token_is_a_fault_even_when_others_lie_between() {
        let mut pages = Pages::new(10);
        pages.turn(true, Some("a")).unwrap();
        pages.turn(true, Some("b")).unwrap();
        assert_eq!(pages.turn(true, Some("a")), Err(PageFault::Repeated { page: 3 }));
    }

    #[test]
    fn more_without_a_token_is_a_fault() {
        for token in [None, Some("")] {
            assert_eq!(Pages::new(10).turn(true, token), Err(PageFault::NoToken { page: 1 }));
        }
    }

    #[test]
    fn an_endless_listing_is_bounded() {
        let mut pages = Pages::new(2);
        assert!(pages.turn(true, Some("1")).is_ok());
        assert_eq!(pages.turn(true, Some("2")), Err(PageFault::TooMany { limit: 2 }));
    }
}
