//! The severity method: one for all rules. Base, lifts, clamp, floor, cap; the whole sum leaves with the
//! finding, so that a reader can argue with each term.

use whose_model::{Environment, Severity, SeverityReason, Tier};

/// Below this confidence a link or owner is inferred, and the finding is never above high.
const INFERRED_BELOW: f64 = 0.8;

/// Who can read the thing that is at fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exposure {
    /// Nobody but its keepers.
    #[default]
    None,
    /// Everybody who can read a repository that is known not to be public.
    Internal,
    /// Everybody who can read a repository of which nobody said who that is.
    Unsaid,
    /// Anybody who reads a public repository.
    PublicCode,
    /// Anybody, by itself.
    Public,
}

/// What is known of the use of the thing at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// It cannot be used: it is disabled, deleted or expired.
    Dead,
    /// Used within the time that the policy calls active.
    Active {
        /// How many days ago, rounded down.
        days: i64,
    },
    /// Not used within that time, by a source that would know.
    Idle,
    /// Nothing is known of its use.
    Unknown,
    /// The thing has no use of its own.
    NotConcerned,
}

/// How much the identity concerned can do, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    /// This much.
    Tier(Tier),
    /// It is the fault itself, so the base has it already.
    InBase,
    /// No identity is known.
    NoIdentity,
}

/// How recent use counts for the rule's family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UseCounts {
    /// A leak or an orphan that is in use is worse.
    Worse,
    /// A stale thing that turns out to be in use is better.
    Better,
    /// It makes no difference.
    Not,
}

/// All that goes into one severity.
#[derive(Clone, Debug)]
pub(crate) struct Factors {
    /// Where the sum starts, and why.
    pub(crate) base: (Severity, String),
    /// The identity's power.
    pub(crate) power: Power,
    /// Who can read it.
    pub(crate) exposure: Exposure,
    /// Whether it is used.
    pub(crate) liveness: Liveness,
    /// How use counts.
    pub(crate) use_counts: UseCounts,
    /// What lies outside the subject's own scope that its holder gets to, in words.
    pub(crate) reaches_outside: Option<String>,
    /// Where it lives, when that is declared.
    pub(crate) environment: Option<Environment>,
    /// Further terms that only this rule knows.
    pub(crate) lifts: Vec<SeverityReason>,
    /// How sure the link or owner is.
    pub(crate) confidence: f64,
    /// Never below this, and why.
    pub(crate) floor: Option<(Severity, String)>,
    /// Never above this, and why.
    pub(crate) cap: Option<(Severity, String)>,
}

fn reason(factor: &str, delta: i32, why: impl Into<String>) -> SeverityReason {
    SeverityReason { factor: factor.into(), delta, why: why.into() }
}

/// Adds up the factors. Floors come before caps: what is only inferred stays below critical whatever else is true.
pub(crate) fn weigh(factors: Factors) -> (Severity, Vec<SeverityReason>) {
    let (base, why) = &factors.base;
    let mut reasons = vec![reason("base", base.level(), why)];
    reasons.extend(power(factors.power));
    reasons.extend(exposure(factors.exposure));
    reasons.extend(liveness(factors.liveness, factors.use_counts));
    if let Some(why) = &factors.reaches_outside {
        reasons.push(reason("reach", 1, why));
    }
    reasons.extend(environment(factors.environment));
    reasons.extend(factors.lifts.iter().cloned());
    let sum = Severity::from_level(reasons.iter().map(|reason| reason.delta).sum());
    let severity = bound(sum, &factors, &mut reasons);
    (severity, reasons)
}

