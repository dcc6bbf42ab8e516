//! The key figures of governance, computed from the report alone. What was not read is counted as unknown,
//! never as missing.

use std::collections::HashSet;
use whose_model::{Class, CoverageState, EdgeKind, Facet, IdentityView, OwnerBand, Report, State, Tier, days_between};

/// A part of a whole, with those of whom nobody can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// How many have it.
    pub(crate) part: u64,
    /// Of how many it is not known.
    pub(crate) unknown: u64,
    /// How many there are.
    pub(crate) whole: u64,
}

impl Share {
    /// Of how many it is known.
    pub(crate) fn known(self) -> u64 {
        self.whole.saturating_sub(self.unknown)
    }

    /// Whole per cent of those of whom it is known; none when it is known of nobody. 0 and 100 are said only
    /// when they are exact.
    pub(crate) fn percent(self) -> Option<u64> {
        let known = self.known();
        match (self.part, known) {
            (_, 0) => None,
            (0, _) => Some(0),
            (part, known) if part >= known => Some(100),
            (part, known) => Some(((part * 200 + known) / (known * 2)).clamp(1, 99)),
        }
    }

    /// How many are known not to have it.
    pub(crate) fn without(self) -> u64 {
        self.known().saturating_sub(self.part)
    }
}

/// The key figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kpis {
    /// Non-human identities with an owner, certain or probable.
    pub(crate) owned: Share,
    /// Non-human identities with a purpose.
    pub(crate) purpose: Share,
    /// Non-human identities with an expiry.
    pub(crate) expiry: Share,
    /// Non-human identities that are reached through federation and hold no enabled credential, of all that are
    /// reached in one of these ways.
    pub(crate) federated: Share,
    /// Listings that were read completely.
    pub(crate) coverage: Share,
    /// Admin-equivalent non-human identities that nobody answers for; unknown where privilege or owner is.
    pub(crate) ownerless_admins: Share,
    /// Whether any place was read in which secrets leak: without one, no leak means nothing.
    pub(crate) leaks_looked_for: bool,
    /// The median age of the enabled credentials of a known age, in days.
    pub(crate) median_credential_days: Option<i64>,
}

/// Whether nobody answers for an identity, by evidence.
pub(crate) fn is_ownerless(identity: &IdentityView) -> bool {
    identity.ownership.as_ref().is_some_and(|it| matches!(it.band, OwnerBand::Orphaned | OwnerBand::Unowned))
}

impl Kpis {
    /// Computes them all.
    pub(crate) fn of(report: &Report) -> Self {
        let identities: Vec<_> = report.identities.iter().filter(|it| it.class.class != Class::Human).collect();
        // Purpose and expiry come from the same tags as owners: where these were not read, silence says nothing.
        let share = |has: &dyn Fn(&IdentityView) -> bool| {
            let mut share = Share { whole: identities.len() as u64, ..Share::default() };
            for identity in &identities {
                if has(identity) {
                    share.part += 1;
                } else if identity.ownership.is_none() {
                    share.unknown += 1;
                }
            }
            share
        };
        let band = |it: &IdentityView| it.ownership.as_ref().map(|ownership| ownership.band);
        let complete = report.coverage.iter().filter(|row| row.state == CoverageState::Complete).count() as u64;
        Self {
            owned: share(&|it| matches!(band(it), Some(OwnerBand::Owned | OwnerBand::Probable))),
            purpose: share(&|it| it.lifecycle.purpose.is_some()),
            expiry: share(&|it| it.lifecycle.expiry.is_some()),
            federated: federated(report, &identities),
            coverage: Share { part: complete, unknown: 0, whole: report.coverage.len() as u64 },
            ownerless_admins: ownerless_admins(&identities),
            leaks_looked_for: report.coverage.iter().any(|row| {
                row.facets.contains(&Facet::Secrets)
                    && matches!(row.state, CoverageState::Complete | CoverageState::Partial)
            }),
            median_credential_days: median_age(report),
        }
    }
}

fn ownerless_admins(identities: &[&IdentityView]) -> Share {
    let mut share = Share { whole: identities.len() as u64, ..Share::default() };
    for identity in identities {
        match (identity.privilege.tier, &identity.ownership) {
            (Tier::T0, Some(_)) => share.part += u64::from(is_ownerless(identity)),
            (Tier::T0 | Tier::Unknown, _) => share.unknown += 1,
            _ => {}
        }
    }
    share
}

fn federated(report: &Report, identities: &[&IdentityView]) -> Share {
    let by_trust: HashSet<_> =
        report.edges.iter().filter(|edge| edge.kind == EdgeKind::FederatesTo).map(|edge| &edge.to).collect();
    let by_key: HashSet<_> = report
        .credentials
        .iter()
        .filter(|credential| credential.state == State::Enabled)
        .filter_map(|credential| credential.identity.as_ref())
        .collect();
    let mut share = Share::default();
    for identity in identities {
        let (trust, key) = (by_trust.contains(&identity.id), by_key.contains(&identity.id));
        share.whole += u64::from(trust || key);
        share.part += u64::from(trust && !key);
    }
    share
}

fn median_age(report: &Report) -> Option<i64> {
    let mut ages: Vec<_> = report
        .credentials
        .iter()
        .filter(|credential| credential.state == State::Enabled)
        .filter_map(|credential| credential.rotated.or(credential.created))
        .map(|since| days_between(since, report.scan.as_of))
        .collect();
    ages.sort_unstable();
    ages.get(ages.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn unread_sources_count_as_unknown_and_not_as_missing() {
        let mut report = sample::report();
        let before = Kpis::of(&report);
        assert!(before.owned.without() > 0);
        report.identities.iter_mut().for_each(|it| it.ownership = None);
        let after = Kpis::of(&report);
        assert_eq!(after.owned.without(), 0);
        assert_eq!(after.owned.percent(), None);
        assert_eq!(after.purpose.part, before.purpose.part);
        assert_eq!(after.ownerless_admins.part, 0);
        assert!(after.ownerless_admins.unknown > before.ownerless_admins.unknown);
    }

    #[test]
    fn all_and_none_are_said_only_when_exact() {
        let percent = |part, whole| Share { part, unknown: 0, whole }.percent();
        assert_eq!([percent(0, 9), percent(9, 9), percent(2, 3)], [Some(0), Some(100), Some(67)]);
        assert_eq!([percent(1, 1000), percent(999, 1000)], [Some(1), Some(99)]);
    }

    #[test]
    fn nothing_has_no_percentage() {
        let kpis = Kpis::of(&sample::empty());
        assert_eq!(kpis.owned.percent(), None);
        assert_eq!(kpis.median_credential_days, None);
    }
}
