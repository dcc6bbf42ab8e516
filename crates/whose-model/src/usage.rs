//! Use is never a bare date: it comes with how far back its source can see, so that "never used" and
//! "nobody looked" cannot be confused.

use crate::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a usage source said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// Last used at this moment (often rounded to a day or an hour by the vendor).
    At(Timestamp),
    /// The source answered, and within its horizon there was no use.
    Never,
    /// Nothing is known: the source was not asked, was denied, or does not log this kind of use.
    NotCollected,
}

/// When something was last used, as far as its source can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastUsed {
    /// What the source said.
    pub usage: Usage,
    /// The earliest moment that the source can speak for; `None` when it names no limit, so that it covers
    /// the whole life of the thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<Timestamp>,
    /// Which listing said it, for example `iam:GetCredentialReport`.
    pub source: String,
    /// What it was used for, when the source tells: a service and region, an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

impl LastUsed {
    /// The date of the last use, when there was one.
    pub fn at(&self) -> Option<Timestamp> {
        match self.usage {
            Usage::At(at) => Some(at),
            Usage::Never | Usage::NotCollected => None,
        }
    }

    /// Whether the source can speak for the whole time since `since`.
    pub fn covers_since(&self, since: Timestamp) -> bool {
        self.usage != Usage::NotCollected && self.horizon.is_none_or(|horizon| horizon <= since)
    }

    /// Two sources on one thing: the later use wins; a "never" yields to any date, and silence to any answer.
    #[must_use]
    pub fn later_of(self, other: Self) -> Self {
        let rank = |used: &Self| match used.usage {
            Usage::At(at) => (2, Some(at)),
            Usage::Never => (1, None),
            Usage::NotCollected => (0, None),
        };
        if rank(&other) > rank(&self) { other } else { self }
    }
}
