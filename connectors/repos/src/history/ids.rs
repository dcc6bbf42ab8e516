//! The ids of all objects, each with a small number that stands for it.

use gix::ObjectId;
use gix::hash::oid;

/// Stands for an object that is not there.
pub(crate) const ABSENT: u32 = u32::MAX;

/// All ids, sorted.
pub(crate) struct Ids {
    ids: Vec<ObjectId>,
    /// For each value of the first two bytes, where its ids begin.
    starts: Vec<u32>,
}

impl Ids {
    pub(crate) fn new(mut ids: Vec<ObjectId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        // Four billion objects would need more memory for their ids than machines have; what is beyond is not known.
        ids.truncate(ABSENT as usize);
        let mut starts = vec![0; (1 << 16) + 1];
        for id in &ids {
            starts[prefix(id) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { ids, starts }
    }

    /// The number of an object.
    pub(crate) fn find(&self, id: &oid) -> Option<u32> {
        let (start, end) = (self.starts[prefix(id)], self.starts[prefix(id) + 1]);
        let near = &self.ids[start as usize..end as usize];
        let at = near.binary_search_by(|other| oid::cmp(other, id)).ok()?;
        Some(start + u32::try_from(at).expect("there are fewer ids than numbers"))
    }

    pub(crate) fn get(&self, object: u32) -> ObjectId {
        self.ids[object as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

fn prefix(id: &oid) -> usize {
    let bytes = id.as_bytes();
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A set of objects.
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    pub(crate) fn new(ids: &Ids) -> Self {
        Self(vec![0; ids.len().div_ceil(64)])
    }

    /// Adds an object; false when it was there.
    pub(crate) fn insert(&mut self, object: u32) -> bool {
        let (word, bit) = (&mut self.0[object as usize / 64], 1 << (object % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(crate) fn contains(&self, object: u32) -> bool {
        self.0.get(object as usize / 64).is_some_and(|word| word >> (object % 64) & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_by_number_and_numbers_by_id() {
        let id = |first: u8, last: u8| {
            let mut bytes = [0; 20];
            (bytes[0], bytes[19]) = (first, last);
            ObjectId::Sha1(bytes)
        };
        let all = [id(7, 2), id(0, 0), id(255, 255), id(7, 1), id(7, 2)];
        let ids = Ids::new(all.to_vec());
        assert_eq!(ids.len(), 4);
        for one in all {
            assert_eq!(ids.get(ids.find(&one).unwrap()), one);
        }
        assert_eq!(ids.find(&id(7, 3)), None);
        assert_eq!(ids.find(&id(8, 0)), None);
        let mut marks = Marks::new(&ids);
        assert!(marks.insert(3) && !marks.insert(3) && marks.contains(3) && !marks.contains(2));
        assert!(!marks.contains(ABSENT));
    }
}