fn bound(sum: Severity, factors: &Factors, reasons: &mut Vec<SeverityReason>) -> Severity {
    let mut severity = sum;
    let dead = factors.liveness == Liveness::Dead;
    let public = (factors.exposure == Exposure::Public && !dead)
        .then(|| (Severity::Critical, "anybody can reach it, and nothing says that it is off".to_string()));
    for (floor, why) in [public, factors.floor.clone()].into_iter().flatten() {
        if severity < floor {
            reasons.push(reason("floor", 0, format!("at least {}: {why}", floor.word())));
            severity = floor;
        }
    }
    let inferred = (factors.confidence < INFERRED_BELOW).then(|| {
        let why = format!("it rests on an inferred link or owner (confidence {:.2})", factors.confidence);
        (Severity::High, why)
    });
    let switched_off = dead.then(|| (Severity::Low, "it lets nobody in".to_string()));
    for (cap, why) in [inferred, switched_off, factors.cap.clone()].into_iter().flatten() {
        if severity > cap {
            reasons.push(reason("cap", 0, format!("at most {}: {why}", cap.word())));
            severity = cap;
        }
    }
    severity
}

fn power(power: Power) -> Option<SeverityReason> {
    let (delta, why) = match power {
        Power::Tier(Tier::T0) => (1, "the identity is admin-equivalent, or can become so"),
        Power::Tier(Tier::T1) => (0, "the identity can write production data, secret stores or pipelines"),
        Power::Tier(Tier::T2) => (-1, "the identity can only read"),
        Power::Tier(Tier::T3) => (-1, "the identity can do nothing that is known to matter"),
        Power::Tier(Tier::Unknown) => (0, "privilege not evaluated: the grants were not read"),
        Power::InBase => (0, "the privilege is the fault itself, so the base holds it"),
        Power::NoIdentity => (0, "privilege not evaluated: no identity is known"),
    };
    Some(reason("privilege", delta, why))
}

fn exposure(exposure: Exposure) -> Option<SeverityReason> {
    match exposure {
        Exposure::None => None,
        Exposure::Internal => Some(reason("exposure", 1, "it stands in a repository that others can read")),
        Exposure::Unsaid => {
            let why = "it stands in a repository that others can read; whether it is public is not known";
            Some(reason("exposure", 1, why))
        }
        Exposure::PublicCode => Some(reason("exposure", 2, "it stands in a public repository")),
        Exposure::Public => Some(reason("exposure", 2, "anybody can reach it")),
    }
}

fn liveness(liveness: Liveness, use_counts: UseCounts) -> Option<SeverityReason> {
    let (delta, why) = match (liveness, use_counts) {
        (Liveness::NotConcerned, _) | (Liveness::Active { .. }, UseCounts::Not) => return None,
        (Liveness::Active { days }, UseCounts::Worse) => (1, format!("in use: {}", days_ago(days))),
        (Liveness::Active { days }, UseCounts::Better) => (-1, format!("in use after all: {}", days_ago(days))),
        (Liveness::Dead, _) => (0, "it is disabled, expired or deleted".into()),
        (Liveness::Idle, _) => (0, "not in active use".into()),
        (Liveness::Unknown, _) => (0, "use not evaluated: no source tells of it".into()),
    };
    Some(reason("liveness", delta, why))
}

fn days_ago(days: i64) -> String {
    match days {
        ..=0 => "used today".into(),
        1 => "used yesterday".into(),
        days => format!("used {days} days ago"),
    }
}

