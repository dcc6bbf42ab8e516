//! A finding as a rule hands it in: what only the rule knows. The collector adds all that follows from the graph.

use crate::severity::Exposure;
use whose_graph::Ix;
use whose_model::{Evidence, Facet, Fix, Severity, SeverityReason};

/// Something that was not there, and must have been read completely before its absence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Premise {
    /// This facet of this thing.
    Of(Ix, Facet),
    /// This facet of everything in this scope.
    Within(Ix, Facet),
}

/// What a rule hands in.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) title: String,
    pub(crate) discriminator: String,
    pub(crate) base: Option<(Severity, String)>,
    pub(crate) lifts: Vec<SeverityReason>,
    pub(crate) floor: Option<(Severity, String)>,
    pub(crate) cap: Option<(Severity, String)>,
    pub(crate) exposure: Exposure,
    pub(crate) power_in_base: bool,
    pub(crate) dead: bool,
    pub(crate) confidence: f64,
    pub(crate) identity: Option<Ix>,
    pub(crate) secrets: Vec<Ix>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) fix: Vec<Fix>,
    pub(crate) premises: Vec<Premise>,
    pub(crate) positive: bool,
}

impl Draft {
    /// A draft with its sentence.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            discriminator: String::new(),
            base: None,
            lifts: Vec::new(),
            floor: None,
            cap: None,
            exposure: Exposure::None,
            power_in_base: false,
            dead: false,
            confidence: 1.0,
            identity: None,
            secrets: Vec::new(),
            evidence: Vec::new(),
            fix: Vec::new(),
            premises: Vec::new(),
            positive: false,
        }
    }

    /// Tells several faults of one subject apart. It must be the same in every scan.
    #[must_use]
    pub fn distinct(mut self, discriminator: impl Into<String>) -> Self {
        self.discriminator = discriminator.into();
        self
    }

    /// Starts the sum from another severity than the rule's own.
    #[must_use]
    pub fn base(mut self, base: Severity, why: impl Into<String>) -> Self {
        self.base = Some((base, why.into()));
        self
    }

    /// One more term of the sum.
    #[must_use]
    pub fn lift(mut self, factor: &str, delta: i32, why: impl Into<String>) -> Self {
        self.lifts.push(SeverityReason { factor: factor.into(), delta, why: why.into() });
        self
    }

    /// Never below this.
    #[must_use]
    pub fn at_least(mut self, floor: Severity, why: impl Into<String>) -> Self {
        self.floor = Some((floor, why.into()));
        self
    }

    /// Never above this.
    #[must_use]
    pub fn at_most(mut self, cap: Severity, why: impl Into<String>) -> Self {
        self.cap = Some((cap, why.into()));
        self
    }

    /// Anybody can reach it.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.exposure = Exposure::Public;
        self
    }

    /// The privilege is the fault itself: it is in the base and must not count twice.
    #[must_use]
    pub fn power_in_base(mut self) -> Self {
        self.power_in_base = true;
        self
    }

    /// It lets nobody in, whatever else its identity has.
    #[must_use]
    pub fn dead(mut self) -> Self {
        self.dead = true;
        self
    }

    /// How sure the link or owner is that the finding rests on, from 0 to 1.
    #[must_use]
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// The leaked values concerned: their places become the finding's.
    #[must_use]
    pub fn leaked(mut self, secrets: impl IntoIterator<Item = Ix>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// The identity concerned, when the subject is neither an identity nor a credential.
    #[must_use]
    pub fn identity(mut self, identity: Option<Ix>) -> Self {
        self.identity = identity;
        self
    }

    /// One more piece of evidence.
    #[must_use]
    pub fn shown_by(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// More evidence.
    #[must_use]
    pub fn shown_by_all(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// What to do. A step that is there already is not told again: where nothing can be switched off, deactivating
    /// and deleting are one.
    #[must_use]
    pub fn fixed_by(mut self, steps: impl IntoIterator<Item = Fix>) -> Self {
        for step in steps {
            if !self.fix.contains(&step) {
                self.fix.push(step);
            }
        }
        self
    }

    /// This draft argues from an absence that not every finding of the rule depends on.
    #[must_use]
    pub fn premise(mut self, premise: Premise) -> Self {
        self.premises.push(premise);
        self
    }

    /// This draft shows the thing itself, so that what the rule needs in general is not needed here.
    #[must_use]
    pub fn by_positive_evidence(mut self) -> Self {
        self.positive = true;
        self
    }
}
