//! One scan: run what was planned, keep what was gathered, judge it, and lay it out as a report.

mod gathered;
mod handed;
mod judge;
mod mask;
mod records;
mod run;
mod schedule;
mod unread;
mod views;

pub use gathered::Gathered;
pub use judge::{Judgement, judge};
pub use mask::Mask;
pub use records::{RecordWriter, RecordsError, read_records};
pub use run::{Plan, PlannedTarget, run};
pub use schedule::{Schedule, ScheduleError};
