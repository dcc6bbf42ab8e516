//! When to scan: a cron expression in a time zone. Pure but for the zone's rules: the time comes in as an argument.

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// The times of a cron expression in a time zone, each later by a part of the jitter.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
    jitter: SignedDuration,
}

/// Why there is no such schedule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The expression cannot be read.
    #[error(
        "the cron expression `{expression}` cannot be read; write, for example, '0 3 * * *' for three in the morning"
    )]
    Expression {
        /// What was written.
        expression: String,
        /// What the reader says.
        source: croner::errors::CronError,
    },
    /// The expression names a time that never comes, such as 31 February.
    #[error("the cron expression `{expression}` names no time that will ever come")]
    Never {
        /// What was written.
        expression: String,
    },
    /// There is no such time zone.
    #[error("there is no time zone `{zone}`; write a name such as Europe/Zurich, or UTC")]
    Zone {
        /// What was written.
        zone: String,
        /// What the database of zones says.
        source: jiff::Error,
    },
    /// The jitter is negative.
    #[error("the jitter cannot be negative")]
    NegativeJitter,
    /// A run that is late by the jitter would come after the next one.
    #[error("a jitter of {jitter:#} does not fit between two runs that are {gap:#} apart; make it shorter")]
    Jitter {
        /// What was asked for.
        jitter: SignedDuration,
        /// The time between the next two runs.
        gap: SignedDuration,
    },
}

impl Schedule {
    /// Reads the expression and the zone, and checks them against what comes after `now`.
    ///
    /// # Errors
    /// When one of them cannot be read, the time never comes, or the jitter does not fit.
    pub fn new(
        expression: &str,
        zone_name: &str,
        jitter: SignedDuration,
        now: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let cron: Cron = expression
            .parse()
            .map_err(|source| ScheduleError::Expression { expression: expression.to_owned(), source })?;
        let zone =
            TimeZone::get(zone_name).map_err(|source| ScheduleError::Zone { zone: zone_name.to_owned(), source })?;
        let schedule = Self { cron, zone, jitter };
        let never = || ScheduleError::Never { expression: expression.to_owned() };
        let first = schedule.next_after(now).ok_or_else(never)?;
        if jitter.is_negative() {
            return Err(ScheduleError::NegativeJitter);
        }
        if let Some(second) = schedule.next_after(first.timestamp()) {
            let gap = second.timestamp().duration_since(first.timestamp());
            if jitter >= gap {
                return Err(ScheduleError::Jitter { jitter, gap });
            }
        }
        Ok(schedule)
    }

    /// The first time after `moment`, in the schedule's zone. `None` when no more comes.
    pub fn next_after(&self, moment: Timestamp) -> Option<Zoned> {
        self.cron.find_next_occurrence(&moment.to_zoned(self.zone.clone()), false).ok()
    }

    /// When the run that is due at `due` begins: `part` of the jitter later, from 0 to 1.
    pub fn begin(&self, due: &Zoned, part: f64) -> Timestamp {
        let delay = self.jitter.mul_f64(part.clamp(0.0, 1.0));
        due.timestamp().checked_add(delay).unwrap_or(Timestamp::MAX)
    }

    /// A moment as the schedule's zone writes it, to the second.
    pub fn local(&self, moment: Timestamp) -> String {
        moment.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn times(expression: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::new(expression, zone, SignedDuration::ZERO, at(from)).unwrap();
        let mut moment = at(from);
        let next = || {
            moment = schedule.next_after(moment).unwrap().timestamp();
            schedule.local(moment)
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn a_zone_keeps_its_hour_through_summer_and_winter() {
        for (expression, from, expected) in [
            ("0 3 * * *", "2026-03-27T12:00:00Z", ["2026-03-28T03:00:00+01:00", "2026-03-29T03:00:00+02:00"]),
            // Half past two is left out on 29 March, and comes twice on 25 October.
            ("30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
            ("30 2 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
            ("0 9 * * MON-FRI", "2026-11-27T12:00:00Z", ["2026-11-30T09:00:00+01:00", "2026-12-01T09:00:00+01:00"]),
            ("@daily", "2026-11-24T12:00:00Z", ["2026-11-25T00:00:00+01:00", "2026-11-26T00:00:00+01:00"]),
            ("0 0 29 2 *", "2026-11-24T12:00:00Z", ["2028-02-29T00:00:00+01:00", "2032-02-29T00:00:00+01:00"]),
            ("*/20 * * * * *", "2026-11-24T12:00:01Z", ["2026-11-24T13:00:20+01:00", "2026-11-24T13:00:40+01:00"]),
        ] {
            assert_eq!(times(expression, "Europe/Zurich", from, 2), expected, "{expression} after {from}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_write() {
        let error = |cron: &str, zone: &str, jitter: i64| {
            let jitter = SignedDuration::from_secs(jitter);
            Schedule::new(cron, zone, jitter, at("2026-11-24T12:00:00Z")).unwrap_err().to_string()
        };
        for cron in ["", "3", "60 * * * *", "* * * *", "at noon", "0 3 * * * * * *"] {
            assert!(error(cron, "UTC", 0).contains("'0 3 * * *'"), "{cron}");
        }
        assert!(error("0 0 31 2 *", "UTC", 0).contains("will ever come"));
        assert!(error("0 3 * * *", "Europe/Zurch", 0).contains("Europe/Zurch"));
        assert!(error("0 3 * * *", "UTC", -1).contains("negative"));
        assert!(error("@hourly", "UTC", 3600).contains("1h"));
    }

    #[test]
    fn jitter_delays_by_a_part_of_itself() {
        let now = at("2026-11-24T12:00:00Z");
        let schedule = Schedule::new("@hourly", "UTC", SignedDuration::from_mins(10), now).unwrap();
        let due = schedule.next_after(now).unwrap();
        for (part, begin) in [(0.0, "13:00:00"), (0.5, "13:05:00"), (1.0, "13:10:00"), (7.0, "13:10:00")] {
            assert_eq!(schedule.begin(&due, part), at(&format!("2026-11-24T{begin}Z")));
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(expression in "[-0-9*/,#LW@A-Za-z ?]{0,24}", zone in "[A-Za-z/_]{0,20}") {
            let now = at("2026-11-24T12:00:00Z");
            if let Ok(schedule) = Schedule::new(&expression, &zone, SignedDuration::ZERO, now) {
                prop_assert!(schedule.next_after(now).unwrap().timestamp() > now);
            }
        }
    }
}
