//! What was found, kept small: each secret once, and of each place no more than which secret and which line.

use crate::read::merge;
use crate::search::Hit;
use std::collections::HashMap;
use whose_detect::Detection;
use whose_model::SecretDetail;

/// A secret in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    /// The secret by number.
    pub(crate) secret: u32,
    /// The member of an archive in which it stands, by number; zero is the object itself.
    pub(crate) member: u32,
    /// The first line on which it stands.
    pub(crate) line: u32,
    /// Its secret half stands there too.
    pub(crate) has_half: bool,
}

/// Secrets by number.
#[derive(Default)]
pub(crate) struct Secrets {
    numbers: HashMap<String, u32>,
    known: Vec<(String, SecretDetail)>,
    members: HashMap<String, u32>,
    /// As they are appended to a path; that of number zero is empty and not here.
    member_names: Vec<String>,
}

/// By which numbers one knows what another knows by others.
pub(crate) struct Renumbered {
    secrets: Vec<u32>,
    members: Vec<u32>,
}

impl Renumbered {
    /// Gives spots their new numbers.
    pub(crate) fn apply(&self, spots: &mut [Spot]) {
        for spot in spots.iter_mut() {
            spot.secret = self.secrets[spot.secret as usize];
            spot.member = self.members[spot.member as usize];
        }
        spots.sort_unstable();
    }
}

impl Secrets {
    /// The spots of one object, each secret once in each member.
    pub(crate) fn spots(&mut self, found: Vec<Hit>) -> Box<[Spot]> {
        let mut spots: Vec<Spot> = found
            .into_iter()
            .map(|Hit { member, detection }| Spot {
                secret: self.number(detection.fingerprint, detection.detail.clone()),
                member: self.member_number(member),
                line: detection.line,
                has_half: detection.detail.has_secret_half,
            })
            .collect();
        spots.sort_unstable();
        spots.dedup_by(|next, first| {
            let is_same = (next.secret, next.member) == (first.secret, first.member);
            first.has_half |= is_same && next.has_half;
            is_same
        });
        spots.into()
    }

    /// The spots of a text that is no file.
    pub(crate) fn spots_of_text(&mut self, found: Vec<Detection>) -> Box<[Spot]> {
        self.spots(found.into_iter().map(|detection| Hit { member: String::new(), detection }).collect())
    }

    fn member_number(&mut self, member: String) -> u32 {
        if member.is_empty() {
            return 0;
        }
        if let Some(number) = self.members.get(&member) {
            return *number;
        }
        self.member_names.push(member.clone());
        let number = u32::try_from(self.member_names.len()).expect("memory ends before four billion members");
        self.members.insert(member, number);
        number
    }

    /// What is appended to the path of an object for one of its members.
    pub(crate) fn member(&self, number: u32) -> &str {
        (number as usize).checked_sub(1).map_or("", |at| &self.member_names[at])
    }

    /// The number of a secret, whose details are put together with those that are known.
    pub(crate) fn number(&mut self, fingerprint: String, detail: SecretDetail) -> u32 {
        if let Some(&number) = self.numbers.get(&fingerprint) {
            merge(&mut self.known[number as usize].1, detail, &fingerprint);
            return number;
        }
        let number = u32::try_from(self.known.len()).expect("memory ends before four billion secrets");
        self.numbers.insert(fingerprint.clone(), number);
        self.known.push((fingerprint, detail));
        number
    }

    /// Takes over what another knows.
    pub(crate) fn take(&mut self, others: Self) -> Renumbered {
        let secrets = others.known.into_iter().map(|(fingerprint, detail)| self.number(fingerprint, detail)).collect();
        let members = std::iter::once(String::new()).chain(others.member_names);
        Renumbered { secrets, members: members.map(|member| self.member_number(member)).collect() }
    }

    pub(crate) fn fingerprint(&self, number: u32) -> &str {
        &self.known[number as usize].0
    }

    pub(crate) fn into_known(self) -> Vec<(String, SecretDetail)> {
        self.known
    }
}
