//! Which gap of a listing is about which thing. A listing of a hundred thousand can miss a call for each of them, and
//! every rule asks for every one.

use std::collections::HashMap;
use whose_model::{Coverage, CoverageState, Gap, NodeId};

/// The gaps of one listing, by what they are about.
#[derive(Debug, Default)]
pub(crate) struct GapIndex {
    /// The first gap of the scope as a whole.
    whole: Option<usize>,
    named: HashMap<NodeId, usize>,
}

impl GapIndex {
    pub(crate) fn new(row: &Coverage) -> Self {
        let mut index = Self::default();
        if row.state == CoverageState::Complete {
            return index;
        }
        for (at, gap) in row.gaps.iter().enumerate() {
            match &gap.subject {
                Some(subject) => drop(index.named.entry(subject.clone()).or_insert(at)),
                None => drop(index.whole.get_or_insert(at)),
            }
        }
        index
    }

    /// The first gap of `row` that keeps it from speaking of `subject`.
    pub(crate) fn find<'r>(&self, row: &'r Coverage, subject: &NodeId) -> Option<&'r Gap> {
        let named = self.named.get(subject).copied();
        let first = self.whole.into_iter().chain(named).min()?;
        row.gaps.get(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{account, user};
    use proptest::prelude::*;
    use whose_model::{Facet, Source};

    proptest! {
        #[test]
        fn the_index_finds_what_a_search_finds(subjects in prop::collection::vec(0usize..5, 0..12), asked in 1usize..6) {
            let about = |number: &usize| (*number > 0).then(|| user(&format!("user-{number}")));
            let gap = |(at, number): (usize, &usize)| Gap {
                subject: about(number), call: None, reason: at.to_string(), remedy: String::new(),
            };
            let row = Coverage {
                source: Source { connector: "aws".into(), collector: "sample".into() },
                scope: account("123456789012"),
                facets: vec![Facet::Credentials],
                types: Vec::new(),
                state: CoverageState::Partial,
                seen: 0,
                calls: 0,
                gaps: subjects.iter().enumerate().map(gap).collect(),
                horizon: None,
            };
            let subject = user(&format!("user-{asked}"));
            prop_assert_eq!(GapIndex::new(&row).find(&row, &subject), row.gap_for(&subject));
        }
    }
}
