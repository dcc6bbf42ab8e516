//! One scan: plan, run, judge, keep.