fn environment(environment: Option<Environment>) -> Option<SeverityReason> {
    match environment? {
        Environment::Production => Some(reason("environment", 1, "it lives in production")),
        Environment::NonProduction => Some(reason("environment", 0, "it lives outside production")),
        Environment::Sandbox => Some(reason("environment", -1, "it lives in a sandbox")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(base: Severity) -> Factors {
        Factors {
            base: (base, "the rule".into()),
            power: Power::Tier(Tier::T1),
            exposure: Exposure::None,
            liveness: Liveness::NotConcerned,
            use_counts: UseCounts::Not,
            reaches_outside: None,
            environment: None,
            lifts: Vec::new(),
            confidence: 1.0,
            floor: None,
            cap: None,
        }
    }

    fn check(expected: Severity, base: Severity, change: impl FnOnce(&mut Factors)) {
        let mut factors = plain(base);
        change(&mut factors);
        let (severity, reasons) = weigh(factors);
        assert_eq!(severity, expected, "{reasons:#?}");
    }

    #[test]
    fn each_step_of_the_method_moves_the_sum_as_published() {
        use Severity::*;
        check(Medium, Medium, |_| {});
        check(High, Medium, |f| f.power = Power::Tier(Tier::T0));
        check(Low, Medium, |f| f.power = Power::Tier(Tier::T2));
        check(Medium, Medium, |f| f.power = Power::Tier(Tier::Unknown));
        check(High, Medium, |f| f.exposure = Exposure::Internal);
        check(High, Medium, |f| f.exposure = Exposure::Unsaid);
        check(Critical, Medium, |f| f.exposure = Exposure::PublicCode);
        // That it can be read by anybody does not make it work.
        check(Medium, Info, |f| f.exposure = Exposure::PublicCode);
        check(High, Medium, |f| f.environment = Some(Environment::Production));
        check(Low, Medium, |f| f.environment = Some(Environment::Sandbox));
        check(High, Medium, |f| f.reaches_outside = Some("another account".into()));
        for (use_counts, expected) in [(UseCounts::Worse, High), (UseCounts::Better, Low), (UseCounts::Not, Medium)] {
            check(expected, Medium, |f| {
                f.liveness = Liveness::Active { days: 3 };
                f.use_counts = use_counts;
            });
        }
    }

    #[test]
    fn floors_and_caps_bind_and_say_so() {
        use Severity::*;
        check(Critical, Low, |f| f.exposure = Exposure::Public);
        check(Low, Critical, |f| f.liveness = Liveness::Dead);
        check(Critical, Medium, |f| f.floor = Some((Critical, "live".into())));
        check(Low, High, |f| f.cap = Some((Low, "an id alone".into())));
        check(High, Critical, |f| f.confidence = 0.79);
        check(Critical, Critical, |f| f.confidence = 0.8);
        let mut factors = plain(Critical);
        factors.confidence = 0.5;
        factors.floor = Some((Critical, "live".into()));
        let (severity, reasons) = weigh(factors);
        assert_eq!(severity, High);
        assert!(reasons.iter().any(|reason| reason.factor == "cap" && reason.why.contains("0.50")), "{reasons:?}");
    }

    #[test]
    fn an_unknown_privilege_is_named_and_adds_nothing() {
        let mut factors = plain(Severity::Medium);
        factors.power = Power::Tier(Tier::Unknown);
        let (_, reasons) = weigh(factors);
        let privilege = reasons.iter().find(|reason| reason.factor == "privilege").unwrap();
        assert_eq!(privilege.delta, 0);
        assert!(privilege.why.starts_with("privilege not evaluated"), "{}", privilege.why);
    }

    proptest! {
        #[test]
        fn severity_is_the_clamped_sum_unless_a_bound_says_otherwise(
            base in 1..=5i32, days in 0i64..60, confidence in 0.0..=1.0f64, dead: bool, public: bool,
        ) {
            let mut factors = plain(Severity::from_level(base));
            factors.confidence = confidence;
            factors.exposure = if public { Exposure::Public } else { Exposure::None };
            factors.liveness = if dead { Liveness::Dead } else { Liveness::Active { days } };
            factors.use_counts = UseCounts::Worse;
            let (severity, reasons) = weigh(factors);
            let bounded = reasons.iter().any(|reason| reason.factor == "cap" || reason.factor == "floor");
            let sum = Severity::from_level(reasons.iter().map(|reason| reason.delta).sum());
            prop_assert!(bounded || severity == sum);
            prop_assert!(!dead || severity <= Severity::Low);
            prop_assert!(confidence >= INFERRED_BELOW || severity <= Severity::High);
        }
    }
}
