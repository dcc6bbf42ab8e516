//! The numbers and the business context that rules judge by. The defaults are the product's published
//! definitions; a policy file may state others, and a word that it misspells is an error.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why a policy cannot be judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A number that no rule could judge by.
    #[error("policy.thresholds.{0} must be at least one day")]
    Zero(&'static str),
    /// Two numbers that contradict each other.
    #[error("policy.thresholds.{lower} must not be above policy.thresholds.{upper}")]
    Order {
        /// The one that must be lower.
        lower: &'static str,
        /// The one that must be higher.
        upper: &'static str,
    },
}

/// What an organisation holds its identities to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The numbers.
    pub thresholds: Thresholds,
    /// Scopes that belong to the organisation although this scan does not read them: account numbers, tenant ids
    /// or whole node ids. Trust in them is not trust in a third party.
    pub own_scopes: BTreeSet<String>,
}

/// The numbers, in days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// An access key is stale when it was not used for this long (CIS AWS 2.11).
    pub stale_access_key_days: u32,
    /// Any other credential is stale when it was not used for this long (PCI DSS 8.2.6).
    pub stale_days: u32,
    /// The same for what is tagged `cadence=quarterly` or `cadence=yearly`: dormant is not abandoned.
    pub stale_seasonal_days: u32,
    /// A credential older than this that was never used counts as never used; a younger one is just new.
    pub never_used_days: u32,
    /// A credential is long-lived when its secret part is older than this (CIS AWS 2.12).
    pub long_lived_days: u32,
    /// Older than this, it is long-lived by one level more.
    pub very_long_lived_days: u32,
    /// A credential that ends was given too long a life when it is longer than this (CIS Microsoft 365 5.1.5.4).
    pub max_lifetime_days: u32,
    /// The same for tokens that people make for themselves, which forges let live a year.
    pub max_token_lifetime_days: u32,
    /// Of two keys on one identity, one that was not used for this long is the idle one.
    pub idle_second_key_days: u32,
    /// A thing counts as in active use when it was used within this time.
    pub active_days: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            stale_access_key_days: 45,
            stale_days: 90,
            stale_seasonal_days: 180,
            never_used_days: 14,
            long_lived_days: 90,
            very_long_lived_days: 365,
            max_lifetime_days: 180,
            max_token_lifetime_days: 365,
            idle_second_key_days: 7,
            active_days: 30,
        }
    }
}

impl Policy {
    /// Checks the numbers, wherever they were read.
    ///
    /// # Errors
    /// When one is zero, or two contradict each other.
    pub fn validate(&self) -> Result<(), PolicyError> {
        self.thresholds.validate()
    }
}

impl Thresholds {
    fn validate(&self) -> Result<(), PolicyError> {
        for (name, days) in [
            ("stale_access_key_days", self.stale_access_key_days),
            ("stale_days", self.stale_days),
            ("stale_seasonal_days", self.stale_seasonal_days),
            ("never_used_days", self.never_used_days),
            ("long_lived_days", self.long_lived_days),
            ("very_long_lived_days", self.very_long_lived_days),
            ("max_lifetime_days", self.max_lifetime_days),
            ("max_token_lifetime_days", self.max_token_lifetime_days),
            ("idle_second_key_days", self.idle_second_key_days),
            ("active_days", self.active_days),
        ] {
            if days == 0 {
                return Err(PolicyError::Zero(name));
            }
        }
        if self.long_lived_days > self.very_long_lived_days {
            return Err(PolicyError::Order { lower: "long_lived_days", upper: "very_long_lived_days" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_the_published_definitions() {
        let policy = Policy::default();
        assert_eq!(policy.validate(), Ok(()));
        assert_eq!(toml::from_str::<Policy>("").unwrap(), policy);
        let Thresholds { stale_access_key_days, stale_days, stale_seasonal_days, never_used_days, .. } =
            policy.thresholds;
        assert_eq!((stale_access_key_days, stale_days, stale_seasonal_days, never_used_days), (45, 90, 180, 14));
    }

    #[test]
    fn one_setting_leaves_the_others_alone() {
        let policy: Policy = toml::from_str("own_scopes = [\"111122223333\"]\n[thresholds]\nstale_days = 30").unwrap();
        assert_eq!(policy.thresholds, Thresholds { stale_days: 30, ..Thresholds::default() });
        assert!(policy.own_scopes.contains("111122223333"));
    }

    #[test]
    fn wrong_policies_are_refused_with_the_name_of_the_setting() {
        for (text, part) in [
            ("[thresholds]\nstale_day = 30", "unknown field"),
            ("[thresholds]\nstale_days = 0", "thresholds.stale_days"),
            ("[thresholds]\nstale_days = -1", "invalid value"),
            ("[thresholds]\nlong_lived_days = 400", "thresholds.very_long_lived_days"),
        ] {
            let read = toml::from_str::<Policy>(text).map_err(|error| error.to_string());
            let error = read.and_then(|policy| policy.validate().map_err(|error| error.to_string())).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
